//! Many-to-one: the related object's key goes into the object's own foreign key.

use super::{check_class, delete_passive, has_parent, history};
use crate::attr::{History, Item, Passive};
use crate::error::Result;
use crate::host::Cx;
use crate::map::{PassiveDeletes, Relationship};
use crate::session;
use crate::state::StateId;
use crate::unit::plan::{Entry, Plan};
use crate::unit::sync;
use crate::warning::Warning;

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
        let history = history(cx, plan, *id, relationship, delete_passive(relationship))?;
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
            let history = history(cx, plan, *id, relationship, delete_passive(relationship))?;
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
        let history = history(cx, plan, *id, relationship, Passive::NoLoad)?;
        let post_update = relationship.args.post_update;
        if plan.is_deleted(*id) && !post_update {
            continue;
        }
        if history.added.is_empty() && !history.deleted.is_empty() {
            sync::clear(cx, *id, pairs)?;
        }
        for item in &history.added {
            let Item::Object(Some(child)) = item else {
                sync::clear(cx, *id, pairs)?;
                continue;
            };
            if !session::contains(cx.orm, plan.session, child.id()) {
                if !session::was_deleted(cx.orm, child.id()) {
                    warn_absent(cx, child.id(), relationship)?;
                }
                continue;
            }
            check_class(cx, relationship, child)?;
            sync::populate(cx, plan, child.id(), *id, pairs, false)?;
        }
        if post_update && (history.has_changes() || !history.unchanged.is_empty()) {
            plan.post_update(cx, *id, pairs);
        }
    }
    Ok(())
}

/// With `post_update`, the row must not refer to another that may be deleted with it.
pub(super) fn process_deletes(
    cx: &mut Cx<'_>,
    plan: &mut Plan,
    relationship: &Relationship,
    states: &[StateId],
) -> Result<()> {
    let args = &relationship.args;
    let resolved = relationship.resolved();
    if !args.post_update
        || resolved.cascade.delete_orphan
        || args.passive_deletes == Some(PassiveDeletes::All)
    {
        return Ok(());
    }
    for id in states {
        sync::clear(cx, *id, &resolved.synchronize_pairs)?;
        let history = history(cx, plan, *id, relationship, delete_passive(relationship))?;
        let mut items = history.added.iter().chain(&history.unchanged).chain(&history.deleted);
        if items.any(|item| matches!(item, Item::Object(Some(_)))) {
            plan.post_update(cx, *id, &resolved.synchronize_pairs);
        }
    }
    Ok(())
}

fn warn_absent(cx: &mut Cx<'_>, id: StateId, relationship: &Relationship) -> Result<()> {
    let class = cx.orm.mappers.get(cx.orm.states.get(id).mapper).class_name.clone();
    let parent = cx.orm.mappers.get(relationship.parent).class_name.clone();
    let attribute = format!("{parent}.{}", relationship.key);
    cx.warn(Warning::not_in_session(&class, "add", &attribute, "won't proceed"))
}
