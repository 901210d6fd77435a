//! The `collections` module: dicts that remember, count or fill themselves, named tuples and deques.

mod counter;
mod deque;
mod dicts;
pub(super) mod namedtuple;

pub(super) use namedtuple::build as named_tuple;

use super::add;
use crate::python::class::{Class, Instance};
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::map::Map;
use crate::python::module::Module;
use crate::python::value::{Dict, Value};
use std::rc::Rc;

/// The classes that derive from `dict`.
const DICTS: [&str; 3] = ["OrderedDict", "defaultdict", "Counter"];

pub(super) fn install(interp: &mut Interp) {
    let dict = interp.builtin_class("dict");
    let object = interp.builtin_class("object");
    for name in DICTS {
        let class = Class::new(name, "collections", vec![dict.clone()], vec![dict.clone(), object.clone()]);
        class.generic.set(true);
        interp.foreign.insert(("collections".to_owned(), name.to_owned()), class);
    }
    dicts::install(interp);
    counter::install(interp);
    deque::install(interp);
    interp.register_module("collections", |interp| {
        let module = Module::new("collections");
        for name in DICTS.into_iter().chain(["deque"]) {
            module.dict.set(name, Value::Class(class(interp, name)));
        }
        add(&module, "namedtuple", namedtuple::make);
        Ok(Rc::new(module))
    });
}

fn class(interp: &mut Interp, name: &str) -> Rc<Class> {
    interp.foreign_class("collections", name)
}

/// The dict that an instance of a derived class holds.
fn held(value: &Value) -> PyResult<Rc<Dict>> {
    match value {
        Value::Dict(dict) => Ok(dict.clone()),
        Value::Instance(instance) => match &instance.payload {
            Some(Value::Dict(dict)) => Ok(dict.clone()),
            _ => Err(Stop::unsupported("a dict made without its constructor")),
        },
        _ => Err(Stop::unsupported("this value where a dict is wanted")),
    }
}

/// A new instance of the value's own class with these entries.
fn like(interp: &mut Interp, value: &Value, entries: Vec<(Value, Value)>) -> PyResult<Value> {
    let dict = Rc::new(Dict::new(Map::new()));
    for (key, entry) in entries {
        interp.dict_set(&dict, key, entry)?;
    }
    Ok(match value {
        Value::Instance(instance) => {
            Value::Instance(Instance::with_payload(instance.class(), Value::Dict(dict)))
        }
        _ => Value::Dict(dict),
    })
}
