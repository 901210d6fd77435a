//! A session's transactions: begun by use, nested by savepoints, restored on rollback.
//!
//! The bottom of the stack is the transaction, the others are savepoints. A connection is taken, and a
//! savepoint set, when SQL is first emitted within them.

use super::membership::{self, invalid};
use super::{SessionId, expire, identity, join, stages};
use crate::db::ConnectionId;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{self, Happening};
use crate::host::Cx;
use crate::orm::Orm;
use crate::state::{IdentityKey, ObjRef, StateId};
use crate::version::Behaviour;
use crate::warning::Warning;
use indexmap::{IndexMap, IndexSet};

/// One transaction or savepoint, with what to restore where it is rolled back.
#[derive(Debug, Default)]
pub(crate) struct Transaction {
    /// Tells it apart from all others of its session.
    pub(super) serial: usize,
    pub(super) nested: bool,
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
    /// It was rolled back, but the session's objects could not be put back.
    inactive: bool,
    /// A flush failed in it, and so did putting the objects back: where a rollback ends one transaction, the next one
    /// ends that of the flush.
    in_flush: bool,
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
        check_context(orm, session)?;
        push(orm, session, false);
    }
    Ok(())
}

/// As [`autobegin`], where the session does so by itself.
pub(super) fn begin_for_change(orm: &mut Orm, session: SessionId) -> Result<()> {
    let owner = super::get(orm, session);
    let begins = owner.settings.autobegin && !owner.settings.autocommit;
    if begins && owner.transactions.is_empty() {
        check_context(orm, session)?;
        push(orm, session, false);
    }
    Ok(())
}

/// Puts a transaction on the stack; gives its serial number.
fn push(orm: &mut Orm, session: SessionId, nested: bool) -> usize {
    let owner = super::get_mut(orm, session);
    owner.begun += 1;
    let serial = owner.begun;
    owner.transactions.push(Transaction { serial, nested, ..Transaction::default() });
    stages::begun(orm, session);
    serial
}

/// Refuses to go on where a `with` block's transaction has ended within the block.
pub(super) fn check_context(orm: &Orm, session: SessionId) -> Result<()> {
    let owner = super::get(orm, session);
    let Some(serial) = owner.contexts.last() else { return Ok(()) };
    if !orm.profile.has(Behaviour::ClosedBlocksEndQuietly) {
        return Ok(());
    }
    let active = owner.transactions.iter().any(|one| one.serial == *serial && one.failed.is_none());
    if active {
        return Ok(());
    }
    Err(ended_in_block())
}

/// The refusal of work in a `with` block whose transaction was ended within the block.
pub(crate) fn ended_in_block() -> Error {
    invalid(
        "Can't operate on closed transaction inside context manager.  Please complete the context manager before emitting further commands.",
    )
}

/// A `with` block of a transaction begins.
pub fn enter(orm: &mut Orm, session: SessionId, serial: usize) {
    super::get_mut(orm, session).contexts.push(serial);
}

/// A `with` block of a transaction ends: what is still open is committed or, after an exception, rolled back.
///
/// # Errors
///
/// As for [`commit`]; the transaction is rolled back then.
pub fn exit(cx: &mut Cx<'_>, session: SessionId, serial: usize, raised: bool) -> Result<()> {
    let is_open = |orm: &Orm| super::get(orm, session).transactions.iter().any(|one| one.serial == serial);
    let is_failed = |orm: &Orm| {
        let mut all = super::get(orm, session).transactions.iter();
        all.any(|one| one.serial == serial && one.failed.is_some())
    };
    let mut done = Ok(());
    if !is_open(cx.orm) && !cx.orm.profile.has(Behaviour::ClosedBlocksEndQuietly) {
        super::get_mut(cx.orm, session).contexts.pop();
        return Err(Error::new(ErrorKind::ResourceClosedError, "This transaction is closed"));
    }
    if !raised && is_open(cx.orm) && !is_failed(cx.orm) {
        done = commit(cx, session, Some(serial));
    }
    if is_open(cx.orm) && (raised || is_failed(cx.orm) || done.is_err()) {
        let undone = rollback(cx, session, Some(serial));
        done = done.and(undone);
    }
    super::get_mut(cx.orm, session).contexts.pop();
    done
}

/// Refuses to go on after a failed flush.
pub(super) fn check_active(orm: &Orm, session: SessionId) -> Result<()> {
    if super::get(orm, session).transactions.last().is_some_and(|top| top.inactive) {
        return Err(invalid(
            "This session is in 'inactive' state, due to the SQL transaction being rolled back; no further SQL can be emitted within this transaction.",
        ));
    }
    let Some(failed) = super::get(orm, session).transactions.last().and_then(|top| top.failed.as_ref())
    else {
        return Ok(());
    };
    let kind = if orm.profile.has(Behaviour::PendingRollbackErrors) {
        ErrorKind::PendingRollbackError
    } else {
        ErrorKind::InvalidRequestError
    };
    let error = Error::new(
        kind,
        format!(
            "This Session's transaction has been rolled back due to a previous exception during flush. To begin a new transaction with this Session, first issue Session.rollback(). Original exception was: {failed}"
        ),
    );
    Err(if orm.profile.has(Behaviour::RollbackLinked) { error.with_code("7s2a") } else { error })
}

/// Has the connection that the session takes next isolate its transaction so.
///
/// # Errors
///
/// `Unsupported` where the session has its connection already: the library leaves that one as it is, and warns.
pub fn isolate(orm: &mut Orm, session: SessionId, isolation: crate::db::Isolation) -> Result<()> {
    let owner = super::get_mut(orm, session);
    if owner.connection.is_some() {
        return Err(Error::unsupported("execution options for a connection that the session has already"));
    }
    owner.isolation = Some(isolation);
    Ok(())
}

/// The session's connection, within its transaction; BEGIN and savepoints that are due are emitted.
pub fn connection(cx: &mut Cx<'_>, session: SessionId) -> Result<ConnectionId> {
    check_context(cx.orm, session)?;
    autobegin(cx.orm, session)?;
    check_active(cx.orm, session)?;
    event::deliver_begun(cx)?;
    let connection = if let Some(connection) = super::get(cx.orm, session).connection {
        connection
    } else {
        let database = super::bind(cx, session)?;
        if super::get(cx.orm, session).settings.connection.is_none() {
            crate::db::open(cx, database)?;
        }
        let connection = join::take(cx.orm, session, database)?;
        if event::is_heard(cx.orm, "after_begin") {
            let chain = stages::outer(cx.orm, session, 1);
            event::tell(cx, "after_begin", Happening::Begin { session, connection, chain })?;
        }
        connection
    };
    for depth in 0..super::get(cx.orm, session).transactions.len() {
        let at = &super::get(cx.orm, session).transactions[depth];
        if at.nested && at.savepoint.is_none() {
            let savepoint = cx.orm.databases.savepoint(connection)?;
            super::get_mut(cx.orm, session).transactions[depth].savepoint = Some(savepoint);
            if event::is_heard(cx.orm, "after_begin") {
                let chain = stages::outer(cx.orm, session, depth + 1);
                event::tell(cx, "after_begin", Happening::Begin { session, connection, chain })?;
            }
        }
    }
    Ok(connection)
}

/// `session.begin()`; gives the transaction's serial number.
///
/// # Errors
///
/// `InvalidRequestError`: one is begun already.
pub fn begin(cx: &mut Cx<'_>, session: SessionId) -> Result<usize> {
    if !super::get(cx.orm, session).transactions.is_empty() {
        return Err(invalid("A transaction is already begun on this Session."));
    }
    check_context(cx.orm, session)?;
    let serial = push(cx.orm, session, false);
    event::deliver_begun(cx)?;
    Ok(serial)
}

/// `session.begin_nested()`: a savepoint; gives its serial number.
pub fn begin_nested(cx: &mut Cx<'_>, session: SessionId) -> Result<usize> {
    autobegin(cx.orm, session)?;
    check_active(cx.orm, session)?;
    check_context(cx.orm, session)?;
    super::flush(cx, session)?;
    let serial = push(cx.orm, session, true);
    event::deliver_begun(cx)?;
    Ok(serial)
}

/// How deep the stack is to be after a commit or rollback.
///
/// # Errors
///
/// `ResourceClosedError`: the transaction has ended.
fn target(orm: &Orm, session: SessionId, serial: Option<usize>) -> Result<usize> {
    let open = &super::get(orm, session).transactions;
    match serial {
        Some(serial) => open
            .iter()
            .position(|one| one.serial == serial)
            .ok_or_else(|| Error::new(ErrorKind::ResourceClosedError, "This transaction is closed")),
        None if super::is_future(orm, session) => Ok(0),
        None => Ok(open.len().saturating_sub(1)),
    }
}

/// Commits: the session's outermost transaction, or (`serial`) that one of `begin_nested()`. Up to 1.4 without
/// `future`, a plain commit ends the innermost one only.
///
/// # Errors
///
/// What the flush raises; `PendingRollbackError` after one has failed.
pub fn commit(cx: &mut Cx<'_>, session: SessionId, serial: Option<usize>) -> Result<()> {
    identity::sweep(cx.orm);
    if serial.is_none() {
        autobegin(cx.orm, session)?;
    }
    let left = target(cx.orm, session, serial)?;
    while super::get(cx.orm, session).transactions.len() > left {
        commit_top(cx, session)?;
    }
    Ok(())
}

fn commit_top(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    check_active(cx.orm, session)?;
    event::tell_session(cx, "before_commit", session)?;
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
    let chain = stages::open(cx.orm, session).unwrap_or_default();
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
        event::tell_session(cx, "after_commit", session)?;
        return stages::ended(cx, session, &chain);
    }
    if let Some(connection) = connection {
        event::tell_connection(cx, "commit", connection)?;
        join::commit(cx.orm, session, connection)?;
    }
    event::tell_session(cx, "after_commit", session)?;
    if super::get(cx.orm, session).settings.expire_on_commit {
        expire::expire_everything(cx.orm, session);
        let top = super::get_mut(cx.orm, session).transactions.last_mut();
        let deleted: Vec<StateId> = top.map(|top| top.deleted.drain(..).collect()).unwrap_or_default();
        membership::detach(cx.orm, session, &deleted, false);
        event::deliver(cx)?;
    }
    end_outermost(cx, session)?;
    stages::ended(cx, session, &chain)
}

/// Gives the connection back and forgets the transaction.
fn end_outermost(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    super::get_mut(cx.orm, session).transactions.clear();
    join::give_back(cx.orm, session)
}

/// Rolls back; `serial` as for [`commit`].
///
/// # Errors
///
/// What the database says.
pub fn rollback(cx: &mut Cx<'_>, session: SessionId, serial: Option<usize>) -> Result<()> {
    identity::sweep(cx.orm);
    let left = target(cx.orm, session, serial)?;
    if serial.is_some() {
        close_above(cx, session, left + 1)?;
    }
    let in_flush = super::get(cx.orm, session).transactions.last().is_some_and(|top| top.in_flush);
    if serial.is_none() && in_flush && !super::is_clean(cx.orm, session) {
        cx.warn(Warning::changed_since_failure())?;
        // The transaction of the flush has nothing to put back what was done since.
        return Err(Error::new(ErrorKind::AssertionError, ""));
    }
    if serial.is_none()
        && !super::is_future(cx.orm, session)
        && let Some(top) = super::get_mut(cx.orm, session).transactions.last_mut()
        && std::mem::take(&mut top.in_flush)
    {
        return undo_top(cx, session);
    }
    while super::get(cx.orm, session).transactions.len() > left {
        let chain = stages::open(cx.orm, session).unwrap_or_default();
        undo_top(cx, session)?;
        let owner = super::get_mut(cx.orm, session);
        if owner.transactions.len() > 1 {
            owner.transactions.pop();
        } else {
            end_outermost(cx, session)?;
        }
        stages::rolled_back(cx, session, &chain)?;
    }
    Ok(())
}

/// Ends the savepoints within one that is rolled back. What was done to objects in them stays as it is.
fn close_above(cx: &mut Cx<'_>, session: SessionId, kept: usize) -> Result<()> {
    while super::get(cx.orm, session).transactions.len() > kept {
        let owner = super::get_mut(cx.orm, session);
        let Some(top) = owner.transactions.pop() else { break };
        if top.failed.is_none()
            && !top.inactive
            && let (Some(connection), Some(savepoint)) = (owner.connection, top.savepoint)
            && cx.orm.profile.has(Behaviour::CloseUndoesSavepoints)
        {
            cx.orm.databases.rollback_to_savepoint(connection, savepoint)?;
        }
    }
    Ok(())
}

/// Undoes what the innermost transaction did, where that has not happened yet.
fn undo_top(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    let owner = super::get(cx.orm, session);
    let Some(top) = owner.transactions.last() else { return Ok(()) };
    if top.failed.is_some() || top.inactive {
        if super::is_clean(cx.orm, session) {
            return Ok(());
        }
        cx.warn(Warning::changed_since_failure())?;
        return restore(cx, session);
    }
    let undone = match (owner.connection, top.nested, top.savepoint) {
        (Some(connection), true, Some(savepoint)) => {
            cx.orm.databases.rollback_to_savepoint(connection, savepoint)
        }
        (Some(connection), false, _) => {
            event::tell_connection(cx, "rollback", connection)?;
            join::rollback(cx.orm, session, connection)
        }
        _ => Ok(()),
    };
    event::tell_session(cx, "after_rollback", session)?;
    let restored = restore(cx, session);
    if restored.is_err()
        && let Some(top) = super::get_mut(cx.orm, session).transactions.last_mut()
    {
        top.inactive = true;
    }
    event::deliver(cx)?;
    restored.and(undone)
}

/// After a failed flush: undoes the innermost transaction at once, and refuses further work in it.
pub(super) fn fail(cx: &mut Cx<'_>, session: SessionId, error: &Error, held: Vec<ObjRef>) -> Result<()> {
    cx.orm.states.keep_blamed();
    if let Err(error) = undo_top(cx, session) {
        if let Some(top) = super::get_mut(cx.orm, session).transactions.last_mut() {
            top.in_flush = true;
        }
        return Err(error);
    }
    let text = error_text(cx.orm, error);
    if let Some(top) = super::get_mut(cx.orm, session).transactions.last_mut() {
        top.failed.get_or_insert(text);
    }
    // The error's traceback and the error hold each other.
    for object in held {
        cx.orm.states.keep_until_collected(object);
    }
    Ok(())
}

/// The error of a failed flush is told otherwise from now on.
pub(super) fn retell(orm: &mut Orm, session: SessionId, was: &Error, is: &Error) {
    let (was, is) = (error_text(orm, was), error_text(orm, is));
    for transaction in &mut super::get_mut(orm, session).transactions {
        if transaction.failed.as_ref() == Some(&was) {
            transaction.failed = Some(is.clone());
        }
    }
}

/// An error's text as Python's `str()` gives it, with the link to its background.
fn error_text(orm: &Orm, error: &Error) -> String {
    if error.kind() == ErrorKind::KeyError {
        return crate::value::repr::text(error.detail());
    }
    let Some(code) = error.code() else { return error.detail().to_owned() };
    let gap = if error.detail().contains("\n[SQL: ") { '\n' } else { ' ' };
    format!("{}{gap}(Background on this error at: {}{code})", error.detail(), orm.profile.background())
}

/// Puts the session's objects back into the state that they had before the innermost transaction.
fn restore(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    let owner = super::get_mut(cx.orm, session);
    let Some(top) = owner.transactions.last() else { return Ok(()) };
    let nested = top.nested;
    // The transaction keeps what it knows: a second rollback puts all of it back again.
    let (dirty, switched, mut gone) = (top.dirty.clone(), top.switched.clone(), top.new.clone());
    gone.extend(owner.new.keys());
    let kept: Vec<_> = owner.new.values().chain(owner.deleted.values()).cloned().collect();
    let alive: Vec<StateId> = gone.iter().copied().filter(|id| cx.orm.states.find(*id).is_some()).collect();
    membership::remove(cx.orm, session, &alive, true);
    for (id, key) in switched {
        if cx.orm.states.find(id).is_none() {
            continue;
        }
        identity::discard(cx.orm, session, id);
        cx.orm.states.get_mut(id).key = Some(key);
        if !gone.contains(&id) {
            identity::replace(cx.orm, session, id);
            let state = cx.orm.states.get_mut(id);
            state.haunts = state.session.is_none().then_some(session);
        }
    }
    let owner = super::get(cx.orm, session);
    // Without those that are new in it, which are transient again.
    let mut deleted = owner.transactions.last().map(|top| top.deleted.clone()).unwrap_or_default();
    deleted.extend(owner.deleted.keys());
    for id in deleted {
        if let Some(object) = cx.orm.states.upgrade(id) {
            membership::revive(cx, session, &object)?;
        }
    }
    event::deliver(cx)?;
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
    event::deliver(cx)?;
    identity::sweep(cx.orm);
    let open = stages::open(cx.orm, session);
    let owner = super::get(cx.orm, session);
    let forgotten = owner.forgotten;
    if let Some(connection) = owner.connection
        && cx.orm.profile.has(Behaviour::CloseUndoesSavepoints)
    {
        let open: Vec<u32> = owner
            .transactions
            .iter()
            .rev()
            .filter(|one| one.failed.is_none())
            .filter_map(|one| one.savepoint)
            .collect();
        for savepoint in open {
            cx.orm.databases.rollback_to_savepoint(connection, savepoint)?;
        }
    }
    end_outermost(cx, session)?;
    if forgotten { Ok(()) } else { stages::closed(cx, session, open.as_ref()) }
}

pub fn in_transaction(orm: &Orm, session: SessionId) -> bool {
    !super::get(orm, session).transactions.is_empty()
}

/// False after a flush failed and until the rollback.
pub fn is_active(orm: &Orm, session: SessionId) -> bool {
    super::get(orm, session).transactions.last().is_none_or(|top| top.failed.is_none() && !top.inactive)
}
