//! `collection`: the decorators by which a class says what its methods do.
//!
//! They leave marks on functions, which are read when the class is first used for a relationship.

use crate::python::{Class, Interp, PyResult, Value};
use crate::sqlalchemy::lend;
use backproof_engine::version::Behaviour;
use std::rc::Rc;

/// The mark of what a method is for.
pub(super) const ROLE: &str = "_sa_instrument_role";
/// The mark of what is told before a method runs: `append N`, `remove N`, `replace N`.
pub(super) const BEFORE: &str = "_sa_instrument_before";
/// The mark of what is told of what a method returns.
pub(super) const AFTER: &str = "_sa_instrument_after";

fn marked(interp: &mut Interp, function: Value, marks: &[(&str, Value)]) -> PyResult<Value> {
    for (name, value) in marks {
        interp.set_attr(&function, name, value.clone())?;
    }
    Ok(function)
}

/// The class `collection`.
pub(in crate::sqlalchemy::orm) fn collection(interp: &mut Interp) -> Rc<Class> {
    let class = interp.foreign_class(super::super::collection::MODULE, "collection");
    if class.dict.contains("appender") {
        return class;
    }
    let put = |name: &str, value: Value| class.dict.set(name, Value::StaticMethod(Rc::new(value)));
    let converter = lend::has(interp, Behaviour::CollectionConverters).then_some("converter");
    let plain = ["appender", "remover", "iterator", "internally_instrumented"];
    for name in plain.into_iter().chain(converter) {
        put(
            name,
            Value::native(name, move |interp, args| {
                let [function] = args.exactly(interp, name)?;
                let role = if name == "internally_instrumented" { "" } else { name };
                let mark = if role.is_empty() { "_sa_instrumented" } else { ROLE };
                let value = if role.is_empty() { Value::Bool(true) } else { Value::from(role) };
                marked(interp, function, &[(mark, value)])
            }),
        );
    }
    for (name, before, after) in [
        ("adds", Some("append"), None),
        ("replaces", Some("append"), Some("remove")),
        ("removes", Some("remove"), None),
        ("removes_return", None, Some("remove")),
    ] {
        put(
            name,
            Value::native(name, move |_, mut args| {
                let argument =
                    if args.positional.is_empty() { None } else { Some(args.positional.remove(0)) };
                let argument = argument.or_else(|| args.take_keyword("arg")).unwrap_or(Value::None);
                Ok(Value::native("decorator", move |interp, args| {
                    let [function] = args.exactly(interp, "decorator")?;
                    let mut marks = Vec::new();
                    if let Some(before) = before {
                        marks.push((BEFORE, Value::tuple(vec![Value::from(before), argument.clone()])));
                    }
                    if let Some(after) = after {
                        marks.push((AFTER, Value::from(after)));
                    }
                    marked(interp, function, &marks)
                }))
            }),
        );
    }
    class
}
