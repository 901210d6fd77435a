//! `SessionTransaction`: what `session.begin()` and `session.begin_nested()` give.
//!
//! It carries the numbers of its transaction and of those around it; whether they are still open is the engine's to say.

use super::{MODULE, session_value};
use crate::python::{Interp, Object, PyResult, Stop, Value};
use crate::sqlalchemy::{lend, names};
use backproof_engine::session::{self as sessions, Chain, SessionId};
use backproof_engine::version::Behaviour;
use std::any::Any;

/// `session.begin()`, `session.begin_nested()`, and what listeners are given.
pub(crate) struct TransactionObject {
    session: SessionId,
    serial: usize,
    nested: bool,
    /// The transactions around it and itself, from the outermost on.
    chain: Chain,
}

impl TransactionObject {
    /// The last of these transactions.
    pub(crate) fn value(session: SessionId, chain: &Chain) -> Value {
        let (serial, nested) = chain.last().copied().unwrap_or_default();
        Value::object(TransactionObject { session, serial, nested, chain: chain.clone() })
    }

    /// The open transaction of this number.
    pub(super) fn open(interp: &mut Interp, session: SessionId, serial: usize) -> PyResult<Value> {
        let chain = lend::read(interp, |orm| sessions::chain(orm, session, serial))?;
        match chain {
            Some(chain) => Ok(TransactionObject::value(session, &chain)),
            None => Err(Stop::unsupported("a transaction that has ended as it began")),
        }
    }

    fn parent(&self) -> Value {
        match self.chain.len() {
            0 | 1 => Value::None,
            count => TransactionObject::value(self.session, &self.chain[..count - 1].into()),
        }
    }
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

    fn identity(&self) -> u64 {
        use std::hash::{Hash, Hasher};
        let mut hasher = std::hash::DefaultHasher::new();
        (self.session, self.serial).hash(&mut hasher);
        (hasher.finish() >> 8) | (13 << 58)
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let (session, serial, outer) = (self.session, self.serial, self.parent());
        Ok(match name {
            "commit" => Some(Value::native(name, move |interp, _| {
                let outer = outer.clone();
                lend::with_cx(interp, |cx| sessions::commit(cx, session, Some(serial)))?;
                Ok(if lend::has(interp, Behaviour::TransactionsGiveOuter) { outer } else { Value::None })
            })),
            "rollback" => Some(Value::native(name, move |interp, _| {
                let outer = outer.clone();
                lend::with_cx(interp, |cx| sessions::rollback(cx, session, Some(serial)))?;
                Ok(if lend::has(interp, Behaviour::TransactionsGiveOuter) { outer } else { Value::None })
            })),
            "session" => Some(session_value(interp, session)),
            "nested" => Some(Value::Bool(self.nested)),
            "parent" if names::has_member(interp, "SessionTransaction", name) => Some(self.parent()),
            "_parent" => Some(self.parent()),
            "is_active" => {
                let open = lend::read(interp, |orm| {
                    sessions::chain(orm, session, serial).is_some() && sessions::is_active(orm, session)
                })?;
                Some(Value::Bool(open))
            }
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
