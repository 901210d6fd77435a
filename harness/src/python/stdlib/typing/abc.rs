//! The abstract classes of `collections.abc`, for annotations and `isinstance`.

use crate::python::class::Class;
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::object::{CompareOp, Object};
use crate::python::value::Value;
use std::any::Any;
use std::rc::Rc;

/// An abstract class.
struct Abstract(&'static str);

/// `collections.abc.Iterable[int]`.
struct AbstractAlias {
    name: &'static str,
    args: Vec<Value>,
}

pub(super) fn value(name: &'static str) -> Value {
    Value::object(Abstract(name))
}

/// Whether both are the same abstract class.
pub(super) fn same(left: &Value, right: &Value) -> bool {
    matches!((left.downcast::<Abstract>(), right.downcast::<Abstract>()), (Some(left), Some(right)) if left.0 == right.0)
}

/// `isinstance(value, class)`, as registrations and special methods decide it.
pub(super) fn check(interp: &mut Interp, name: &str, value: &Value) -> PyResult<bool> {
    let value = &crate::python::builtins::plain(value);
    let kind = match value {
        Value::Str(_) | Value::Bytes(_) | Value::Tuple(_) | Value::Range(_) => "sequence",
        Value::List(_) => "list",
        Value::Dict(_) => "dict",
        Value::Set(_) => "set",
        Value::FrozenSet(_) => "frozenset",
        Value::Iter(_) => "iterator",
        _ => "",
    };
    let has = |names: &[&str]| names.contains(&name);
    let common = ["Iterable", "Container", "Collection", "Sized"];
    Ok(match kind {
        "sequence" => has(&common) || has(&["Sequence", "Reversible", "Hashable"]),
        "list" => has(&common) || has(&["Sequence", "Reversible", "MutableSequence"]),
        "dict" => has(&common) || has(&["Mapping", "MutableMapping", "Reversible"]),
        "set" => has(&common) || has(&["Set", "MutableSet"]),
        "frozenset" => has(&common) || has(&["Set", "Hashable"]),
        "iterator" => has(&["Iterable", "Iterator", "Hashable"]),
        _ => match name {
            "Callable" => interp.is_callable(value),
            "Hashable" => !matches!(value, Value::Slice(_)),
            "Iterable" | "Iterator" | "Sized" | "Container" | "Collection" => match value {
                Value::Instance(instance) => {
                    let class = instance.class();
                    let has = |special: &str| class.lookup(special).is_some_and(|found| !found.is_none());
                    match name {
                        "Iterable" => has("__iter__"),
                        "Iterator" => has("__iter__") && has("__next__"),
                        "Sized" => has("__len__"),
                        "Container" => has("__contains__"),
                        _ => has("__iter__") && has("__len__") && has("__contains__"),
                    }
                }
                Value::Object(_) => {
                    return Err(Stop::unsupported(format!(
                        "isinstance() of this value with collections.abc.{name}"
                    )));
                }
                _ => false,
            },
            _ => match value {
                Value::Object(_) | Value::Instance(_) => {
                    return Err(Stop::unsupported(format!(
                        "isinstance() of this value with collections.abc.{name}"
                    )));
                }
                _ => false,
            },
        },
    })
}

impl Object for Abstract {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "ABCMeta"
    }

    fn type_module(&self) -> &'static str {
        "abc"
    }

    fn identity(&self) -> u64 {
        (1 << 62) | (self.0.as_ptr().addr() as u64)
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "__name__" | "__qualname__" => Some(Value::from(self.0)),
            "__module__" => Some(Value::from("collections.abc")),
            _ => None,
        })
    }

    fn get_item(&self, _interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        let args = match key {
            Value::Tuple(items) => items.to_vec(),
            one => vec![one.clone()],
        };
        Ok(Value::object(AbstractAlias { name: self.0, args }))
    }

    fn compare(
        &self,
        _interp: &mut Interp,
        this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        Ok(match op {
            CompareOp::Eq => Some(Value::Bool(same(this, other))),
            CompareOp::Ne => Some(Value::Bool(!same(this, other))),
            _ => None,
        })
    }

    fn hash(&self, _interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Ok(crate::python::map::hash_str(self.0))
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(format!("<class 'collections.abc.{}'>", self.0))
    }

    fn instance_check(&self, interp: &mut Interp, _this: &Value, value: &Value) -> PyResult<Option<bool>> {
        check(interp, self.0, value).map(Some)
    }

    fn as_base(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<Rc<Class>>> {
        Err(Stop::unsupported(format!("a class derived from collections.abc.{}", self.0)))
    }
}

impl Object for AbstractAlias {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "GenericAlias"
    }

    fn type_module(&self) -> &'static str {
        "types"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "__origin__" => Some(value(self.name)),
            "__args__" => Some(Value::tuple(self.args.clone())),
            _ => None,
        })
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let mut shown = Vec::new();
        for arg in &self.args {
            shown.push(super::alias::show(interp, arg)?);
        }
        Ok(format!("collections.abc.{}[{}]", self.name, shown.join(", ")))
    }
}
