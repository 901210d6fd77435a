//! The protocol through which other rooms give Python values of their own.
//!
//! Every method has a default that does what CPython does for an object without it, so a foreign type
//! spells out only what it supports. `this` is always the value that `self` was reached through.

use super::args::Args;
use super::class::Class;
use super::error::PyResult;
use super::interp::Interp;
use super::value::Value;
use std::any::Any;
use std::rc::Rc;

/// A binary operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    MatMul,
    Div,
    FloorDiv,
    Mod,
    Pow,
    LShift,
    RShift,
    And,
    Or,
    Xor,
}

/// A rich comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// A unary operator other than `not`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    Neg,
    Pos,
    Invert,
}

/// A value that another room defines.
pub trait Object: Any {
    fn as_any(&self) -> &dyn Any;

    /// The class's name, as in "'Column' object has no attribute …".
    fn type_name(&self) -> &str;

    /// The class's module, as its `repr` shows it.
    fn type_module(&self) -> &str {
        "builtins"
    }

    /// What `type(x)` gives. By default a class without attributes, one for each name.
    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        interp.foreign_class(self.type_module(), self.type_name())
    }

    /// What `is` compares; by default the object's own address, which is shown only through
    /// [`Interp::address_of`]. Types whose address is printed give one of `fresh_identity()`.
    fn identity(&self) -> u64 {
        std::ptr::from_ref(self.as_any()).cast::<u8>().addr() as u64 | (1 << 62)
    }

    /// An attribute, or `None` where there is none by that name; the caller then looks in [`Object::class`].
    fn get_attr(&self, _interp: &mut Interp, _this: &Value, _name: &str) -> PyResult<Option<Value>> {
        Ok(None)
    }

    fn set_attr(&self, interp: &mut Interp, _this: &Value, name: &str, _value: Value) -> PyResult<()> {
        Err(interp.foreign_attribute_error(self.type_name(), name))
    }

    fn del_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<()> {
        Err(interp.foreign_attribute_error(self.type_name(), name))
    }

    /// The names that `dir()` shows.
    fn dir(&self, _interp: &mut Interp) -> PyResult<Vec<Rc<str>>> {
        Ok(Vec::new())
    }

    fn callable(&self) -> bool {
        false
    }

    fn call(&self, interp: &mut Interp, _this: &Value, _args: Args) -> PyResult<Value> {
        Err(interp.raise("TypeError", format!("'{}' object is not callable", self.type_name())))
    }

    /// `this op other`, or `other op this` where `reflected`; `None` is Python's `NotImplemented`.
    fn binary(
        &self,
        _interp: &mut Interp,
        _this: &Value,
        _op: BinaryOp,
        _other: &Value,
        _reflected: bool,
    ) -> PyResult<Option<Value>> {
        Ok(None)
    }

    /// `this op= other`; `None` falls back to [`Object::binary`].
    fn binary_in_place(
        &self,
        _interp: &mut Interp,
        _this: &Value,
        _op: BinaryOp,
        _other: &Value,
    ) -> PyResult<Option<Value>> {
        Ok(None)
    }

    /// `this op other`, giving any value; `None` is `NotImplemented`: the other side is then asked, and in the
    /// end `==` and `!=` compare identities.
    fn compare(
        &self,
        _interp: &mut Interp,
        _this: &Value,
        _op: CompareOp,
        _other: &Value,
    ) -> PyResult<Option<Value>> {
        Ok(None)
    }

    fn unary(&self, interp: &mut Interp, _this: &Value, op: UnaryOp) -> PyResult<Value> {
        let sign = match op {
            UnaryOp::Neg => "-",
            UnaryOp::Pos => "+",
            UnaryOp::Invert => "~",
        };
        Err(interp.raise("TypeError", format!("bad operand type for unary {sign}: '{}'", self.type_name())))
    }

    /// The hash; values that are equal must have equal ones.
    fn hash(&self, _interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Ok(self.identity() as i64)
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let address = interp.address_of(self.identity());
        Ok(match self.type_module() {
            "builtins" => format!("<{} object at {address}>", self.type_name()),
            module => format!("<{module}.{} object at {address}>", self.type_name()),
        })
    }

    fn str(&self, interp: &mut Interp, this: &Value) -> PyResult<String> {
        self.repr(interp, this)
    }

    /// The list, dict, set or tuple that this is one of and prints as, though of a class of its own.
    fn as_builtin(&self, _interp: &mut Interp) -> PyResult<Option<Value>> {
        Ok(None)
    }

    /// `format(this, spec)`; `None` is `object`'s own: `str()` for an empty spec, a `TypeError` otherwise.
    fn format(&self, _interp: &mut Interp, _this: &Value, _spec: &str) -> PyResult<Option<String>> {
        Ok(None)
    }

    /// The truth value; it may raise, as SQL expressions do.
    fn truth(&self, interp: &mut Interp, this: &Value) -> PyResult<bool> {
        Ok(self.len(interp, this)?.is_none_or(|len| len > 0))
    }

    /// The length, or `None` where there is none.
    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(None)
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, _key: &Value) -> PyResult<Value> {
        Err(interp.lacks_items(self.type_name(), "is not subscriptable"))
    }

    fn set_item(&self, interp: &mut Interp, _this: &Value, _key: &Value, _value: Value) -> PyResult<()> {
        Err(interp.lacks_items(self.type_name(), "does not support item assignment"))
    }

    fn del_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<()> {
        Err(interp.lacks_items(self.type_name(), super::items::no_deletion(key)))
    }

    /// `item in this`; `None` searches by iteration.
    fn contains(&self, _interp: &mut Interp, _this: &Value, _item: &Value) -> PyResult<Option<bool>> {
        Ok(None)
    }

    /// `iter(this)`: any iterator value.
    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        Err(interp.raise("TypeError", format!("'{}' object is not iterable", self.type_name())))
    }

    /// `next(this)`: `None` at the end.
    fn next(&self, interp: &mut Interp, _this: &Value) -> PyResult<Option<Value>> {
        Err(interp.raise("TypeError", format!("'{}' object is not an iterator", self.type_name())))
    }

    /// Whether it has [`Object::descriptor_get`].
    fn is_descriptor(&self) -> bool {
        false
    }

    /// Whether it takes part before the instance's own attributes: it has set or delete.
    fn is_data_descriptor(&self) -> bool {
        false
    }

    /// `__get__`: `instance` is `None` for an access through the class.
    fn descriptor_get(
        &self,
        _interp: &mut Interp,
        this: &Value,
        _instance: Option<&Value>,
        _owner: &Rc<Class>,
    ) -> PyResult<Value> {
        Ok(this.clone())
    }

    fn descriptor_set(
        &self,
        interp: &mut Interp,
        _this: &Value,
        _instance: &Value,
        _value: Value,
    ) -> PyResult<()> {
        Err(interp.raise("AttributeError", "__set__"))
    }

    fn descriptor_delete(&self, interp: &mut Interp, _this: &Value, _instance: &Value) -> PyResult<()> {
        Err(interp.raise("AttributeError", "__delete__"))
    }

    /// `__set_name__`, called after the body of the class that it stands in.
    fn set_name(&self, _interp: &mut Interp, _this: &Value, _owner: &Rc<Class>, _name: &str) -> PyResult<()> {
        Ok(())
    }

    /// `__enter__`; `None` where it is no context manager.
    fn enter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<Value>> {
        Ok(None)
    }

    /// `__exit__`: whether the exception is swallowed.
    fn exit(&self, _interp: &mut Interp, _this: &Value, _exception: Option<&Value>) -> PyResult<bool> {
        Ok(false)
    }

    /// The class that stands for this in a class's bases, as `Generic[T]` does.
    fn as_base(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<Rc<Class>>> {
        Ok(None)
    }

    /// Whether `isinstance(value, this)`; `None` where it cannot stand there.
    fn instance_check(&self, _interp: &mut Interp, _this: &Value, _value: &Value) -> PyResult<Option<bool>> {
        Ok(None)
    }
}
