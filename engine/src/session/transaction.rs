//! A session's transactions: begun by use, nested by savepoints, restored on rollback.
//!
//! The bottom of the stack is the transaction, the others are savepoints. A connection is taken, and a
//! savepoint set, when SQL is first emitted within them.

use super::membership::{self, invalid};
use super::{SessionId, expire, identity, join};
use crate::db::ConnectionId;
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::orm::Orm;
use crate::state::{IdentityKey, StateId};
use crate::version::Behaviour;
use indexmap::{IndexMap, IndexSet};

/// One transaction or savepoint, with what to restore where it is rolled back.
#[derive(Debug, Default)]
pub(crate) struct Transaction {
    nested: bool,
    savepoint: Option<u32>,
    /// Flushed as new within it.
    pub(super) new: IndexSet<StateId>,
    /// Flushed as deleted within it.
    pub(super) deleted: IndexSet<StateId>,
    /// Flushed as changed within it.
    pub(super) dirty: IndexSet<StateId>,
    /// The identity that an object had before its primary key was changed.
    pub(super) switched: IndexMap<StateId, IdentityKey>,
    /// A flush failed: the text of its error. Only a rollback helps.
    failed: Option<String>,
}

/// Begins a transaction where none is.
pub(super) fn autobegin(orm: &mut Orm, session: SessionId) -> Result<()> {
    let owner = super::get_mut(orm, session);
    if owner.transactions.is_empty() {
        if !owner.settings.autobegin {
            return Err(invalid(
                "Autobegin is disabled on this Session; please call session.begin() to start a new transaction",
            ));
        }
        owner.transactions.push(Transaction::default());
    }
    Ok(())
}

/// As [`autobegin`], where the session does so by itself.
pub(super) fn begin_for_change(owner: &mut super::Session) {
    let begins = owner.settings.autobegin && !owner.settings.autocommit;
    if begins && owner.transactions.is_empty() {
        owner.transactions.push(Transaction::default());
    }
}

/// Refuses to go on after a failed flush.
fn check_active(orm: &Orm, session: SessionId) -> Result<()> {
    let Some(failed) = super::get(orm, session).transactions.last().and_then(|top| top.failed.as_ref())
    else {
        return Ok(());
    };
    let kind = if orm.profile.has(Behaviour::PendingRollbackErrors) {
        ErrorKind::PendingRollbackError
    } else {
        ErrorKind::InvalidRequestError
    };
    Err(Error::new(
        kind,
        format!(
            "This Session's transaction has been rolled back due to a previous exception during flush. To begin a new transaction with this Session, first issue Session.rollback(). Original exception was: {failed}"
        ),
    )
    .with_code("7s2a"))
}

/// The session's connection, within its transaction; BEGIN and savepoints that are due are emitted.
pub fn connection(cx: &mut Cx<'_>, session: SessionId) -> Result<ConnectionId> {
    autobegin(cx.orm, session)?;
    check_active(cx.orm, session)?;
    let connection = if let Some(connection) = super::get(cx.orm, session).connection {
        connection
    } else {
        let database = super::bind(cx, session)?;
        join::take(cx.orm, session, database)?
    };
    for depth in 0..super::get(cx.orm, session).transactions.len() {
        let at = &super::get(cx.orm, session).transactions[depth];
        if at.nested && at.savepoint.is_none() {
            let savepoint = cx.orm.databases.savepoint(connection)?;
            super::get_mut(cx.orm, session).transactions[depth].savepoint = Some(savepoint);
        }
    }
    Ok(connection)
}

/// `session.begin()`; gives the depth of the transaction (1: the outermost).
///
/// # Errors
///
/// `InvalidRequestError`: one is begun already.
pub fn begin(cx: &mut Cx<'_>, session: SessionId) -> Result<usize> {
    let owner = super::get_mut(cx.orm, session);
    if !owner.transactions.is_empty() {
        return Err(invalid("A transaction is already begun on this Session."));
    }
    owner.transactions.push(Transaction::default());
    Ok(1)
}

/// `session.begin_nested()`: a savepoint; gives its depth.
pub fn begin_nested(cx: &mut Cx<'_>, session: SessionId) -> Result<usize> {
    autobegin(cx.orm, session)?;
    check_active(cx.orm, session)?;
    super::flush(cx, session)?;
    let owner = super::get_mut(cx.orm, session);
    owner.transactions.push(Transaction { nested: true, ..Transaction::default() });
    Ok(owner.transactions.len())
}

/// How deep the stack is to be after a commit or rollback.
fn target(orm: &Orm, session: SessionId, depth: Option<usize>) -> usize {
    let open = super::get(orm, session).transactions.len();
    match depth {
        Some(depth) => depth.saturating_sub(1),
        None if super::is_future(orm, session) => 0,
        None => open.saturating_sub(1),
    }
}

/// Commits: the session's outermost transaction, or (`depth`) that one of `begin_nested()`. Up to 1.4 without
/// `future`, a plain commit ends the innermost one only.
///
/// # Errors
///
/// What the flush raises; `PendingRollbackError` after one has failed.
pub fn commit(cx: &mut Cx<'_>, session: SessionId, depth: Option<usize>) -> Result<()> {
    identity::sweep(cx.orm);
    if depth.is_none() {
        autobegin(cx.orm, session)?;
    }
    let left = target(cx.orm, session, depth);
    if depth.is_some() && super::get(cx.orm, session).transactions.len() <= left {
        return Err(Error::new(ErrorKind::ResourceClosedError, "This transaction is closed"));
    }
    while super::get(cx.orm, session).transactions.len() > left {
        commit_top(cx, session)?;
    }
    Ok(())
}

fn commit_top(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    check_active(cx.orm, session)?;
    let mut rounds = 0;
    while !super::is_clean(cx.orm, session) {
        if rounds == 100 {
            return Err(Error::new(
                ErrorKind::FlushError,
                "Over 100 subsequent flushes have occurred within session.commit() - is an after_flush() hook creating new objects?",
            ));
        }
        rounds += 1;
        super::flush(cx, session)?;
    }
    let connection = super::get(cx.orm, session).connection;
    let Some(top) = super::get(cx.orm, session).transactions.last() else { return Ok(()) };
    if top.nested {
        if let (Some(connection), Some(savepoint)) = (connection, top.savepoint) {
            cx.orm.databases.release_savepoint(connection, savepoint)?;
        }
        let transactions = &mut super::get_mut(cx.orm, session).transactions;
        if let Some(top) = transactions.pop()
            && let Some(below) = transactions.last_mut()
        {
            below.new.extend(top.new);
            below.deleted.extend(top.deleted);
            below.dirty.extend(top.dirty);
            for (id, key) in top.switched {
                below.switched.entry(id).or_insert(key);
            }
        }
        return Ok(());
    }
    if let Some(connection) = connection {
        join::commit(cx.orm, session, connection)?;
    }
    if super::get(cx.orm, session).settings.expire_on_commit {
        expire::expire_everything(cx.orm, session);
        let top = super::get_mut(cx.orm, session).transactions.last_mut();
        let deleted: Vec<StateId> = top.map(|top| top.deleted.drain(..).collect()).unwrap_or_default();
        membership::detach(cx.orm, session, &deleted, false);
    }
    end_outermost(cx, session)
}

/// Gives the connection back and forgets the transaction.
fn end_outermost(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    super::get_mut(cx.orm, session).transactions.clear();
    join::give_back(cx.orm, session)
}

/// Rolls back; `depth` as for [`commit`].
///
/// # Errors
///
/// What the database says.
pub fn rollback(cx: &mut Cx<'_>, session: SessionId, depth: Option<usize>) -> Result<()> {
    identity::sweep(cx.orm);
    let left = target(cx.orm, session, depth);
    while super::get(cx.orm, session).transactions.len() > left {
        undo_top(cx, session)?;
        let owner = super::get_mut(cx.orm, session);
        if owner.transactions.len() > 1 {
            owner.transactions.pop();
        } else {
            end_outermost(cx, session)?;
        }
    }
    Ok(())
}

/// Undoes what the innermost transaction did, where that has not happened yet.
fn undo_top(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    let owner = super::get(cx.orm, session);
    let Some(top) = owner.transactions.last() else { return Ok(()) };
    if top.failed.is_some() {
        return Ok(());
    }
    let undone = match (owner.connection, top.nested, top.savepoint) {
        (Some(connection), true, Some(savepoint)) => {
            cx.orm.databases.rollback_to_savepoint(connection, savepoint)
        }
        (Some(connection), false, _) => join::rollback(cx.orm, session, connection),
        _ => Ok(()),
    };
    restore(cx, session)?;
    undone
}

/// After a failed flush: undoes the innermost transaction at once, and refuses further work in it.
pub(super) fn fail(cx: &mut Cx<'_>, session: SessionId, error: &Error) -> Result<()> {
    undo_top(cx, session)?;
    let text = error_text(cx.orm, error);
    if let Some(top) = super::get_mut(cx.orm, session).transactions.last_mut() {
        top.failed.get_or_insert(text);
    }
    Ok(())
}

/// An error's text as Python's `str()` gives it, with the link to its background.
fn error_text(orm: &Orm, error: &Error) -> String {
    if error.kind() == ErrorKind::KeyError {
        return crate::value::repr::text(error.detail());
    }
    let Some(code) = error.code() else { return error.detail().to_owned() };
    let scheme = if orm.profile.has(Behaviour::ResultErrorsInCore) { "https" } else { "http" };
    let gap = if error.detail().contains("\n[SQL: ") { '\n' } else { ' ' };
    format!(
        "{}{gap}(Background on this error at: {scheme}://sqlalche.me/e/{}/{code})",
        error.detail(),
        orm.profile.series()
    )
}

/// Puts the session's objects back into the state that they had before the innermost transaction.
fn restore(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    let owner = super::get_mut(cx.orm, session);
    let Some(top) = owner.transactions.last_mut() else { return Ok(()) };
    let nested = top.nested;
    let dirty = std::mem::take(&mut top.dirty);
    let switched = std::mem::take(&mut top.switched);
    let mut gone = std::mem::take(&mut top.new);
    let mut deleted: Vec<StateId> = std::mem::take(&mut top.deleted).into_iter().collect();
    gone.extend(owner.new.keys());
    deleted.extend(owner.deleted.keys());
    let kept: Vec<_> = owner.new.values().chain(owner.deleted.values()).cloned().collect();
    let alive: Vec<StateId> = gone.iter().copied().filter(|id| cx.orm.states.find(*id).is_some()).collect();
    membership::remove(cx.orm, session, &alive, true);
    for (id, key) in switched {
        if cx.orm.states.find(id).is_none() {
            continue;
        }
        identity::discard(cx.orm, session, id);
        if !gone.contains(&id) {
            cx.orm.states.get_mut(id).key = Some(key);
            identity::replace(cx.orm, session, id);
        }
    }
    for id in deleted {
        if gone.contains(&id) {
            continue;
        }
        if let Some(object) = cx.orm.states.upgrade(id) {
            membership::take_back(cx, session, &object, true)?;
        }
    }
    for id in super::get(cx.orm, session).identity.ids() {
        let Some(state) = cx.orm.states.find(id) else { continue };
        if !nested || state.modified || dirty.contains(&id) {
            expire::expire_state(cx.orm, id);
        }
    }
    drop(kept);
    Ok(())
}

/// Forgets that an object was deleted within the transaction.
pub(super) fn forget_deleted(orm: &mut Orm, session: SessionId, id: StateId) {
    if let Some(top) = super::get_mut(orm, session).transactions.last_mut() {
        top.deleted.shift_remove(&id);
    }
}

/// Rolls back and forgets all objects. The session can be used again.
pub fn close(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    membership::forget_all(cx.orm, session);
    identity::sweep(cx.orm);
    end_outermost(cx, session)
}

pub fn in_transaction(orm: &Orm, session: SessionId) -> bool {
    !super::get(orm, session).transactions.is_empty()
}

/// False after a flush failed and until the rollback.
pub fn is_active(orm: &Orm, session: SessionId) -> bool {
    super::get(orm, session).transactions.last().is_none_or(|top| top.failed.is_none())
}
