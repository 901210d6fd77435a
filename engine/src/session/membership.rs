//! What belongs to a session: adding, deleting, expunging, and the sets that show it.

use super::cascade::{Operation, reached};
use super::{SessionId, identity, transaction};
use crate::attr;
use crate::error::{Error, ErrorKind, Result};
use crate::event;
use crate::host::Cx;
use crate::orm::Orm;
use crate::state::{ObjRef, StateId};

/// Where an object is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectState {
    Transient,
    Pending,
    Persistent,
    Deleted,
    Detached,
}

pub(super) fn invalid(text: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidRequestError, text)
}

/// Adds an object, and what its relationships cascade to.
///
/// # Errors
///
/// `InvalidRequestError`: it belongs to another session, or was deleted, or another object stands for its row.
pub fn add(cx: &mut Cx<'_>, session: SessionId, object: &ObjRef) -> Result<()> {
    identity::sweep(cx.orm);
    save_or_update(cx, session, object)
}

pub fn add_all(cx: &mut Cx<'_>, session: SessionId, objects: &[ObjRef]) -> Result<()> {
    for object in objects {
        add(cx, session, object)?;
    }
    Ok(())
}

pub(super) fn save_or_update(cx: &mut Cx<'_>, session: SessionId, object: &ObjRef) -> Result<()> {
    cx.orm.states.get_mut(object.id()).orphaned = false;
    take_in(cx, session, object)?;
    let others = reached(cx, Operation::SaveUpdate, object.id(), &|orm, id| contains(orm, session, id))?;
    for other in others {
        take_in(cx, session, &other)?;
    }
    Ok(())
}

/// Adds one object alone: as new, or as the persistent one that it is.
fn take_in(cx: &mut Cx<'_>, session: SessionId, object: &ObjRef) -> Result<()> {
    let id = object.id();
    if cx.orm.states.get(id).key.is_some() {
        return take_back(cx, session, object, false);
    }
    let attaches = may_attach(cx, session, id)?;
    if attaches {
        event::tell_object(cx, "before_attach", session, id)?;
    }
    let owner = super::get_mut(cx.orm, session);
    let is_new = !owner.new.contains_key(&id);
    if is_new {
        owner.new.insert(id, object.clone());
        let order = owner.new.len() as u64;
        cx.orm.states.get_mut(id).insert_order = order;
    }
    if attaches {
        cx.orm.states.get_mut(id).session = Some(session);
        event::tell_object(cx, "after_attach", session, id)?;
    }
    if is_new {
        event::tell_object(cx, "transient_to_pending", session, id)?;
    }
    Ok(())
}

/// Undoes the deletion of an object.
///
/// # Errors
///
/// `InvalidRequestError`: it has no row to go back to, since that came within the same transaction.
pub(super) fn revive(cx: &mut Cx<'_>, session: SessionId, object: &ObjRef) -> Result<()> {
    if cx.orm.states.get(object.id()).key.is_none() {
        let text = attr::object_text(cx, object.id());
        return Err(invalid(format!("Instance '{text}' is not persisted")));
    }
    take_back(cx, session, object, true)
}

/// Adds a persistent or detached object; `revert` where a rollback undoes its deletion.
pub(super) fn take_back(cx: &mut Cx<'_>, session: SessionId, object: &ObjRef, revert: bool) -> Result<()> {
    let id = object.id();
    if cx.orm.states.get(id).deleted {
        if !revert {
            let text = attr::object_text(cx, id);
            return Err(invalid(format!(
                "Instance '{text}' has been deleted.  Use the make_transient() function to send this object back to the transient state."
            )));
        }
        if cx.orm.states.get(id).session.is_none() {
            // It was expunged after its row had gone: the session has nothing to do with it any more.
            return Ok(());
        }
        cx.orm.states.get_mut(id).deleted = false;
    }
    let attaches = may_attach(cx, session, id)?;
    if attaches {
        event::tell_object(cx, "before_attach", session, id)?;
    }
    super::get_mut(cx.orm, session).deleted.shift_remove(&id);
    if attaches {
        cx.orm.states.get_mut(id).session = Some(session);
    }
    let joined = if revert {
        // Whatever object has come for its row since has no row any more.
        if let Some(other) = identity::replace(cx.orm, session, id) {
            super::get_mut(cx.orm, session).modified.shift_remove(&other);
        }
        Ok(())
    } else {
        identity::attach(cx, session, id)
    };
    if joined.is_err() && attaches {
        cx.orm.states.get_mut(id).session = None;
    }
    joined?;
    if attaches {
        event::tell_object(cx, "after_attach", session, id)?;
    }
    if revert {
        event::note_object(cx.orm, "deleted_to_persistent", session, id);
    } else if attaches {
        event::tell_object(cx, "detached_to_persistent", session, id)?;
    }
    Ok(())
}

/// Whether the object is still to be attached to this session.
fn may_attach(cx: &mut Cx<'_>, session: SessionId, id: StateId) -> Result<bool> {
    transaction::autobegin(cx.orm, session)?;
    event::deliver_begun(cx)?;
    match cx.orm.states.get(id).session {
        Some(own) if own == session => Ok(false),
        Some(other) if !super::get(cx.orm, other).forgotten => {
            let text = attr::object_text(cx, id);
            Err(invalid(format!(
                "Object '{text}' is already attached to session '{}' (this is '{}')",
                other.0 + 1,
                session.0 + 1
            )))
        }
        _ => Ok(true),
    }
}

/// `obj in session`.
pub fn contains(orm: &Orm, session: SessionId, id: StateId) -> bool {
    super::get(orm, session).new.contains_key(&id) || identity::holds(orm, session, id)
}

/// Marks an object, and what its relationships cascade to, as deleted at the next flush.
///
/// # Errors
///
/// `InvalidRequestError`: it has no row, or belongs to another session.
pub fn delete(cx: &mut Cx<'_>, session: SessionId, object: &ObjRef) -> Result<()> {
    identity::sweep(cx.orm);
    let id = object.id();
    if cx.orm.states.get(id).key.is_none() {
        let text = attr::object_text(cx, id);
        return Err(invalid(format!("Instance '{text}' is not persisted")));
    }
    if !prepare_delete(cx, session, object)? {
        return Ok(());
    }
    let others = reached(cx, Operation::Delete, id, &|_, _| false)?;
    super::get_mut(cx.orm, session).deleted.insert(id, object.clone());
    for other in others {
        if cx.orm.states.get(other.id()).key.is_some() && prepare_delete(cx, session, &other)? {
            super::get_mut(cx.orm, session).deleted.insert(other.id(), other.clone());
        }
    }
    Ok(())
}

/// Attaches an object that is to be deleted; whether it was not marked before.
fn prepare_delete(cx: &mut Cx<'_>, session: SessionId, object: &ObjRef) -> Result<bool> {
    let id = object.id();
    let attaches = may_attach(cx, session, id)?;
    if super::get(cx.orm, session).deleted.contains_key(&id) {
        return Ok(false);
    }
    identity::attach(cx, session, id)?;
    if attaches {
        cx.orm.states.get_mut(id).session = Some(session);
    }
    Ok(true)
}

/// Takes an object, and what its relationships cascade to, out of the session.
///
/// # Errors
///
/// `InvalidRequestError`: it is not there.
pub fn expunge(cx: &mut Cx<'_>, session: SessionId, object: &ObjRef) -> Result<()> {
    let id = object.id();
    if cx.orm.states.get(id).session != Some(session) {
        let text = attr::object_text(cx, id);
        return Err(invalid(format!("Instance {text} is not present in this Session")));
    }
    let mut going = vec![id];
    going.extend(reached(cx, Operation::Expunge, id, &|_, _| false)?.iter().map(ObjRef::id));
    remove(cx.orm, session, &going, false);
    event::deliver(cx)
}

/// Takes objects out of the session; `to_transient` where their rows were rolled back.
pub(crate) fn remove(orm: &mut Orm, session: SessionId, ids: &[StateId], to_transient: bool) {
    for id in ids {
        let known = super::get_mut(orm, session).new.shift_remove(id).is_some();
        if !known && identity::holds(orm, session, *id) {
            identity::discard(orm, session, *id);
            super::get_mut(orm, session).deleted.shift_remove(id);
        } else if !known {
            transaction::forget_deleted(orm, session, *id);
        }
    }
    detach(orm, session, ids, to_transient);
}

/// Ends objects' belonging to the session.
pub(super) fn detach(orm: &mut Orm, session: SessionId, ids: &[StateId], to_transient: bool) {
    for id in ids {
        if orm.states.find(*id).is_none() {
            continue;
        }
        super::get_mut(orm, session).modified.shift_remove(id);
        let state = orm.states.get_mut(*id);
        let name = match (&state.key, state.deleted) {
            (None, _) => "pending_to_transient",
            (Some(_), true) => "deleted_to_detached",
            (Some(_), false) if to_transient => "persistent_to_transient",
            (Some(_), false) => "persistent_to_detached",
        };
        if state.session == Some(session) {
            state.session = None;
        }
        if to_transient {
            state.key = None;
        }
        event::note_object(orm, name, session, *id);
    }
}

/// Takes all objects out of the session.
pub fn expunge_all(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    forget_all(cx.orm, session);
    event::deliver(cx)
}

pub(super) fn forget_all(orm: &mut Orm, session: SessionId) {
    let owner = super::get_mut(orm, session);
    let mut ids = owner.identity.ids();
    ids.extend(owner.new.keys());
    owner.identity.clear();
    owner.emptied += 1;
    let kept: Vec<_> = [&mut owner.new, &mut owner.deleted, &mut owner.modified].map(std::mem::take).into();
    detach(orm, session, &ids, false);
    drop(kept);
}

/// `session.new`, in the order in which it prints.
pub fn new_objects(orm: &Orm, session: SessionId) -> Vec<ObjRef> {
    super::get(orm, session).new.values().cloned().collect()
}

/// `session.dirty`, in the order in which it prints.
pub fn dirty_objects(orm: &Orm, session: SessionId) -> Vec<ObjRef> {
    let owner = super::get(orm, session);
    let changed = |object: &&ObjRef| {
        !owner.deleted.contains_key(&object.id())
            && orm.states.find(object.id()).is_some_and(|state| state.modified)
    };
    owner.modified.values().filter(changed).cloned().collect()
}

/// `session.deleted`, in the order in which it prints.
pub fn deleted_objects(orm: &Orm, session: SessionId) -> Vec<ObjRef> {
    super::get(orm, session).deleted.values().cloned().collect()
}

/// `session.is_modified(obj)`.
pub fn is_modified(
    cx: &mut Cx<'_>,
    _session: SessionId,
    object: &ObjRef,
    include_collections: bool,
) -> Result<bool> {
    attr::is_modified(cx, object.id(), include_collections)
}

/// `object_session(obj)`.
pub fn object_session(orm: &Orm, id: StateId) -> Option<SessionId> {
    orm.states.find(id)?.session
}

/// Where an object is in its life.
pub fn object_state(orm: &Orm, id: StateId) -> ObjectState {
    let state = orm.states.get(id);
    match (&state.key, state.session, state.deleted) {
        (None, None, _) => ObjectState::Transient,
        (None, Some(_), _) => ObjectState::Pending,
        (Some(_), Some(_), false) => ObjectState::Persistent,
        (Some(_), Some(_), true) => ObjectState::Deleted,
        (Some(_), None, _) => ObjectState::Detached,
    }
}
