//! Expiring and refreshing objects.

use super::SessionId;
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::map::Key;
use crate::state::ObjRef;

/// `session.expire(obj, attributes)`.
pub fn expire(
    cx: &mut Cx<'_>,
    session: SessionId,
    object: &ObjRef,
    attributes: Option<&[Key]>,
) -> Result<()> {
    let _ = (cx, session, object, attributes);
    Err(Error::unsupported("expire"))
}

pub fn expire_all(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    let _ = (cx, session);
    Err(Error::unsupported("expire"))
}

/// `session.refresh(obj, attributes)`.
pub fn refresh(
    cx: &mut Cx<'_>,
    session: SessionId,
    object: &ObjRef,
    attributes: Option<&[Key]>,
) -> Result<()> {
    let _ = (cx, session, object, attributes);
    Err(Error::unsupported("refresh"))
}
