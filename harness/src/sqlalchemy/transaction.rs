//! Transactions of connections: the outermost, savepoints, and the marks that 1.x gives within one.

use super::lend::with_cx;
use super::{define, errors};
use crate::python::{Class, Interp, Object, PyResult, Value, fresh_identity};
use backproof_engine::Cx;
use backproof_engine::db::ConnectionId;
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

const MODULE: &str = "sqlalchemy.engine.base";

/// Which transaction of its connection an object stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    /// The outermost, by its number.
    Root(u32),
    Savepoint(u32),
    /// `begin()` within the numbered transaction (1.x): its commit does nothing.
    Mark(u32),
}

/// A transaction of a connection.
pub(super) struct TransactionObject {
    connection: ConnectionId,
    which: Which,
    /// A mark that was committed or rolled back.
    ended: std::cell::Cell<bool>,
    id: u64,
}

/// The value of a transaction.
fn value(connection: ConnectionId, which: Which) -> Value {
    let ended = std::cell::Cell::new(false);
    Value::object(TransactionObject { connection, which, ended, id: fresh_identity() })
}

/// `connection.begin()`.
pub(super) fn begin(interp: &mut Interp, connection: ConnectionId) -> PyResult<Value> {
    let (open, autocommits) = with_cx(interp, |cx| {
        let databases = &cx.orm.databases;
        databases.check_block(connection)?;
        Ok((databases.transaction(connection), databases.autocommits(databases.database_of(connection))))
    })?;
    match open {
        None => {
            let number = with_cx(interp, |cx| {
                cx.orm.databases.begin(connection)?;
                Ok(cx.orm.databases.transaction(connection))
            })?;
            Ok(value(connection, Which::Root(number.unwrap_or_default())))
        }
        Some(number) if autocommits => Ok(value(connection, Which::Mark(number))),
        Some(_) => {
            let message = "This connection has already initialized a SQLAlchemy Transaction() object via begin() or \
                           autobegin; can't call begin() here unless rollback() or commit() is called first.";
            Err(errors::raise_named(interp, "InvalidRequestError", message))
        }
    }
}

/// `connection.begin_nested()`: a savepoint; outside a transaction, 1.x begins one instead.
pub(super) fn begin_nested(interp: &mut Interp, connection: ConnectionId) -> PyResult<Value> {
    let plain = with_cx(interp, |cx| {
        let databases = &cx.orm.databases;
        let autocommits = databases.autocommits(databases.database_of(connection));
        Ok(autocommits && !databases.in_transaction(connection))
    })?;
    if plain {
        return begin(interp, connection);
    }
    let savepoint = with_cx(interp, |cx| cx.orm.databases.savepoint(connection))?;
    Ok(value(connection, Which::Savepoint(savepoint)))
}

impl TransactionObject {
    fn is_active(&self, cx: &Cx<'_>) -> bool {
        let databases = &cx.orm.databases;
        match self.which {
            Which::Root(number) => databases.transaction(self.connection) == Some(number),
            Which::Savepoint(savepoint) => databases.is_savepoint_open(self.connection, savepoint),
            Which::Mark(number) => {
                !self.ended.get() && databases.transaction(self.connection) == Some(number)
            }
        }
    }

    fn active(&self, interp: &mut Interp) -> PyResult<bool> {
        with_cx(interp, |cx| Ok(self.is_active(cx)))
    }

    fn commit(&self, interp: &mut Interp) -> PyResult<()> {
        let profile = super::lend::profile(interp);
        if !self.active(interp)? {
            let message = match self.which {
                Which::Savepoint(_) if !profile.has(Behaviour::SavepointEndedOnce) => return Ok(()),
                Which::Savepoint(_) => "This nested transaction is inactive",
                Which::Root(_) | Which::Mark(_) => "This transaction is inactive",
            };
            return Err(errors::raise_named(interp, "InvalidRequestError", message));
        }
        let connection = self.connection;
        match self.which {
            Which::Root(_) => with_cx(interp, |cx| cx.orm.databases.commit(connection)),
            Which::Savepoint(savepoint) => {
                with_cx(interp, |cx| cx.orm.databases.release_savepoint(connection, savepoint))
            }
            Which::Mark(_) => {
                self.ended.set(true);
                Ok(())
            }
        }
    }

    /// What the end of its `with` block does: a commit, or a rollback after an exception.
    fn end_block(&self, interp: &mut Interp, raised: bool) -> PyResult<()> {
        if raised || !self.active(interp)? {
            return self.rollback(interp);
        }
        let committed = self.commit(interp);
        if committed.is_err() {
            self.rollback(interp)?;
        }
        committed
    }

    fn rollback(&self, interp: &mut Interp) -> PyResult<()> {
        if !self.active(interp)? {
            return Ok(());
        }
        self.ended.set(true);
        let connection = self.connection;
        with_cx(interp, |cx| match self.which {
            Which::Root(_) | Which::Mark(_) => cx.orm.databases.rollback(connection),
            Which::Savepoint(savepoint) => cx.orm.databases.rollback_to_savepoint(connection, savepoint),
        })
    }
}

impl Object for TransactionObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &str {
        match self.which {
            Which::Root(_) => "RootTransaction",
            Which::Savepoint(_) => "NestedTransaction",
            Which::Mark(_) => "MarkerTransaction",
        }
    }

    fn type_module(&self) -> &str {
        MODULE
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        let class = interp.foreign_class(MODULE, self.type_name());
        if !class.dict.contains("commit") {
            install(&class);
        }
        class
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn enter(&self, interp: &mut Interp, this: &Value) -> PyResult<Option<Value>> {
        let savepoint = match self.which {
            Which::Savepoint(savepoint) => Some(savepoint),
            Which::Root(_) | Which::Mark(_) => None,
        };
        with_cx(interp, |cx| {
            cx.orm.databases.enter_block(self.connection, savepoint);
            Ok(())
        })?;
        Ok(Some(this.clone()))
    }

    fn exit(&self, interp: &mut Interp, _this: &Value, exception: Option<&Value>) -> PyResult<bool> {
        let ended = self.end_block(interp, exception.is_some());
        with_cx(interp, |cx| {
            cx.orm.databases.leave_block(self.connection);
            Ok(())
        })?;
        ended.map(|()| false)
    }
}

fn install(class: &Rc<Class>) {
    use define::{getter, method};
    method::<TransactionObject>(class, "commit", "", |interp, held, _, _| {
        held.commit(interp).map(|()| Value::None)
    });
    for name in ["rollback", "close"] {
        method::<TransactionObject>(class, name, "", |interp, held, _, _| {
            held.rollback(interp).map(|()| Value::None)
        });
    }
    getter::<TransactionObject>(class, "is_active", |interp, held, _| held.active(interp).map(Value::Bool));
}
