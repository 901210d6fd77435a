//! Methods of `set` and `frozenset`.

use super::convert::plain;
use super::methods;
use crate::python::args::Args;
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::map::MapSet;
use crate::python::value::{Set, Value};
use std::rc::Rc;

/// A set, and whether it is frozen.
type Own = (Rc<Set>, bool);

fn set_of(value: &Value) -> Option<Own> {
    match value {
        Value::Set(set) => Some((set.clone(), false)),
        Value::FrozenSet(set) => Some((set.clone(), true)),
        _ => None,
    }
}

/// The items of an iterable as a new set.
pub(crate) fn set_from(interp: &mut Interp, items: &Value) -> PyResult<Rc<Set>> {
    let items = interp.iterate(items)?;
    set_of_values(interp, items)
}

pub(crate) fn set_of_values(interp: &mut Interp, items: Vec<Value>) -> PyResult<Rc<Set>> {
    let set = Rc::new(Set::new(MapSet::new()));
    interp.charge_bytes(items.len() * 48)?;
    for item in items {
        interp.set_add(&set, item)?;
    }
    Ok(set)
}

fn wrap(set: Rc<Set>, frozen: bool) -> Value {
    if frozen { Value::FrozenSet(set) } else { Value::Set(set) }
}

pub(super) fn install(interp: &mut Interp) {
    for name in ["set", "frozenset"] {
        let class = interp.builtin_class(name);
        methods(
            &class,
            set_of,
            &[
                ("copy", |interp, (set, frozen), _| {
                    let items = set.items.borrow().values();
                    Ok(wrap(set_of_values(interp, items)?, frozen))
                }),
                ("union", union),
                ("intersection", intersection),
                ("difference", difference),
                ("symmetric_difference", symmetric_difference),
                ("issubset", |interp, (set, _), args| {
                    let [other] = args.exactly(interp, "set.issubset")?;
                    let other = set_from(interp, &other)?;
                    contains_all(interp, &other, &set).map(Value::Bool)
                }),
                ("issuperset", |interp, (set, _), args| {
                    let [other] = args.exactly(interp, "set.issuperset")?;
                    let other = set_from(interp, &other)?;
                    contains_all(interp, &set, &other).map(Value::Bool)
                }),
                ("isdisjoint", |interp, (set, _), args| {
                    let [other] = args.exactly(interp, "set.isdisjoint")?;
                    for item in interp.iterate(&other)? {
                        if interp.set_contains(&set, &item)? {
                            return Ok(Value::Bool(false));
                        }
                    }
                    Ok(Value::Bool(true))
                }),
            ],
        );
    }
    let class = interp.builtin_class("set");
    methods(
        &class,
        set_of,
        &[
            ("add", |interp, (set, _), args| {
                let [item] = args.exactly(interp, "set.add")?;
                interp.set_add(&set, item)?;
                Ok(Value::None)
            }),
            ("discard", |interp, (set, _), args| {
                let [item] = args.exactly(interp, "set.discard")?;
                interp.set_remove(&set, &item)?;
                Ok(Value::None)
            }),
            ("remove", |interp, (set, _), args| {
                let [item] = args.exactly(interp, "set.remove")?;
                if interp.set_remove(&set, &item)? { Ok(Value::None) } else { Err(interp.key_error(&item)) }
            }),
            ("pop", |interp, (set, _), args| {
                let [] = args.exactly(interp, "set.pop")?;
                let first = set.items.borrow().values().into_iter().next();
                let Some(item) = first else {
                    let class = interp.builtin_class("KeyError");
                    return Err(interp.raise_class(&class, vec![Value::from("pop from an empty set")]));
                };
                interp.set_remove(&set, &item)?;
                Ok(item)
            }),
            ("clear", |interp, (set, _), args| {
                let [] = args.exactly(interp, "set.clear")?;
                let old = set.items.borrow_mut().0.clear();
                drop(old);
                Ok(Value::None)
            }),
            ("update", |interp, (set, _), args| {
                for other in args.positional {
                    for item in interp.iterate(&other)? {
                        interp.set_add(&set, item)?;
                    }
                }
                Ok(Value::None)
            }),
            ("difference_update", |interp, own, args| {
                let kept = difference(interp, own.clone(), args)?;
                replace(&own.0, &kept);
                Ok(Value::None)
            }),
            ("intersection_update", |interp, own, args| {
                let kept = intersection(interp, own.clone(), args)?;
                replace(&own.0, &kept);
                Ok(Value::None)
            }),
            ("symmetric_difference_update", |interp, own, args| {
                let kept = symmetric_difference(interp, own.clone(), args)?;
                replace(&own.0, &kept);
                Ok(Value::None)
            }),
            ("__init__", |interp, (set, _), args| {
                let [items] = args.between(interp, "set", 0)?;
                let made = match items {
                    Some(items) => set_from(interp, &items)?,
                    None => Rc::new(Set::new(MapSet::new())),
                };
                replace(&set, &Value::Set(made));
                Ok(Value::None)
            }),
        ],
    );
}

/// Puts the items of a new set in place of a set's own.
fn replace(set: &Set, with: &Value) {
    if let Value::Set(with) = plain(with) {
        let items = std::mem::take(&mut *with.items.borrow_mut());
        let old = std::mem::replace(&mut *set.items.borrow_mut(), items);
        drop(old);
    }
}

fn contains_all(interp: &mut Interp, outer: &Set, inner: &Set) -> PyResult<bool> {
    let items = inner.items.borrow().values();
    for item in items {
        if !interp.set_contains(outer, &item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn union(interp: &mut Interp, (set, frozen): Own, args: Args) -> PyResult<Value> {
    let mut items = set.items.borrow().values();
    for other in args.positional {
        items.extend(interp.iterate(&other)?);
    }
    Ok(wrap(set_of_values(interp, items)?, frozen))
}

fn intersection(interp: &mut Interp, (set, frozen): Own, args: Args) -> PyResult<Value> {
    let mut items = set.items.borrow().values();
    for other in args.positional {
        let other = set_from(interp, &other)?;
        let mut kept = Vec::new();
        for item in items {
            if interp.set_contains(&other, &item)? {
                kept.push(item);
            }
        }
        items = kept;
    }
    Ok(wrap(set_of_values(interp, items)?, frozen))
}

fn difference(interp: &mut Interp, (set, frozen): Own, args: Args) -> PyResult<Value> {
    let items = set.items.borrow().values();
    let kept = set_of_values(interp, items)?;
    for other in args.positional {
        for item in interp.iterate(&other)? {
            interp.set_remove(&kept, &item)?;
        }
    }
    Ok(wrap(kept, frozen))
}

fn symmetric_difference(interp: &mut Interp, (set, frozen): Own, args: Args) -> PyResult<Value> {
    let [other] = args.exactly(interp, "set.symmetric_difference")?;
    let items = set.items.borrow().values();
    let kept = set_of_values(interp, items)?;
    let other = set_from(interp, &other)?;
    let items = other.items.borrow().values();
    for item in items {
        if !interp.set_remove(&kept, &item)? {
            interp.set_add(&kept, item)?;
        }
    }
    Ok(wrap(kept, frozen))
}
