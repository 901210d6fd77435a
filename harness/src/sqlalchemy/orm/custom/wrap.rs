//! The methods of a document's class of collections, made to tell of changes before or after they run.
//!
//! What a list's, a set's or a dict's methods tell is what the library has them tell; the change itself is made by the
//! method that was there, or by the builtin that the class derives from.

use super::decorators::{AFTER, BEFORE, ROLE};
use super::{beyond, cause, list_of};
use crate::python::{Args, Class, Interp, PyResult, Value};
use crate::sqlalchemy::lend;
use crate::sqlalchemy::orm::collection::candidate;
use crate::sqlalchemy::orm::instance::object_of;
use backproof_engine::attr::{self, Cause};
use backproof_engine::map::Shape;
use std::rc::Rc;

/// Which methods put in, take out and iterate.
#[derive(Default)]
pub(super) struct Roles {
    pub(super) appender: Option<Rc<str>>,
    pub(super) remover: Option<Rc<str>>,
    pub(super) iterator: Option<Rc<str>>,
    pub(super) converter: Option<Rc<str>>,
}

/// Where a class lists its methods that tell of changes by themselves.
const ALONE: &str = "_sa_alone";

/// Says that a native method is not to be wrapped.
pub(super) fn leave_alone(class: &Rc<Class>, name: &str) {
    class.dict.set(&format!("{ALONE}_{name}"), Value::Bool(true));
}

fn is_alone(interp: &mut Interp, class: &Rc<Class>, name: &str) -> PyResult<bool> {
    let Some((owner, method)) = class.lookup_with_owner(name) else { return Ok(false) };
    if owner.dict.contains(&format!("{ALONE}_{name}")) {
        return Ok(true);
    }
    Ok(matches!(method, Value::Function(_)) && interp.get_attr_opt(&method, "_sa_instrumented")?.is_some())
}

/// What is told of an argument before a method runs.
#[derive(Clone)]
struct Told {
    adds: bool,
    at: usize,
}

/// Reads a class's marks, wraps its methods, and says which are for what.
pub(super) fn instrument(interp: &mut Interp, class: &Rc<Class>, shape: Option<Shape>) -> PyResult<Roles> {
    let mut roles = Roles::default();
    let mut marked: Vec<(Rc<str>, Option<Told>, bool)> = Vec::new();
    for source in class.mro() {
        if let Some(known) = super::kind_of(&source) {
            // Its methods are wrapped already, and their marks are gone.
            roles.appender.get_or_insert_with(|| known.appender.clone());
            roles.remover.get_or_insert_with(|| known.remover.clone());
            roles.iterator.get_or_insert_with(|| known.iterator.clone());
        }
        for (name, method) in source.dict.items() {
            if !matches!(method, Value::Function(_)) {
                continue;
            }
            if let Some(role) = interp.get_attr_opt(&method, ROLE)? {
                let place = match role.as_str().map(|role| &**role) {
                    Some("appender") => &mut roles.appender,
                    Some("remover") => &mut roles.remover,
                    Some("iterator") => &mut roles.iterator,
                    _ => &mut roles.converter,
                };
                if place.is_none() {
                    *place = Some(name.clone());
                }
            }
            let before = match interp.get_attr_opt(&method, BEFORE)? {
                Some(Value::Tuple(parts)) => {
                    let adds = parts.first().and_then(Value::as_str).is_some_and(|what| &**what == "append");
                    let Some(at) =
                        parts.get(1).and_then(Value::as_i64).and_then(|at| usize::try_from(at).ok())
                    else {
                        return Err(beyond("an argument by name"));
                    };
                    Some(Told { adds, at })
                }
                _ => None,
            };
            let after = interp.get_attr_opt(&method, AFTER)?.is_some();
            if (before.is_some() || after) && !marked.iter().any(|(known, ..)| *known == name) {
                marked.push((name, before, after));
            }
        }
    }
    let (standard, usual): (&[&str], Option<[&str; 3]>) = match shape {
        Some(Shape::List) => (
            &[
                "append",
                "remove",
                "insert",
                "__setitem__",
                "__delitem__",
                "extend",
                "__iadd__",
                "pop",
                "clear",
            ],
            Some(["append", "remove", "__iter__"]),
        ),
        Some(Shape::Set) => (
            &[
                "add",
                "discard",
                "remove",
                "pop",
                "clear",
                "update",
                "__ior__",
                "difference_update",
                "__isub__",
                "intersection_update",
                "__iand__",
                "symmetric_difference_update",
                "__ixor__",
            ],
            Some(["add", "remove", "__iter__"]),
        ),
        Some(Shape::Dict) => (
            &["__setitem__", "__delitem__", "clear", "pop", "popitem", "setdefault", "update"],
            Some(["set", "remove", "values"]),
        ),
        None => (&[], None),
    };
    if let Some([appender, remover, iterator]) = usual {
        roles.appender.get_or_insert_with(|| appender.into());
        roles.remover.get_or_insert_with(|| remover.into());
        roles.iterator.get_or_insert_with(|| iterator.into());
    }
    for (name, before, after) in &marked {
        let Some(raw) = class.lookup(name) else { continue };
        class.dict.set(name, generic(name, raw, before.clone(), *after));
        leave_alone(class, name);
    }
    for name in standard {
        let known = marked.iter().any(|(marked, ..)| **marked == **name);
        if known || is_alone(interp, class, name)? {
            continue;
        }
        let Some((owner, method)) = class.lookup_with_owner(name) else { continue };
        let own = (!interp.is_builtin(&owner)).then_some(method);
        if let Some(wrapped) = standard_wrapper(name, shape, own) {
            class.dict.set(name, wrapped);
            leave_alone(class, name);
        }
    }
    let plain = [(&roles.appender, true), (&roles.remover, false)];
    for (name, adds) in plain {
        let Some(name) = name else { continue };
        let known = marked.iter().any(|(marked, ..)| marked == name);
        if known || is_alone(interp, class, name)? {
            continue;
        }
        if let Some(raw) = class.lookup(name) {
            class.dict.set(name, generic(name, raw, Some(Told { adds, at: 1 }), false));
            leave_alone(class, name);
        }
    }
    Ok(roles)
}

/// Takes `_sa_initiator` out of a method's arguments, of which it has `count` beside its receiver.
fn initiator(args: &mut Args, count: usize) -> Cause {
    let named = args.take_keyword("_sa_initiator");
    let placed = (args.positional.len() > count + 1).then(|| args.positional.pop()).flatten();
    cause(named.or(placed).as_ref())
}

fn tell_coming(interp: &mut Interp, this: &Value, value: &Value, cause: &Cause) -> PyResult<()> {
    let Some(list) = list_of(interp, this)? else { return Ok(()) };
    let item = candidate(interp, value)?;
    lend::with_cx(interp, |cx| attr::told_of_coming(cx, &list, item, cause))?;
    Ok(())
}

fn tell_leaving(interp: &mut Interp, this: &Value, value: &Value, cause: &Cause) -> PyResult<()> {
    let Some(list) = list_of(interp, this)? else { return Ok(()) };
    let Some(object) = object_of(value) else { return Ok(()) };
    lend::with_cx(interp, |cx| attr::told_of_leaving(cx, &list, &Some(object), cause))
}

fn tell_changing(interp: &mut Interp, this: &Value) -> PyResult<()> {
    let Some(list) = list_of(interp, this)? else { return Ok(()) };
    lend::with_cx(interp, |cx| attr::changing(cx, &list))
}

/// Has the engine look at the members again.
fn done(interp: &mut Interp, this: &Value) -> PyResult<()> {
    let Some(list) = list_of(interp, this)? else { return Ok(()) };
    lend::with_cx(interp, |cx| attr::mirror(cx, &list))
}

/// A method that its class has marked.
fn generic(name: &Rc<str>, raw: Value, before: Option<Told>, after: bool) -> Value {
    Value::native_method(name.clone(), move |interp, mut args| {
        let this = args.positional.first().cloned().unwrap_or(Value::None);
        let cause = cause(args.take_keyword("_sa_initiator").as_ref());
        if let Some(told) = &before
            && let Some(value) = args.positional.get(told.at).cloned()
        {
            if told.adds {
                tell_coming(interp, &this, &value, &cause)?;
            } else {
                tell_leaving(interp, &this, &value, &cause)?;
            }
        }
        let result = interp.call(&raw, args)?;
        if after && !result.is_none() {
            tell_leaving(interp, &this, &result, &cause)?;
        }
        done(interp, &this)?;
        Ok(result)
    })
}

/// Makes the change: by the class's own method, or by the builtin's on what the instance carries.
fn make(
    interp: &mut Interp,
    own: Option<&Value>,
    this: &Value,
    name: &str,
    args: Vec<Value>,
) -> PyResult<Value> {
    if let Some(own) = own {
        return interp.call(own, Args::of([vec![this.clone()], args].concat()));
    }
    let Some(payload) = this.as_instance().and_then(|instance| instance.payload.clone()) else {
        return Err(beyond(name));
    };
    let mut args = args.into_iter();
    match name {
        "__setitem__" => {
            let (key, value) = (args.next().unwrap_or(Value::None), args.next().unwrap_or(Value::None));
            interp.set_item(&payload, &key, value)?;
            Ok(Value::None)
        }
        "__delitem__" => {
            interp.del_item(&payload, &args.next().unwrap_or(Value::None))?;
            Ok(Value::None)
        }
        _ => interp.call_method(&payload, name, Args::of(args.collect())),
    }
}

/// A method as the wrapper sees it: the receiver, the arguments, what set it off.
struct Call<'a> {
    own: Option<&'a Value>,
    this: Value,
    args: Vec<Value>,
    cause: Cause,
}

impl Call<'_> {
    fn arg(&self, at: usize) -> Value {
        self.args.get(at).cloned().unwrap_or(Value::None)
    }

    fn make(&self, interp: &mut Interp, name: &str) -> PyResult<Value> {
        let made = make(interp, self.own, &self.this, name, self.args.clone())?;
        done(interp, &self.this)?;
        Ok(made)
    }

    fn call(&self, interp: &mut Interp, name: &str, args: Vec<Value>) -> PyResult<Value> {
        interp.call_method(&self.this, name, Args::of(args))
    }
}

type Body = fn(&mut Interp, &Call<'_>) -> PyResult<Value>;

fn standard_wrapper(name: &'static str, shape: Option<Shape>, own: Option<Value>) -> Option<Value> {
    let (count, body): (usize, Body) = match (shape?, name) {
        (Shape::List, "append") => (1, |interp, call| {
            tell_coming(interp, &call.this, &call.arg(0), &call.cause)?;
            call.make(interp, "append")
        }),
        (Shape::List, "insert") => (2, |interp, call| {
            tell_coming(interp, &call.this, &call.arg(1), &call.cause)?;
            call.make(interp, "insert")
        }),
        (Shape::List, "remove") => (1, |interp, call| {
            tell_leaving(interp, &call.this, &call.arg(0), &call.cause)?;
            call.make(interp, "remove")
        }),
        (Shape::List, "__setitem__") => (2, list_set),
        (Shape::List, "__delitem__") => (1, |interp, call| {
            let gone = interp.get_item(&call.this, &call.arg(0))?;
            let gone =
                if matches!(call.arg(0), Value::Slice(_)) { interp.iterate(&gone)? } else { vec![gone] };
            for item in gone {
                tell_leaving(interp, &call.this, &item, &call.cause)?;
            }
            call.make(interp, "__delitem__")
        }),
        (Shape::List, "extend" | "__iadd__") => {
            return Some(adding(name, "append"));
        }
        (Shape::List | Shape::Set, "pop") => (1, |interp, call| {
            tell_changing(interp, &call.this)?;
            let item = make(interp, call.own, &call.this, "pop", call.args.clone())?;
            tell_leaving(interp, &call.this, &item, &call.cause)?;
            done(interp, &call.this)?;
            Ok(item)
        }),
        (Shape::List, "clear") => (0, |interp, call| {
            for item in interp.iterate(&call.this)? {
                tell_leaving(interp, &call.this, &item, &call.cause)?;
            }
            call.make(interp, "clear")
        }),
        (Shape::Set, "add") => (1, |interp, call| {
            if !interp.contains(&call.this, &call.arg(0))? {
                tell_coming(interp, &call.this, &call.arg(0), &call.cause)?;
            }
            call.make(interp, "add")
        }),
        (Shape::Set, "discard") => (1, |interp, call| set_drop(interp, call, "discard")),
        (Shape::Set, "remove") => (1, |interp, call| set_drop(interp, call, "remove")),
        (Shape::Set, "clear") => (0, |interp, call| {
            for item in interp.iterate(&call.this)? {
                call.call(interp, "remove", vec![item])?;
            }
            Ok(Value::None)
        }),
        (Shape::Set, "update" | "__ior__") => return Some(adding(name, "add")),
        (Shape::Set, "difference_update" | "__isub__") => return Some(adding(name, "discard")),
        (Shape::Set, "intersection_update") => (1, |interp, call| set_to(interp, call, true, false)),
        (Shape::Set, "__iand__") => (1, |interp, call| set_to(interp, call, true, true)),
        (Shape::Set, "symmetric_difference_update") => (1, |interp, call| set_to(interp, call, false, false)),
        (Shape::Set, "__ixor__") => (1, |interp, call| set_to(interp, call, false, true)),
        (Shape::Dict, "__setitem__") => (2, |interp, call| {
            if interp.contains(&call.this, &call.arg(0))? {
                let old = interp.get_item(&call.this, &call.arg(0))?;
                tell_leaving(interp, &call.this, &old, &call.cause)?;
            }
            tell_coming(interp, &call.this, &call.arg(1), &call.cause)?;
            call.make(interp, "__setitem__")
        }),
        (Shape::Dict, "__delitem__") => (1, |interp, call| {
            if interp.contains(&call.this, &call.arg(0))? {
                let old = interp.get_item(&call.this, &call.arg(0))?;
                tell_leaving(interp, &call.this, &old, &call.cause)?;
            }
            call.make(interp, "__delitem__")
        }),
        (Shape::Dict, "clear") => (0, |interp, call| {
            for key in interp.iterate(&call.this)? {
                let old = interp.get_item(&call.this, &key)?;
                tell_leaving(interp, &call.this, &old, &call.cause)?;
            }
            call.make(interp, "clear")
        }),
        (Shape::Dict, "pop") => (2, |interp, call| {
            tell_changing(interp, &call.this)?;
            let there = interp.contains(&call.this, &call.arg(0))?;
            let item = make(interp, call.own, &call.this, "pop", call.args.clone())?;
            if there {
                tell_leaving(interp, &call.this, &item, &call.cause)?;
            }
            done(interp, &call.this)?;
            Ok(item)
        }),
        (Shape::Dict, "popitem") => (0, |interp, call| {
            tell_changing(interp, &call.this)?;
            let item = make(interp, call.own, &call.this, "popitem", Vec::new())?;
            let value = interp.get_item(&item, &Value::int(1))?;
            tell_leaving(interp, &call.this, &value, &call.cause)?;
            done(interp, &call.this)?;
            Ok(item)
        }),
        (Shape::Dict, "setdefault") => (2, |interp, call| {
            if interp.contains(&call.this, &call.arg(0))? {
                return interp.get_item(&call.this, &call.arg(0));
            }
            call.call(interp, "__setitem__", vec![call.arg(0), call.arg(1)])?;
            Ok(call.arg(1))
        }),
        (Shape::Dict, "update") => return Some(dict_update()),
        _ => return None,
    };
    Some(Value::native_method(name, move |interp, mut args| {
        let cause = initiator(&mut args, count);
        let mut positional = std::mem::take(&mut args.positional);
        let this = if positional.is_empty() { Value::None } else { positional.remove(0) };
        if !args.keywords.is_empty() {
            return Err(beyond("keyword arguments to a method"));
        }
        body(interp, &Call { own: own.as_ref(), this, args: positional, cause })
    }))
}

/// `extend`, `update` and their like: one method for each value.
fn adding(name: &'static str, each: &'static str) -> Value {
    Value::native_method(name, move |interp, args| {
        let [this, values] = args.exactly(interp, name)?;
        for value in interp.iterate(&values)? {
            interp.call_method(&this, each, Args::of(vec![value]))?;
        }
        Ok(if name.starts_with("__") { this } else { Value::None })
    })
}

fn set_drop(interp: &mut Interp, call: &Call<'_>, name: &str) -> PyResult<Value> {
    if interp.contains(&call.this, &call.arg(0))? {
        tell_leaving(interp, &call.this, &call.arg(0), &call.cause)?;
    }
    call.make(interp, name)
}

/// Changes a set to its intersection or symmetric difference with another.
fn set_to(interp: &mut Interp, call: &Call<'_>, both: bool, in_place: bool) -> PyResult<Value> {
    let name = if both { "intersection" } else { "symmetric_difference" };
    let wanted = call.call(interp, name, vec![call.arg(0)])?;
    let have = interp.iterate(&call.this)?;
    for item in &have {
        if !interp.contains(&wanted, item)? {
            call.call(interp, "remove", vec![item.clone()])?;
        }
    }
    for item in interp.iterate(&wanted)? {
        if !interp.contains(&call.this, &item)? {
            call.call(interp, "add", vec![item])?;
        }
    }
    Ok(if in_place { call.this.clone() } else { Value::None })
}

fn list_set(interp: &mut Interp, call: &Call<'_>) -> PyResult<Value> {
    let (key, value) = (call.arg(0), call.arg(1));
    let Value::Slice(slice) = &key else {
        let old = interp.get_item(&call.this, &key)?;
        tell_leaving(interp, &call.this, &old, &call.cause)?;
        tell_coming(interp, &call.this, &value, &call.cause)?;
        return call.make(interp, "__setitem__");
    };
    if !slice.step.is_none() {
        return Err(beyond("assignment to a slice with a step"));
    }
    let len = interp.len(&call.this)? as i64;
    let bound = |interp: &mut Interp, at: &Value, default: i64| -> PyResult<i64> {
        if at.is_none() {
            return Ok(default);
        }
        let at = interp.index(at)?;
        Ok(if at < 0 { at.saturating_add(len) } else { at })
    };
    let (start, stop) = (bound(interp, &slice.start, 0)?, bound(interp, &slice.stop, len)?);
    for _ in start..stop.min(start.saturating_add(len)) {
        if interp.len(&call.this)? as i64 > start {
            call.call(interp, "__delitem__", vec![Value::from(start)])?;
        }
    }
    for (offset, item) in interp.iterate(&value)?.into_iter().enumerate() {
        call.call(interp, "insert", vec![Value::from(start.saturating_add(offset as i64)), item])?;
    }
    Ok(Value::None)
}

fn dict_update() -> Value {
    Value::native_method("update", |interp, mut args| {
        let this = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
        let mut items = Vec::new();
        if let Some(other) = args.positional.first() {
            items = match interp.mapping_items(other)? {
                Some(items) => items,
                None => interp.pairs(other)?,
            };
        }
        items.extend(args.keywords.into_iter().map(|(name, value)| (Value::Str(name), value)));
        for (key, value) in items {
            let same = interp.contains(&this, &key)? && interp.get_item(&this, &key)?.is(&value);
            if !same {
                interp.call_method(&this, "__setitem__", Args::of(vec![key, value]))?;
            }
        }
        Ok(Value::None)
    })
}
