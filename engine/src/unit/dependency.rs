//! What a relationship adds to a flush: objects that take part, order, keys to copy, association rows.

mod many_to_many;
mod many_to_one;
mod one_to_many;

use super::plan::{Action, Plan};
use crate::attr::{self, History, Passive};
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::map::{Direction, PassiveDeletes, Relationship};
use crate::session::cascade;
use crate::state::{self, ObjRef, StateId};
use indexmap::IndexSet;
use std::rc::Rc;

/// A relationship within a flush.
#[derive(Debug)]
pub(super) struct Processor {
    pub(super) relationship: Rc<Relationship>,
    /// Parents it has looked at.
    pub(super) seen: IndexSet<StateId>,
    /// Its actions have been asked for.
    pub(super) scheduled: bool,
    /// Objects that came into some parent's collection.
    children_added: IndexSet<StateId>,
}

impl Processor {
    pub(super) fn new(relationship: Rc<Relationship>) -> Self {
        Processor { relationship, seen: IndexSet::new(), scheduled: false, children_added: IndexSet::new() }
    }
}

fn direction(plan: &Plan, at: usize) -> Direction {
    plan.processors[at].relationship.resolved().direction
}

/// How far a deleted parent's relationship is looked at.
fn delete_passive(relationship: &Relationship) -> Passive {
    if relationship.args.passive_deletes.is_some() { Passive::NoLoad } else { Passive::Load }
}

/// Whether children that stay behind get a NULL key.
fn nulls_holders(relationship: &Relationship) -> bool {
    !relationship.resolved().cascade.delete && relationship.args.passive_deletes != Some(PassiveDeletes::All)
}

/// Whether the child is known to hang on a parent by this relationship.
fn has_parent(cx: &Cx<'_>, relationship: &Relationship, child: &ObjRef) -> bool {
    cascade::has_parent(cx.orm, child.id(), relationship, false)
}

fn history(cx: &mut Cx<'_>, id: StateId, relationship: &Relationship, passive: Passive) -> Result<History> {
    attr::history_passive(cx, id, &relationship.key, passive)
}

pub(super) fn presort_deletes(cx: &mut Cx<'_>, plan: &mut Plan, at: usize, states: &[StateId]) -> Result<()> {
    let relationship = Rc::clone(&plan.processors[at].relationship);
    if relationship.args.post_update {
        return Err(Error::unsupported("relationship(post_update=True)"));
    }
    match direction(plan, at) {
        Direction::OneToMany => one_to_many::presort_deletes(cx, plan, &relationship, states),
        Direction::ManyToOne => many_to_one::presort_deletes(cx, plan, &relationship, states),
        Direction::ManyToMany => many_to_many::presort_deletes(cx, &relationship, states),
    }
}

pub(super) fn presort_saves(cx: &mut Cx<'_>, plan: &mut Plan, at: usize, states: &[StateId]) -> Result<()> {
    let relationship = Rc::clone(&plan.processors[at].relationship);
    if relationship.args.post_update {
        return Err(Error::unsupported("relationship(post_update=True)"));
    }
    match direction(plan, at) {
        Direction::OneToMany => one_to_many::presort_saves(cx, plan, at, &relationship, states),
        Direction::ManyToOne => many_to_one::presort_saves(cx, plan, &relationship, states),
        Direction::ManyToMany => many_to_many::presort_saves(cx, plan, &relationship, states),
    }
}

/// Whether the relationship has something to do for these parents.
pub(super) fn has_changes(
    cx: &mut Cx<'_>,
    plan: &Plan,
    at: usize,
    states: &[StateId],
    delete: bool,
) -> Result<bool> {
    let relationship = Rc::clone(&plan.processors[at].relationship);
    let resolved = relationship.resolved();
    let passive = if !delete || relationship.args.passive_deletes.is_some() {
        Passive::NoLoad
    } else if resolved.direction == Direction::ManyToOne {
        Passive::NoFetchRelated
    } else {
        Passive::Load
    };
    for id in states {
        let history = history(cx, *id, &relationship, passive)?;
        if history.has_changes() || !history.unchanged.is_empty() {
            return Ok(true);
        }
    }
    let self_referential =
        state::base_mapper(cx.orm, relationship.parent) == state::base_mapper(cx.orm, resolved.target);
    Ok(!states.is_empty() && !self_referential && plan.has_mapper(resolved.target))
}

/// Asks for the relationship's actions, with what they depend on.
pub(super) fn schedule(cx: &Cx<'_>, plan: &mut Plan, at: usize) {
    let relationship = &plan.processors[at].relationship;
    let parent = state::base_mapper(cx.orm, relationship.parent);
    let child = state::base_mapper(cx.orm, relationship.resolved().target);
    let (after_save, before_delete) = (Action::ProcessAll(at, false), Action::ProcessAll(at, true));
    let (parent_saves, parent_deletes) = (Action::SaveAll(parent), Action::DeleteAll(parent));
    let (child_saves, child_deletes) = (Action::SaveAll(child), Action::DeleteAll(child));
    plan.want(after_save);
    plan.want(before_delete);
    for action in [parent_saves, child_saves, parent_deletes, child_deletes] {
        plan.want(action);
    }
    let edges: &[(Action, Action)] = match direction(plan, at) {
        Direction::OneToMany => &[
            (parent_saves, after_save),
            (after_save, child_saves),
            (after_save, child_deletes),
            (child_saves, parent_deletes),
            (child_deletes, parent_deletes),
            (before_delete, child_saves),
            (before_delete, child_deletes),
        ],
        Direction::ManyToOne => &[
            (child_saves, after_save),
            (after_save, parent_saves),
            (parent_saves, child_deletes),
            (parent_deletes, child_deletes),
        ],
        Direction::ManyToMany => &[
            (parent_saves, after_save),
            (child_saves, after_save),
            (after_save, child_deletes),
            (before_delete, parent_saves),
            (before_delete, parent_deletes),
            (before_delete, child_deletes),
            (before_delete, child_saves),
        ],
    };
    for (before, after) in edges {
        plan.edge(*before, *after);
    }
}

/// What one parent's work depends on, where actions are of single objects.
pub(super) fn link(
    plan: &mut Plan,
    at: usize,
    process: Action,
    parent: Action,
    child: Option<Action>,
    delete: bool,
    child_deleted: bool,
) {
    let direction = direction(plan, at);
    plan.want(process);
    let mut edge = |before: Option<Action>, after: Option<Action>| {
        if let (Some(before), Some(after)) = (before, after) {
            plan.edge(before, after);
        }
    };
    let (process, parent) = (Some(process), Some(parent));
    match (direction, delete) {
        (Direction::OneToMany, false) => {
            edge(parent, process);
            edge(process, child);
            edge(parent, child);
        }
        (Direction::OneToMany, true) => {
            edge(process, child);
            edge(child, parent);
        }
        (Direction::ManyToOne, false) => {
            if !child_deleted {
                edge(child, process);
            }
            edge(process, parent);
        }
        (Direction::ManyToOne, true) => {
            if child_deleted {
                edge(parent, child);
            }
        }
        (Direction::ManyToMany, false) => {
            edge(parent, process);
            if child_deleted {
                edge(process, child);
            } else {
                edge(child, process);
            }
        }
        (Direction::ManyToMany, true) => {
            edge(process, child);
            edge(process, parent);
        }
    }
}

/// A relationship's work for these parents.
pub(super) fn process(
    cx: &mut Cx<'_>,
    plan: &mut Plan,
    at: usize,
    states: &[StateId],
    delete: bool,
) -> Result<()> {
    let relationship = Rc::clone(&plan.processors[at].relationship);
    match (direction(plan, at), delete) {
        (Direction::OneToMany, false) => one_to_many::process_saves(cx, plan, &relationship, states),
        (Direction::OneToMany, true) => one_to_many::process_deletes(cx, plan, at, &relationship, states),
        (Direction::ManyToOne, false) => many_to_one::process_saves(cx, plan, &relationship, states),
        (Direction::ManyToOne, true) => Ok(()),
        (Direction::ManyToMany, _) => many_to_many::process(cx, plan, &relationship, states, delete),
    }
}

/// Refuses a child whose class the relationship cannot hold.
fn check_class(cx: &mut Cx<'_>, relationship: &Relationship, child: &ObjRef) -> Result<()> {
    let target = relationship.resolved().target;
    let mapper = cx.orm.states.get(child.id()).mapper;
    if relationship.args.enable_typechecks == Some(false) || state::is_a(cx.orm, mapper, target) {
        return Ok(());
    }
    let text = super::text(cx, child.id());
    let class = |mapper| {
        let mapper: &crate::map::Mapper = cx.orm.mappers.get(mapper);
        format!("<class '{}.{}'>", mapper.module, mapper.class_name)
    };
    let parent = &cx.orm.mappers.get(relationship.parent).class_name;
    Err(Error::new(
        crate::error::ErrorKind::FlushError,
        format!(
            "Attempting to flush child of type {} on collection '{parent}.{}'. Expected an object of type {} or a polymorphic subclass of this type. Offending object: {text}",
            class(mapper),
            relationship.key,
            class(target)
        ),
    ))
}
