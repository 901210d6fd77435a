//! Names that the library has and this room does not: importing one is fine, using it is unsupported.

use super::{lend, names};
use crate::python::{
    Args, BinaryOp, Class, CompareOp, Interp, Module, Object, PyResult, Stop, UnaryOp, Value,
};
use std::any::Any;
use std::rc::Rc;

/// What stands for a name that is not provided.
struct AbsentObject {
    what: String,
}

impl AbsentObject {
    fn stop<T>(&self) -> PyResult<T> {
        Err(Stop::unsupported(self.what.clone()))
    }
}

impl Object for AbsentObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "type"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, _name: &str) -> PyResult<Option<Value>> {
        self.stop()
    }

    fn set_attr(&self, _interp: &mut Interp, _this: &Value, _name: &str, _value: Value) -> PyResult<()> {
        self.stop()
    }

    fn callable(&self) -> bool {
        true
    }

    fn call(&self, _interp: &mut Interp, _this: &Value, _args: Args) -> PyResult<Value> {
        self.stop()
    }

    fn binary(
        &self,
        _interp: &mut Interp,
        _this: &Value,
        _op: BinaryOp,
        _other: &Value,
        _reflected: bool,
    ) -> PyResult<Option<Value>> {
        self.stop()
    }

    fn compare(
        &self,
        _interp: &mut Interp,
        _this: &Value,
        _op: CompareOp,
        _other: &Value,
    ) -> PyResult<Option<Value>> {
        self.stop()
    }

    fn unary(&self, _interp: &mut Interp, _this: &Value, _op: UnaryOp) -> PyResult<Value> {
        self.stop()
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        self.stop()
    }

    fn get_item(&self, _interp: &mut Interp, _this: &Value, _key: &Value) -> PyResult<Value> {
        self.stop()
    }

    fn as_base(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<Rc<Class>>> {
        self.stop()
    }

    fn instance_check(&self, _interp: &mut Interp, _this: &Value, _value: &Value) -> PyResult<Option<bool>> {
        self.stop()
    }
}

/// Gives a module a stand-in for each name that the real one of this release has and it lacks.
pub(super) fn complete(interp: &mut Interp, module: &Module) {
    let profile = lend::profile(interp);
    for name in names::all(profile, &module.name) {
        if !module.dict.contains(name) {
            let what = format!("`{name}` of module `{}`", module.name);
            module.dict.set(name, Value::object(AbsentObject { what }));
        }
    }
}
