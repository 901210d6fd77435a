//! Sessions: units of work over a database engine.
//!
//! A session begins a transaction when it is first used and emits BEGIN when it first emits SQL. Its identity
//! map holds objects weakly; new, modified and deleted objects are held strongly.

mod cascade;
mod expire;
mod identity;
mod membership;
mod merge;
mod transaction;

use crate::db::DatabaseId;
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::orm::Orm;

pub use cascade::SessionHooks;
pub use expire::{expire, expire_all, refresh};
pub use identity::{identity_objects, lookup, register_loaded};
pub use membership::{
    ObjectState, add, add_all, contains, delete, deleted_objects, dirty_objects, expunge, expunge_all,
    is_modified, new_objects, object_session, object_state,
};
pub use merge::merge;
pub use transaction::{begin, begin_nested, close, commit, in_transaction, is_active, rollback};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub(crate) u32);

/// Arguments of `Session()` or `sessionmaker()`.
#[derive(Debug, Clone)]
pub struct SessionSettings {
    pub bind: Option<DatabaseId>,
    pub autoflush: bool,
    pub expire_on_commit: bool,
    /// `future=True` (1.4), always so from 2.0: no cascade along backrefs.
    pub future: bool,
    /// `Session(autocommit=True)` of 1.x.
    pub autocommit: bool,
    /// `autobegin=False` of 2.x.
    pub autobegin: bool,
}

impl Default for SessionSettings {
    fn default() -> Self {
        SessionSettings {
            bind: None,
            autoflush: true,
            expire_on_commit: true,
            future: false,
            autocommit: false,
            autobegin: true,
        }
    }
}

/// All sessions of a world.
#[derive(Debug, Default)]
pub struct Sessions {
    pub(crate) all: Vec<Session>,
}

/// One session.
#[derive(Debug)]
pub struct Session {
    pub settings: SessionSettings,
}

/// Makes a session.
pub fn create(orm: &mut Orm, settings: SessionSettings) -> SessionId {
    let id = SessionId(orm.sessions.all.len() as u32);
    orm.sessions.all.push(Session { settings });
    id
}

/// The session's settings; autoflush can be changed while it lives (`no_autoflush`).
pub fn settings_mut(orm: &mut Orm, session: SessionId) -> &mut SessionSettings {
    &mut orm.sessions.all[session.0 as usize].settings
}

/// The database engine that the session uses.
///
/// # Errors
///
/// `UnboundExecutionError` where it has none.
pub fn bind(cx: &mut Cx<'_>, session: SessionId) -> Result<DatabaseId> {
    let _ = (cx, session);
    Err(Error::unsupported("sessions"))
}

/// Flushes what is new, changed and deleted.
pub fn flush(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    let _ = (cx, session);
    Err(Error::unsupported("flush"))
}

/// Flushes before a query, where the session does so.
pub fn autoflush(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    let _ = (cx, session);
    Err(Error::unsupported("flush"))
}
