//! One-to-many: the parent's key goes into the children's foreign keys, or NULL where they lost the parent.

use super::{added, check_class, delete_passive, has_parent, history, nulls_left_behind, nulls_removed};
use crate::attr::{History, Passive};
use crate::error::Result;
use crate::host::Cx;
use crate::map::Relationship;
use crate::state::{ObjRef, StateId};
use crate::unit::plan::{Entry, Plan};
use crate::unit::sync;

pub(super) fn presort_deletes(
    cx: &mut Cx<'_>,
    plan: &mut Plan,
    relationship: &Relationship,
    states: &[StateId],
) -> Result<()> {
    let cascade = relationship.resolved().cascade;
    for id in states {
        let history = history(cx, plan, *id, relationship, delete_passive(relationship))?;
        for child in History::objects(&history.deleted) {
            if !has_parent(cx, relationship, child) {
                let delete = cascade.delete_orphan;
                plan.register(cx, child, &Entry { delete, ..Entry::default() })?;
            }
        }
        if nulls_left_behind(relationship) {
            for child in History::objects(&history.unchanged) {
                let along = Some(("delete", relationship));
                plan.register(cx, child, &Entry { along, ..Entry::default() })?;
            }
        }
    }
    Ok(())
}

pub(super) fn presort_saves(
    cx: &mut Cx<'_>,
    plan: &mut Plan,
    at: usize,
    relationship: &Relationship,
    states: &[StateId],
) -> Result<()> {
    let orphans_go = relationship.resolved().cascade.delete_orphan;
    let by_database = relationship.args.passive_updates != Some(false);
    for id in states {
        let rekeyed = sync::source_changed(cx, *id, &relationship.resolved().synchronize_pairs);
        let passive = if rekeyed && !by_database { Passive::LoadCommitted } else { Passive::NoLoad };
        let history = history(cx, plan, *id, relationship, passive)?;
        for child in History::objects(&history.added) {
            let entry = Entry { cancel_delete: true, along: Some(("add", relationship)), ..Entry::default() };
            plan.register(cx, child, &entry)?;
            plan.processors[at].children_added.insert(child.id());
        }
        for child in History::objects(&history.deleted) {
            let along = Some(("delete", relationship));
            if !orphans_go {
                if nulls_removed(relationship) {
                    plan.register(cx, child, &Entry { along, ..Entry::default() })?;
                }
            } else if !has_parent(cx, relationship, child) {
                plan.register_deleted(cx, child, along)?;
            }
        }
        if rekeyed {
            for child in History::objects(&history.unchanged) {
                let along = Some(("pk change", relationship));
                plan.register(cx, child, &Entry { listed: by_database, along, ..Entry::default() })?;
            }
        }
    }
    Ok(())
}

pub(super) fn process_deletes(
    cx: &mut Cx<'_>,
    plan: &mut Plan,
    at: usize,
    relationship: &Relationship,
    states: &[StateId],
) -> Result<()> {
    let all = relationship.args.passive_deletes == Some(crate::map::PassiveDeletes::All);
    if all && !relationship.args.post_update {
        return Ok(());
    }
    for id in states {
        let history = history(cx, plan, *id, relationship, delete_passive(relationship))?;
        for child in History::objects(&history.deleted) {
            if !has_parent(cx, relationship, child) {
                clear(cx, plan, relationship, child)?;
                post_update(cx, plan, relationship, child);
            }
        }
        if relationship.args.post_update || !relationship.resolved().cascade.delete {
            for child in History::objects(&history.unchanged) {
                if !plan.processors[at].children_added.contains(&child.id()) {
                    clear(cx, plan, relationship, child)?;
                    post_update(cx, plan, relationship, child);
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
    let clears = nulls_removed(relationship);
    for id in states {
        let history = history(cx, plan, *id, relationship, Passive::NoLoad)?;
        added(cx, relationship, &history, &mut |cx, child| {
            populate(cx, plan, relationship, *id, child, false)?;
            post_update(cx, plan, relationship, child);
            Ok(())
        })?;
        for child in History::objects(&history.deleted) {
            if clears && !has_parent(cx, relationship, child) {
                clear(cx, plan, relationship, child)?;
            }
        }
        if sync::source_changed(cx, *id, &relationship.resolved().synchronize_pairs) {
            for child in History::objects(&history.unchanged) {
                populate(cx, plan, relationship, *id, child, true)?;
            }
        }
    }
    Ok(())
}

fn populate(
    cx: &mut Cx<'_>,
    plan: &mut Plan,
    relationship: &Relationship,
    parent: StateId,
    child: &ObjRef,
    rekeyed: bool,
) -> Result<()> {
    check_class(cx, relationship, child)?;
    if plan.is_deleted(child.id()) && !relationship.args.post_update {
        return Ok(());
    }
    let cascaded = rekeyed && relationship.args.passive_updates != Some(false);
    let pairs = &relationship.resolved().synchronize_pairs;
    sync::populate(cx, plan, parent, child.id(), pairs, cascaded)
}

/// Has a child's foreign key written by an update of its own, where the relationship does so.
fn post_update(cx: &Cx<'_>, plan: &mut Plan, relationship: &Relationship, child: &ObjRef) {
    if relationship.args.post_update && plan.takes_part(child.id()) {
        plan.post_update(cx, child.id(), &relationship.resolved().synchronize_pairs);
    }
}

fn clear(cx: &mut Cx<'_>, plan: &Plan, relationship: &Relationship, child: &ObjRef) -> Result<()> {
    check_class(cx, relationship, child)?;
    if plan.is_deleted(child.id()) && !relationship.args.post_update {
        return Ok(());
    }
    sync::clear(cx, child.id(), &relationship.resolved().synchronize_pairs)
}
