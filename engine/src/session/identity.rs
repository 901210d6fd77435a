//! The identity map: one object a row within a session, held weakly.

use super::SessionId;
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::orm::Orm;
use crate::state::{IdentityKey, ObjRef};

/// The session's object for a row, if it has one. It may be expired.
pub fn lookup(orm: &Orm, session: SessionId, key: &IdentityKey) -> Option<ObjRef> {
    let _ = (orm, session, key);
    None
}

/// Makes an object that a loader has just created from a row the session's: persistent, under this key.
pub fn register_loaded(cx: &mut Cx<'_>, session: SessionId, object: &ObjRef, key: IdentityKey) -> Result<()> {
    let _ = (cx, session, object, key);
    Err(Error::unsupported("sessions"))
}

/// All living objects of the identity map, in the order in which they came (`list(session)` adds the new ones).
pub fn identity_objects(orm: &Orm, session: SessionId) -> Vec<ObjRef> {
    let _ = (orm, session);
    Vec::new()
}
