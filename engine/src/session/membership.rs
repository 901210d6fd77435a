//! What belongs to a session: adding, deleting, expunging, and the sets that show it.

use super::SessionId;
use crate::error::{Error, Result};
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

fn absent<T>() -> Result<T> {
    Err(Error::unsupported("sessions"))
}

pub fn add(cx: &mut Cx<'_>, session: SessionId, object: &ObjRef) -> Result<()> {
    let _ = (cx, session, object);
    absent()
}

pub fn add_all(cx: &mut Cx<'_>, session: SessionId, objects: &[ObjRef]) -> Result<()> {
    let _ = (cx, session, objects);
    absent()
}

/// `obj in session`.
pub fn contains(orm: &Orm, session: SessionId, id: StateId) -> bool {
    let _ = (orm, session, id);
    false
}

/// Marks an object, and what its relationships cascade to, as deleted at the next flush.
pub fn delete(cx: &mut Cx<'_>, session: SessionId, object: &ObjRef) -> Result<()> {
    let _ = (cx, session, object);
    absent()
}

pub fn expunge(cx: &mut Cx<'_>, session: SessionId, object: &ObjRef) -> Result<()> {
    let _ = (cx, session, object);
    absent()
}

pub fn expunge_all(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    let _ = (cx, session);
    absent()
}

/// `session.new`, in the order in which it prints.
pub fn new_objects(orm: &Orm, session: SessionId) -> Vec<ObjRef> {
    let _ = (orm, session);
    Vec::new()
}

/// `session.dirty`, in the order in which it prints.
pub fn dirty_objects(orm: &Orm, session: SessionId) -> Vec<ObjRef> {
    let _ = (orm, session);
    Vec::new()
}

/// `session.deleted`, in the order in which it prints.
pub fn deleted_objects(orm: &Orm, session: SessionId) -> Vec<ObjRef> {
    let _ = (orm, session);
    Vec::new()
}

/// `session.is_modified(obj)`.
pub fn is_modified(
    cx: &mut Cx<'_>,
    session: SessionId,
    object: &ObjRef,
    include_collections: bool,
) -> Result<bool> {
    let _ = (cx, session, object, include_collections);
    absent()
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
