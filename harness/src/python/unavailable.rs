//! What stands for a value that could not be had: any use of it is unsupported, with the reason.
//!
//! A name of a library that is not provided is one; so is a name that a step would have bound if it had not
//! stopped for something unsupported. Without it the next step would fail with an exception that Python would
//! not raise, or go on with a value that Python would not have.

use super::args::Args;
use super::class::Class;
use super::error::{PyResult, Stop};
use super::interp::Interp;
use super::object::{BinaryOp, CompareOp, Object, UnaryOp};
use super::value::Value;
use std::any::Any;
use std::rc::Rc;

/// A value that could not be had.
pub struct Unavailable {
    what: String,
}

impl Unavailable {
    /// `what` stands by itself, as in every unsupported.
    pub fn value(what: impl Into<String>) -> Value {
        Value::object(Unavailable { what: what.into() })
    }

    /// Stops where the value is one of these: for rooms that look at a value before they use it.
    pub fn refuse(value: &Value) -> PyResult<()> {
        match value.downcast::<Unavailable>() {
            Some(unavailable) => unavailable.stop(),
            None => Ok(()),
        }
    }

    /// What keeps one of a call's arguments from being there.
    pub(super) fn among(args: &Args) -> Option<String> {
        let named = args.keywords.iter().map(|(_, value)| value);
        let found = args.positional.iter().chain(named).find_map(Value::downcast::<Unavailable>);
        found.map(|unavailable| unavailable.what.clone())
    }

    fn stop<T>(&self) -> PyResult<T> {
        Err(Stop::unsupported(self.what.clone()))
    }
}

impl Object for Unavailable {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &str {
        "type"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, _name: &str) -> PyResult<Option<Value>> {
        self.stop()
    }

    fn set_attr(&self, _interp: &mut Interp, _this: &Value, _name: &str, _value: Value) -> PyResult<()> {
        self.stop()
    }

    fn del_attr(&self, _interp: &mut Interp, _this: &Value, _name: &str) -> PyResult<()> {
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

    fn hash(&self, _interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        self.stop()
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        self.stop()
    }

    fn format(&self, _interp: &mut Interp, _this: &Value, _spec: &str) -> PyResult<Option<String>> {
        self.stop()
    }

    fn truth(&self, _interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        self.stop()
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        self.stop()
    }

    fn get_item(&self, _interp: &mut Interp, _this: &Value, _key: &Value) -> PyResult<Value> {
        self.stop()
    }

    fn set_item(&self, _interp: &mut Interp, _this: &Value, _key: &Value, _value: Value) -> PyResult<()> {
        self.stop()
    }

    fn del_item(&self, _interp: &mut Interp, _this: &Value, _key: &Value) -> PyResult<()> {
        self.stop()
    }

    fn contains(&self, _interp: &mut Interp, _this: &Value, _item: &Value) -> PyResult<Option<bool>> {
        self.stop()
    }

    fn iter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        self.stop()
    }

    fn next(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<Value>> {
        self.stop()
    }

    fn enter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<Value>> {
        self.stop()
    }

    fn as_base(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<Rc<Class>>> {
        self.stop()
    }

    fn instance_check(&self, _interp: &mut Interp, _this: &Value, _value: &Value) -> PyResult<Option<bool>> {
        self.stop()
    }
}
