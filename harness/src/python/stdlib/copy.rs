//! Copies of values, as `copy.copy` and `copy.deepcopy` make them.

use crate::python::args::Args;
use crate::python::class::{DictStore, Instance};
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::map::{Map, MapSet};
use crate::python::value::{Dict, List, Set, Value};
use std::rc::Rc;

/// How deep values may nest.
const DEEPEST: usize = 200;

/// Copies that are under way or made, by the identity of what they are copies of.
type Made = Vec<(u64, Value)>;

/// `copy.copy(value)`.
pub(super) fn shallow(interp: &mut Interp, value: &Value) -> PyResult<Value> {
    match value {
        Value::List(list) => {
            let items = list.items.borrow().clone();
            interp.charge_bytes(items.len() * 16)?;
            Ok(Value::list(items))
        }
        Value::Dict(dict) => {
            let items = dict.map.borrow().items();
            let copy = Rc::new(Dict::new(Map::new()));
            for (key, entry) in items {
                interp.dict_set(&copy, key, entry)?;
            }
            Ok(Value::Dict(copy))
        }
        Value::Set(set) => {
            let items = set.items.borrow().values();
            let copy = Rc::new(Set::new(MapSet::new()));
            for item in items {
                interp.set_add(&copy, item)?;
            }
            Ok(Value::Set(copy))
        }
        Value::Instance(instance) => {
            if let Some(made) = interp.call_special(value, "__copy__", Vec::new())? {
                return Ok(made);
            }
            let payload = match &instance.payload {
                Some(payload) => Some(shallow(interp, payload)?),
                None => None,
            };
            let attributes = plain_attributes(instance)?;
            Ok(rebuilt(instance, payload, attributes))
        }
        Value::Object(_) => match interp.get_attr_opt(value, "__copy__")? {
            Some(bound) => interp.call(&bound, Args::none()),
            None => immutable(value, "copy.copy()"),
        },
        other => Ok(other.clone()),
    }
}

/// Dates, decimals and what else cannot change is its own copy.
fn immutable(value: &Value, what: &str) -> PyResult<Value> {
    let Value::Object(object) = value else { return Ok(value.clone()) };
    let name = object.type_name();
    if name.starts_with("datetime.") || name == "decimal.Decimal" || object.type_module() == "typing" {
        return Ok(value.clone());
    }
    Err(Stop::unsupported(format!("{what} of this value")))
}

fn plain_attributes(instance: &Instance) -> PyResult<Vec<(Rc<str>, Value)>> {
    match instance.store.as_any().downcast_ref::<DictStore>() {
        Some(store) => Ok(store.names.items()),
        None => Err(Stop::unsupported("a copy of a mapped object")),
    }
}

fn rebuilt(instance: &Instance, payload: Option<Value>, attributes: Vec<(Rc<str>, Value)>) -> Value {
    let copy = match payload {
        Some(payload) => Instance::with_payload(instance.class(), payload),
        None => Instance::plain(instance.class()),
    };
    if let Some(store) = copy.store.as_any().downcast_ref::<DictStore>() {
        for (name, value) in attributes {
            store.names.set(&name, value);
        }
    }
    Value::Instance(copy)
}

/// `copy.deepcopy(value)`.
pub(super) fn deep(interp: &mut Interp, value: &Value, made: &mut Made, depth: usize) -> PyResult<Value> {
    if depth > DEEPEST {
        return Err(Stop::limit("values nested more than 200 deep in deepcopy"));
    }
    interp.charge_bytes(64 + made.len() / 4)?;
    let identity = value.identity();
    if matches!(value, Value::List(_) | Value::Dict(_) | Value::Set(_) | Value::Instance(_))
        && let Some((_, copy)) = made.iter().find(|(of, _)| *of == identity)
    {
        return Ok(copy.clone());
    }
    match value {
        Value::List(list) => {
            let copy = Rc::new(List::new(Vec::new()));
            made.push((identity, Value::List(copy.clone())));
            let items = list.items.borrow().clone();
            for item in items {
                let item = deep(interp, &item, made, depth + 1)?;
                copy.items.borrow_mut().push(item);
            }
            Ok(Value::List(copy))
        }
        Value::Tuple(tuple) => {
            let mut items = Vec::with_capacity(tuple.len());
            for item in tuple.iter() {
                items.push(deep(interp, item, made, depth + 1)?);
            }
            let same = items.iter().zip(tuple.iter()).all(|(copy, item)| copy.is(item));
            Ok(if same { value.clone() } else { Value::tuple(items) })
        }
        Value::Dict(dict) => {
            let copy = Rc::new(Dict::new(Map::new()));
            made.push((identity, Value::Dict(copy.clone())));
            let items = dict.map.borrow().items();
            for (key, entry) in items {
                let key = deep(interp, &key, made, depth + 1)?;
                let entry = deep(interp, &entry, made, depth + 1)?;
                interp.dict_set(&copy, key, entry)?;
            }
            Ok(Value::Dict(copy))
        }
        Value::Set(set) => {
            let items = set.items.borrow().values();
            let copy = Rc::new(Set::new(MapSet::new()));
            for item in items {
                let item = deep(interp, &item, made, depth + 1)?;
                interp.set_add(&copy, item)?;
            }
            Ok(Value::Set(copy))
        }
        Value::Instance(instance) => {
            let memo = Value::dict(Map::new());
            if let Some(copy) = interp.call_special(value, "__deepcopy__", vec![memo])? {
                return Ok(copy);
            }
            let payload = match &instance.payload {
                Some(payload) => Some(deep(interp, payload, made, depth + 1)?),
                None => None,
            };
            let attributes = plain_attributes(instance)?;
            let copy = rebuilt(instance, payload, Vec::new());
            made.push((identity, copy.clone()));
            if let Value::Instance(to) = &copy
                && let Some(store) = to.store.as_any().downcast_ref::<DictStore>()
            {
                for (name, attribute) in attributes {
                    let attribute = deep(interp, &attribute, made, depth + 1)?;
                    store.names.set(&name, attribute);
                }
            }
            Ok(copy)
        }
        Value::Object(_) => immutable(value, "copy.deepcopy()"),
        other => Ok(other.clone()),
    }
}
