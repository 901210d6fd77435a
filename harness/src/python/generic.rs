//! Subscripted classes (`list[int]`) and unions (`int | None`) as annotations use them.

use super::args::Args;
use super::class::Class;
use super::error::PyResult;
use super::interp::Interp;
use super::object::{BinaryOp, CompareOp, Object};
use super::value::Value;
use std::any::Any;
use std::rc::Rc;

/// `origin[args]`.
pub struct GenericAlias {
    pub origin: Value,
    pub args: Vec<Value>,
}

/// `a | b`.
pub struct UnionType {
    pub args: Vec<Value>,
}

/// The hash of a union, in whatever order and form its types were given.
pub fn hash_of_union(types: usize) -> i64 {
    crate::python::map::hash_str("Union").wrapping_add(types as i64)
}

/// `class[key]` for a generic class.
pub fn alias(origin: &Value, key: &Value) -> Value {
    let args = match key {
        Value::Tuple(items) => items.to_vec(),
        other => vec![other.clone()],
    };
    Value::object(GenericAlias { origin: origin.clone(), args })
}

/// `left | right` for types; `None` where one of them is no type.
pub fn union(left: &Value, right: &Value) -> Option<Value> {
    let mut args = Vec::new();
    for side in [left, right] {
        match side {
            Value::Class(_) | Value::None => args.push(side.clone()),
            Value::Object(_) if side.downcast::<GenericAlias>().is_some() => args.push(side.clone()),
            _ => args.extend(side.downcast::<UnionType>()?.args.iter().cloned()),
        }
    }
    let mut distinct: Vec<Value> = Vec::new();
    for arg in args {
        if !distinct.iter().any(|other| other.is(&arg)) {
            distinct.push(arg);
        }
    }
    match distinct.len() {
        1 => distinct.pop(),
        _ => Some(Value::object(UnionType { args: distinct })),
    }
}

/// How a type is shown inside brackets: `int`, `module.Class`, `...`.
pub fn show_type(interp: &mut Interp, value: &Value) -> PyResult<String> {
    match value {
        Value::Class(class) => Ok(class.full_name()),
        Value::Ellipsis => Ok("...".into()),
        Value::List(list) => {
            let items = list.items.borrow().clone();
            let shown: PyResult<Vec<String>> = items.iter().map(|item| show_type(interp, item)).collect();
            Ok(format!("[{}]", shown?.join(", ")))
        }
        other => interp.repr(other),
    }
}

impl Object for GenericAlias {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "GenericAlias"
    }

    fn type_module(&self) -> &'static str {
        "types"
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "__origin__" => Some(self.origin.clone()),
            "__args__" => Some(Value::tuple(self.args.clone())),
            "__parameters__" => Some(Value::tuple(Vec::new())),
            "__class__" => None,
            _ => interp.get_attr_opt(&self.origin, name)?,
        })
    }

    fn callable(&self) -> bool {
        true
    }

    fn call(&self, interp: &mut Interp, _this: &Value, args: Args) -> PyResult<Value> {
        interp.call(&self.origin, args)
    }

    fn binary(
        &self,
        _interp: &mut Interp,
        this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        Ok(match (op, reflected) {
            (BinaryOp::Or, false) => union(this, other),
            (BinaryOp::Or, true) => union(other, this),
            _ => None,
        })
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let Some(that) = other.downcast::<GenericAlias>() else { return Ok(None) };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(None);
        }
        let mut same = self.origin.is(&that.origin) && self.args.len() == that.args.len();
        for (a, b) in self.args.iter().zip(&that.args) {
            same = same && interp.eq(a, b)?;
        }
        Ok(Some(Value::Bool(same == (op == CompareOp::Eq))))
    }

    fn hash(&self, interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        interp.hash(&self.origin)
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let origin = show_type(interp, &self.origin)?;
        if self.args.is_empty() {
            return Ok(format!("{origin}[()]"));
        }
        let args: PyResult<Vec<String>> = self.args.iter().map(|arg| show_type(interp, arg)).collect();
        Ok(format!("{origin}[{}]", args?.join(", ")))
    }

    fn get_item(&self, _interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        Ok(alias(&self.origin, key))
    }

    fn as_base(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<Rc<Class>>> {
        Ok(self.origin.as_class().cloned())
    }
}

impl Object for UnionType {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "UnionType"
    }

    fn type_module(&self) -> &'static str {
        "types"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok((name == "__args__").then(|| Value::tuple(self.args.clone())))
    }

    fn binary(
        &self,
        _interp: &mut Interp,
        this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        Ok(match (op, reflected) {
            (BinaryOp::Or, false) => union(this, other),
            (BinaryOp::Or, true) => union(other, this),
            _ => None,
        })
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let Some(that) = other.downcast::<UnionType>() else { return Ok(None) };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(None);
        }
        let mut same = self.args.len() == that.args.len();
        for own in &self.args {
            let mut found = false;
            for arg in &that.args {
                found = found || interp.eq(own, arg)?;
            }
            same = same && found;
        }
        Ok(Some(Value::Bool(same == (op == CompareOp::Eq))))
    }

    fn hash(&self, _interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Ok(hash_of_union(self.args.len()))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let shown: PyResult<Vec<String>> = self.args.iter().map(|arg| show_type(interp, arg)).collect();
        Ok(shown?.join(" | "))
    }

    fn instance_check(&self, interp: &mut Interp, _this: &Value, value: &Value) -> PyResult<Option<bool>> {
        for arg in &self.args {
            let fits = match arg {
                Value::None => value.is_none(),
                Value::Class(class) => interp.is_instance(value, class),
                _ => return Ok(None),
            };
            if fits {
                return Ok(Some(true));
            }
        }
        Ok(Some(false))
    }
}
