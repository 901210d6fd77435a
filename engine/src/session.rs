//! Sessions: units of work over a database engine.
//!
//! A session begins a transaction when it is first used and emits BEGIN when it first emits SQL. Its identity
//! map holds objects weakly; new, modified and deleted objects are held strongly.

pub(crate) mod cascade;
mod expire;
mod identity;
mod join;
mod membership;
mod merge;
mod stages;
mod transaction;
mod transient;

use crate::db::{ConnectionId, DatabaseId};
use crate::error::{Error, ErrorKind, Result};
use crate::event;
use crate::host::Cx;
use crate::map::MapperId;
use crate::orm::Orm;
use crate::schema::MetaData;
use crate::state::{self, IdentityKey, ObjRef, StateId};
use crate::unit;
use crate::value::HostValue;
use crate::version::Behaviour;
use indexmap::IndexMap;
use std::rc::Rc;

pub use cascade::SessionHooks;
pub use expire::{expire, expire_all, refresh};
pub(crate) use expire::{expire_attributes, expire_state};
pub(crate) use identity::unmodified;
pub use identity::{identity_objects, lookup, register_loaded, sweep};
pub use join::JoinMode;
pub use membership::{
    ObjectState, add, add_all, contains, delete, deleted_objects, dirty_objects, expunge, expunge_all,
    is_modified, new_objects, object_session, object_state,
};
pub use merge::merge;
pub(crate) use stages::flush_ends;
pub use stages::{Chain, chain, open as open_transactions};
pub(crate) use transaction::ended_in_block;
pub use transaction::{
    begin, begin_nested, close, commit, connection, enter, exit, in_transaction, is_active, isolate, rollback,
};
pub use transient::{make_transient, make_transient_to_detached};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub(crate) u32);

/// Arguments of `Session()` or `sessionmaker()`.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is an argument of its own")]
pub struct SessionSettings {
    pub bind: Option<DatabaseId>,
    /// The connection that the session is to use, where it is bound to one and not to an engine.
    pub connection: Option<ConnectionId>,
    /// How it takes part in a transaction that is open on that connection.
    pub join: JoinMode,
    /// What the host was given as the bind, for it to give back.
    pub host_bind: Option<Rc<dyn HostValue>>,
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
            connection: None,
            join: JoinMode::default(),
            host_bind: None,
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
    /// Databases that collections of tables are bound to, by the collection's identity.
    bound: Vec<(usize, DatabaseId)>,
}

/// Sessions without a database of their own use this one for the collection's tables; with `None`, no longer.
pub fn bind_tables(orm: &mut Orm, metadata: &MetaData, database: Option<DatabaseId>) {
    let bound = &mut orm.sessions.bound;
    bound.retain(|(known, _)| *known != metadata.identity());
    bound.extend(database.map(|database| (metadata.identity(), database)));
}

/// One session.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a stage of its own")]
pub struct Session {
    pub settings: SessionSettings,
    identity: identity::IdentityMap,
    new: IndexMap<StateId, ObjRef>,
    deleted: IndexMap<StateId, ObjRef>,
    /// Persistent objects with changes that are not flushed.
    modified: IndexMap<StateId, ObjRef>,
    transactions: Vec<transaction::Transaction>,
    /// How often all objects were taken out of it.
    emptied: usize,
    /// How many transactions it has begun.
    begun: usize,
    /// The transactions of open `with` blocks, by serial number.
    contexts: Vec<usize>,
    connection: Option<ConnectionId>,
    /// How its transaction stands to the connection's.
    joined: join::Joined,
    /// How its next connection's transaction is isolated.
    isolation: Option<crate::db::Isolation>,
    flushing: bool,
    /// The flush under way was set off by a query.
    autoflushing: bool,
    /// A load is under way that does not flush first. Loads that follow it do.
    unflushed: bool,
    /// The flush has come to emitting SQL.
    executing: bool,
    /// The host has dropped the session: its objects can go to another.
    forgotten: bool,
}

fn get(orm: &Orm, session: SessionId) -> &Session {
    &orm.sessions.all[session.0 as usize]
}

fn get_mut(orm: &mut Orm, session: SessionId) -> &mut Session {
    &mut orm.sessions.all[session.0 as usize]
}

/// Makes a session.
pub fn create(orm: &mut Orm, settings: SessionSettings) -> SessionId {
    let id = SessionId(orm.sessions.all.len() as u32);
    orm.sessions.all.push(Session { settings, ..Session::default() });
    stages::made(orm, id);
    id
}

/// The host holds the session no longer: it is closed without a word.
pub fn forget(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    get_mut(cx.orm, session).forgotten = true;
    close(cx, session)
}

/// How often all objects were taken out of the session.
pub(crate) fn emptied(orm: &Orm, session: SessionId) -> usize {
    get(orm, session).emptied
}

/// The session's settings.
pub fn settings(orm: &Orm, session: SessionId) -> &SessionSettings {
    &get(orm, session).settings
}

/// The session's settings; autoflush can be changed while it lives (`no_autoflush`).
pub fn settings_mut(orm: &mut Orm, session: SessionId) -> &mut SessionSettings {
    &mut get_mut(orm, session).settings
}

/// Whether the session behaves as sessions of 2.0 do.
fn is_future(orm: &Orm, session: SessionId) -> bool {
    get(orm, session).settings.future || orm.profile.has(Behaviour::FutureAlways)
}

/// The database engine that the session uses.
///
/// # Errors
///
/// `UnboundExecutionError` where it has none.
pub fn bind(cx: &mut Cx<'_>, session: SessionId) -> Result<DatabaseId> {
    if let Some(bind) = get(cx.orm, session).settings.bind {
        return Ok(bind);
    }
    let mut bound = cx.orm.sessions.bound.iter().map(|(_, database)| *database);
    match bound.next() {
        Some(database) if bound.all(|other| other == database) => Ok(database),
        Some(_) => Err(Error::unsupported("a session without an engine where tables are bound to several")),
        None => Err(Error::new(
            ErrorKind::UnboundExecutionError,
            "Could not locate a bind configured on SQL expression or this Session.",
        )),
    }
}

/// As [`connection`], for a mapped class: its name is in the message where the session has no engine.
pub fn connection_for(
    cx: &mut Cx<'_>,
    session: SessionId,
    mapper: MapperId,
    query: bool,
) -> Result<ConnectionId> {
    let mapper = cx.orm.mappers.get(mapper);
    let of_tables = mapper.table.metadata().identity();
    let is_bound = cx.orm.sessions.bound.iter().any(|(known, _)| *known == of_tables);
    if get(cx.orm, session).settings.bind.is_none() && !is_bound {
        let profile = cx.orm.profile;
        let named = mapper.text(profile);
        let speaks = query || profile.has(Behaviour::UnboundSpeaksOfExpression);
        let expression = if speaks { ", SQL expression" } else { "" };
        let stop = if profile.has(Behaviour::UnboundFullStop) { "." } else { "" };
        return Err(Error::new(
            ErrorKind::UnboundExecutionError,
            format!("Could not locate a bind configured on mapper {named}{expression} or this Session{stop}"),
        ));
    }
    connection(cx, session)
}

/// Whether there is nothing to flush.
fn is_clean(orm: &Orm, session: SessionId) -> bool {
    let owner = get(orm, session);
    owner.new.is_empty() && owner.deleted.is_empty() && owner.modified.is_empty()
}

/// Flushes what is new, changed and deleted.
///
/// # Errors
///
/// What the database says, or the unit of work; the transaction is rolled back then.
pub fn flush(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    if get(cx.orm, session).flushing {
        return Err(membership::invalid("Session is already flushing"));
    }
    identity::sweep(cx.orm);
    if is_clean(cx.orm, session) {
        return Ok(());
    }
    crate::map::configure(cx)?;
    get_mut(cx.orm, session).flushing = true;
    let result = event::tell_session(cx, "before_flush", session).and_then(|()| unit::flush(cx, session));
    let owner = get_mut(cx.orm, session);
    owner.flushing = false;
    owner.executing = false;
    result
}

/// Flushes before a query, where the session does so.
///
/// # Errors
///
/// As [`flush`].
pub fn autoflush(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    let owner = get(cx.orm, session);
    if !owner.settings.autoflush || owner.unflushed || owner.flushing {
        return Ok(());
    }
    get_mut(cx.orm, session).autoflushing = true;
    let flushed = flush(cx, session);
    get_mut(cx.orm, session).autoflushing = false;
    flushed.map_err(|error| {
        if !error.is_of_statement() {
            return error;
        }
        let remarked = error.clone().with_remark(
            "raised as a result of Query-invoked autoflush; consider using a session.no_autoflush block if this flush is occurring prematurely",
        );
        transaction::retell(cx.orm, session, &error, &remarked);
        remarked
    })
}

/// Says whether loads are to leave out the flush that a query begins with, and how that was.
pub(crate) fn leave_unflushed(orm: &mut Orm, session: SessionId, unflushed: bool) -> bool {
    std::mem::replace(&mut get_mut(orm, session).unflushed, unflushed)
}

/// Whether a query has set off a flush that is under way.
pub(crate) fn is_autoflushing(orm: &Orm) -> bool {
    orm.sessions.all.iter().any(|session| session.autoflushing)
}

/// What a flush starts from, in order: new, modified, deleted.
pub(crate) fn flush_sets(orm: &Orm, session: SessionId) -> (Vec<ObjRef>, Vec<ObjRef>, Vec<ObjRef>) {
    let owner = get(orm, session);
    let all = |of: &IndexMap<StateId, ObjRef>| of.values().cloned().collect();
    (all(&owner.new), all(&owner.modified), all(&owner.deleted))
}

/// The flush begins to emit SQL: the transaction it runs in. After a failed one it refuses, and what is to be flushed
/// stays.
pub(crate) fn begin_execution(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    transaction::autobegin(cx.orm, session)?;
    transaction::check_active(cx.orm, session)?;
    transaction::check_context(cx.orm, session)?;
    get_mut(cx.orm, session).executing = true;
    stages::flush_begins(cx, session)
}

/// The flush failed after it began to emit SQL.
pub(crate) fn fail_execution(
    cx: &mut Cx<'_>,
    session: SessionId,
    error: &Error,
    held: Vec<ObjRef>,
) -> Result<()> {
    get_mut(cx.orm, session).executing = false;
    // Where we end for reasons of our own, nothing is told of what the library would have done.
    if error.kind() == ErrorKind::Unsupported {
        return Ok(());
    }
    transaction::fail(cx, session, error, held)?;
    stages::flush_ends(cx, session, true)
}

/// Does work that ends as a flush does where it fails: the transaction is rolled back.
///
/// # Errors
///
/// What the work says, or that the session's transaction is not one to work in.
pub fn as_flush<T>(
    cx: &mut Cx<'_>,
    session: SessionId,
    work: impl FnOnce(&mut Cx<'_>) -> Result<T>,
) -> Result<T> {
    begin_execution(cx, session)?;
    let done = work(cx);
    match &done {
        Ok(_) => {
            get_mut(cx.orm, session).executing = false;
            stages::flush_ends(cx, session, false)?;
        }
        Err(error) => fail_execution(cx, session, error, Vec::new())?,
    }
    done
}

/// Takes a pending object that lost its parent out of the session.
pub(crate) fn expunge_orphan(orm: &mut Orm, session: SessionId, id: StateId) {
    membership::remove(orm, session, &[id], false);
}

/// Whether an object was deleted within the transaction.
pub fn was_deleted(orm: &Orm, id: StateId) -> bool {
    orm.states.find(id).is_some_and(|state| state.deleted)
}

/// The flush has deleted these objects' rows.
pub(crate) fn flushed_deleted(orm: &mut Orm, session: SessionId, ids: &[StateId]) {
    for id in ids {
        if let Some(top) = get_mut(orm, session).transactions.last_mut() {
            top.deleted.insert(*id);
        }
        identity::discard(orm, session, *id);
        let owner = get_mut(orm, session);
        owner.modified.shift_remove(id);
        let held = owner.deleted.shift_remove(id);
        orm.states.get_mut(*id).deleted = true;
        event::note_object(orm, "persistent_to_deleted", session, *id);
        drop(held);
    }
}

/// The identity that an object's key columns give; those that have expired are read again.
pub(crate) fn loaded_key(cx: &mut Cx<'_>, id: StateId) -> Result<IdentityKey> {
    let mapper = cx.orm.states.get(id).mapper;
    for column in cx.orm.mappers.get(mapper).primary_key.clone() {
        let state = cx.orm.states.get(id);
        if let Some(key) = state::column_key(cx.orm, mapper, &column)
            && state.expired_attributes.contains(&key)
            && !state.dict.contains_key(&key)
        {
            crate::attr::get(cx, id, &key)?;
        }
    }
    Ok(state::identity_key(cx.orm, id))
}

/// As [`loaded_key`], with what the library has in place of a key that was never given: by that, an object that counts as
/// loaded without a key is one with every other that has none.
pub(crate) fn sought_key(cx: &mut Cx<'_>, id: StateId) -> Result<IdentityKey> {
    let mut identity = loaded_key(cx, id)?;
    let state = cx.orm.states.get(id);
    let columns = &cx.orm.mappers.get(state.mapper).primary_key;
    for (value, column) in identity.values.iter_mut().zip(columns) {
        let key = state::column_key(cx.orm, state.mapper, column);
        if !key.is_some_and(|key| state.dict.contains_key(&key)) {
            *value = crate::attr::Marker::never_set(cx.orm.profile);
        }
    }
    Ok(identity)
}

/// The flush has written these objects' rows: they are persistent and unchanged.
///
/// # Errors
///
/// `FlushError`: one has no primary key.
pub(crate) fn flushed(cx: &mut Cx<'_>, session: SessionId, ids: &[StateId]) -> Result<()> {
    for id in ids {
        let key = loaded_key(cx, *id)?;
        if key.values.iter().all(crate::value::Value::is_null) {
            let text = crate::attr::object_text(cx, *id);
            return Err(Error::new(
                ErrorKind::FlushError,
                format!(
                    "Instance {text} has a NULL identity key.  If this is an auto-generated value, check that the database table allows generation of new primary key values, and that the mapped Column object is configured to expect these generated values.  Ensure also that this flush() is not occurring at an inappropriate time, such as within a load() event."
                ),
            ));
        }
        if cx.orm.states.get(*id).key.as_ref() != Some(&key) {
            if let Some(old) = cx.orm.states.get(*id).key.clone() {
                identity::discard(cx.orm, session, *id);
                if let Some(top) = get_mut(cx.orm, session).transactions.last_mut() {
                    top.switched.entry(*id).or_insert(old);
                }
            }
            cx.orm.states.get_mut(*id).key = Some(key);
        }
        cx.orm.states.get_mut(*id).orphaned = false;
        note_flushed(cx.orm, session, *id);
        commit_state(cx.orm, *id);
        if let Some(old) = identity::replace(cx.orm, session, *id)
            && cx.orm.states.upgrade(old).is_some()
            && (cx.orm.profile.has(Behaviour::ReplacedIdentityAsked)
                || cx.orm.profile.has(Behaviour::ReplacedIdentityAskedAgain))
        {
            // Another object had this identity: what its key is now is looked up where it has expired.
            loaded_key(cx, old)?;
        }
        let owner = get_mut(cx.orm, session);
        let held = (owner.new.shift_remove(id), owner.modified.shift_remove(id));
        if held.0.is_some() {
            event::note_object(cx.orm, "pending_to_persistent", session, *id);
        }
        drop(held);
    }
    Ok(())
}

/// Remembers, for a rollback, that an object was written.
pub(crate) fn note_flushed(orm: &mut Orm, session: SessionId, id: StateId) {
    let owner = get_mut(orm, session);
    let is_new = owner.new.contains_key(&id);
    if let Some(top) = owner.transactions.last_mut() {
        if is_new {
            top.new.insert(id)
        } else {
            top.dirty.insert(id)
        };
    }
}

/// What an object holds is what its row holds.
fn commit_state(orm: &mut Orm, id: StateId) {
    let state = orm.states.get_mut(id);
    let dropped = (std::mem::take(&mut state.committed), std::mem::take(&mut state.pending));
    state.modified = false;
    state.expired = false;
    let present: Vec<_> = state.dict.keys().cloned().collect();
    for key in present {
        state.expired_attributes.shift_remove(&key);
        state.expired_apart.shift_remove(&key);
    }
    drop(dropped);
}

/// Ends a flush: what changed during it and was not part of it counts as unchanged.
pub(crate) fn end_flush(cx: &mut Cx<'_>, session: SessionId) {
    let left: Vec<StateId> = get(cx.orm, session).modified.keys().copied().collect();
    for id in left {
        commit_state(cx.orm, id);
    }
    let held = std::mem::take(&mut get_mut(cx.orm, session).modified);
    drop(held);
}

/// What the identity map has for a key, for a flush that meets a second object of it.
pub(crate) fn holder(orm: &Orm, session: SessionId, key: &IdentityKey) -> Option<StateId> {
    lookup(orm, session, key).map(|object| object.id())
}
