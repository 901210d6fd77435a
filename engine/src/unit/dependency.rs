//! What a relationship adds to a flush: objects that take part, order, keys to copy, association rows.

mod key_switch;
mod many_to_many;
mod many_to_one;
mod one_to_many;

use super::plan::{Action, Plan};
use crate::attr::{self, History, Item, Passive};
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::{Direction, MapperId, PassiveDeletes, Relationship};
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
    /// It looks at the target's objects, whose keys may change, and not at the parent's.
    pub(super) of_keys: bool,
}

impl Processor {
    pub(super) fn new(relationship: Rc<Relationship>) -> Self {
        Processor {
            relationship,
            seen: IndexSet::new(),
            scheduled: false,
            children_added: IndexSet::new(),
            of_keys: false,
        }
    }

    /// The mapper whose objects it looks at.
    pub(super) fn looks_at(&self) -> crate::map::MapperId {
        if self.of_keys { self.relationship.resolved().target } else { self.relationship.parent }
    }

    /// What follows changed keys of the relationship's target.
    pub(super) fn of_keys(relationship: Rc<Relationship>) -> Self {
        Processor { of_keys: true, ..Processor::new(relationship) }
    }
}

fn direction(plan: &Plan, at: usize) -> Direction {
    plan.processors[at].relationship.resolved().direction
}

/// How far a deleted parent's relationship is looked at.
fn delete_passive(relationship: &Relationship) -> Passive {
    if relationship.args.passive_deletes.is_some() { Passive::NoLoad } else { Passive::LoadCommitted }
}

/// Whether the children of a parent that goes get a NULL key.
fn nulls_left_behind(relationship: &Relationship) -> bool {
    !relationship.resolved().cascade.delete && relationship.args.passive_deletes != Some(PassiveDeletes::All)
}

/// Whether a child that is taken out of a parent that stays gets a NULL key.
fn nulls_removed(relationship: &Relationship) -> bool {
    !relationship.resolved().cascade.delete_orphan
        && relationship.args.passive_deletes != Some(PassiveDeletes::All)
}

/// Whether the child is known to hang on a parent by this relationship.
fn has_parent(cx: &Cx<'_>, relationship: &Relationship, child: &ObjRef) -> bool {
    cascade::has_parent(cx.orm, child.id(), relationship, false)
}

/// What changed on a relationship, as the flush first found it; where that was without loading, it is not loaded later.
fn history(
    cx: &mut Cx<'_>,
    plan: &mut Plan,
    id: StateId,
    relationship: &Relationship,
    passive: Passive,
) -> Result<History> {
    let place = (id, relationship.key.clone());
    if let Some(history) = plan.histories.get(&place) {
        return Ok(history.clone());
    }
    let history = attr::history_in_flush(cx, id, &relationship.key, passive)?;
    plan.histories.insert(place, history.clone());
    Ok(history)
}

/// As [`history`] without loading, but where the flush finds it first, without changes to a collection that is not
/// loaded: the flush does not see them later, either.
fn history_of_loaded(
    cx: &mut Cx<'_>,
    plan: &mut Plan,
    id: StateId,
    relationship: &Relationship,
) -> Result<History> {
    let place = (id, relationship.key.clone());
    if !plan.histories.contains_key(&place) && !attr::is_loaded(cx.orm, id, &relationship.key) {
        let history = attr::history_passive(cx, id, &relationship.key, Passive::NoLoad)?;
        plan.histories.insert(place, history.clone());
        return Ok(history);
    }
    history(cx, plan, id, relationship, Passive::NoLoad)
}

pub(super) use key_switch::{followed, presort as presort_keys};

pub(super) fn presort_deletes(cx: &mut Cx<'_>, plan: &mut Plan, at: usize, states: &[StateId]) -> Result<()> {
    let relationship = Rc::clone(&plan.processors[at].relationship);
    match direction(plan, at) {
        Direction::OneToMany => one_to_many::presort_deletes(cx, plan, &relationship, states),
        Direction::ManyToOne => many_to_one::presort_deletes(cx, plan, &relationship, states),
        Direction::ManyToMany => many_to_many::presort_deletes(cx, plan, &relationship, states),
    }
}

pub(super) fn presort_saves(cx: &mut Cx<'_>, plan: &mut Plan, at: usize, states: &[StateId]) -> Result<()> {
    let relationship = Rc::clone(&plan.processors[at].relationship);
    match direction(plan, at) {
        Direction::OneToMany => one_to_many::presort_saves(cx, plan, at, &relationship, states),
        Direction::ManyToOne => many_to_one::presort_saves(cx, plan, &relationship, states),
        Direction::ManyToMany => many_to_many::presort_saves(cx, plan, &relationship, states),
    }
}

/// Whether the relationship has something to do for these parents.
pub(super) fn has_changes(
    cx: &mut Cx<'_>,
    plan: &mut Plan,
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
        Passive::LoadCommitted
    };
    for id in states {
        let history = history(cx, plan, *id, &relationship, passive)?;
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
    if plan.processors[at].relationship.args.post_update && direction(plan, at) != Direction::ManyToMany {
        return schedule_post_update(cx, plan, at);
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

/// With `post_update`, rows are written without the foreign key, which an update of its own follows; before
/// rows are deleted, an update takes the key out.
fn schedule_post_update(cx: &Cx<'_>, plan: &mut Plan, at: usize) {
    let relationship = &plan.processors[at].relationship;
    let parent = state::base_mapper(cx.orm, relationship.parent);
    let child = state::base_mapper(cx.orm, relationship.resolved().target);
    let to_one = relationship.resolved().direction == Direction::ManyToOne;
    let holder = if to_one { parent } else { child };
    let (after_save, before_delete) = (Action::ProcessAll(at, false), Action::ProcessAll(at, true));
    let (post, pre) = (Action::PostUpdate(holder, false), Action::PostUpdate(holder, true));
    let edges = [
        (Action::SaveAll(child), after_save),
        (Action::SaveAll(parent), after_save),
        (after_save, post),
        (before_delete, pre),
        (pre, Action::DeleteAll(parent)),
        (pre, Action::DeleteAll(child)),
    ];
    for (before, after) in edges {
        plan.edge(before, after);
    }
    if to_one {
        plan.edge(after_save, pre);
    }
}

/// As [`link`], for a relationship with `post_update`.
fn link_post_update(cx: &Cx<'_>, plan: &mut Plan, at: usize, link: &Link) {
    let relationship = &plan.processors[at].relationship;
    let to_one = relationship.resolved().direction == Direction::ManyToOne;
    let holder = if to_one { relationship.parent } else { relationship.resolved().target };
    let update = Action::PostUpdate(state::base_mapper(cx.orm, holder), link.delete);
    plan.want(link.process);
    plan.edge(link.process, update);
    if link.delete {
        plan.edge(update, link.parent);
        if let (true, Some(child)) = (to_one, link.child) {
            plan.edge(update, child);
        }
        return;
    }
    match link.child {
        Some(child) if to_one && link.child_deleted => plan.edge(update, child),
        Some(child) => {
            plan.edge(child, link.process);
            if !link.child_deleted {
                plan.edge(link.parent, link.process);
            }
        }
        None => plan.edge(link.parent, link.process),
    }
}

/// One parent's work on one child, and the actions of both.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) process: Action,
    pub(super) parent: Action,
    /// `None` for a child that takes no part.
    pub(super) child: Option<Action>,
    pub(super) delete: bool,
    pub(super) child_deleted: bool,
}

/// What one parent's work depends on, where actions are of single objects.
pub(super) fn link(cx: &Cx<'_>, plan: &mut Plan, at: usize, link: &Link) {
    let direction = direction(plan, at);
    if plan.processors[at].relationship.args.post_update && direction != Direction::ManyToMany {
        return link_post_update(cx, plan, at, link);
    }
    let &Link { process, parent, child, delete, child_deleted } = link;
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
    if plan.processors[at].of_keys {
        return key_switch::process(cx, plan, &relationship, states);
    }
    match (direction(plan, at), delete) {
        (Direction::OneToMany, false) => one_to_many::process_saves(cx, plan, &relationship, states),
        (Direction::OneToMany, true) => one_to_many::process_deletes(cx, plan, at, &relationship, states),
        (Direction::ManyToOne, false) => many_to_one::process_saves(cx, plan, &relationship, states),
        (Direction::ManyToOne, true) => many_to_one::process_deletes(cx, plan, &relationship, states),
        (Direction::ManyToMany, _) => many_to_many::process(cx, plan, &relationship, states, delete),
    }
}

/// The objects that came into a relationship.
///
/// # Errors
///
/// `FlushError`: a collection got `None`. What came before it has been dealt with by then.
fn added(
    cx: &mut Cx<'_>,
    relationship: &Relationship,
    history: &History,
    f: &mut dyn FnMut(&mut Cx<'_>, &ObjRef) -> Result<()>,
) -> Result<()> {
    for item in &history.added {
        match item {
            Item::Object(Some(object)) => f(cx, object)?,
            _ if relationship.resolved().uselist => return Err(no_member(cx, relationship)),
            _ => {}
        }
    }
    Ok(())
}

fn no_member(cx: &Cx<'_>, relationship: &Relationship) -> Error {
    let parent = &cx.orm.mappers.get(relationship.parent).class_name;
    Error::new(
        ErrorKind::FlushError,
        format!("Can't flush None value found in collection {parent}.{}", relationship.key),
    )
}

/// Refuses a child whose class the relationship cannot hold, or could not load: of a class below the target, where
/// nothing tells the classes of rows.
fn check_class(cx: &mut Cx<'_>, relationship: &Relationship, child: &ObjRef) -> Result<()> {
    let target = relationship.resolved().target;
    let mapper = cx.orm.states.get(child.id()).mapper;
    if mapper == target || relationship.args.enable_typechecks == Some(false) {
        return Ok(());
    }
    let is_below = state::is_a(cx.orm, mapper, target);
    if is_below && tells_classes(cx, target) {
        return Ok(());
    }
    let text = super::text(cx, child.id());
    let class = |mapper| {
        let mapper: &crate::map::Mapper = cx.orm.mappers.get(mapper);
        format!("<class '{}.{}'>", mapper.module, mapper.class_name)
    };
    let parent = &cx.orm.mappers.get(relationship.parent).class_name;
    if is_below {
        let (own, wanted) = (class(mapper), class(target));
        return Err(Error::new(
            ErrorKind::FlushError,
            format!(
                "Attempting to flush an item of type {own} as a member of collection \"{parent}.{}\". Expected an \
                 object of type {wanted} or a polymorphic subclass of this type. If {own} is a subclass of {wanted}, \
                 configure mapper \"{}\" to load this subtype polymorphically, or set enable_typechecks=False to \
                 allow any subtype to be accepted for flush. ",
                relationship.key,
                cx.orm.mappers.get(target).text(cx.orm.profile)
            ),
        ));
    }
    Err(Error::new(
        ErrorKind::FlushError,
        format!(
            "Attempting to flush child of type {} on collection '{parent}.{}'. Expected an object of type {} or a polymorphic subclass of this type. Offending object: {text}",
            class(mapper),
            relationship.key,
            class(target)
        ),
    ))
}

/// Whether something tells the class of a row of this class or of those below it.
fn tells_classes(cx: &Cx<'_>, mapper: MapperId) -> bool {
    let mapper = cx.orm.mappers.get(mapper);
    mapper.polymorphic_on.is_some() || mapper.polymorphic_by.is_some() || mapper.hierarchy.union.is_some()
}
