//! `SessionTransaction`: what `session.begin()` and `session.begin_nested()` give.
//!
//! It carries the number of its transaction; whether that is still open is the engine's to say.

use super::{MODULE, session_value};
use crate::python::{Interp, Object, PyResult, Value};
use crate::sqlalchemy::lend;
use backproof_engine::session::{self as sessions, SessionId};
use std::any::Any;

/// `session.begin()`, `session.begin_nested()`.
pub(super) struct TransactionObject {
    pub(super) session: SessionId,
    pub(super) serial: usize,
}

impl Object for TransactionObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "SessionTransaction"
    }

    fn type_module(&self) -> &'static str {
        MODULE
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let (session, serial) = (self.session, self.serial);
        Ok(match name {
            "commit" => Some(Value::native(name, move |interp, _| {
                lend::with_cx(interp, |cx| sessions::commit(cx, session, Some(serial)))?;
                Ok(Value::None)
            })),
            "rollback" => Some(Value::native(name, move |interp, _| {
                lend::with_cx(interp, |cx| sessions::rollback(cx, session, Some(serial)))?;
                Ok(Value::None)
            })),
            "session" => Some(session_value(interp, session)),
            _ => None,
        })
    }

    fn enter(&self, interp: &mut Interp, this: &Value) -> PyResult<Option<Value>> {
        lend::with_cx(interp, |cx| {
            sessions::enter(cx.orm, self.session, self.serial);
            Ok(())
        })?;
        Ok(Some(this.clone()))
    }

    fn exit(&self, interp: &mut Interp, _this: &Value, exception: Option<&Value>) -> PyResult<bool> {
        let raised = exception.is_some();
        lend::with_cx(interp, |cx| sessions::exit(cx, self.session, self.serial, raised))?;
        Ok(false)
    }
}
