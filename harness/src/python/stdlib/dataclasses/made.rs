//! The methods that `dataclass()` makes: `__init__`, `__repr__` and comparisons.

use super::{Field, Kind};
use crate::python::args::{Args, Signature};
use crate::python::builtins::method;
use crate::python::class::Class;
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::object::CompareOp;
use crate::python::value::Value;
use std::rc::Rc;

/// Adds `__init__`, where the class's body has none.
pub(super) fn add_init(interp: &mut Interp, class: &Rc<Class>, fields: &Rc<Vec<Field>>) -> PyResult<()> {
    let mut parameters = "self".to_owned();
    let mut optional_before = false;
    let has_default = |field: &Field| field.default.is_some() || field.factory.is_some();
    for field in fields.iter().filter(|field| field.init && !field.is_keyword_only()) {
        if optional_before && !has_default(field) {
            let message = format!("non-default argument '{}' follows default argument", field.name);
            return Err(interp.raise("TypeError", message));
        }
        optional_before |= has_default(field);
        parameters.push_str(&format!(", {}{}", field.name, if has_default(field) { "=" } else { "" }));
    }
    let keyword_only: Vec<&Field> =
        fields.iter().filter(|field| field.init && field.is_keyword_only()).collect();
    if !keyword_only.is_empty() {
        parameters.push_str(", *");
        for field in keyword_only {
            parameters.push_str(&format!(", {}{}", field.name, if has_default(field) { "=" } else { "" }));
        }
    }
    if class.dict.contains("__init__") {
        return Ok(());
    }
    let signature = Signature::new(&format!("{}.__init__", class.qualname.borrow()), &parameters);
    let fields = fields.clone();
    method(class, "__init__", move |interp, args| {
        // Where a host puts a function of its own before it, that one's bare name is in errors.
        let wrapped = args
            .positional
            .first()
            .is_some_and(|own| interp.class_of(own).find_hook().is_some_and(|hook| hook.wraps_init()));
        let mut bound = if wrapped {
            Signature { name: "__init__".into(), ..signature.clone() }.bind(interp, args)?
        } else {
            signature.bind(interp, args)?
        };
        let own = bound.take(0).unwrap_or(Value::None);
        let frozen = match &own {
            Value::Instance(instance) => instance.class().lookup("__setattr__").is_some_and(|found| {
                matches!(found, Value::Native(native) if native.qualname.ends_with(".__setattr__") && &*native.qualname != "object.__setattr__")
            }),
            _ => false,
        };
        let mut for_post_init = Vec::new();
        for field in fields.iter() {
            let place = signature.parameters.iter().position(|parameter| parameter.name == field.name);
            let given = if field.init { place.and_then(|place| bound.take(place)) } else { None };
            let value = match (given, &field.default, &field.factory) {
                (Some(value), _, _) => value,
                (None, _, Some(factory)) => interp.call(factory, Args::none())?,
                // What is no argument keeps what its class has.
                (None, Some(default), None) if field.init || field.kind == Kind::InitVar => default.clone(),
                (None, _, None) => continue,
            };
            if field.kind == Kind::InitVar {
                for_post_init.push(value);
                continue;
            }
            match &own {
                Value::Instance(instance) if frozen => {
                    let store = instance.store.clone();
                    store.set(interp, &field.name, value)?;
                }
                own => interp.set_attr(own, &field.name, value)?,
            }
        }
        interp.call_special(&own, "__post_init__", for_post_init)?;
        Ok(Value::None)
    });
    Ok(())
}

/// Adds `__repr__`, which shows an object within itself as `...`.
pub(super) fn add_repr(class: &Rc<Class>, fields: &Rc<Vec<Field>>) {
    let fields = fields.clone();
    method(class, "__repr__", move |interp, args| {
        let [own] = args.exactly(interp, "__repr__")?;
        let identity = own.identity();
        if interp.showing.contains(&identity) {
            return Ok(Value::from("..."));
        }
        interp.showing.push(identity);
        let parts: PyResult<Vec<String>> = fields
            .iter()
            .filter(|field| field.repr && field.kind == Kind::Field)
            .map(|field| {
                let value = interp.get_attr(&own, &field.name)?;
                Ok(format!("{}={}", field.name, interp.repr(&value)?))
            })
            .collect();
        interp.showing.pop();
        let class = interp.class_of(&own);
        let name = class.qualname.borrow().clone();
        Ok(Value::from(format!("{name}({})", parts?.join(", "))))
    });
}

/// Those fields of an instance as a tuple.
fn values(
    interp: &mut Interp,
    fields: &[Field],
    value: &Value,
    wanted: fn(&Field) -> bool,
) -> PyResult<Value> {
    let mut items = Vec::with_capacity(fields.len());
    for field in fields.iter().filter(|field| field.kind == Kind::Field && wanted(field)) {
        items.push(interp.get_attr(value, &field.name)?);
    }
    Ok(Value::tuple(items))
}

/// The hash of the fields that count for it.
pub(super) fn hash(interp: &mut Interp, fields: &[Field], value: &Value) -> PyResult<Value> {
    let values = values(interp, fields, value, |field| field.hash.unwrap_or(field.compare))?;
    interp.hash(&values).map(Value::from)
}

/// Compares two objects of one class by their fields.
pub(super) fn compare(
    interp: &mut Interp,
    fields: &[Field],
    op: CompareOp,
    left: &Value,
    right: &Value,
) -> PyResult<Value> {
    if !Rc::ptr_eq(&interp.class_of(left), &interp.class_of(right)) {
        return Ok(Value::NotImplemented);
    }
    let left = values(interp, fields, left, |field| field.compare)?;
    let right = values(interp, fields, right, |field| field.compare)?;
    interp.compare(op, &left, &right)
}
