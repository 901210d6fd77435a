//! Attributes that functions, methods, properties and their like have of themselves.

use super::args::Args;
use super::error::PyResult;
use super::function::{Native, Property};
use super::interp::Interp;
use super::value::Value;
use super::{Dict, Map};
use std::rc::Rc;

impl Interp {
    pub(super) fn callable_attr(&mut self, value: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match value {
            Value::Function(function) => match name {
                "__name__" => Some(Value::Str(function.name.borrow().clone())),
                "__qualname__" => Some(Value::Str(function.qualname.borrow().clone())),
                "__annotations__" => Some(self.annotations_of(&function.dict)),
                "__dict__" => {
                    let own = ["__module__", "__doc__", "__annotations__"];
                    let items = function
                        .dict
                        .items()
                        .into_iter()
                        .filter(|(name, _)| !own.contains(&&**name))
                        .collect();
                    Some(self.namespace_copy(items))
                }
                "__defaults__" => {
                    let parameters = &function.signature().parameters;
                    let values: Vec<Value> = parameters
                        .iter()
                        .zip(&function.defaults)
                        .filter(|(parameter, _)| parameter.kind != super::args::ParameterKind::KeywordOnly)
                        .filter_map(|(_, default)| default.clone())
                        .collect();
                    Some(if values.is_empty() { Value::None } else { Value::tuple(values) })
                }
                "__doc__" => Some(function.dict.get(name).unwrap_or(Value::None)),
                "__get__" => Some(self.getter_of(value)),
                "__call__" => Some(value.clone()),
                _ => function.dict.get(name),
            },
            Value::Method(method) => match name {
                "__self__" => Some(method.receiver.clone()),
                "__func__" => Some(method.function.clone()),
                "__call__" => Some(value.clone()),
                _ => match &method.function {
                    function @ (Value::Function(_) | Value::Native(_)) => {
                        self.callable_attr(function, name)?
                    }
                    other => self.get_attr_opt(&other.clone(), name)?,
                },
            },
            Value::Native(native) => match (native.dict.get(name), name) {
                (Some(found), _) => Some(found),
                (None, "__name__") => Some(Value::Str(native.name.clone())),
                (None, "__qualname__") => Some(Value::Str(native.qualname.clone())),
                (None, "__doc__") => return Err(super::Stop::unsupported("docstrings of builtin functions")),
                (None, "__module__") => Some(Value::from("builtins")),
                (None, "__call__") => Some(value.clone()),
                _ => None,
            },
            Value::Property(property) => self.property_attr(value, property, name),
            Value::ClassMethod(inner) | Value::StaticMethod(inner) => match name {
                "__func__" | "__wrapped__" => Some((**inner).clone()),
                "__name__" | "__qualname__" | "__doc__" | "__module__" => {
                    self.get_attr_opt(&inner.clone(), name)?
                }
                "__isabstractmethod__" => Some(self.is_abstract(&inner.clone())?),
                _ => None,
            },
            _ => None,
        })
    }

    /// Whether a function is marked abstract, as what wraps it says of itself.
    fn is_abstract(&mut self, function: &Value) -> PyResult<Value> {
        let marked = self.get_attr_opt(function, "__isabstractmethod__")?;
        Ok(marked.unwrap_or(Value::Bool(false)))
    }

    fn property_attr(&mut self, value: &Value, property: &Rc<Property>, name: &str) -> Option<Value> {
        let part = |part: &Option<Value>| Some(part.clone().unwrap_or(Value::None));
        match name {
            "fget" => part(&property.getter),
            "fset" => part(&property.setter),
            "fdel" => part(&property.deleter),
            "__doc__" => {
                let own = property.doc.clone();
                own.or_else(|| match &property.getter {
                    Some(Value::Function(function)) => function.dict.get("__doc__"),
                    _ => None,
                })
                .or(Some(Value::None))
            }
            "__isabstractmethod__" => {
                let getter = property.getter.clone().unwrap_or(Value::None);
                Some(self.is_abstract(&getter).unwrap_or(Value::Bool(false)))
            }
            "getter" | "setter" | "deleter" => {
                let which = name.to_owned();
                let property = property.clone();
                Some(Value::Native(Rc::new(Native::function(name, move |interp, args: Args| {
                    let [function] = args.exactly(interp, &format!("property.{which}"))?;
                    let mut made = Property {
                        getter: property.getter.clone(),
                        setter: property.setter.clone(),
                        deleter: property.deleter.clone(),
                        doc: property.doc.clone(),
                    };
                    let slot = match which.as_str() {
                        "getter" => &mut made.getter,
                        "setter" => &mut made.setter,
                        _ => &mut made.deleter,
                    };
                    *slot = Some(function);
                    Ok(Value::Property(Rc::new(made)))
                }))))
            }
            "__get__" => Some(self.getter_of(value)),
            _ => None,
        }
    }

    /// `value.__get__`.
    fn getter_of(&mut self, value: &Value) -> Value {
        let value = value.clone();
        Value::native("__get__", move |interp, args| {
            let [instance, owner] = args.between(interp, "__get__", 1)?;
            let instance = instance.filter(|instance| !instance.is_none());
            let class = match (&owner, &instance) {
                (Some(Value::Class(class)), _) => class.clone(),
                (_, Some(instance)) => interp.class_of(instance),
                _ => return Err(interp.raise("TypeError", "__get__(None, None) is invalid")),
            };
            interp.descriptor_get(&value, instance.as_ref(), &class)
        })
    }

    /// Names as a dict of its own.
    pub(super) fn namespace_copy(&mut self, items: Vec<(Rc<str>, Value)>) -> Value {
        let mut map = Map::new();
        for (name, value) in items {
            map.set_str(&name, value);
        }
        Value::Dict(Rc::new(Dict::new(map)))
    }
}
