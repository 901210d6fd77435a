//! Expiring and refreshing objects.

use super::cascade::{Operation, reached};
use super::{SessionId, identity, membership};
use crate::attr;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{self, Happening};
use crate::host::Cx;
use crate::load;
use crate::map::{Descriptor, Key, Property};
use crate::orm::Orm;
use crate::state::{ObjRef, Slot, StateId};
use crate::version::{Behaviour, Profile};

/// `session.expire(obj, attributes)`.
///
/// # Errors
///
/// `InvalidRequestError`: the object is not persistent here.
pub fn expire(
    cx: &mut Cx<'_>,
    session: SessionId,
    object: &ObjRef,
    attributes: Option<&[Key]>,
) -> Result<()> {
    identity::sweep(cx.orm);
    let id = object.id();
    if !identity::holds(cx.orm, session, id) {
        let text = attr::object_text(cx, id);
        return Err(membership::invalid(format!("Instance '{text}' is not persistent within this Session")));
    }
    match attributes {
        Some(keys) if !keys.is_empty() => {
            expire_attributes(cx.orm, id, keys)?;
            event::note(cx.orm, "expire", |orm| {
                Some(Happening::Instance { object: orm.states.upgrade(id)?, attributes: Some(keys.to_vec()) })
            });
            event::deliver(cx)
        }
        _ => {
            let others = reached(cx, Operation::RefreshExpire, id, &|_, _| false)?;
            expire_state(cx.orm, id);
            for other in others {
                if cx.orm.states.get(other.id()).key.is_some() {
                    expire_state(cx.orm, other.id());
                } else if super::get(cx.orm, session).new.contains_key(&other.id()) {
                    membership::remove(cx.orm, session, &[other.id()], false);
                }
            }
            event::deliver(cx)
        }
    }
}

/// Expires an object entirely: its mapped attributes are gone until they are loaded again.
pub(crate) fn expire_state(orm: &mut Orm, id: StateId) {
    attr::forget_composites(orm, id, None);
    event::note(orm, "expire", |orm| {
        Some(Happening::Instance { object: orm.states.upgrade(id)?, attributes: None })
    });
    let mapper = orm.states.get(id).mapper;
    let mapped = orm.mappers.get(mapper);
    let properties = &mapped.properties;
    let profile = orm.profile;
    let forgets_options = profile.has(Behaviour::ExpiredLoadsEager);
    let tells_apart = forgets_options;
    let state = orm.states.get_mut(id);
    state.expired = true;
    if forgets_options {
        state.on_access.clear();
    }
    state.modified = false;
    state.committed.clear();
    state.pending.clear();
    state.empty.clear();
    state.parents.clear();
    let mut dropped = Vec::new();
    for (key, property) in properties {
        let slot = state.dict.shift_remove(key);
        if let Some(Slot::Value(value)) = &slot
            && let Some(known) = state.last_known.get(key)
        {
            known.value.replace(Some(value.clone()));
        }
        if loads_expired(profile, property, slot.is_some()) {
            state.expired_attributes.insert(key.clone());
        } else if tells_apart {
            state.expired_apart.insert(key.clone());
        }
        dropped.extend(slot);
    }
    if tells_apart {
        state.expired_apart.extend(mapped.descriptors.keys().cloned());
        state.expired_apart.extend(orm.mappers.left_out_keys(mapper));
    }
    let session = state.session.or(state.haunts);
    if let Some(session) = session {
        super::get_mut(orm, session).modified.shift_remove(&id);
    }
    drop(dropped);
}

/// Whether an attribute comes back with all that has expired: one that the mapping leaves for its access goes by itself.
fn loads_expired(profile: Profile, property: &Property, was_loaded: bool) -> bool {
    match property {
        Property::Column(property) if property.hidden => false,
        Property::Column(property) => {
            !property.deferral.deferred || (was_loaded && profile.has(Behaviour::ExpiredLoadsDeferred))
        }
        Property::Relationship(_) => true,
    }
}

/// Expires some attributes.
pub(crate) fn expire_attributes(orm: &mut Orm, id: StateId, keys: &[Key]) -> Result<()> {
    let mapper = orm.states.get(id).mapper;
    let profile = orm.profile;
    for key in keys {
        match orm.mappers.get(mapper).descriptor(key) {
            Some(Descriptor::Synonym(_)) => continue,
            Some(Descriptor::Composite(_)) => {
                return Err(Error::unsupported("expiring a composite by its name"));
            }
            None => {}
        }
        let Some(property) = orm.mappers.get(mapper).properties.get(key) else {
            return Err(Error::new(ErrorKind::KeyError, &**key));
        };
        let state = orm.states.get_mut(id);
        let was_loaded = state.dict.contains_key(key);
        if matches!(property, Property::Column(_)) {
            // The oldest releases load with the others whatever was named.
            let with_others =
                profile.has(Behaviour::ExpiredLoadsDeferred) || loads_expired(profile, property, was_loaded);
            let expired = if with_others { &mut state.expired_attributes } else { &mut state.expired_apart };
            expired.insert(key.clone());
        }
        if let Some(Slot::Value(value)) = state.dict.shift_remove(key)
            && let Some(known) = state.last_known.get(key)
        {
            known.value.replace(Some(value));
        }
        state.committed.shift_remove(key);
        state.pending.shift_remove(key);
    }
    attr::forget_composites(orm, id, Some(keys));
    Ok(())
}

/// Expires all objects of the session.
pub fn expire_all(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    identity::sweep(cx.orm);
    expire_everything(cx.orm, session);
    event::deliver(cx)
}

pub(super) fn expire_everything(orm: &mut Orm, session: SessionId) {
    for id in super::get(orm, session).identity.ids() {
        if orm.states.find(id).is_some() {
            expire_state(orm, id);
        }
    }
}

/// `session.refresh(obj, attributes)`.
///
/// # Errors
///
/// `InvalidRequestError`: the object is not persistent here, or its row is gone.
pub fn refresh(
    cx: &mut Cx<'_>,
    session: SessionId,
    object: &ObjRef,
    attributes: Option<&[Key]>,
) -> Result<()> {
    let attributes = attributes.filter(|keys| !keys.is_empty());
    expire(cx, session, object, attributes)?;
    load::refresh(cx, session, object.id(), attributes)
}
