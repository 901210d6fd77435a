//! Classes of the library whose instances are foreign objects: native methods on a class made once a world.
//!
//! A receiver is the object itself, or an instance of a document's class derived from the library's, which
//! carries the object as its payload.

use crate::python::{Args, Bound, Class, Instance, Interp, Object, Property, PyResult, Signature, Value};
use std::rc::Rc;

/// The foreign object behind a receiver.
pub(super) fn receiver<T: Object>(value: &Value) -> Option<&T> {
    value.downcast::<T>().or_else(|| value.as_instance()?.payload.as_ref()?.downcast::<T>())
}

/// Adds a method; `parameters` are written as Python writes them, without `self`.
pub(super) fn method<T: Object>(
    class: &Rc<Class>,
    name: &str,
    parameters: &str,
    body: impl Fn(&mut Interp, &T, &Value, Bound) -> PyResult<Value> + 'static,
) {
    let parameters = if parameters.is_empty() { "self".to_owned() } else { format!("self, {parameters}") };
    let signature = Signature::new(&format!("{}.{name}", class.name()), &parameters);
    let class_name = class.name();
    let label: Rc<str> = name.into();
    class.dict.set(
        name,
        Value::native_method(name, move |interp, args| {
            let mut bound = signature.bind(interp, args)?;
            let this = if bound.values.is_empty() { None } else { bound.values.remove(0) };
            let this = this.unwrap_or(Value::None);
            let Some(object) = receiver::<T>(&this) else {
                let kind = interp.type_name(&this);
                let message = format!(
                    "descriptor '{label}' for '{class_name}' objects doesn't apply to a '{kind}' object"
                );
                return Err(interp.raise("TypeError", message));
            };
            body(interp, object, &this, bound)
        }),
    );
}

/// Adds an attribute that is worked out when it is read.
pub(super) fn getter<T: Object>(
    class: &Rc<Class>,
    name: &str,
    body: impl Fn(&mut Interp, &T, &Value) -> PyResult<Value> + 'static,
) {
    let class_name = class.name();
    let get = Value::native(name, move |interp: &mut Interp, args: Args| {
        let this = args.positional.first().cloned().unwrap_or(Value::None);
        match receiver::<T>(&this) {
            Some(object) => body(interp, object, &this),
            None => Err(interp.raise("TypeError", format!("not an instance of {class_name}"))),
        }
    });
    class.dict.set(name, Value::Property(Rc::new(Property { getter: Some(get), ..Property::default() })));
}

/// Says how calling the class makes its object; a class derived from it gets an instance that carries one.
pub(super) fn construct(class: &Rc<Class>, make: impl Fn(&mut Interp, Args) -> PyResult<Value> + 'static) {
    let own = class.identity();
    let build = move |interp: &mut Interp, mut args: Args| {
        let asked = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
        let made = make(interp, args)?;
        Ok(match asked {
            Value::Class(asked) if asked.identity() != own => {
                Value::Instance(Instance::with_payload(asked, made))
            }
            _ => made,
        })
    };
    *class.construct.borrow_mut() = Some(Rc::new(build));
    class.dict.set("__init__", Value::native_method("__init__", |_, _| Ok(Value::None)));
}

/// A truth argument, or its default.
pub(super) fn flag(interp: &mut Interp, bound: &mut Bound, index: usize, default: bool) -> PyResult<bool> {
    match bound.take(index) {
        None => Ok(default),
        Some(value) => interp.truth(&value),
    }
}

/// An argument that was given and is not `None`.
pub(super) fn given(bound: &mut Bound, index: usize) -> Option<Value> {
    bound.take(index).filter(|value| !value.is_none())
}
