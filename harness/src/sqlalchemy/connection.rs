//! Connections, as `engine.connect()` and `engine.begin()` give them.
//!
//! A connection's value carries only the engine's id, so two values of one connection are the same Python object.

use super::execution_options::{self, ImmutableDict};
use super::lend::{self, with_cx};
use super::orm::session::{core_statement, given};
use super::select_statement;
use super::{define, driver_parameters, engine, errors, names, result, transaction};
use crate::python::{Args, Class, Interp, Object, PyResult, Stop, Value, fresh_identity};
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
    /// The options of one that `execution_options()` of another gave, in 1.x, with its identity.
    own: Option<(Value, u64)>,
}

impl ConnectionObject {
    pub(super) fn value(interp: &mut Interp, connection: ConnectionId, future: bool) -> Value {
        let apart = future && super::lend::has(interp, Behaviour::Autocommit);
        let module = if apart { FUTURE } else { MODULE };
        Value::object(ConnectionObject { connection, future, module, own: None })
    }

    /// The value of a connection that the engine took by itself.
    pub(super) fn known(interp: &mut Interp, connection: ConnectionId) -> PyResult<Value> {
        let future = with_cx(interp, |cx| {
            let databases = &cx.orm.databases;
            Ok(!databases.autocommits(databases.database_of(connection)))
        })?;
        Ok(ConnectionObject::value(interp, connection, future))
    }

    fn check_open(&self, interp: &mut Interp) -> PyResult<()> {
        let connection = self.connection;
        if with_cx(interp, |cx| Ok(cx.orm.databases.is_closed(connection)))? {
            return Err(errors::raise_named(interp, "ResourceClosedError", "This Connection is closed"));
        }
        Ok(())
    }

    fn execute(&self, interp: &mut Interp, statement: &Value, params: Option<Value>) -> PyResult<Value> {
        let connection = self.connection;
        self.check_open(interp)?;
        let mut places = None;
        if let (Some(_), Some(Value::List(_) | Value::Tuple(_) | Value::Str(_) | Value::Int(_)), true) =
            (statement.as_str(), &params, self.future)
        {
            return Err(Stop::unsupported("the error of a string with parameters by position, from 2.0 on"));
        }
        let executed = match statement.as_str() {
            // A string goes to the driver as it is.
            Some(text) if !self.future && lend::has(interp, Behaviour::StringsExecuted) => {
                let params = driver_parameters::raw(interp, params.as_ref())?;
                with_cx(interp, |cx| db::execute_raw(cx, connection, text, &params))?
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

    /// `exec_driver_sql()`.
    fn execute_on_driver(
        &self,
        interp: &mut Interp,
        text: &Value,
        params: Option<&Value>,
    ) -> PyResult<Value> {
        self.check_open(interp)?;
        let Some(text) = text.as_str() else {
            return Err(Stop::unsupported("exec_driver_sql() of what is no string"));
        };
        driver_parameters::check(interp, params)?;
        let params = driver_parameters::raw(interp, params)?;
        let connection = self.connection;
        let executed = with_cx(interp, |cx| db::execute_raw(cx, connection, text, &params))?;
        let made = result::of_execution(interp, executed)?;
        Ok(if self.future { made } else { result::legacy(made) })
    }

    /// A new dictionary of its execution options.
    fn options(&self, interp: &mut Interp) -> PyResult<Value> {
        if let Some((own, _)) = &self.own {
            return execution_options::copied(interp, own);
        }
        let connection = self.connection;
        if let Some(own) = lend::shared(interp).connection_options.get(&connection).cloned() {
            return execution_options::copied(interp, &own);
        }
        let database = with_cx(interp, |cx| Ok(cx.orm.databases.database_of(connection)))?;
        engine::options_of(interp, database)
    }

    /// Adds to its execution options.
    pub(super) fn remember(&self, interp: &mut Interp, given: Value) -> PyResult<()> {
        let all = self.options(interp)?;
        interp.call_method(&all, "update", Args::of(vec![given]))?;
        lend::shared(interp).connection_options.insert(self.connection, all);
        Ok(())
    }

    /// `execution_options()`: the connection itself from 2.0 on, and another value of it before.
    fn with_options(&self, interp: &mut Interp, this: &Value, args: Args) -> PyResult<Value> {
        let given = execution_options::dict_of(interp, args)?;
        let connection = self.connection;
        if interp.contains(&given, &Value::from("isolation_level"))? {
            let begun = with_cx(interp, |cx| Ok(cx.orm.databases.in_transaction(connection)))?;
            if begun && !self.future {
                return Err(Stop::unsupported("changing the isolation level within a transaction"));
            }
            if begun {
                let level = interp.get_item(&given, &Value::from("isolation_level"))?;
                self.remember(interp, given)?;
                if level.as_str().is_none_or(|level| &**level != "AUTOCOMMIT") {
                    with_cx(interp, |cx| {
                        cx.orm.databases.forget_isolation(connection);
                        Ok(())
                    })?;
                }
                let message = "This connection has already initialized a SQLAlchemy Transaction() object via begin() \
                               or autobegin; isolation_level may not be altered unless rollback() or commit() is \
                               called first.";
                return Err(errors::raise_named(interp, "InvalidRequestError", message));
            }
        }
        let settings = execution_options::read(interp, &given)?;
        if let Some(isolation) = settings.isolation {
            with_cx(interp, |cx| cx.orm.databases.set_isolation(connection, isolation))?;
        }
        if let Some(token) = settings.token {
            with_cx(interp, |cx| {
                cx.orm.databases.set_token(connection, token);
                Ok(())
            })?;
        }
        if self.future {
            self.remember(interp, given)?;
            return Ok(this.clone());
        }
        let all = self.options(interp)?;
        interp.call_method(&all, "update", Args::of(vec![given]))?;
        let (future, module, own) = (self.future, self.module, Some((all, fresh_identity())));
        Ok(Value::object(ConnectionObject { connection, future, module, own }))
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
        if let Some((_, id)) = &self.own {
            return *id;
        }
        let mut hasher = std::hash::DefaultHasher::new();
        self.connection.hash(&mut hasher);
        (hasher.finish() >> 8) | (5 << 60)
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let connection = self.connection;
        match name {
            "closed" => with_cx(interp, |cx| Ok(cx.orm.databases.is_closed(connection)))
                .map(|closed| Some(Value::Bool(closed))),
            "info" => {
                let database = with_cx(interp, |cx| Ok(cx.orm.databases.database_of(connection)))?;
                let known = lend::shared(interp).connection_info.entry(database);
                Ok(Some(known.or_insert_with(|| Value::dict(crate::python::Map::new())).clone()))
            }
            "invalidated" => Ok(Some(Value::Bool(false))),
            "dialect" => Ok(Some(super::dialects::sqlite())),
            "default_isolation_level" => Ok(Some(Value::from("SERIALIZABLE"))),
            "engine" => {
                let database = with_cx(interp, |cx| Ok(cx.orm.databases.database_of(connection)))?;
                Ok(Some(engine::known(interp, database)))
            }
            "connection" => {
                self.check_open(interp)?;
                super::event::raw_connection(interp, connection, false).map(Some)
            }
            _ => Ok(None),
        }
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
        let parameters = if future {
            "statement, parameters=, *, execution_options="
        } else {
            "statement, *multiparams, **params"
        };
        method::<ConnectionObject>(class, name, parameters, move |interp, held, _, mut bound| {
            let statement = bound.take(0).unwrap_or(Value::None);
            let params = if future {
                if let Some(options) = define::given(&mut bound, 2) {
                    execution_options::read(interp, &options)?;
                }
                define::given(&mut bound, 1)
            } else {
                driver_parameters::distilled(interp, bound.varargs, bound.varkw)?
            };
            let made = held.execute(interp, &statement, params)?;
            if name == "execute" { Ok(made) } else { interp.call_method(&made, name, Args::none()) }
        });
    }
    if names::has_member(interp, "Connection", "exec_driver_sql") {
        let parameters = "statement, parameters=, execution_options=";
        method::<ConnectionObject>(class, "exec_driver_sql", parameters, |interp, held, _, mut bound| {
            let text = bound.take(0).unwrap_or(Value::None);
            if let Some(options) = define::given(&mut bound, 2) {
                execution_options::read(interp, &options)?;
            }
            let params = define::given(&mut bound, 1);
            held.execute_on_driver(interp, &text, params.as_ref())
        });
    }
    if names::has_member(interp, "Connection", "get_execution_options") {
        method::<ConnectionObject>(class, "get_execution_options", "", |interp, held, _, _| {
            held.options(interp).map(ImmutableDict::value)
        });
    }
    method::<ConnectionObject>(class, "execution_options", "**opt", |interp, held, this, bound| {
        held.with_options(interp, this, Args { positional: Vec::new(), keywords: bound.varkw })
    });
    method::<ConnectionObject>(class, "get_isolation_level", "", |interp, held, _, _| {
        let connection = held.connection;
        with_cx(interp, |cx| cx.orm.databases.isolation_level(connection)).map(Value::from)
    });
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
