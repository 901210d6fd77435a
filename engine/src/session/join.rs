//! The connection that a session's transaction runs on, and how the two transactions stand to each other.
//!
//! A session takes a connection of its engine for each transaction and owns what it begins there. One that is
//! bound to a connection may find a transaction open, which is somebody else's.

use super::SessionId;
use crate::db::{ConnectionId, DatabaseId};
use crate::error::Result;
use crate::orm::Orm;
use crate::version::Behaviour;

/// The argument `join_transaction_mode` (2.0): what a session does in a transaction that it did not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JoinMode {
    /// A savepoint within a savepoint, else [`JoinMode::RollbackOnly`].
    #[default]
    ConditionalSavepoint,
    /// A commit leaves the transaction open; a rollback ends it.
    RollbackOnly,
    /// The transaction is ended as if it were the session's.
    ControlFully,
    /// A savepoint is the session's whole transaction.
    CreateSavepoint,
}

impl JoinMode {
    /// Reads the argument.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "conditional_savepoint" => JoinMode::ConditionalSavepoint,
            "rollback_only" => JoinMode::RollbackOnly,
            "control_fully" => JoinMode::ControlFully,
            "create_savepoint" => JoinMode::CreateSavepoint,
            _ => return None,
        })
    }
}

/// Whose transaction it is that the session works in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Joined {
    /// The session began it.
    #[default]
    Own,
    /// Another's, to be left open by a commit.
    Outer,
    /// Another's, to be ended.
    Controlled,
    /// A savepoint of the session's own within another's.
    Savepoint(u32),
}

/// Takes the connection for a transaction: the one given, or a new one of the engine. Where no transaction is
/// open on it, one is begun.
pub(super) fn take(orm: &mut Orm, session: SessionId, database: DatabaseId) -> Result<ConnectionId> {
    let settings = &super::get(orm, session).settings;
    let (given, mode) = (settings.connection, settings.join);
    let connection = match given {
        Some(connection) => connection,
        None => orm.databases.connect(database)?,
    };
    if let Some(isolation) = super::get_mut(orm, session).isolation.take() {
        orm.databases.set_isolation(connection, isolation)?;
    }
    let joined = if orm.databases.in_transaction(connection) {
        let nested = orm.databases.innermost_savepoint(connection).is_some();
        let controls = orm.profile.has(Behaviour::SessionEndsSavepoint);
        let saves = orm.profile.has(Behaviour::JoinTransactionMode);
        match mode {
            JoinMode::ControlFully => Joined::Controlled,
            JoinMode::CreateSavepoint => Joined::Savepoint(orm.databases.savepoint(connection)?),
            JoinMode::ConditionalSavepoint if nested && saves => {
                Joined::Savepoint(orm.databases.savepoint(connection)?)
            }
            JoinMode::ConditionalSavepoint if nested && controls => Joined::Controlled,
            JoinMode::ConditionalSavepoint | JoinMode::RollbackOnly => Joined::Outer,
        }
    } else {
        orm.databases.begin(connection)?;
        Joined::Own
    };
    let owner = super::get_mut(orm, session);
    owner.connection = Some(connection);
    owner.joined = joined;
    Ok(connection)
}

/// Commits as far as it is the session's to do; nothing is left to it then.
pub(super) fn commit(orm: &mut Orm, session: SessionId, connection: ConnectionId) -> Result<()> {
    let databases = &mut orm.databases;
    let joined = &mut orm.sessions.all[session.0 as usize].joined;
    match std::mem::replace(joined, Joined::Outer) {
        Joined::Own => databases.commit(connection),
        Joined::Outer => Ok(()),
        Joined::Savepoint(savepoint) => databases.release_savepoint(connection, savepoint),
        Joined::Controlled => match databases.innermost_savepoint(connection) {
            Some(savepoint) => databases.release_savepoint(connection, savepoint),
            None => databases.commit(connection),
        },
    }
}

/// Rolls back: the session's transaction, its savepoint, or the innermost of what it joined. Nothing is left to it
/// then.
pub(super) fn rollback(orm: &mut Orm, session: SessionId, connection: ConnectionId) -> Result<()> {
    let databases = &mut orm.databases;
    let joined = &mut orm.sessions.all[session.0 as usize].joined;
    let savepoint = match std::mem::replace(joined, Joined::Outer) {
        Joined::Own => None,
        Joined::Savepoint(savepoint) => Some(savepoint),
        Joined::Outer | Joined::Controlled => databases.innermost_savepoint(connection),
    };
    match savepoint {
        Some(savepoint) if databases.is_savepoint_open(connection, savepoint) => {
            databases.rollback_to_savepoint(connection, savepoint)
        }
        Some(_) => Ok(()),
        None => databases.rollback(connection),
    }
}

/// Gives the connection back at a transaction's end. What the session began and has not ended is rolled back.
pub(super) fn give_back(orm: &mut Orm, session: SessionId) -> Result<()> {
    let owner = super::get_mut(orm, session);
    let Some(connection) = owner.connection.take() else { return Ok(()) };
    let joined = std::mem::take(&mut owner.joined);
    if owner.settings.connection.is_none() {
        return orm.databases.close(connection);
    }
    match joined {
        Joined::Savepoint(savepoint) if orm.databases.is_savepoint_open(connection, savepoint) => {
            orm.databases.rollback_to_savepoint(connection, savepoint)
        }
        Joined::Own | Joined::Controlled if !orm.databases.is_closed(connection) => {
            orm.databases.rollback(connection)
        }
        Joined::Own | Joined::Outer | Joined::Controlled | Joined::Savepoint(_) => Ok(()),
    }
}
