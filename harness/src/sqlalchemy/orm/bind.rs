//! What a session is bound to: an engine, or a connection whose transaction it joins.

use super::session::SessionObject;
use crate::python::{Class, Interp, PyResult, Stop, Value};
use crate::sqlalchemy::connection::ConnectionObject;
use crate::sqlalchemy::engine::EngineObject;
use crate::sqlalchemy::{convert, define, errors, execution_options, lend};
use backproof_engine::db::{ConnectionId, DatabaseId};
use backproof_engine::session::{self as sessions, JoinMode, SessionSettings};
use backproof_engine::value::{HostValue, Value as SqlValue};
use std::rc::Rc;

/// The argument `bind`, read.
pub(super) struct Bind {
    database: Option<DatabaseId>,
    connection: Option<ConnectionId>,
    given: Option<Rc<dyn HostValue>>,
}

impl Bind {
    pub(super) fn read(interp: &mut Interp, value: &Value) -> PyResult<Bind> {
        if value.is_none() {
            return Ok(Bind { database: None, connection: None, given: None });
        }
        let (database, connection) = if let Some(engine) = value.downcast::<EngineObject>() {
            (engine.database, None)
        } else if let Some(held) = value.downcast::<ConnectionObject>() {
            let connection = held.connection;
            let database = lend::with_cx(interp, |cx| Ok(cx.orm.databases.database_of(connection)))?;
            (database, Some(connection))
        } else {
            return Err(Stop::unsupported(
                "a session bound to something that is no engine and no connection",
            ));
        };
        let given = match convert::to_engine(interp, value)? {
            SqlValue::Host(given) => Some(given),
            _ => None,
        };
        Ok(Bind { database: Some(database), connection, given })
    }

    pub(super) fn set(self, settings: &mut SessionSettings) {
        settings.bind = self.database;
        settings.connection = self.connection;
        settings.host_bind = self.given;
    }
}

/// The argument `join_transaction_mode`.
pub(super) fn join_mode(interp: &mut Interp, value: &Value) -> PyResult<JoinMode> {
    if let Some(mode) = value.as_str().and_then(|name| JoinMode::named(name)) {
        return Ok(mode);
    }
    let shown = interp.repr(value)?;
    let message = format!("invalid selection for join_transaction_mode: {shown}");
    Err(errors::raise_named(interp, "ArgumentError", &message))
}

/// The bind as it was given.
fn given(interp: &mut Interp, session: &SessionObject) -> PyResult<Value> {
    let id = session.id;
    let given = lend::with_cx(interp, |cx| Ok(sessions::settings(cx.orm, id).host_bind.clone()))?;
    match given {
        Some(given) => convert::to_python(interp, &SqlValue::Host(given)),
        None => Ok(Value::None),
    }
}

/// Adds what speaks of the bind to the class of sessions.
pub(super) fn install(class: &Rc<Class>) {
    use define::{getter, method};
    getter::<SessionObject>(class, "bind", |interp, session, _| given(interp, session));
    method::<SessionObject>(
        class,
        "get_bind",
        "mapper=, *, clause=, bind=, **kwargs",
        |interp, session, _, _| {
            let bind = given(interp, session)?;
            if bind.is_none() {
                return Err(Stop::unsupported("get_bind() of a session without a bind"));
            }
            Ok(bind)
        },
    );
    method::<SessionObject>(
        class,
        "connection",
        "bind_arguments=, execution_options=",
        |interp, session, _, mut bound| {
            if define::given(&mut bound, 0).is_some() {
                return Err(Stop::unsupported("connection() with `bind_arguments`"));
            }
            let id = session.id;
            let options = define::given(&mut bound, 1);
            if let Some(options) = &options {
                let settings = execution_options::read(interp, options)?;
                if settings.token.is_some() {
                    return Err(Stop::unsupported("the `logging_token` of a session's connection"));
                }
                if let Some(isolation) = settings.isolation {
                    lend::with_cx(interp, |cx| sessions::isolate(cx.orm, id, isolation))?;
                }
            }
            let connection = lend::with_cx(interp, |cx| sessions::connection(cx, id))?;
            let held = ConnectionObject::known(interp, connection)?;
            if let (Some(options), Some(object)) = (options, held.downcast::<ConnectionObject>()) {
                object.remember(interp, options)?;
            }
            Ok(held)
        },
    );
}
