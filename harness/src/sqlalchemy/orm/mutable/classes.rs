//! The classes of `sqlalchemy.ext.mutable`: `Mutable`, a dict, a list and a set of it, and `MutableComposite`.

use super::{as_mutable, associate, changed, composite_changed};
use crate::python::{Args, Class, Interp, Module, PyResult, Stop, Value};
use crate::sqlalchemy::lend;
use backproof_engine::version::Behaviour;
use std::rc::Rc;

const MODULE: &str = "sqlalchemy.ext.mutable";

/// Builtin classes, what is made of them, and their methods that change them.
const CONTAINERS: [(&str, &str, &[&str]); 3] = [
    (
        "dict",
        "MutableDict",
        &["__setitem__", "__delitem__", "setdefault", "update", "pop", "popitem", "clear"],
    ),
    (
        "list",
        "MutableList",
        &[
            "__setitem__",
            "__delitem__",
            "append",
            "extend",
            "__iadd__",
            "insert",
            "remove",
            "pop",
            "clear",
            "sort",
            "reverse",
        ],
    ),
    (
        "set",
        "MutableSet",
        &[
            "add",
            "remove",
            "discard",
            "pop",
            "clear",
            "update",
            "intersection_update",
            "difference_update",
            "symmetric_difference_update",
            "__ior__",
            "__iand__",
            "__isub__",
            "__ixor__",
        ],
    ),
];

type Method = fn(&mut Interp, &Rc<Class>, Vec<Value>) -> PyResult<Value>;

/// Adds a method that is called with the class.
fn class_method(class: &Rc<Class>, name: &'static str, method: Method) {
    let function = Value::native(name, move |interp, args: Args| {
        let mut values = args.positional;
        if values.is_empty() {
            return Err(Stop::unsupported(format!("{name}() of no class")));
        }
        let own = values.remove(0);
        match own.as_class() {
            Some(class) => method(interp, &class.clone(), values),
            None => Err(Stop::unsupported(format!("{name}() of no class"))),
        }
    });
    class.dict.set(name, Value::ClassMethod(Rc::new(function)));
}

fn argument(values: &[Value], at: usize) -> Value {
    values.get(at).cloned().unwrap_or(Value::None)
}

/// What `coerce()` says of a value that is nothing for the class.
fn refused(interp: &mut Interp, key: &Value, value: &Value) -> PyResult<Value> {
    if value.is_none() {
        return Ok(Value::None);
    }
    let class = Value::Class(interp.class_of(value));
    let (key, class) = (interp.str(key)?, interp.str(&class)?);
    Err(interp.raise("ValueError", format!("Attribute '{key}' does not accept objects of type {class}")))
}

/// What all of these classes derive from.
fn mutable_base(interp: &mut Interp) -> PyResult<Rc<Class>> {
    if let Some(class) = lend::shared(interp).classes.get("MutableBase") {
        return Ok(class.clone());
    }
    let base = interp.native_class(MODULE, "MutableBase", Vec::new())?;
    class_method(&base, "coerce", |interp, _, values| {
        refused(interp, &argument(&values, 0), &argument(&values, 1))
    });
    lend::shared(interp).classes.insert("MutableBase", base.clone());
    Ok(base)
}

/// The class `MutableComposite`, made at its first use.
fn mutable_composite(interp: &mut Interp) -> PyResult<Rc<Class>> {
    if let Some(class) = lend::shared(interp).classes.get("MutableComposite") {
        return Ok(class.clone());
    }
    let base = mutable_base(interp)?;
    let class = interp.native_class(MODULE, "MutableComposite", vec![base])?;
    class.dict.set(
        "changed",
        Value::native_method("changed", |interp, args| {
            let [this] = args.exactly(interp, "MutableComposite.changed")?;
            composite_changed(interp, &this)?;
            Ok(Value::None)
        }),
    );
    lend::shared(interp).classes.insert("MutableComposite", class.clone());
    Ok(class)
}

/// The class `Mutable`, made at its first use.
fn mutable(interp: &mut Interp) -> PyResult<Rc<Class>> {
    if let Some(class) = lend::shared(interp).classes.get("Mutable") {
        return Ok(class.clone());
    }
    let base = mutable_base(interp)?;
    let class = interp.native_class(MODULE, "Mutable", vec![base])?;
    class.dict.set(
        "changed",
        Value::native_method("changed", |interp, args| {
            let [this] = args.exactly(interp, "Mutable.changed")?;
            changed(interp, &this)?;
            Ok(Value::None)
        }),
    );
    class_method(&class, "as_mutable", |interp, class, values| {
        as_mutable(interp, class, &argument(&values, 0))
    });
    class_method(&class, "associate_with", |interp, class, values| {
        let Some(of) = argument(&values, 0).as_class().cloned() else {
            return Err(Stop::unsupported("associate_with() of something that is no class"));
        };
        let decorator = interp.import("sqlalchemy.types")?.dict.get("TypeDecorator");
        if !decorator.as_ref().and_then(Value::as_class).is_some_and(|decorator| of.is_subclass(decorator)) {
            return Err(Stop::unsupported("associate_with() of a class that is no TypeDecorator"));
        }
        lend::shared(interp).mutables.of_classes.push((of, class.clone()));
        Ok(Value::None)
    });
    class_method(&class, "associate_with_attribute", |interp, class, values| {
        associate(interp, class, &argument(&values, 0))?;
        Ok(Value::None)
    });
    lend::shared(interp).classes.insert("Mutable", class.clone());
    Ok(class)
}

/// Calls a builtin's own method on what an instance carries.
fn call_builtin(interp: &mut Interp, this: &Value, name: &str, mut args: Args) -> PyResult<Value> {
    let Some(held) = this.as_instance().and_then(|instance| instance.payload.clone()) else {
        return Err(Stop::unsupported(format!("{name}() of something that carries no builtin")));
    };
    match name {
        "__setitem__" if args.positional.len() == 2 => {
            let value = args.positional.remove(1);
            if matches!(held, Value::List(_)) && is_dropped(interp, &args.positional[0], &value)? {
                return Ok(Value::None);
            }
            interp.set_item(&held, &args.positional[0], value)?;
            Ok(Value::None)
        }
        "__delitem__" if args.positional.len() == 1 => {
            interp.del_item(&held, &args.positional[0])?;
            Ok(Value::None)
        }
        "__iadd__" => interp.call_method(&held, "extend", args),
        "__ior__" => interp.call_method(&held, "update", args),
        "__iand__" => interp.call_method(&held, "intersection_update", args),
        "__isub__" => interp.call_method(&held, "difference_update", args),
        "__ixor__" => interp.call_method(&held, "symmetric_difference_update", args),
        _ => interp.call_method(&held, name, args),
    }
}

/// Whether a list leaves a place as it is: some releases take one item where they see one, and several for a slice.
fn is_dropped(interp: &mut Interp, place: &Value, value: &Value) -> PyResult<bool> {
    if !lend::has(interp, Behaviour::MutableItemsDropped) {
        return Ok(false);
    }
    let is_text = matches!(value, Value::Str(_) | Value::Bytes(_));
    let several = if is_text {
        lend::has(interp, Behaviour::MutableTextsDropped)
    } else {
        interp.get_attr_opt(value, "__iter__")?.is_some()
    };
    Ok(matches!(place, Value::Slice(_)) != several)
}

/// A builtin that tells of its changes.
fn container(
    interp: &mut Interp,
    (builtin, name, methods): (&'static str, &'static str, &[&'static str]),
) -> PyResult<Rc<Class>> {
    if let Some(class) = lend::shared(interp).classes.get(name) {
        return Ok(class.clone());
    }
    let bases = vec![mutable(interp)?, interp.builtin_class(builtin)];
    let class = interp.native_class(MODULE, name, bases)?;
    for &method in methods {
        class.dict.set(
            method,
            Value::native_method(method, move |interp, mut args| {
                if args.positional.is_empty() {
                    return Err(Stop::unsupported(format!("{method}() of nothing")));
                }
                let this = args.positional.remove(0);
                let made = call_builtin(interp, &this, method, args)?;
                changed(interp, &this)?;
                let in_place = method.starts_with("__i");
                Ok(if in_place { this } else { made })
            }),
        );
    }
    let coerce: Method = match builtin {
        "dict" => |interp, class, values| coerced(interp, class, &values, "dict"),
        "list" => |interp, class, values| coerced(interp, class, &values, "list"),
        _ => |interp, class, values| coerced(interp, class, &values, "set"),
    };
    class_method(&class, "coerce", coerce);
    lend::shared(interp).classes.insert(name, class.clone());
    Ok(class)
}

/// `coerce()` of a container: itself, or one made of the builtin.
fn coerced(
    interp: &mut Interp,
    class: &Rc<Class>,
    values: &[Value],
    builtin: &'static str,
) -> PyResult<Value> {
    let (key, value) = (argument(values, 0), argument(values, 1));
    let own = interp.class_of(&value);
    if own.is_subclass(class) {
        return Ok(value);
    }
    let builtin = interp.builtin_class(builtin);
    if own.is_subclass(&builtin) {
        return interp.call(&Value::Class(class.clone()), Args::of(vec![value]));
    }
    refused(interp, &key, &value)
}

/// Adds what `sqlalchemy.ext.mutable` shows.
pub(in crate::sqlalchemy::orm) fn install(interp: &mut Interp, module: &Module) -> PyResult<()> {
    let class = mutable(interp)?;
    module.dict.set("Mutable", Value::Class(class));
    let class = mutable_base(interp)?;
    module.dict.set("MutableBase", Value::Class(class));
    let class = mutable_composite(interp)?;
    module.dict.set("MutableComposite", Value::Class(class));
    for of in CONTAINERS {
        let class = container(interp, of)?;
        module.dict.set(of.1, Value::Class(class));
    }
    Ok(())
}
