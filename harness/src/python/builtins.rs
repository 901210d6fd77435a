//! Builtin functions, and the methods and constructors of builtin types.
//!
//! Operators on builtin values are the core's; what stands here is what a name in Python reaches. Nothing
//! here holds a borrow of a container while Python code can run.

pub(crate) mod convert;

mod attributes;
mod bytes;
mod construct;
mod dict;
mod functions;
mod iterate;
mod list;
mod numbers;
mod output;
mod sets;
mod sort;
mod text;
mod text_tests;
pub(crate) mod views;

use super::args::Args;
use super::class::{Class, Instance};
use super::error::PyResult;
use super::function::Native;
use super::interp::Interp;
use super::value::Value;
use std::rc::Rc;

pub(crate) use attributes::is_instance;
pub(crate) use convert::plain;
pub(crate) use dict::update as dict_update;
pub(crate) use numbers::ratio;
pub(crate) use sort::sort_values;
pub(crate) use text::lines_with_ends;
pub(crate) use text_tests::is_identifier;

/// Defines every builtin name and method.
pub(super) fn install(interp: &mut Interp) {
    text::install(interp);
    text_tests::install(interp);
    bytes::install(interp);
    list::install(interp);
    dict::install(interp);
    sets::install(interp);
    numbers::install(interp);
    construct::install(interp);
    functions::install(interp);
    iterate::install(interp);
    attributes::install(interp);
    output::install(interp);
}

/// What a table of methods or functions holds.
pub(crate) type Body = fn(&mut Interp, Args) -> PyResult<Value>;

/// Puts a method in a class.
pub(crate) fn method(
    class: &Rc<Class>,
    name: &str,
    body: impl Fn(&mut Interp, Args) -> PyResult<Value> + 'static,
) {
    let qualname = format!("{}.{name}", class.name()).into();
    let native = Native { qualname, ..Native::method(name, body) };
    class.dict.set(name, Value::Native(Rc::new(native)));
}

/// A method whose receiver is a plain value of the type.
pub(crate) type Method<T> = fn(&mut Interp, T, Args) -> PyResult<Value>;

/// Puts methods whose receiver is a plain value of the type in a class.
pub(crate) fn methods<T: 'static>(
    class: &Rc<Class>,
    unwrap: fn(&Value) -> Option<T>,
    table: &[(&'static str, Method<T>)],
) {
    let kind = class.name();
    for &(name, body) in table {
        let kind = kind.clone();
        method(class, name, move |interp, args| {
            let (receiver, args) = receiver(interp, args, &kind, name)?;
            match unwrap(&plain(&receiver)) {
                Some(own) => body(interp, own, args),
                None => Err(wrong_receiver(interp, &receiver, &kind, name)),
            }
        });
    }
}

/// Splits the receiver off a method's arguments.
pub(crate) fn receiver(
    interp: &mut Interp,
    mut args: Args,
    kind: &str,
    name: &str,
) -> PyResult<(Value, Args)> {
    if args.positional.is_empty() {
        return Err(interp.raise("TypeError", format!("unbound method {kind}.{name}() needs an argument")));
    }
    let receiver = args.positional.remove(0);
    Ok((receiver, args))
}

pub(crate) fn wrong_receiver(
    interp: &mut Interp,
    receiver: &Value,
    kind: &str,
    name: &str,
) -> super::error::Stop {
    let given = interp.type_name(receiver);
    let message = format!("descriptor '{name}' for '{kind}' objects doesn't apply to a '{given}' object");
    interp.raise("TypeError", message)
}

/// Sets what calling a builtin class does; the body is given the class that is called.
pub(crate) fn constructor(
    interp: &mut Interp,
    name: &'static str,
    body: fn(&mut Interp, &Rc<Class>, Args) -> PyResult<Value>,
) {
    let class = interp.builtin_class(name);
    construct_with(&class, body);
    interp.define_builtin(name, Value::Class(class));
}

/// Sets what calling a class does.
pub(crate) fn construct_with(class: &Rc<Class>, body: fn(&mut Interp, &Rc<Class>, Args) -> PyResult<Value>) {
    *class.construct.borrow_mut() = Some(Rc::new(move |interp: &mut Interp, mut args: Args| {
        let Some(Value::Class(class)) = args.positional.first().cloned() else {
            return Err(interp.raise("TypeError", "object.__new__(): not enough arguments"));
        };
        args.positional.remove(0);
        body(interp, &class, args)
    }));
}

/// The value itself for the builtin class, an instance that holds it for a class derived from it.
pub(crate) fn in_class(interp: &mut Interp, class: &Rc<Class>, builtin: &str, value: Value) -> Value {
    let own = interp.builtin_class(builtin);
    if Rc::ptr_eq(class, &own) {
        value
    } else {
        Value::Instance(Instance::with_payload(class.clone(), value))
    }
}

/// Defines a builtin function.
pub(crate) fn function(interp: &mut Interp, name: &'static str, body: Body) {
    interp.define_builtin(name, Value::native(name, body));
}

/// Defines a builtin function that backproof does not run.
pub(crate) fn refuse(interp: &mut Interp, name: &'static str, reason: &'static str) {
    let body =
        move |_: &mut Interp, _: Args| Err(super::error::Stop::unsupported(format!("{name}(): {reason}")));
    interp.define_builtin(name, Value::native(name, body));
}
