//! The identity map: one object a row within a session, held weakly.

use super::SessionId;
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::orm::Orm;
use crate::state::{self, IdentityKey, ObjRef, StateId};
use crate::value::Value;
use indexmap::IndexMap;
use std::fmt::Write as _;

/// Objects by what identifies their rows.
#[derive(Debug, Default)]
pub(super) struct IdentityMap(IndexMap<String, StateId>);

/// An identity as a key: values that Python holds equal give the same text.
fn index(key: &IdentityKey) -> String {
    let mut text = format!("{:?}", key.mapper);
    for value in &key.values {
        let whole = |number: f64| number.fract() == 0.0 && number.abs() < 9e15;
        match value {
            Value::Bool(value) => write!(text, "|{}", i64::from(*value)),
            Value::Float(number) if whole(*number) => write!(text, "|{}", *number as i64),
            Value::Decimal(number) => write!(text, "|{}", number.normalized()),
            other => write!(text, "|{}", crate::value::repr::value(other)),
        }
        .unwrap_or_default();
    }
    text
}

impl IdentityMap {
    pub(super) fn find(&self, key: &IdentityKey) -> Option<StateId> {
        self.0.get(&index(key)).copied()
    }

    pub(super) fn ids(&self) -> Vec<StateId> {
        self.0.values().copied().collect()
    }

    pub(super) fn insert(&mut self, key: &IdentityKey, id: StateId) -> Option<StateId> {
        self.0.insert(index(key), id)
    }

    /// Drops the entry, if it is this object's.
    pub(super) fn discard(&mut self, key: &IdentityKey, id: StateId) {
        let index = index(key);
        if self.0.get(&index) == Some(&id) {
            self.0.shift_remove(&index);
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// The session's object for a row, if it has one. It may be expired.
pub fn lookup(orm: &Orm, session: SessionId, key: &IdentityKey) -> Option<ObjRef> {
    let id = super::get(orm, session).identity.find(key)?;
    orm.states.upgrade(id)
}

/// Whether the object is in the session's identity map.
pub(super) fn holds(orm: &Orm, session: SessionId, id: StateId) -> bool {
    let key = orm.states.find(id).and_then(|state| state.key.as_ref());
    key.is_some_and(|key| super::get(orm, session).identity.find(key) == Some(id))
}

/// Puts an object into the identity map.
///
/// # Errors
///
/// `InvalidRequestError`: another object stands for its row.
pub(super) fn attach(cx: &mut Cx<'_>, session: SessionId, id: StateId) -> Result<()> {
    let Some(key) = cx.orm.states.get(id).key.clone() else { return Ok(()) };
    if let Some(other) = lookup(cx.orm, session, &key)
        && other.id() != id
    {
        let text = crate::attr::object_text(cx, id);
        cx.orm.states.blame([other]);
        return Err(Error::new(
            ErrorKind::InvalidRequestError,
            format!(
                "Can't attach instance {text}; another instance with key {} is already present in this session.",
                state::identity_text(cx.orm, &key)
            ),
        ));
    }
    replace(cx.orm, session, id);
    Ok(())
}

/// Puts an object into the identity map in place of whatever is there; gives what was.
pub(super) fn replace(orm: &mut Orm, session: SessionId, id: StateId) -> Option<StateId> {
    let key = orm.states.get(id).key.clone()?;
    let modified = orm.states.get(id).modified.then(|| orm.states.upgrade(id)).flatten();
    let session = super::get_mut(orm, session);
    if let Some(object) = modified {
        session.modified.insert(id, object);
    }
    let replaced = session.identity.insert(&key, id).filter(|old| *old != id);
    if let Some(old) = replaced {
        // A flush knows nothing of its changes any more.
        session.modified.shift_remove(&old);
    }
    replaced
}

/// What an object had in the way of changes is overwritten: a flush has nothing to do with it.
pub(crate) fn unmodified(orm: &mut Orm, id: StateId) {
    let state = orm.states.get_mut(id);
    let was = std::mem::replace(&mut state.modified, false);
    if let (true, Some(session)) = (was, state.session) {
        super::get_mut(orm, session).modified.shift_remove(&id);
    }
}

/// Takes an object out of the identity map.
pub(super) fn discard(orm: &mut Orm, session: SessionId, id: StateId) {
    if let Some(key) = orm.states.get(id).key.clone() {
        let session = super::get_mut(orm, session);
        session.identity.discard(&key, id);
        session.modified.shift_remove(&id);
    }
}

/// Makes an object that a loader has just created from a row the session's: persistent, under this key.
pub fn register_loaded(cx: &mut Cx<'_>, session: SessionId, object: &ObjRef, key: IdentityKey) -> Result<()> {
    let state = cx.orm.states.get_mut(object.id());
    state.key = Some(key);
    state.session = Some(session);
    attach(cx, session, object.id())
}

/// All living objects of the identity map, in the order in which they came (`list(session)` adds the new ones).
pub fn identity_objects(orm: &Orm, session: SessionId) -> Vec<ObjRef> {
    super::get(orm, session).identity.ids().into_iter().filter_map(|id| orm.states.upgrade(id)).collect()
}

/// Frees what nothing holds any longer. Operations of a session begin with it.
pub fn sweep(orm: &mut Orm) {
    for (id, state) in orm.states.sweep() {
        if let (Some(session), Some(key)) = (state.session.or(state.haunts), &state.key) {
            super::get_mut(orm, session).identity.discard(key, id);
        }
    }
}
