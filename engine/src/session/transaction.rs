//! A session's transactions: begun by use, nested by savepoints, restored on rollback.

use super::SessionId;
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::orm::Orm;

fn absent<T>() -> Result<T> {
    Err(Error::unsupported("sessions"))
}

/// `session.begin()`; gives the depth of the transaction (1: the outermost).
pub fn begin(cx: &mut Cx<'_>, session: SessionId) -> Result<usize> {
    let _ = (cx, session);
    absent()
}

/// `session.begin_nested()`: a savepoint; gives its depth.
pub fn begin_nested(cx: &mut Cx<'_>, session: SessionId) -> Result<usize> {
    let _ = (cx, session);
    absent()
}

/// Commits: the session's outermost transaction, or (`depth`) that one of `begin_nested()`.
pub fn commit(cx: &mut Cx<'_>, session: SessionId, depth: Option<usize>) -> Result<()> {
    let _ = (cx, session, depth);
    absent()
}

/// Rolls back; `depth` as for [`commit`].
pub fn rollback(cx: &mut Cx<'_>, session: SessionId, depth: Option<usize>) -> Result<()> {
    let _ = (cx, session, depth);
    absent()
}

/// Rolls back and forgets all objects. The session can be used again.
pub fn close(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    let _ = (cx, session);
    absent()
}

pub fn in_transaction(orm: &Orm, session: SessionId) -> bool {
    let _ = (orm, session);
    false
}

/// False after a flush failed and until the rollback.
pub fn is_active(orm: &Orm, session: SessionId) -> bool {
    let _ = (orm, session);
    true
}
