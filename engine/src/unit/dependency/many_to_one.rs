//! Many-to-one: the related object's key goes into the object's own foreign key.

use super::{check_class, delete_passive, has_parent, history};
use crate::attr::{History, Item, Passive};
use crate::error::Result;
use crate::host::Cx;
use crate::map::Relationship;
use crate::session;
use crate::state::StateId;
use crate::unit::plan::{Entry, Plan};
use crate::unit::sync;

pub(super) fn presort_deletes(
    cx: &mut Cx<'_>,
    plan: &mut Plan,
    relationship: &Relationship,
    states: &[StateId],
) -> Result<()> {
    let cascade = relationship.resolved().cascade;
    if !cascade.delete && !cascade.delete_orphan {
        return Ok(());
    }
    for id in states {
        let history = history(cx, *id, relationship, delete_passive(relationship))?;
        let mut items: Vec<&Item> = history.added.iter().chain(&history.unchanged).collect();
        if cascade.delete_orphan {
            items.extend(&history.deleted);
        }
        for item in items {
            if let Item::Object(Some(child)) = item {
                plan.register_deleted(cx, child, Some(("delete", relationship)))?;
            }
        }
    }
    Ok(())
}

pub(super) fn presort_saves(
    cx: &mut Cx<'_>,
    plan: &mut Plan,
    relationship: &Relationship,
    states: &[StateId],
) -> Result<()> {
    for id in states {
        if let Some(object) = cx.orm.states.upgrade(*id) {
            plan.register(cx, &object, &Entry { along: Some(("add", relationship)), ..Entry::default() })?;
        }
        if relationship.resolved().cascade.delete_orphan {
            let history = history(cx, *id, relationship, delete_passive(relationship))?;
            for child in History::objects(&history.deleted) {
                if !has_parent(cx, relationship, child) {
                    plan.register_deleted(cx, child, Some(("delete", relationship)))?;
                }
            }
        }
    }
    Ok(())
}

pub(super) fn process_saves(
    cx: &mut Cx<'_>,
    plan: &mut Plan,
    relationship: &Relationship,
    states: &[StateId],
) -> Result<()> {
    let pairs = &relationship.resolved().synchronize_pairs;
    for id in states {
        let history = history(cx, *id, relationship, Passive::NoLoad)?;
        if plan.is_deleted(*id) {
            continue;
        }
        if history.added.is_empty() {
            if !history.deleted.is_empty() {
                sync::clear(cx, *id, pairs)?;
            }
            continue;
        }
        for item in &history.added {
            let Item::Object(Some(child)) = item else {
                sync::clear(cx, *id, pairs)?;
                continue;
            };
            if !session::contains(cx.orm, plan.session, child.id()) {
                if !session::was_deleted(cx.orm, child.id()) {
                    warn_absent(cx, child.id(), relationship);
                }
                continue;
            }
            check_class(cx, relationship, child)?;
            sync::populate(cx, plan, child.id(), *id, pairs, false)?;
        }
    }
    Ok(())
}

fn warn_absent(cx: &mut Cx<'_>, id: StateId, relationship: &Relationship) {
    let class = cx.orm.mappers.get(cx.orm.states.get(id).mapper).class_name.clone();
    let parent = cx.orm.mappers.get(relationship.parent).class_name.clone();
    cx.host.warn(
        "SAWarning",
        &format!(
            "Object of type <{class}> not in session, add operation along '{parent}.{}' won't proceed",
            relationship.key
        ),
    );
}
