//! Merging an object's state into a session.

use super::SessionId;
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::state::ObjRef;

/// `session.merge(obj, load=load)`.
pub fn merge(cx: &mut Cx<'_>, session: SessionId, object: &ObjRef, load: bool) -> Result<ObjRef> {
    let _ = (cx, session, object, load);
    Err(Error::unsupported("session.merge()"))
}
