//! Connections, as `engine.connect()` and `engine.begin()` give them.
//!
//! A connection's value carries only the engine's id, so two values of one connection are the same Python object.

use super::lend::{self, with_cx};
use super::orm::session::{core_statement, given};
use super::select_statement;
use super::{define, errors, names, result, transaction};
use crate::python::{Args, Class, Interp, Object, PyResult, Stop, Value};
use backproof_engine::db::{self, ConnectionId};
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

const MODULE: &str = "sqlalchemy.engine.base";
/// Where 1.4 has the connections of `create_engine(future=True)`, a class of their own.
const FUTURE: &str = "sqlalchemy.future.engine";

/// A connection.
pub(crate) struct ConnectionObject {
    pub(crate) connection: ConnectionId,
    /// Whether it begins transactions by itself and waits for `commit()`, as all do from 2.0 on.
    future: bool,
    module: &'static str,
}

impl ConnectionObject {
    pub(super) fn value(interp: &mut Interp, connection: ConnectionId, future: bool) -> Value {
        let apart = future && super::lend::has(interp, Behaviour::Autocommit);
        let module = if apart { FUTURE } else { MODULE };
        Value::object(ConnectionObject { connection, future, module })
    }

    /// The value of a connection that the engine took by itself.
    pub(super) fn known(interp: &mut Interp, connection: ConnectionId) -> PyResult<Value> {
        let future = with_cx(interp, |cx| {
            let databases = &cx.orm.databases;
            Ok(!databases.autocommits(databases.database_of(connection)))
        })?;
        Ok(ConnectionObject::value(interp, connection, future))
    }

    fn execute(&self, interp: &mut Interp, statement: &Value, params: Option<Value>) -> PyResult<Value> {
        let connection = self.connection;
        if with_cx(interp, |cx| Ok(cx.orm.databases.is_closed(connection)))? {
            return Err(errors::raise_named(interp, "ResourceClosedError", "This Connection is closed"));
        }
        let mut places = None;
        let executed = match statement.as_str() {
            // A string goes to the driver as it is.
            Some(text) if !self.future && lend::has(interp, Behaviour::StringsExecuted) => {
                if params.is_some() {
                    return Err(Stop::unsupported("a string executed with parameters"));
                }
                with_cx(interp, |cx| db::execute_raw(cx, connection, text, Vec::new()))?
            }
            _ => {
                let (statement, given) =
                    match super::orm::select::with_params(interp, statement, params.as_ref())? {
                        Some(found) => found,
                        None => {
                            let statement = match select_statement(interp, statement)? {
                                Some(select) => select,
                                None => core_statement(interp, statement, false)?,
                            };
                            (statement, given(interp, params)?)
                        }
                    };
                places = Some(super::selectable::places(&statement));
                with_cx(interp, |cx| db::execute(cx, connection, &statement, given))?
            }
        };
        let made = result::of_execution(interp, executed)?;
        if let Some(places) = places {
            result::set_places(&made, places);
        }
        Ok(if self.future { made } else { result::legacy(made) })
    }
}

impl Object for ConnectionObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &str {
        "Connection"
    }

    fn type_module(&self) -> &str {
        self.module
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        let class = interp.foreign_class(self.module, "Connection");
        if !class.dict.contains("close") {
            install(interp, &class, self.future);
        }
        class
    }

    fn identity(&self) -> u64 {
        use std::hash::{Hash, Hasher};
        let mut hasher = std::hash::DefaultHasher::new();
        self.connection.hash(&mut hasher);
        (hasher.finish() >> 8) | (5 << 60)
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let connection = self.connection;
        if name != "closed" {
            return Ok(None);
        }
        with_cx(interp, |cx| Ok(cx.orm.databases.is_closed(connection)))
            .map(|closed| Some(Value::Bool(closed)))
    }

    fn enter(&self, _interp: &mut Interp, this: &Value) -> PyResult<Option<Value>> {
        Ok(Some(this.clone()))
    }

    fn exit(&self, interp: &mut Interp, _this: &Value, _exception: Option<&Value>) -> PyResult<bool> {
        let connection = self.connection;
        with_cx(interp, |cx| cx.orm.databases.close(connection))?;
        Ok(false)
    }
}

/// Methods of a connection; those of 2.0 are not there in 1.x.
fn install(interp: &mut Interp, class: &Rc<Class>, future: bool) {
    use define::method;
    method::<ConnectionObject>(class, "close", "", |interp, held, _, _| {
        let connection = held.connection;
        with_cx(interp, |cx| cx.orm.databases.close(connection))?;
        Ok(Value::None)
    });
    for name in ["execute", "scalar", "scalars"] {
        if name == "scalars" && !future {
            continue;
        }
        let parameters = "statement, parameters=, *, execution_options=";
        method::<ConnectionObject>(class, name, parameters, move |interp, held, _, mut bound| {
            let statement = bound.take(0).unwrap_or(Value::None);
            let params = define::given(&mut bound, 1);
            let made = held.execute(interp, &statement, params)?;
            if name == "execute" { Ok(made) } else { interp.call_method(&made, name, Args::none()) }
        });
    }
    method::<ConnectionObject>(class, "begin", "", |interp, held, _, _| {
        transaction::begin(interp, held.connection)
    });
    method::<ConnectionObject>(class, "begin_nested", "", |interp, held, _, _| {
        transaction::begin_nested(interp, held.connection)
    });
    method::<ConnectionObject>(class, "in_transaction", "", |interp, held, _, _| {
        let connection = held.connection;
        with_cx(interp, |cx| Ok(cx.orm.databases.in_transaction(connection))).map(Value::Bool)
    });
    if names::has_member(interp, "Connection", "in_nested_transaction") {
        method::<ConnectionObject>(class, "in_nested_transaction", "", |interp, held, _, _| {
            let connection = held.connection;
            with_cx(interp, |cx| Ok(cx.orm.databases.innermost_savepoint(connection).is_some()))
                .map(Value::Bool)
        });
    }
    if !future {
        return;
    }
    method::<ConnectionObject>(class, "commit", "", |interp, held, _, _| {
        end(interp, held.connection, true)?;
        Ok(Value::None)
    });
    method::<ConnectionObject>(class, "rollback", "", |interp, held, _, _| {
        end(interp, held.connection, false)?;
        Ok(Value::None)
    });
}

/// Commits or rolls back, where a transaction is open.
fn end(interp: &mut Interp, connection: ConnectionId, commit: bool) -> PyResult<()> {
    with_cx(interp, |cx| {
        let databases = &mut cx.orm.databases;
        if !databases.in_transaction(connection) {
            return Ok(());
        }
        if commit { databases.commit(connection) } else { databases.rollback(connection) }
    })
}

/// `engine.begin()`: a connection in a transaction, both ended by leaving the block.
struct BeginObject {
    connection: ConnectionId,
    /// The connection's value.
    held: Value,
}

pub(super) fn begin_block(interp: &mut Interp, connection: ConnectionId, future: bool) -> Value {
    Value::object(BeginObject { connection, held: ConnectionObject::value(interp, connection, future) })
}

impl Object for BeginObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "_GeneratorContextManager"
    }

    fn type_module(&self) -> &'static str {
        "contextlib"
    }

    fn enter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Option<Value>> {
        let connection = self.connection;
        with_cx(interp, |cx| {
            cx.orm.databases.begin(connection)?;
            cx.orm.databases.enter_block(connection, None);
            Ok(())
        })?;
        Ok(Some(self.held.clone()))
    }

    fn exit(&self, interp: &mut Interp, _this: &Value, exception: Option<&Value>) -> PyResult<bool> {
        let connection = self.connection;
        let ended = end(interp, connection, exception.is_none());
        with_cx(interp, |cx| {
            cx.orm.databases.leave_block(connection);
            cx.orm.databases.close(connection)
        })?;
        ended.map(|()| false)
    }
}
