//! `KeyFuncDict`, in 1.x `MappedCollection`: the dictionary by a function's keys, for documents to derive from.

use super::wrap;
use crate::python::{Args, Class, Interp, PyResult, Signature, Value};
use crate::sqlalchemy::lend;
use crate::sqlalchemy::orm::{collection, errors};
use backproof_engine::map::Shape;
use backproof_engine::version::Behaviour;
use std::rc::Rc;

fn name_of(interp: &mut Interp) -> &'static str {
    if lend::has(interp, Behaviour::KeyedDictsRenamed) { "KeyFuncDict" } else { "MappedCollection" }
}

fn key(interp: &mut Interp, this: &Value, value: &Value) -> PyResult<Value> {
    let function = interp.get_attr(this, "keyfunc")?;
    interp.call(&function, Args::of(vec![value.clone()]))
}

/// Calls the instrumented method of the instance's own class.
fn pass(
    interp: &mut Interp,
    this: &Value,
    name: &str,
    args: Vec<Value>,
    by: Option<Value>,
) -> PyResult<Value> {
    let mut args = Args::of(args);
    args.keywords.extend(by.map(|by| ("_sa_initiator".into(), by)));
    interp.call_method(this, name, args)
}

/// The class, made at its first use.
pub(in crate::sqlalchemy::orm) fn class(interp: &mut Interp) -> PyResult<Rc<Class>> {
    if let Some(class) = lend::shared(interp).classes.get("KeyFuncDict") {
        return Ok(class.clone());
    }
    let dict = interp.builtin_class("dict");
    let name = name_of(interp);
    let module = if name == "KeyFuncDict" { "sqlalchemy.orm.mapped_collection" } else { collection::MODULE };
    let class = interp.native_class(module, name, vec![dict])?;
    let method = |name: &'static str,
                  parameters: &str,
                  body: fn(&mut Interp, Vec<Option<Value>>) -> PyResult<Value>| {
        let signature = Signature::new(&format!("{}.{name}", class.name()), parameters);
        class.dict.set(
            name,
            Value::native_method(name, move |interp, args| {
                let bound = signature.bind(interp, args)?;
                body(interp, bound.values)
            }),
        );
    };
    method("__init__", "self, keyfunc, *dict_args, ignore_unpopulated_attribute=", |interp, values| {
        if let [Some(this), Some(keyfunc), ..] = values.as_slice() {
            interp.set_attr(this, "keyfunc", keyfunc.clone())?;
        }
        Ok(Value::None)
    });
    method("set", "self, value, _sa_initiator=", |interp, values| {
        let [Some(this), Some(value), by] = values.as_slice() else { return Ok(Value::None) };
        let key = key(interp, this, value)?;
        pass(interp, this, "__setitem__", vec![key, value.clone()], by.clone())
    });
    method("remove", "self, value, _sa_initiator=", |interp, values| {
        let [Some(this), Some(value), by] = values.as_slice() else { return Ok(Value::None) };
        let key = key(interp, this, value)?;
        let held = interp.get_item(this, &key)?;
        if !interp.eq(&held, value)? {
            let (value, held, key) = (interp.str(value)?, interp.str(&held)?, interp.str(&key)?);
            let class = name_of(interp);
            return Err(errors::invalid_request(
                interp,
                format!(
                    "Can not remove '{value}': collection holds '{held}' for key '{key}'. Possible cause: is the {class} key \
                     function based on mutable properties or properties that only obtain values after flush?"
                ),
            ));
        }
        pass(interp, this, "__delitem__", vec![key], by.clone())
    });
    for name in ["set", "remove"] {
        wrap::leave_alone(&class, name);
    }
    wrap::instrument(interp, &class, Some(Shape::Dict))?;
    lend::shared(interp).classes.insert("KeyFuncDict", class.clone());
    Ok(class)
}
