//! Builtin functions that look at attributes and classes.

use super::convert::plain;
use super::{constructor, function};
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::unavailable::Unavailable;
use crate::python::value::Value;
use std::rc::Rc;

pub(super) fn install(interp: &mut Interp) {
    function(interp, "getattr", |interp, args| {
        let [value, name, default] = args.between(interp, "getattr", 2)?;
        let value = value.unwrap_or(Value::None);
        let name = attribute_name(interp, &name.unwrap_or(Value::None))?;
        match default {
            None => interp.get_attr(&value, &name),
            Some(default) => Ok(interp.get_attr_opt(&value, &name)?.unwrap_or(default)),
        }
    });
    function(interp, "hasattr", |interp, args| {
        let [value, name] = args.exactly(interp, "hasattr")?;
        let name = attribute_name(interp, &name)?;
        Ok(Value::Bool(interp.get_attr_opt(&value, &name)?.is_some()))
    });
    function(interp, "setattr", |interp, args| {
        let [value, name, to] = args.exactly(interp, "setattr")?;
        let name = attribute_name(interp, &name)?;
        interp.set_attr(&value, &name, to)?;
        Ok(Value::None)
    });
    function(interp, "delattr", |interp, args| {
        let [value, name] = args.exactly(interp, "delattr")?;
        let name = attribute_name(interp, &name)?;
        interp.del_attr(&value, &name)?;
        Ok(Value::None)
    });
    function(interp, "isinstance", |interp, args| {
        let [value, class] = args.exactly(interp, "isinstance")?;
        Unavailable::refuse(&value)?;
        is_instance(interp, &value, &class).map(Value::Bool)
    });
    function(interp, "issubclass", |interp, args| {
        let [class, bases] = args.exactly(interp, "issubclass")?;
        if !matches!(class, Value::Class(_)) {
            return Err(interp.raise("TypeError", "issubclass() arg 1 must be a class"));
        }
        is_subclass(interp, &class, &bases).map(Value::Bool)
    });
    function(interp, "vars", |interp, args| {
        let [value] = args.between(interp, "vars", 0)?;
        let Some(value) = value else {
            return Err(crate::python::error::Stop::unsupported("vars() without an argument"));
        };
        match interp.get_attr_opt(&value, "__dict__")? {
            Some(names) => Ok(names),
            None => Err(interp.raise("TypeError", "vars() argument must have __dict__ attribute")),
        }
    });
    function(interp, "dir", |interp, args| {
        let [value] = args.between(interp, "dir", 0)?;
        let Some(value) = value else {
            return Err(crate::python::error::Stop::unsupported("dir() without an argument"));
        };
        dir(interp, &value)
    });
    constructor(interp, "type", |interp, _, args| {
        if args.positional.len() == 1 && args.keywords.is_empty() {
            return Ok(Value::Class(interp.class_of(&args.positional[0])));
        }
        let keywords = args.keywords;
        let Ok([name, bases, names]) = <[Value; 3]>::try_from(args.positional) else {
            return Err(interp.raise("TypeError", "type() takes 1 or 3 arguments"));
        };
        let Value::Str(name) = plain(&name) else {
            let kind = interp.type_name(&name);
            let message = format!("type.__new__() argument 1 must be str, not {kind}");
            return Err(interp.raise("TypeError", message));
        };
        let Value::Tuple(bases) = plain(&bases) else {
            let kind = interp.type_name(&bases);
            let message = format!("type.__new__() argument 2 must be tuple, not {kind}");
            return Err(interp.raise("TypeError", message));
        };
        let Value::Dict(names) = plain(&names) else {
            let kind = interp.type_name(&names);
            let message = format!("type.__new__() argument 3 must be dict, not {kind}");
            return Err(interp.raise("TypeError", message));
        };
        let names = names.map.borrow().items();
        let names =
            names.into_iter().filter_map(|(name, value)| name.as_str().cloned().map(|name| (name, value)));
        let module = interp.main.name.clone();
        interp.make_class(&name, &module, bases.to_vec(), names.collect(), keywords).map(Value::Class)
    });
    let object = interp.builtin_class("object");
    interp.define_builtin("object", Value::Class(object));
}

fn attribute_name(interp: &mut Interp, name: &Value) -> PyResult<Rc<str>> {
    match plain(name) {
        Value::Str(name) => Ok(name),
        _ => {
            let kind = interp.type_name(name);
            Err(interp.raise("TypeError", format!("attribute name must be string, not '{kind}'")))
        }
    }
}

/// `isinstance(value, class)`: a class, a tuple of them, or what another room lets stand there.
pub(crate) fn is_instance(interp: &mut Interp, value: &Value, class: &Value) -> PyResult<bool> {
    match class {
        Value::Class(class) => return Ok(interp.is_instance(value, class)),
        Value::Tuple(choices) => {
            for choice in choices.iter() {
                if is_instance(interp, value, choice)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        Value::Object(object) => {
            if let Some(answer) = object.clone().instance_check(interp, class, value)? {
                return Ok(answer);
            }
        }
        _ => {}
    }
    let message = "isinstance() arg 2 must be a type, a tuple of types, or a union";
    Err(interp.raise("TypeError", message))
}

fn is_subclass(interp: &mut Interp, class: &Value, bases: &Value) -> PyResult<bool> {
    match (class, bases) {
        (Value::Class(class), Value::Class(base)) => return Ok(class.is_subclass(base)),
        (_, Value::Tuple(choices)) => {
            for choice in choices.iter() {
                if is_subclass(interp, class, choice)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        (Value::Class(class), Value::Object(object)) => {
            if let Some(base) = object.clone().as_base(interp, bases)? {
                return Ok(class.is_subclass(&base));
            }
        }
        _ => {}
    }
    let message = "issubclass() arg 2 must be a class, a tuple of classes, or a union";
    Err(interp.raise("TypeError", message))
}

fn dir(interp: &mut Interp, value: &Value) -> PyResult<Value> {
    let mut names: Vec<Rc<str>> = Vec::new();
    if let Value::Object(object) = value {
        names.extend(object.clone().dir(interp)?);
    } else if let Some(own) = interp.attributes(value)? {
        names.extend(own.into_iter().map(|(name, _)| name));
    }
    let classes = match value {
        Value::Class(class) => class.mro(),
        Value::Module(_) => Vec::new(),
        _ => interp.class_of(value).mro(),
    };
    for class in classes {
        names.extend(class.dict.keys());
    }
    names.sort();
    names.dedup();
    interp.charge_bytes(names.len() * 16)?;
    Ok(Value::list(names.into_iter().map(Value::Str).collect()))
}
