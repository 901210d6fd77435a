//! The names of a result's columns, as `keys()` gives them from 1.4 on: a view that compares with any sequence.
//!
//! It cannot be indexed, and its order is that of the columns.

use super::Names;
use crate::python::{CompareOp, Interp, Object, PyResult, Stop, Value, fresh_identity};
use std::any::Any;

/// What `keys()` of a result, and of a row of 1.4, gives.
pub(super) struct KeyView {
    names: Names,
    id: u64,
}

impl KeyView {
    pub(super) fn value(names: &Names) -> Value {
        Value::object(KeyView { names: names.clone(), id: fresh_identity() })
    }

    fn list(&self) -> Value {
        Value::list(self.names.iter().cloned().map(Value::from).collect())
    }
}

impl Object for KeyView {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "RMKeyView"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.engine.result"
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        if name.starts_with("__") {
            return Ok(None);
        }
        Err(Stop::unsupported(format!("`{name}` of the keys of a result")))
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Err(Stop::unsupported("comparing the keys of a result as sets"));
        }
        let other = Value::list(interp.iterate(other)?);
        interp.compare(op, &self.list(), &other).map(Some)
    }

    fn hash(&self, interp: &mut Interp, this: &Value) -> PyResult<i64> {
        Err(interp.unhashable(this))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let names = interp.repr(&self.list())?;
        Ok(format!("RMKeyView({names})"))
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.names.len()))
    }

    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        interp.iter(&self.list())
    }
}
