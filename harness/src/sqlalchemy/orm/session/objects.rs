//! What a session shows of itself: the objects it holds, and the block `no_autoflush`.
//!
//! A set of objects is as it was when it was read.

use super::{session_value, with_settings};
use crate::python::{Interp, Iter, Object, PyResult, Value};
use crate::sqlalchemy::orm::instance::{object_of, wrap_all};
use backproof_engine::session::SessionId;
use backproof_engine::state::ObjRef;
use std::any::Any;

/// `session.no_autoflush`.
pub(super) struct NoAutoflushObject {
    pub(super) session: SessionId,
    pub(super) before: std::cell::Cell<bool>,
}

impl Object for NoAutoflushObject {
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
        let before = &self.before;
        with_settings(interp, self.session, |settings| {
            before.set(settings.autoflush);
            settings.autoflush = false;
        })?;
        Ok(Some(session_value(interp, self.session)))
    }

    fn exit(&self, interp: &mut Interp, _this: &Value, _exception: Option<&Value>) -> PyResult<bool> {
        let before = self.before.get();
        with_settings(interp, self.session, |settings| settings.autoflush = before)?;
        Ok(false)
    }
}

/// Objects of a session: `session.new` and its like.
pub(super) struct ObjectSet {
    pub(super) objects: Vec<ObjRef>,
}

impl Object for ObjectSet {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "IdentitySet"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.util._collections"
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let values = Value::list(wrap_all(interp, &self.objects)?);
        Ok(format!("IdentitySet({})", interp.repr(&values)?))
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.objects.len()))
    }

    fn contains(&self, _interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        let wanted = object_of(item);
        Ok(Some(wanted.is_some_and(|wanted| self.objects.contains(&wanted))))
    }

    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        Ok(Iter::from_values("list_iterator", wrap_all(interp, &self.objects)?))
    }
}
