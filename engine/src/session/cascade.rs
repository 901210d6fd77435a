//! Cascades along relationships, and what sessions do on attribute events.

use super::{SessionId, identity, membership, transaction};
use crate::attr::{self, Hooks, Passive};
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::{Key, Property, Relationship};
use crate::orm::Orm;
use crate::state::{self, IdentityKey, Member, ObjRef, Original, Slot, StateId};
use crate::version::Behaviour;
use crate::warning::Warning;
use indexmap::IndexSet;
use std::collections::VecDeque;
use std::rc::Rc;

/// An operation that passes along relationships.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    SaveUpdate,
    Delete,
    Expunge,
    RefreshExpire,
}

/// The relationships of an object's class, in the mapper's order.
pub(crate) fn relationships(orm: &Orm, id: StateId) -> Vec<Rc<Relationship>> {
    let mapper = orm.mappers.get(orm.states.get(id).mapper);
    mapper
        .properties
        .values()
        .filter_map(|property| match property {
            Property::Relationship(relationship) => Some(Rc::clone(relationship)),
            Property::Column(_) => None,
        })
        .collect()
}

fn passes(operation: Operation, relationship: &Relationship) -> bool {
    let cascade = relationship.resolved().cascade;
    match operation {
        Operation::SaveUpdate => cascade.save_update,
        Operation::Delete => cascade.delete,
        Operation::Expunge => cascade.expunge,
        Operation::RefreshExpire => cascade.refresh_expire,
    }
}

/// What a relationship holds or held: the added first, then what stayed, then what was removed. `None` is one
/// of them, where that is what it holds. What a scalar that was deleted had counts where `lost` asks for it.
pub(crate) fn all_pending(orm: &Orm, id: StateId, key: &Key, lost: bool) -> Vec<Member> {
    let state = orm.states.get(id);
    if state::relationship(orm, id, key).is_some_and(|relationship| relationship.is_queried()) {
        let Some(pending) = state.pending.get(key) else { return Vec::new() };
        return pending.added.iter().chain(&pending.removed).cloned().map(Some).collect();
    }
    let original = state.committed.get(key);
    match state.dict.get(key) {
        Some(Slot::Many(list)) => {
            let items = list.items.borrow();
            let Some(Original::Many(old)) = original else { return items.clone() };
            let added = items.iter().filter(|item| !old.contains(item));
            let stayed = items.iter().filter(|item| old.contains(item));
            let gone = old.iter().filter(|item| !items.contains(item));
            added.chain(stayed).chain(gone).cloned().collect()
        }
        Some(Slot::One(current)) => {
            let old = match original {
                Some(Original::One(old)) if old != current => Some(old.clone()),
                _ => None,
            };
            let old = old.filter(Option::is_some);
            std::iter::once(current.clone()).chain(old).collect()
        }
        Some(Slot::Value(_)) => Vec::new(),
        None => match original {
            Some(Original::One(old @ Some(_))) if lost => vec![old.clone()],
            _ => Vec::new(),
        },
    }
}

/// The objects at the other end of one relationship, for an operation.
fn along(
    cx: &mut Cx<'_>,
    operation: Operation,
    id: StateId,
    relationship: &Relationship,
) -> Result<Vec<ObjRef>> {
    let key = &relationship.key;
    if operation == Operation::SaveUpdate {
        return Ok(all_pending(cx.orm, id, key, false).into_iter().flatten().collect());
    }
    let loads = operation == Operation::Delete && relationship.args.passive_deletes.is_none();
    let passive = if loads { Passive::LoadAnyway } else { Passive::NoLoad };
    if !loads && attr::was_removed(cx.orm, id, key) {
        // The library meets its own marker where it wants the object, or the list.
        let marker =
            if cx.orm.profile.has(Behaviour::MarkersAreEnums) { "LoaderCallableStatus" } else { "symbol" };
        return Err(if relationship.resolved().uselist {
            let text = format!("'{marker}' object has no attribute '_sa_adapter'");
            Error::new(ErrorKind::AttributeError, text)
        } else {
            attr::no_state_error(marker)
        });
    }
    Ok(match attr::get_passive(cx, id, key, passive)? {
        Some(Slot::Many(list)) => list.objects(),
        Some(Slot::One(object)) => object.into_iter().collect(),
        Some(Slot::Value(_)) | None => Vec::new(),
    })
}

/// One object's relationships still to follow, then objects still to visit.
enum Frame {
    Relationships(StateId, VecDeque<Rc<Relationship>>),
    Objects(VecDeque<ObjRef>),
}

/// The objects that an operation on one reaches: depth first, each once, without the object it starts from.
/// What `stop` says is neither visited nor passed through.
pub(crate) fn reached(
    cx: &mut Cx<'_>,
    operation: Operation,
    from: StateId,
    stop: &dyn Fn(&Orm, StateId) -> bool,
) -> Result<Vec<ObjRef>> {
    crate::map::configure(cx)?;
    let mut found: Vec<ObjRef> = Vec::new();
    let mut visited: IndexSet<StateId> = IndexSet::new();
    let mut stack = vec![Frame::Relationships(from, relationships(cx.orm, from).into())];
    while let Some(top) = stack.last_mut() {
        match top {
            Frame::Relationships(id, left) => {
                let id = *id;
                let Some(relationship) = left.pop_front() else {
                    stack.pop();
                    continue;
                };
                if !passes(operation, &relationship) {
                    continue;
                }
                let mut queue = VecDeque::new();
                for object in along(cx, operation, id, &relationship)? {
                    let skip_new = operation == Operation::RefreshExpire
                        && !relationship.resolved().cascade.delete_orphan
                        && cx.orm.states.get(object.id()).key.is_none();
                    if visited.contains(&object.id()) || stop(cx.orm, object.id()) || skip_new {
                        continue;
                    }
                    check_class(cx.orm, &relationship, object.id())?;
                    visited.insert(object.id());
                    queue.push_back(object);
                }
                if !queue.is_empty() {
                    stack.push(Frame::Objects(queue));
                }
            }
            Frame::Objects(queue) => {
                let Some(object) = queue.pop_front() else {
                    stack.pop();
                    continue;
                };
                let id = object.id();
                found.push(object);
                let next = relationships(cx.orm, id).into();
                stack.push(Frame::Relationships(id, next));
            }
        }
    }
    Ok(found)
}

fn check_class(orm: &Orm, relationship: &Relationship, id: StateId) -> Result<()> {
    let mapper = orm.states.get(id).mapper;
    if state::is_a(orm, mapper, relationship.resolved().target) {
        return Ok(());
    }
    let class = |mapper| {
        let mapper: &crate::map::Mapper = orm.mappers.get(mapper);
        format!("<class '{}.{}'>", mapper.module, mapper.class_name)
    };
    Err(Error::new(
        ErrorKind::AssertionError,
        format!(
            "Attribute '{}' on class '{}' doesn't handle objects of type '{}'",
            relationship.key,
            class(relationship.parent),
            class(mapper)
        ),
    ))
}

/// Whether an object lacks a parent that a delete-orphan cascade wants it to have.
pub(crate) fn is_orphan(orm: &Orm, id: StateId) -> bool {
    let state = orm.states.get(id);
    orm.mappers.iter().any(|mapper| {
        mapper.properties.values().any(|property| {
            let Property::Relationship(relationship) = property else { return false };
            let Some(resolved) = relationship.resolved.get() else { return false };
            relationship.parent == mapper.id
                && resolved.cascade.delete_orphan
                && state::is_a(orm, state.mapper, resolved.target)
                && !has_parent(orm, id, relationship, state.key.is_some())
        })
    })
}

/// Whether an object hangs on a parent by a relationship; `unknown` where nothing was recorded.
pub(crate) fn has_parent(orm: &Orm, id: StateId, relationship: &Relationship, unknown: bool) -> bool {
    let token = (relationship.parent, relationship.key.clone());
    orm.states.get(id).parents.get(&token).map_or(unknown, Option::is_some)
}

/// What attribute events do to sessions: save-update cascade, expunging of pending orphans.
#[derive(Debug)]
pub struct SessionHooks;

impl Hooks for SessionHooks {
    fn joined(
        &self,
        cx: &mut Cx<'_>,
        owner: StateId,
        relationship: &Rc<Relationship>,
        item: &ObjRef,
        by: &Key,
    ) -> Result<()> {
        let Some(session) = cx.orm.states.get(owner).session else { return Ok(()) };
        warn_in_flush(
            cx,
            session,
            if relationship.resolved().uselist { "collection append" } else { "related attribute set" },
        )?;
        let along_backref = cx.orm.profile.has(Behaviour::CascadeBackrefs)
            && !super::get(cx.orm, session).settings.future
            && relationship.args.cascade_backrefs != Some(false);
        let cascades = *by == relationship.key || along_backref;
        if relationship.resolved().cascade.save_update
            && cascades
            && !membership::contains(cx.orm, session, item.id())
        {
            if *by != relationship.key && cx.host.warns_of_2_0() {
                let class = cx.orm.mappers.get(cx.orm.states.get(item.id()).mapper).class_name.clone();
                let parent = &cx.orm.mappers.get(relationship.parent).class_name;
                let attribute = format!("{parent}.{}", relationship.key);
                cx.warn(Warning::backref_cascade(&class, &attribute))?;
            }
            // What is gone by now does not stand for the row of what comes.
            let _held = cx.orm.states.upgrade(owner);
            identity::sweep(cx.orm);
            membership::save_or_update(cx, session, item)?;
        }
        Ok(())
    }

    fn left(
        &self,
        cx: &mut Cx<'_>,
        owner: StateId,
        relationship: &Rc<Relationship>,
        item: &ObjRef,
        replaced: bool,
    ) -> Result<()> {
        let session = cx.orm.states.get(owner).session;
        if let Some(session) = session
            && !replaced
        {
            warn_in_flush(cx, session, "collection remove")?;
        }
        if !relationship.resolved().cascade.delete_orphan || !is_orphan(cx.orm, item.id()) {
            return Ok(());
        }
        match session {
            Some(session) if super::get(cx.orm, session).new.contains_key(&item.id()) => {
                membership::expunge(cx, session, item)
            }
            _ if replaced => Ok(()),
            _ => {
                cx.orm.states.get_mut(item.id()).orphaned = true;
                Ok(())
            }
        }
    }

    fn modified(&self, cx: &mut Cx<'_>, id: StateId) -> Result<()> {
        let state = cx.orm.states.get(id);
        let Some(session) = state.session.or(state.haunts) else { return Ok(()) };
        let mut first = state.session.is_some();
        if identity::holds(cx.orm, session, id)
            && let Some(object) = cx.orm.states.upgrade(id)
        {
            let modified = &mut super::get_mut(cx.orm, session).modified;
            first &= modified.is_empty();
            modified.insert(id, object);
        }
        if first {
            // The change belongs to a transaction, which a rollback undoes.
            transaction::begin_for_change(cx.orm, session)?;
            crate::event::deliver_begun(cx)?;
        }
        Ok(())
    }

    fn identity(&self, orm: &Orm, owner: StateId, key: &IdentityKey) -> Option<ObjRef> {
        identity::lookup(orm, orm.states.get(owner).session?, key)
    }

    fn unflushed(&self, orm: &mut Orm, owner: StateId, unflushed: bool) -> bool {
        let Some(session) = orm.states.get(owner).session else { return unflushed };
        super::leave_unflushed(orm, session, unflushed)
    }
}

fn warn_in_flush(cx: &mut Cx<'_>, session: SessionId, what: &str) -> Result<()> {
    if super::get(cx.orm, session).executing { cx.warn(Warning::changed_in_flush(what)) } else { Ok(()) }
}
