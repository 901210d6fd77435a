//! Methods of `dict`.

use super::convert::plain;
use super::methods;
use super::views::{View, ViewKind, reversed_entries};
use crate::python::args::Args;
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::map::Map;
use crate::python::value::{Dict, Value};
use std::rc::Rc;

pub(crate) fn dict_of(value: &Value) -> Option<Rc<Dict>> {
    if let Value::Dict(dict) = value { Some(dict.clone()) } else { None }
}

pub(super) fn install(interp: &mut Interp) {
    let class = interp.builtin_class("dict");
    methods(
        &class,
        dict_of,
        &[
            ("keys", |interp, dict, args| view(interp, dict, args, "dict.keys", ViewKind::Keys)),
            ("values", |interp, dict, args| view(interp, dict, args, "dict.values", ViewKind::Values)),
            ("items", |interp, dict, args| view(interp, dict, args, "dict.items", ViewKind::Items)),
            ("get", |interp, dict, args| {
                let [key, default] = args.between(interp, "get", 1)?;
                let found = interp.dict_get(&dict, &key.unwrap_or(Value::None))?;
                Ok(found.or(default).unwrap_or(Value::None))
            }),
            ("setdefault", |interp, dict, args| {
                let [key, default] = args.between(interp, "setdefault", 1)?;
                let key = key.unwrap_or(Value::None);
                if let Some(found) = interp.dict_get(&dict, &key)? {
                    return Ok(found);
                }
                let default = default.unwrap_or(Value::None);
                interp.dict_set(&dict, key, default.clone())?;
                Ok(default)
            }),
            ("pop", |interp, dict, args| {
                let [key, default] = args.between(interp, "pop", 1)?;
                let key = key.unwrap_or(Value::None);
                match interp.dict_remove(&dict, &key)?.or(default) {
                    Some(value) => Ok(value),
                    None => Err(interp.key_error(&key)),
                }
            }),
            ("popitem", |interp, dict, args| {
                let [] = args.exactly(interp, "dict.popitem")?;
                let last = dict.map.borrow().iter().next_back().map(|(key, _)| key.clone());
                let Some(key) = last else {
                    let class = interp.builtin_class("KeyError");
                    let message = Value::from("popitem(): dictionary is empty");
                    return Err(interp.raise_class(&class, vec![message]));
                };
                let value = interp.dict_remove(&dict, &key)?.unwrap_or(Value::None);
                Ok(Value::tuple(vec![key, value]))
            }),
            ("clear", |interp, dict, args| {
                let [] = args.exactly(interp, "dict.clear")?;
                let old = dict.map.borrow_mut().clear();
                drop(old);
                Ok(Value::None)
            }),
            ("copy", |interp, dict, args| {
                let [] = args.exactly(interp, "dict.copy")?;
                let copy = Value::dict(Map::new());
                if let Value::Dict(target) = &copy {
                    merge_dict(interp, target, &dict)?;
                }
                Ok(copy)
            }),
            ("update", |interp, dict, args| {
                update(interp, &dict, args, "update")?;
                Ok(Value::None)
            }),
            ("__init__", |interp, dict, args| {
                update(interp, &dict, args, "dict")?;
                Ok(Value::None)
            }),
            ("__reversed__", |interp, dict, args| {
                let [] = args.exactly(interp, "dict.__reversed__")?;
                Ok(reversed_entries(&dict, ViewKind::Keys))
            }),
        ],
    );
    let from_keys = Value::native("fromkeys", |interp, mut args| {
        if matches!(args.positional.first(), Some(Value::Class(_))) {
            args.positional.remove(0);
        }
        let [keys, value] = args.between(interp, "fromkeys", 1)?;
        let keys = interp.iterate(&keys.unwrap_or(Value::None))?;
        let made = Value::dict(Map::new());
        if let Value::Dict(target) = &made {
            for key in keys {
                interp.dict_set(target, key, value.clone().unwrap_or(Value::None))?;
            }
        }
        Ok(made)
    });
    class.dict.set("fromkeys", Value::ClassMethod(Rc::new(from_keys)));
}

fn view(interp: &mut Interp, dict: Rc<Dict>, args: Args, name: &str, kind: ViewKind) -> PyResult<Value> {
    let [] = args.exactly(interp, name)?;
    Ok(Value::object(View::new(dict, kind)))
}

/// Adds every entry of one dict to another.
pub(crate) fn merge_dict(interp: &mut Interp, target: &Dict, source: &Dict) -> PyResult<()> {
    let items = source.map.borrow().items();
    interp.charge_bytes(items.len() * 48)?;
    for (key, value) in items {
        interp.dict_set(target, key, value)?;
    }
    Ok(())
}

/// `dict.update`: a mapping or pairs, then keywords.
pub(crate) fn update(interp: &mut Interp, dict: &Dict, args: Args, name: &str) -> PyResult<()> {
    if args.positional.len() > 1 {
        let message = format!("{name} expected at most 1 argument, got {}", args.positional.len());
        return Err(interp.raise("TypeError", message));
    }
    if let Some(source) = args.positional.first() {
        merge(interp, dict, source)?;
    }
    for (name, value) in args.keywords {
        interp.dict_set(dict, Value::Str(name), value)?;
    }
    Ok(())
}

fn merge(interp: &mut Interp, dict: &Dict, source: &Value) -> PyResult<()> {
    if let Value::Dict(other) = plain(source) {
        return merge_dict(interp, dict, &other);
    }
    let has_keys = match source {
        Value::Instance(_) | Value::Object(_) => interp.get_attr_opt(source, "keys")?,
        _ => None,
    };
    if let Some(keys) = has_keys {
        let keys = interp.call(&keys, Args::none())?;
        for key in interp.iterate(&keys)? {
            let value = interp.get_item(source, &key)?;
            interp.dict_set(dict, key, value)?;
        }
        return Ok(());
    }
    for (index, item) in interp.iterate(source)?.into_iter().enumerate() {
        let is_sequence = !matches!(item, Value::None | Value::Int(_) | Value::Bool(_) | Value::Float(_));
        if !is_sequence {
            let message = format!("cannot convert dictionary update sequence element #{index} to a sequence");
            return Err(interp.raise("TypeError", message));
        }
        let pair = interp.iterate(&item)?;
        let length = pair.len();
        let Ok([key, value]) = <[Value; 2]>::try_from(pair) else {
            let message =
                format!("dictionary update sequence element #{index} has length {length}; 2 is required");
            return Err(interp.raise("ValueError", message));
        };
        interp.dict_set(dict, key, value)?;
    }
    Ok(())
}
