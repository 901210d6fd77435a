//! Events: who listens to what happens, and what they are told.
//!
//! Nothing is worked out for an event that nobody listens to. What happens where Python cannot run is queued, and told
//! when the operation that it belongs to comes to it.

use crate::attr::Initiator;
use crate::db::{ConnectionId, DatabaseId};
use crate::error::Result;
use crate::host::Cx;
use crate::load::Query;
use crate::map::{Key, MapperId};
use crate::orm::Orm;
use crate::session::{Chain, SessionId};
use crate::state::{Member, ObjRef, Slot, StateId};
use crate::value::{HostValue, Value};
use indexmap::IndexMap;
use std::fmt;
use std::rc::Rc;

/// What an attribute had before it is set.
#[derive(Debug, Clone)]
pub enum Before {
    /// It had no value.
    NoValue,
    /// It is not loaded, and is not to be.
    Unknown,
    Is(Slot),
}

/// What happens.
#[derive(Debug, Clone)]
pub enum Happening {
    /// `set`, and `remove` of what is no collection.
    Set { object: ObjRef, key: Key, value: Option<Slot>, old: Before, by: Initiator },
    /// `append` and `remove`.
    Member { object: ObjRef, key: Key, item: ObjRef, by: Initiator },
    /// `bulk_replace`.
    Bulk { object: ObjRef, key: Key, items: Vec<Member>, by: Initiator },
    /// `modified`, and `init_scalar` where nothing began it.
    Attribute { object: ObjRef, key: Key, by: Option<Initiator> },
    /// `load`, `refresh`, `expire`; the attributes where not all.
    Instance { object: ObjRef, attributes: Option<Vec<Key>> },
    /// `before_insert` and its like.
    Row { mapper: MapperId, connection: ConnectionId, object: ObjRef },
    /// `mapper_configured`; `before_configured` and `after_configured` of no mapper.
    Mappers { mapper: Option<MapperId> },
    /// Of a session, and of an object in it.
    Session { session: SessionId, object: Option<ObjRef> },
    /// `after_begin`.
    Begin { session: SessionId, connection: ConnectionId, chain: Chain },
    /// Of a session's transaction.
    Transaction { session: SessionId, chain: Chain },
    /// `before_cursor_execute` and `after_cursor_execute`.
    Cursor { connection: ConnectionId, text: Rc<str>, sent: Sent, many: bool },
    /// `do_orm_execute` of a query.
    Execute { session: SessionId, query: Box<Query> },
    /// `do_orm_execute` of a statement that the host knows.
    Statement { session: SessionId, statement: Rc<dyn HostValue> },
    /// `begin`, `commit`, `rollback` of a connection.
    Connection { connection: ConnectionId },
}

/// The parameters that a cursor is given.
#[derive(Debug, Clone)]
pub enum Sent {
    /// Those of one statement, though it may be a batch of an executemany.
    One(Vec<Value>),
    /// The sets of an executemany.
    Sets(Vec<Vec<Value>>),
}

/// What a listener says of it.
#[derive(Debug, Clone)]
pub enum Answer {
    Nothing,
    /// The value to be set instead.
    Value(Slot),
    /// The members to be put in instead.
    Members(Vec<Member>),
    /// The query to be executed instead.
    Query(Box<Query>),
    /// The host's statement to be executed instead.
    Statement(Rc<dyn HostValue>),
}

/// What is called with what happens.
pub type Call = Rc<dyn Fn(&mut Cx<'_>, &Happening) -> Result<Answer>>;

/// Which classes.
pub type OfClasses = Rc<dyn Fn(&Orm, MapperId) -> bool>;

/// Which sessions.
pub type OfSessions = Rc<dyn Fn(&Orm, SessionId) -> bool>;

/// Whose events are listened to.
#[derive(Clone)]
pub enum Of {
    /// Of these classes.
    Classes(OfClasses),
    /// Of this attribute of these classes.
    Attribute(OfClasses, Key),
    /// Of these sessions.
    Sessions(OfSessions),
    /// Of an engine, or of any.
    Database(Option<DatabaseId>),
}

/// When a listener of an attribute is told, among the others of the same change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It registered before the attribute's mapper was configured: before all that the mapping itself has told.
    Declared,
    /// A validator, which comes before cascades and the other side, and after the refusal of a second parent.
    Validating,
    /// Any other: after all of these.
    Configured,
}

/// One listener.
#[derive(Clone)]
pub struct Listener {
    pub id: u64,
    pub of: Of,
    pub call: Call,
    pub stage: Stage,
    /// What an attribute had is loaded for it.
    pub active_history: bool,
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<listener {}>", self.id)
    }
}

/// All listeners of a world, by event.
#[derive(Debug, Default)]
pub struct Events {
    listeners: IndexMap<Rc<str>, Vec<Listener>>,
    queue: Vec<(&'static str, Happening)>,
    /// Transactions that have begun and are not told of yet.
    begun: Vec<Happening>,
}

impl Events {
    /// Has a listener told; `first` before those that are there.
    pub fn listen(&mut self, name: &str, listener: Listener, first: bool) {
        let all = self.listeners.entry(name.into()).or_default();
        let at = if first { 0 } else { all.len() };
        all.insert(at, listener);
    }

    /// Has a listener told no longer.
    pub fn forget(&mut self, id: u64) {
        for all in self.listeners.values_mut() {
            all.retain(|listener| listener.id != id);
        }
    }
}

/// Whether anybody listens to an event at all.
pub(crate) fn is_heard(orm: &Orm, name: &str) -> bool {
    orm.events.listeners.get(name).is_some_and(|all| !all.is_empty())
}

/// Whether what an attribute had is to be loaded before it changes.
pub(crate) fn wants_history(orm: &Orm, mapper: MapperId, key: &Key) -> bool {
    ["set", "remove", "append"].iter().any(|name| {
        orm.events.listeners.get(*name).is_some_and(|all| {
            all.iter().any(|listener| match &listener.of {
                Of::Attribute(classes, of) => listener.active_history && of == key && classes(orm, mapper),
                _ => false,
            })
        })
    })
}

fn concerns(orm: &Orm, of: &Of, happening: &Happening) -> bool {
    let class = |id: StateId| orm.states.find(id).map(|state| state.mapper);
    match (of, happening) {
        (
            Of::Attribute(classes, of),
            Happening::Set { object, key, .. }
            | Happening::Member { object, key, .. }
            | Happening::Bulk { object, key, .. }
            | Happening::Attribute { object, key, .. },
        ) => of == key && class(object.id()).is_some_and(|mapper| classes(orm, mapper)),
        (Of::Classes(classes), Happening::Instance { object, .. }) => {
            class(object.id()).is_some_and(|mapper| classes(orm, mapper))
        }
        (Of::Classes(classes), Happening::Row { mapper, .. }) => classes(orm, *mapper),
        (Of::Classes(classes), Happening::Mappers { mapper }) => {
            mapper.is_none_or(|mapper| classes(orm, mapper))
        }
        (
            Of::Sessions(sessions),
            Happening::Session { session, .. }
            | Happening::Begin { session, .. }
            | Happening::Transaction { session, .. }
            | Happening::Execute { session, .. }
            | Happening::Statement { session, .. },
        ) => sessions(orm, *session),
        (
            Of::Database(database),
            Happening::Cursor { connection, .. } | Happening::Connection { connection },
        ) => database
            .is_none_or(|database| orm.databases.is_of(orm.databases.database_of(*connection), database)),
        _ => false,
    }
}

/// Tells who listens, stage by stage, and in the order in which they came.
///
/// # Errors
///
/// What a listener raises.
pub(crate) fn tell(cx: &mut Cx<'_>, name: &str, happening: Happening) -> Result<Option<Answer>> {
    tell_some(cx, name, happening, None)
}

/// As [`tell`], those of one stage alone.
pub(crate) fn tell_some(
    cx: &mut Cx<'_>,
    name: &str,
    mut happening: Happening,
    stage: Option<Stage>,
) -> Result<Option<Answer>> {
    deliver_begun(cx)?;
    let Some(all) = cx.orm.events.listeners.get(name) else { return Ok(None) };
    let mut called: Vec<(Stage, Call)> = all
        .iter()
        .filter(|listener| stage.is_none_or(|stage| stage == listener.stage))
        .filter(|listener| concerns(cx.orm, &listener.of, &happening))
        .map(|listener| (listener.stage, Rc::clone(&listener.call)))
        .collect();
    called.sort_by_key(|(stage, _)| *stage);
    let mut last = None;
    for (_, call) in called {
        match call(cx, &happening)? {
            Answer::Nothing => {}
            answer => {
                match (&answer, &mut happening) {
                    (Answer::Value(slot), Happening::Set { value, .. }) => *value = Some(slot.clone()),
                    (Answer::Members(members), Happening::Bulk { items, .. }) => items.clone_from(members),
                    (Answer::Query(changed), Happening::Execute { query, .. }) => query.clone_from(changed),
                    (Answer::Statement(changed), Happening::Statement { statement, .. }) => {
                        statement.clone_from(changed);
                    }
                    _ => {}
                }
                last = Some(answer);
            }
        }
    }
    Ok(last)
}

/// Notes what happens where no listener can be called.
pub(crate) fn note(orm: &mut Orm, name: &'static str, make: impl FnOnce(&Orm) -> Option<Happening>) {
    if is_heard(orm, name)
        && let Some(happening) = make(orm)
    {
        orm.events.queue.push((name, happening));
    }
}

/// Notes that a session's transaction has begun, which is told before anything else is.
pub(crate) fn note_begun(orm: &mut Orm, session: SessionId, chain: Chain) {
    if is_heard(orm, "after_transaction_create") {
        orm.events.begun.push(Happening::Transaction { session, chain });
    }
}

/// Tells of transactions that have begun.
///
/// # Errors
///
/// What a listener raises.
pub fn deliver_begun(cx: &mut Cx<'_>) -> Result<()> {
    for happening in std::mem::take(&mut cx.orm.events.begun) {
        tell_some(cx, "after_transaction_create", happening, None)?;
    }
    Ok(())
}

/// Notes that an object of a session has come to another state.
pub(crate) fn note_object(orm: &mut Orm, name: &'static str, session: SessionId, id: StateId) {
    note(orm, name, |orm| Some(Happening::Session { session, object: Some(orm.states.upgrade(id)?) }));
}

/// Tells what was noted.
///
/// # Errors
///
/// What a listener raises; what was noted after it is forgotten.
pub(crate) fn deliver(cx: &mut Cx<'_>) -> Result<()> {
    deliver_begun(cx)?;
    if cx.orm.events.queue.is_empty() {
        return Ok(());
    }
    for (name, happening) in std::mem::take(&mut cx.orm.events.queue) {
        tell(cx, name, happening)?;
    }
    Ok(())
}

/// Tells of a session.
pub(crate) fn tell_session(cx: &mut Cx<'_>, name: &str, session: SessionId) -> Result<()> {
    if is_heard(cx.orm, name) {
        tell(cx, name, Happening::Session { session, object: None })?;
    }
    Ok(())
}

/// Tells of a statement that a session is about to execute and the host knows; what it has become, where a listener
/// changed it.
///
/// # Errors
///
/// What a listener raises.
pub fn executing(
    cx: &mut Cx<'_>,
    session: SessionId,
    statement: Rc<dyn HostValue>,
) -> Result<Option<Rc<dyn HostValue>>> {
    if !is_heard(cx.orm, "do_orm_execute") {
        return Ok(None);
    }
    Ok(match tell(cx, "do_orm_execute", Happening::Statement { session, statement })? {
        Some(Answer::Statement(statement)) => Some(statement),
        _ => None,
    })
}

/// Tells of an object in a session.
pub(crate) fn tell_object(cx: &mut Cx<'_>, name: &str, session: SessionId, id: StateId) -> Result<()> {
    if is_heard(cx.orm, name)
        && let Some(object) = cx.orm.states.upgrade(id)
    {
        tell(cx, name, Happening::Session { session, object: Some(object) })?;
    }
    Ok(())
}

/// Tells of the row of an object.
pub(crate) fn tell_row(cx: &mut Cx<'_>, name: &str, connection: ConnectionId, id: StateId) -> Result<()> {
    if is_heard(cx.orm, name)
        && let Some(object) = cx.orm.states.upgrade(id)
    {
        let mapper = cx.orm.states.get(id).mapper;
        tell(cx, name, Happening::Row { mapper, connection, object })?;
    }
    Ok(())
}

/// Tells of a connection.
pub(crate) fn tell_connection(cx: &mut Cx<'_>, name: &str, connection: ConnectionId) -> Result<()> {
    if is_heard(cx.orm, name) {
        tell(cx, name, Happening::Connection { connection })?;
    }
    Ok(())
}
