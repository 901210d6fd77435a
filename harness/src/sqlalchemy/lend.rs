//! Lending the engine: Python runs while the engine is at rest in [`Interp::host`], and the engine runs while
//! Python waits. Exactly one of them holds the engine at any moment.

use super::errors;
use crate::outcome::LogMessage;
use crate::python::stdlib::clock::Clock as WorldClock;
use crate::python::stdlib::logging;
use crate::python::{Class, Interp, PyResult, Stop, Value};
use backproof_engine::db::{Clock, ConnectionId, DatabaseId, Echo, LogRecord};
use backproof_engine::map::{Key, MapperId};
use backproof_engine::schema::SqlType;
use backproof_engine::session::SessionId;
use backproof_engine::state::StateId;
use backproof_engine::version::{Behaviour, Profile};
use backproof_engine::{Cx, Error, ErrorKind, Host, Orm, Warning};
use std::any::Any;
use std::collections::HashMap;
use std::rc::Rc;

/// What this room keeps beside the evaluator.
#[expect(clippy::struct_excessive_bools, reason = "each is noted by itself")]
pub(crate) struct Shared {
    /// The engine; `None` while it runs.
    orm: Option<Orm>,
    pub(crate) profile: Profile,
    /// Whether a declarative base was made.
    pub(crate) has_base: bool,
    /// Whether 1.4 is to warn of what 2.0 no longer has.
    pub(crate) warns_of_2_0: bool,
    /// What listens, by what a document names it.
    pub(crate) registrations: Vec<super::event::Registration>,
    /// Who is told before a constructor runs.
    pub(crate) init_listeners: Vec<super::event::InitListener>,
    /// Who is told of attributes that mappings put on classes.
    pub(crate) instrument_listeners: Vec<super::event::InitListener>,
    /// The attributes that they were told of, or that there were before them.
    pub(crate) instrument_told: std::collections::HashSet<(MapperId, Key)>,
    /// Who is told as tables are created and dropped.
    pub(crate) ddl_listeners: Vec<super::ddl_events::DdlListener>,
    /// How many mapped attributes stand on their classes.
    pub(crate) instrumented: usize,
    /// The registry of classes that `mapper()` maps, once there is one.
    pub(crate) imperative: Option<Rc<dyn Any>>,
    /// Classes that are made once a world.
    pub(crate) classes: HashMap<&'static str, Rc<Class>>,
    /// Types that Python converts and that are one wherever they are named.
    pub(crate) types: HashMap<&'static str, SqlType>,
    /// The types of enumerations that annotations name.
    pub(crate) enums: Vec<(Rc<Class>, SqlType)>,
    /// The types of decorated types' instances.
    pub(crate) decorated: Vec<(Value, SqlType)>,
    /// What objects of mapped dataclasses show where they have nothing, from 2.1 on.
    pub(crate) defaults: HashMap<MapperId, Vec<(Key, Value)>>,
    /// Keys of relationships' dictionaries that only Python compares: each with the first that was equal to it.
    pub(crate) keys: Value,
    /// Types whose values tell of changes inside them.
    pub(crate) mutables: super::orm::Mutables,
    /// Whether a type has a comparator that a document wrote.
    pub(crate) compares_by_type: bool,
    /// Whether some type says how values beside it are bound.
    pub(crate) coerces_compared: bool,
    /// What attributes are compared by, where a document wrote it.
    pub(crate) comparators: HashMap<(MapperId, Key), Rc<Class>>,
    /// The engine that a collection of tables is bound to, by the collection's identity.
    pub(crate) bound: Vec<(usize, Value)>,
    /// What documents keep with sessions: `Session.info`.
    pub(crate) session_info: HashMap<SessionId, Value>,
    /// The engines that were made, and what execution options they and connections were given.
    pub(crate) engines: HashMap<DatabaseId, Value>,
    pub(crate) engine_options: HashMap<DatabaseId, Value>,
    pub(crate) connection_options: HashMap<ConnectionId, Value>,
    /// What documents keep with the driver's connection: `Connection.info`.
    pub(crate) connection_info: HashMap<DatabaseId, Value>,
    /// The classes of the sessions' queries, where those are a document's.
    pub(crate) query_classes: HashMap<SessionId, Value>,
}

impl Host for Interp {
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn warn(&mut self, warning: &Warning) -> backproof_engine::Result<()> {
        super::warning::give(self, warning).map_err(|stop| carried(self, stop))
    }

    fn warns_of_2_0(&mut self) -> bool {
        super::warning::wants_of_2_0(self)
    }

    fn address(&mut self, id: StateId) -> u64 {
        self.address_number(object_identity(id))
    }
}

/// The evaluator's identity of a mapped object, however many handles there are on it.
pub(crate) fn object_identity(id: StateId) -> u64 {
    (1 << 61) | id.serial()
}

/// Puts an engine of this profile in place.
pub(crate) fn install(interp: &mut Interp, profile: Profile) {
    let clock = Clock::sharing(WorldClock::START, interp.clock.elapsed());
    let shared = Shared {
        orm: Some(Orm::with_clock(profile, clock)),
        profile,
        has_base: false,
        warns_of_2_0: false,
        registrations: Vec::new(),
        init_listeners: Vec::new(),
        instrument_listeners: Vec::new(),
        instrument_told: std::collections::HashSet::new(),
        ddl_listeners: Vec::new(),
        instrumented: 0,
        imperative: None,
        classes: HashMap::new(),
        types: HashMap::new(),
        enums: Vec::new(),
        decorated: Vec::new(),
        defaults: HashMap::new(),
        keys: Value::dict(crate::python::Map::new()),
        mutables: super::orm::Mutables::default(),
        compares_by_type: false,
        coerces_compared: false,
        comparators: HashMap::new(),
        bound: Vec::new(),
        session_info: HashMap::new(),
        query_classes: HashMap::new(),
        engines: HashMap::new(),
        engine_options: HashMap::new(),
        connection_options: HashMap::new(),
        connection_info: HashMap::new(),
    };
    interp.host = Some(Box::new(shared));
    interp.known_member = super::names::has_member;
}

fn shared_mut(interp: &mut Interp) -> Option<&mut Shared> {
    interp.host.as_mut()?.downcast_mut()
}

/// What this room keeps beside the evaluator.
///
/// # Panics
///
/// Where the evaluator was made without [`install`], which no world does.
pub(crate) fn shared(interp: &mut Interp) -> &mut Shared {
    shared_mut(interp).expect("the engine is installed when a world is made")
}

/// Whether a declarative base was made.
pub(crate) fn has_base(interp: &Interp) -> bool {
    let shared = interp.host.as_ref().and_then(|host| host.downcast_ref::<Shared>());
    shared.is_some_and(|shared| shared.has_base)
}

/// The version whose behaviour is asked for.
pub(crate) fn profile(interp: &mut Interp) -> Profile {
    shared(interp).profile
}

/// Whether the release that is asked for behaves so.
pub(crate) fn has(interp: &mut Interp, behaviour: Behaviour) -> bool {
    profile(interp).has(behaviour)
}

/// Runs engine code; log messages are written out, and an engine error becomes a Python exception.
pub(crate) fn with_cx<T>(
    interp: &mut Interp,
    work: impl FnOnce(&mut Cx<'_>) -> backproof_engine::Result<T>,
) -> PyResult<T> {
    let Some(mut orm) = shared(interp).orm.take() else {
        return Err(Stop::unsupported("using the engine from within its own work"));
    };
    if std::mem::take(&mut interp.log_levels_changed) {
        // A document can ask for the log by its logger's level instead of `echo`.
        let logger = if shared(interp).profile.has(Behaviour::StatementMarks) {
            "sqlalchemy.engine.Engine"
        } else {
            "sqlalchemy.engine.base.Engine"
        };
        orm.databases.set_level(match logging::level(interp, logger) {
            ..=10 => Echo::Debug,
            11..=20 => Echo::On,
            _ => Echo::Off,
        });
    }
    let result = work(&mut Cx::new(&mut orm, interp));
    let log = orm.databases.take_log();
    shared(interp).orm = Some(orm);
    let drained = write_out(interp, log);
    let value = result.map_err(|error| errors::raise(interp, &error))?;
    drained?;
    Ok(value)
}

/// Reads from the engine without running anything in it.
pub(crate) fn read<T>(interp: &mut Interp, work: impl FnOnce(&Orm) -> T) -> PyResult<T> {
    match &shared(interp).orm {
        Some(orm) => Ok(work(orm)),
        None => Err(Stop::unsupported("using the engine from within its own work")),
    }
}

/// Runs Python from within engine code, lending it the engine back.
pub(crate) fn lend<T>(
    cx: &mut Cx<'_>,
    work: impl FnOnce(&mut Interp) -> PyResult<T>,
) -> backproof_engine::Result<T> {
    let Some(interp) = cx.host.as_any_mut().downcast_mut::<Interp>() else {
        return Err(Error::unsupported("a callback without its evaluator"));
    };
    let profile = cx.orm.profile;
    let mut orm = std::mem::replace(cx.orm, Orm::new(profile));
    let log = orm.databases.take_log();
    shared(interp).orm = Some(orm);
    let drained = write_out(interp, log);
    let result = drained.and_then(|()| work(interp));
    if let Some(orm) = shared(interp).orm.take() {
        *cx.orm = orm;
    }
    result.map_err(|stop| carried(interp, stop))
}

/// What stops Python, as the engine passes it on.
fn carried(interp: &mut Interp, stop: Stop) -> Error {
    let text = match &stop {
        Stop::Raise(exception) => interp.exception_text(exception).1,
        Stop::Unsupported { what, .. } | Stop::Limit { what, .. } => what.clone(),
    };
    Error::new(ErrorKind::Host, text).with_payload(Rc::new(stop))
}

/// Moves the engine's log into what the step has shown, and hands it to a document's handlers.
fn write_out(interp: &mut Interp, log: Vec<LogRecord>) -> PyResult<()> {
    for record in log {
        let mut message = LogMessage {
            time: record.time.strftime("%Y-%m-%d %H:%M:%S,%3f").to_string(),
            level: record.level.to_owned(),
            logger: record.logger.to_string(),
            text: record.message,
            shown: record.shown,
            echoed: record.echoed,
        };
        if !record.shown {
            interp.write_log(message)?;
            continue;
        }
        let level = if record.level == "DEBUG" { 10 } else { 20 };
        let (logger, text) = (message.logger.clone(), message.text.clone());
        message.shown = record.echoed || logging::is_seen(interp, &logger)?;
        if record.twice {
            interp.write_log(message.clone())?;
        }
        interp.write_log(message)?;
        logging::deliver(interp, &logger, level, &text)?;
    }
    Ok(())
}
