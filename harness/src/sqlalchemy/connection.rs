//! Connections and their transactions, as `engine.connect()` and `engine.begin()` give them.
//!
//! The autocommit of 1.x is not here: a connection of those releases executes only inside a transaction that was
//! begun.

use super::lend::with_cx;
use super::orm::session::{core_statement, given};
use super::select_statement;
use super::{define, errors, result};
use crate::python::{Args, Class, Interp, Object, PyResult, Stop, Value, fresh_identity};
use backproof_engine::db::{self, ConnectionId};
use std::any::Any;
use std::rc::Rc;

const MODULE: &str = "sqlalchemy.engine.base";

/// A connection.
pub(crate) struct ConnectionObject {
    pub(crate) connection: ConnectionId,
    /// Whether it begins transactions by itself and waits for `commit()`, as all do from 2.0 on.
    future: bool,
    id: u64,
}

/// A transaction of a connection.
struct TransactionObject {
    connection: ConnectionId,
    /// Whether leaving it closes the connection: `engine.begin()`.
    owns: Option<Value>,
}

impl ConnectionObject {
    pub(super) fn value(connection: ConnectionId, future: bool) -> Value {
        Value::object(ConnectionObject { connection, future, id: fresh_identity() })
    }

    fn execute(&self, interp: &mut Interp, statement: &Value, params: Option<Value>) -> PyResult<Value> {
        let connection = self.connection;
        let open = with_cx(interp, |cx| {
            let databases = &cx.orm.databases;
            Ok((databases.is_closed(connection), databases.in_transaction(connection)))
        })?;
        if open.0 {
            return Err(errors::raise_named(interp, "ResourceClosedError", "This Connection is closed"));
        }
        if !self.future && !open.1 {
            return Err(Stop::unsupported("executing outside a transaction, which 1.x commits by itself"));
        }
        let statement = match select_statement(interp, statement)? {
            Some(select) => select,
            None => core_statement(interp, statement)?,
        };
        let given = given(interp, params)?;
        let executed = with_cx(interp, |cx| db::execute(cx, connection, &statement, given))?;
        result::of_execution(interp, executed)
    }
}

/// `engine.begin()`: a connection in a transaction, both ended by leaving the block.
pub(super) fn begin_block(connection: Value) -> PyResult<Value> {
    let Some(held) = connection.downcast::<ConnectionObject>() else {
        return Err(Stop::unsupported("a transaction of something that is no connection"));
    };
    let connection_id = held.connection;
    Ok(Value::object(TransactionObject { connection: connection_id, owns: Some(connection) }))
}

impl Object for ConnectionObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &str {
        "Connection"
    }

    fn type_module(&self) -> &str {
        MODULE
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        let class = interp.foreign_class(MODULE, "Connection");
        if !class.dict.contains("close") {
            install(&class, self.future);
        }
        class
    }

    fn identity(&self) -> u64 {
        self.id
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
fn install(class: &Rc<Class>, future: bool) {
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
        let connection = held.connection;
        if with_cx(interp, |cx| Ok(cx.orm.databases.in_transaction(connection)))? {
            return Err(if held.future {
                let message = "This connection has already initialized a SQLAlchemy Transaction() object via \
                               begin() or autobegin; can't call begin() here unless rollback() or commit() is \
                               called first.";
                errors::raise_named(interp, "InvalidRequestError", message)
            } else {
                Stop::unsupported("a transaction within a transaction")
            });
        }
        with_cx(interp, |cx| cx.orm.databases.begin(connection))?;
        Ok(Value::object(TransactionObject { connection, owns: None }))
    });
    method::<ConnectionObject>(class, "in_transaction", "", |interp, held, _, _| {
        let connection = held.connection;
        with_cx(interp, |cx| Ok(cx.orm.databases.in_transaction(connection))).map(Value::Bool)
    });
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

impl Object for TransactionObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &str {
        if self.owns.is_some() { "_GeneratorContextManager" } else { "RootTransaction" }
    }

    fn type_module(&self) -> &str {
        if self.owns.is_some() { "contextlib" } else { MODULE }
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let connection = self.connection;
        if self.owns.is_some() || !matches!(name, "commit" | "rollback") {
            return Ok(None);
        }
        let commit = name == "commit";
        Ok(Some(Value::native(name, move |interp, _| {
            end(interp, connection, commit)?;
            Ok(Value::None)
        })))
    }

    fn enter(&self, interp: &mut Interp, this: &Value) -> PyResult<Option<Value>> {
        let Some(owned) = &self.owns else { return Ok(Some(this.clone())) };
        let connection = self.connection;
        with_cx(interp, |cx| cx.orm.databases.begin(connection))?;
        Ok(Some(owned.clone()))
    }

    fn exit(&self, interp: &mut Interp, _this: &Value, exception: Option<&Value>) -> PyResult<bool> {
        let ended = end(interp, self.connection, exception.is_none());
        if self.owns.is_some() {
            let connection = self.connection;
            with_cx(interp, |cx| cx.orm.databases.close(connection))?;
        }
        ended.map(|()| false)
    }
}
