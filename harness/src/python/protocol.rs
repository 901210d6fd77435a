//! Signatures under construction.

use super::args::Args;
use super::class::Class;
use super::error::{PyResult, Stop};
use super::interp::Interp;
use super::module::Module;
use super::object::{BinaryOp, CompareOp, UnaryOp};
use super::value::{Dict, Set, Value};
use std::rc::Rc;

fn pending<T>() -> PyResult<T> {
    Err(Stop::unsupported("this operation"))
}

impl Interp {
    /// Calls a callable.
    pub fn call(&mut self, callee: &Value, args: Args) -> PyResult<Value> {
        let _ = (callee, args);
        pending()
    }

    /// `receiver.name(*args)`.
    pub fn call_method(&mut self, receiver: &Value, name: &str, args: Args) -> PyResult<Value> {
        let _ = (receiver, name, args);
        pending()
    }

    /// Calls a special method found on the type; `None` where the type has none.
    pub fn call_special(
        &mut self,
        receiver: &Value,
        name: &str,
        args: Vec<Value>,
    ) -> PyResult<Option<Value>> {
        let _ = (receiver, name, args);
        pending()
    }

    /// `value.name`.
    pub fn get_attr(&mut self, value: &Value, name: &str) -> PyResult<Value> {
        let _ = (value, name);
        pending()
    }

    /// `value.name`, or `None` where that raises `AttributeError`.
    pub fn get_attr_opt(&mut self, value: &Value, name: &str) -> PyResult<Option<Value>> {
        let _ = (value, name);
        pending()
    }

    pub fn set_attr(&mut self, value: &Value, name: &str, to: Value) -> PyResult<()> {
        let _ = (value, name, to);
        pending()
    }

    pub fn del_attr(&mut self, value: &Value, name: &str) -> PyResult<()> {
        let _ = (value, name);
        pending()
    }

    /// The attributes set on an instance, a class or a module in order, as `__dict__` has them.
    pub fn attributes(&mut self, value: &Value) -> PyResult<Option<Vec<(Rc<str>, Value)>>> {
        let _ = value;
        pending()
    }

    pub fn get_item(&mut self, value: &Value, key: &Value) -> PyResult<Value> {
        let _ = (value, key);
        pending()
    }

    pub fn set_item(&mut self, value: &Value, key: &Value, to: Value) -> PyResult<()> {
        let _ = (value, key, to);
        pending()
    }

    pub fn del_item(&mut self, value: &Value, key: &Value) -> PyResult<()> {
        let _ = (value, key);
        pending()
    }

    /// `item in container`.
    pub fn contains(&mut self, container: &Value, item: &Value) -> PyResult<bool> {
        let _ = (container, item);
        pending()
    }

    pub fn len(&mut self, value: &Value) -> PyResult<usize> {
        let _ = value;
        pending()
    }

    /// `iter(value)`.
    pub fn iter(&mut self, value: &Value) -> PyResult<Value> {
        let _ = value;
        pending()
    }

    /// `next(iterator)`: `None` at the end.
    pub fn next(&mut self, iterator: &Value) -> PyResult<Option<Value>> {
        let _ = iterator;
        pending()
    }

    /// `list(value)` as a vector.
    pub fn iterate(&mut self, value: &Value) -> PyResult<Vec<Value>> {
        let _ = value;
        pending()
    }

    pub fn repr(&mut self, value: &Value) -> PyResult<String> {
        let _ = value;
        pending()
    }

    pub fn str(&mut self, value: &Value) -> PyResult<String> {
        let _ = value;
        pending()
    }

    pub fn truth(&mut self, value: &Value) -> PyResult<bool> {
        let _ = value;
        pending()
    }

    pub fn hash(&mut self, value: &Value) -> PyResult<i64> {
        let _ = value;
        pending()
    }

    /// `left == right` as a truth value; identical values are equal, as in containers.
    pub fn eq(&mut self, left: &Value, right: &Value) -> PyResult<bool> {
        let _ = (left, right);
        pending()
    }

    /// `left op right`, giving whatever it gives.
    pub fn compare(&mut self, op: CompareOp, left: &Value, right: &Value) -> PyResult<Value> {
        let _ = (op, left, right);
        pending()
    }

    /// `left < right` as a truth value, for sorting.
    pub fn less_than(&mut self, left: &Value, right: &Value) -> PyResult<bool> {
        let _ = (left, right);
        pending()
    }

    pub fn binary(&mut self, op: BinaryOp, left: &Value, right: &Value) -> PyResult<Value> {
        let _ = (op, left, right);
        pending()
    }

    /// `left op= right`: the new value of `left`.
    pub fn binary_in_place(&mut self, op: BinaryOp, left: &Value, right: &Value) -> PyResult<Value> {
        let _ = (op, left, right);
        pending()
    }

    pub fn unary(&mut self, op: UnaryOp, operand: &Value) -> PyResult<Value> {
        let _ = (op, operand);
        pending()
    }

    /// An integer for an index, as `__index__` gives it.
    pub fn index(&mut self, value: &Value) -> PyResult<i64> {
        let _ = value;
        pending()
    }

    /// `type(value)`.
    pub fn class_of(&mut self, value: &Value) -> Rc<Class> {
        let _ = value;
        self.builtin_class("object")
    }

    /// The name of the value's type, as error messages show it.
    pub fn type_name(&mut self, value: &Value) -> Rc<str> {
        self.class_of(value).name()
    }

    pub fn is_instance(&mut self, value: &Value, class: &Rc<Class>) -> bool {
        self.class_of(value).is_subclass(class)
    }

    pub fn is_callable(&mut self, value: &Value) -> bool {
        let _ = value;
        false
    }

    /// Makes a class from Rust; the resolution order is Python's.
    pub fn native_class(&mut self, module: &str, name: &str, bases: Vec<Rc<Class>>) -> PyResult<Rc<Class>> {
        let _ = (module, name, bases);
        pending()
    }

    /// Makes a class as a class statement would: hooks, `__set_name__`, `__init_subclass__`, names in order.
    pub fn make_class(
        &mut self,
        name: &str,
        module: &str,
        bases: Vec<Value>,
        names: Vec<(Rc<str>, Value)>,
        keywords: Vec<(Rc<str>, Value)>,
    ) -> PyResult<Rc<Class>> {
        let _ = (name, module, bases, names, keywords);
        pending()
    }

    /// Imports a module by its dotted name; the module itself, not its first package.
    pub fn import(&mut self, name: &str) -> PyResult<Rc<Module>> {
        let _ = name;
        pending()
    }

    pub fn dict_get(&mut self, dict: &Dict, key: &Value) -> PyResult<Option<Value>> {
        let _ = (dict, key);
        pending()
    }

    pub fn dict_set(&mut self, dict: &Dict, key: Value, value: Value) -> PyResult<()> {
        let _ = (dict, key, value);
        pending()
    }

    /// Takes a key out, giving its value.
    pub fn dict_remove(&mut self, dict: &Dict, key: &Value) -> PyResult<Option<Value>> {
        let _ = (dict, key);
        pending()
    }

    pub fn set_contains(&mut self, set: &Set, item: &Value) -> PyResult<bool> {
        let _ = (set, item);
        pending()
    }

    /// Whether it was added: it was not there.
    pub fn set_add(&mut self, set: &Set, item: Value) -> PyResult<bool> {
        let _ = (set, item);
        pending()
    }

    /// Whether it was there.
    pub fn set_remove(&mut self, set: &Set, item: &Value) -> PyResult<bool> {
        let _ = (set, item);
        pending()
    }

    /// An exception of a builtin class with one argument, ready to be returned as `Err`.
    pub fn raise(&mut self, kind: &str, message: impl Into<String>) -> Stop {
        let class = self.builtin_class(kind);
        self.raise_class(&class, vec![Value::from(message.into())])
    }

    /// An exception of a class with these arguments, made without running its `__init__`.
    pub fn raise_class(&mut self, class: &Rc<Class>, args: Vec<Value>) -> Stop {
        let _ = (class, args);
        Stop::unsupported("this exception")
    }

    /// `AttributeError: 'kind' object has no attribute 'name'`.
    pub fn no_attribute(&mut self, kind: &str, name: &str) -> Stop {
        self.raise("AttributeError", format!("'{kind}' object has no attribute '{name}'"))
    }

    /// The `KeyError` of a missing key.
    pub fn key_error(&mut self, key: &Value) -> Stop {
        let class = self.builtin_class("KeyError");
        self.raise_class(&class, vec![key.clone()])
    }

    /// Whether this is an exception of a builtin class of that name or one derived from it.
    pub fn stop_is(&mut self, stop: &Stop, kind: &str) -> bool {
        let class = self.builtin_class(kind);
        matches!(stop, Stop::Raise(value) if self.class_of(value).is_subclass(&class))
    }

    /// `exception.args`.
    pub fn exception_args(&mut self, exception: &Value) -> Vec<Value> {
        let _ = exception;
        Vec::new()
    }

    /// The class as a traceback names it, and `str()` of the exception.
    pub fn exception_text(&mut self, exception: &Value) -> (String, String) {
        let _ = exception;
        (String::new(), String::new())
    }

    /// The whole traceback as CPython prints it, chained causes included.
    pub fn traceback(&mut self, exception: &Value) -> String {
        let _ = exception;
        String::new()
    }

    /// The 1-based line within the last step's source where the exception was raised.
    pub fn raised_line(&mut self, exception: &Value) -> Option<usize> {
        let _ = exception;
        None
    }
}
