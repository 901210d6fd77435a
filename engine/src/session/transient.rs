//! Objects that are sent back to an earlier state of their lives.

use super::membership;
use crate::attr;
use crate::error::Result;
use crate::host::Cx;
use crate::state::ObjRef;
use crate::version::Behaviour;
use std::rc::Rc;

/// `make_transient(obj)`: it belongs to no session and has no row any longer; what it holds stays.
pub fn make_transient(cx: &mut Cx<'_>, object: &ObjRef) {
    let id = object.id();
    if let Some(session) = membership::object_session(cx.orm, id) {
        membership::remove(cx.orm, session, &[id], false);
    }
    let state = cx.orm.states.get_mut(id);
    state.expired_attributes.clear();
    state.expired_apart.clear();
    state.on_access.clear();
    state.deleted = false;
    state.key = None;
}

/// `make_transient_to_detached(obj)`: it counts as loaded once by the key that it holds, and what it does not hold has expired.
///
/// # Errors
///
/// `InvalidRequestError` where it is in a session or has a row.
pub fn make_transient_to_detached(cx: &mut Cx<'_>, object: &ObjRef) -> Result<()> {
    let id = object.id();
    let own = cx.orm.states.get(id);
    if own.session.is_some() || own.key.is_some() {
        return Err(membership::invalid("Given object must be transient"));
    }
    let mapper = own.mapper;
    let key = super::sought_key(cx, id)?;
    // What the mapping leaves for its access is not loaded with the rest.
    let (apart, columns): (Vec<_>, Vec<_>) = cx
        .orm
        .mappers
        .get(mapper)
        .column_properties()
        .filter(|property| !property.hidden && !attr::is_loaded(cx.orm, id, &property.key))
        .map(|property| (property.deferral.deferred, Rc::clone(&property.key)))
        .partition(|(deferred, _)| *deferred);
    let tells_apart = cx.orm.profile.has(Behaviour::ExpiredLoadsEager);
    let own = cx.orm.states.get_mut(id);
    own.key = Some(key);
    own.deleted = false;
    own.modified = false;
    let dropped = (std::mem::take(&mut own.committed), std::mem::take(&mut own.pending));
    own.expired_attributes.extend(columns.into_iter().map(|(_, key)| key));
    own.expired_apart.extend(apart.into_iter().filter(|_| tells_apart).map(|(_, key)| key));
    drop(dropped);
    Ok(())
}
