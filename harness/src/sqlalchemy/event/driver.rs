//! The driver's connection and cursor, as listeners are given them. What they execute is not logged, as in the real library.

use crate::python::{Args, Class, Interp, Iter, Module, Object, PyResult, Stop, Value, fresh_identity};
use crate::sqlalchemy::{convert, define, lend};
use backproof_engine::db::{ConnectionId, Held};
use std::any::Any;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// The module `sqlite3`, as far as listeners name it.
pub(in crate::sqlalchemy) fn driver_module(interp: &mut Interp) -> PyResult<Rc<Module>> {
    let module = Module::new("sqlite3");
    for name in ["Connection", "Cursor"] {
        module.dict.set(name, Value::Class(interp.foreign_class("sqlite3", name)));
    }
    Ok(Rc::new(module))
}

/// What `raw_connection()` and `connection.connection` give: the driver's connection as the pool hands it out.
pub(super) struct FairyObject {
    held: Held,
    connection: ConnectionId,
    /// Whether closing it gives the connection back.
    owns: bool,
    id: u64,
}

pub(in crate::sqlalchemy) fn raw_connection(
    interp: &mut Interp,
    connection: ConnectionId,
    owns: bool,
) -> PyResult<Value> {
    let held = lend::with_cx(interp, |cx| cx.orm.databases.held_by(connection))?;
    Ok(Value::object(FairyObject { held, connection, owns, id: fresh_identity() }))
}

impl Object for FairyObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "_ConnectionFairy"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.pool.base"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        let class = interp.foreign_class("sqlalchemy.pool.base", "_ConnectionFairy");
        if !class.dict.contains("cursor") {
            define::method::<FairyObject>(&class, "cursor", "", |_, fairy, _, _| {
                Ok(CursorObject::value(&fairy.held))
            });
            define::method::<FairyObject>(&class, "close", "", |interp, fairy, _, _| {
                if !fairy.owns {
                    return Err(Stop::unsupported("closing the driver's connection of an open one"));
                }
                let connection = fairy.connection;
                lend::with_cx(interp, |cx| cx.orm.databases.close(connection))?;
                Ok(Value::None)
            });
            for (name, commits) in [("commit", true), ("rollback", false)] {
                define::method::<FairyObject>(&class, name, "", move |interp, fairy, _, _| {
                    let held = fairy.held.clone();
                    lend::with_cx(interp, |_| held.end(commits))?;
                    Ok(Value::None)
                });
            }
            define::method::<FairyObject>(&class, "execute", "*args", |interp, fairy, _, bound| {
                let connection = Value::object(DriverConnection { held: fairy.held.clone(), id: fairy.id });
                interp.call_method(&connection, "execute", Args::of(bound.varargs))
            });
        }
        class
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        if name.starts_with("__") || matches!(name, "cursor" | "close" | "commit" | "rollback" | "execute") {
            return Ok(None);
        }
        Err(Stop::unsupported(format!("`{name}` of the pool's connection")))
    }
}

/// The driver's connection.
pub(super) struct DriverConnection {
    pub(super) held: Held,
    pub(super) id: u64,
}

impl Object for DriverConnection {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Connection"
    }

    fn type_module(&self) -> &'static str {
        "sqlite3"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        let class = interp.foreign_class("sqlite3", "Connection");
        if !class.dict.contains("cursor") {
            define::method::<DriverConnection>(&class, "cursor", "", |_, connection, _, _| {
                Ok(CursorObject::value(&connection.held))
            });
            define::method::<DriverConnection>(
                &class,
                "execute",
                "sql, parameters=",
                |interp, connection, _, mut bound| {
                    let cursor = CursorObject::value(&connection.held);
                    let sql = bound.take(0).unwrap_or(Value::None);
                    let parameters = bound.take(1);
                    if let Some(object) = cursor.downcast::<CursorObject>() {
                        object.execute(interp, &sql, parameters.as_ref())?;
                    }
                    Ok(cursor)
                },
            );
        }
        class
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        if name.starts_with("__") || matches!(name, "cursor" | "execute") {
            return Ok(None);
        }
        Err(Stop::unsupported(format!("`{name}` of the driver's connection")))
    }
}

/// A cursor of the driver's connection.
pub(super) struct CursorObject {
    held: Held,
    rows: RefCell<VecDeque<Value>>,
    id: u64,
}

impl CursorObject {
    pub(super) fn value(held: &Held) -> Value {
        Value::object(CursorObject { held: held.clone(), rows: RefCell::default(), id: fresh_identity() })
    }

    fn execute(&self, interp: &mut Interp, sql: &Value, parameters: Option<&Value>) -> PyResult<()> {
        let Some(text) = sql.as_str().cloned() else {
            return Err(Stop::unsupported("executing what is no string on the driver's cursor"));
        };
        let mut values = Vec::new();
        if let Some(parameters) = parameters {
            if matches!(parameters, Value::Dict(_)) {
                return Err(Stop::unsupported("parameters by name on the driver's cursor"));
            }
            for value in interp.iterate(parameters)? {
                values.push(convert::to_engine(interp, &value)?);
            }
        }
        let fetched = lend::with_cx(interp, |_| self.held.run(&text, &values))?;
        let mut rows = VecDeque::new();
        for row in &fetched {
            let values =
                row.iter().map(|value| convert::to_python(interp, value)).collect::<PyResult<_>>()?;
            rows.push_back(Value::tuple(values));
        }
        *self.rows.borrow_mut() = rows;
        Ok(())
    }
}

impl Object for CursorObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Cursor"
    }

    fn type_module(&self) -> &'static str {
        "sqlite3"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        let class = interp.foreign_class("sqlite3", "Cursor");
        if !class.dict.contains("fetchall") {
            define::method::<CursorObject>(
                &class,
                "execute",
                "sql, parameters=",
                |interp, cursor, this, mut bound| {
                    let sql = bound.take(0).unwrap_or(Value::None);
                    let parameters = bound.take(1);
                    cursor.execute(interp, &sql, parameters.as_ref())?;
                    Ok(this.clone())
                },
            );
            define::method::<CursorObject>(&class, "close", "", |_, _, _, _| Ok(Value::None));
            define::method::<CursorObject>(&class, "fetchone", "", |_, cursor, _, _| {
                Ok(cursor.rows.borrow_mut().pop_front().unwrap_or(Value::None))
            });
            define::method::<CursorObject>(&class, "fetchall", "", |_, cursor, _, _| {
                Ok(Value::list(cursor.rows.borrow_mut().drain(..).collect()))
            });
        }
        class
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        if name.starts_with("__") || matches!(name, "execute" | "close" | "fetchone" | "fetchall") {
            return Ok(None);
        }
        Err(Stop::unsupported(format!("`{name}` of the driver's cursor")))
    }

    fn iter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        Ok(Iter::from_values("Cursor", self.rows.borrow_mut().drain(..).collect()))
    }
}

/// What the pool keeps beside a connection; nothing of it is known here.
pub(super) struct RecordObject {
    pub(super) id: u64,
}

impl Object for RecordObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "_ConnectionRecord"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.pool.base"
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        if name.starts_with("__") {
            return Ok(None);
        }
        Err(Stop::unsupported(format!("`{name}` of a connection's record in its pool")))
    }
}
