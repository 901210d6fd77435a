//! Builtin functions that make or consume iterators.
//!
//! Lazy where Python's are; every element taken is charged by the iterator that gives it.

use super::convert::plain;
use super::list::reversed_list;
use super::sort::{sort_arguments, sort_values};
use super::views::{ViewKind, reversed_entries};
use super::{constructor, function};
use crate::python::args::{Args, Signature};
use crate::python::class::Class;
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::iter::Iter;
use crate::python::object::{BinaryOp, CompareOp};
use crate::python::value::{Int, Value};
use std::rc::Rc;

pub(super) fn install(interp: &mut Interp) {
    constructor(interp, "enumerate", enumerate);
    constructor(interp, "zip", zip);
    constructor(interp, "map", map);
    constructor(interp, "filter", filter);
    constructor(interp, "reversed", reversed);
    function(interp, "iter", |interp, args| {
        let [value, sentinel] = args.between(interp, "iter", 1)?;
        let value = value.unwrap_or(Value::None);
        let Some(sentinel) = sentinel else { return interp.iter(&value) };
        if !interp.is_callable(&value) {
            return Err(interp.raise("TypeError", "iter(v, w): v must be callable"));
        }
        let mut done = false;
        Ok(Iter::from_fn("callable_iterator", move |interp| {
            if done {
                return Ok(None);
            }
            let next = interp.call(&value, Args::none())?;
            done = interp.eq(&next, &sentinel)?;
            Ok((!done).then_some(next))
        }))
    });
    function(interp, "next", |interp, args| {
        let [iterator, default] = args.between(interp, "next", 1)?;
        let iterator = iterator.unwrap_or(Value::None);
        if let (Value::Iter(iter), None) = (&iterator, &default)
            && let Some(answer) = interp.next_of_generator(iter)
        {
            return answer;
        }
        match interp.next(&iterator)?.or(default) {
            Some(value) => Ok(value),
            None => {
                let class = interp.builtin_class("StopIteration");
                Err(interp.raise_class(&class, Vec::new()))
            }
        }
    });
    function(interp, "any", |interp, args| {
        let [items] = args.exactly(interp, "any")?;
        until(interp, &items, true).map(Value::Bool)
    });
    function(interp, "all", |interp, args| {
        let [items] = args.exactly(interp, "all")?;
        until(interp, &items, false).map(|found| Value::Bool(!found))
    });
    function(interp, "sum", sum);
    function(interp, "min", |interp, args| extreme(interp, args, "min", CompareOp::Lt));
    function(interp, "max", |interp, args| extreme(interp, args, "max", CompareOp::Gt));
    function(interp, "sorted", |interp, mut args| {
        if args.positional.len() != 1 {
            let message = format!("sorted expected 1 argument, got {}", args.positional.len());
            return Err(interp.raise("TypeError", message));
        }
        let items = args.positional.remove(0);
        let (key, reverse) = sort_arguments(interp, "sort", args)?;
        let values = interp.iterate(&items)?;
        sort_values(interp, values, key.as_ref(), reverse).map(Value::list)
    });
}

/// Whether some item has this truth; stops at it.
fn until(interp: &mut Interp, items: &Value, wanted: bool) -> PyResult<bool> {
    let iterator = interp.iter(items)?;
    while let Some(item) = interp.next(&iterator)? {
        interp.charge(1)?;
        if interp.truth(&item)? == wanted {
            return Ok(true);
        }
    }
    Ok(false)
}

fn sum(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("sum", "iterable, /, start=").bind(interp, args)?;
    let items = bound.take(0).unwrap_or(Value::None);
    let mut total = bound.take(1).unwrap_or(Value::int(0));
    if matches!(total, Value::Str(_)) {
        return Err(interp.raise("TypeError", "sum() can't sum strings [use ''.join(seq) instead]"));
    }
    let iterator = interp.iter(&items)?;
    while let Some(item) = interp.next(&iterator)? {
        interp.charge(1)?;
        total = interp.binary(BinaryOp::Add, &total, &item)?;
    }
    Ok(total)
}

fn extreme(interp: &mut Interp, args: Args, name: &str, op: CompareOp) -> PyResult<Value> {
    let mut bound = Signature::new(name, "*items, key=, default=").bind(interp, args)?;
    let key = bound.take(0).filter(|key| !key.is_none());
    let default = bound.take(1);
    let items = match bound.varargs.len() {
        0 => {
            let message = format!("{name} expected at least 1 argument, got 0");
            return Err(interp.raise("TypeError", message));
        }
        1 => {
            let items = bound.varargs.remove(0);
            interp.iterate(&items)?
        }
        _ if default.is_some() => {
            let message = format!("Cannot specify a default for {name}() with multiple positional arguments");
            return Err(interp.raise("TypeError", message));
        }
        _ => bound.varargs,
    };
    let mut best: Option<(Value, Value)> = None;
    for item in items {
        interp.charge(1)?;
        let by = match &key {
            Some(key) => interp.call(key, Args::of(vec![item.clone()]))?,
            None => item.clone(),
        };
        let better = match &best {
            None => true,
            Some((best_by, _)) => {
                let answer = interp.compare(op, &by, best_by)?;
                interp.truth(&answer)?
            }
        };
        if better {
            best = Some((by, item));
        }
    }
    match best.map(|(_, item)| item).or(default) {
        Some(item) => Ok(item),
        None => Err(interp.raise("ValueError", format!("{name}() arg is an empty sequence"))),
    }
}

fn enumerate(interp: &mut Interp, _class: &Rc<Class>, args: Args) -> PyResult<Value> {
    if args.positional.is_empty() && args.keywords.is_empty() {
        return Err(interp.raise("TypeError", "enumerate() missing required argument 'iterable'"));
    }
    let mut bound = Signature::new("enumerate", "iterable, start=").bind(interp, args)?;
    let items = bound.take(0).unwrap_or(Value::None);
    let mut count = match bound.take(1) {
        Some(start) => super::convert::int_of(interp, &start)?,
        None => Int::Small(0),
    };
    let iterator = interp.iter(&items)?;
    Ok(Iter::from_fn("enumerate", move |interp| {
        let Some(item) = interp.next(&iterator)? else { return Ok(None) };
        let next = Int::from(count.to_big() + 1);
        let number = std::mem::replace(&mut count, next);
        Ok(Some(Value::tuple(vec![Value::Int(number), item])))
    }))
}

fn zip(interp: &mut Interp, _class: &Rc<Class>, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("zip", "*iterables, strict=").bind(interp, args)?;
    let strict = match bound.take(0) {
        Some(strict) => interp.truth(&strict)?,
        None => false,
    };
    let mut iterators = Vec::new();
    for (index, items) in bound.varargs.iter().enumerate() {
        match interp.iter(items) {
            Ok(iterator) => iterators.push(iterator),
            Err(_) if matches!(items, Value::None | Value::Int(_) | Value::Float(_) | Value::Bool(_)) => {
                let kind = interp.type_name(items);
                let _ = index;
                return Err(interp.raise("TypeError", format!("'{kind}' object is not iterable")));
            }
            Err(stop) => return Err(stop),
        }
    }
    let mut done = false;
    Ok(Iter::from_fn("zip", move |interp| {
        if done || iterators.is_empty() {
            return Ok(None);
        }
        let mut row = Vec::with_capacity(iterators.len());
        for (index, iterator) in iterators.iter().enumerate() {
            match interp.next(iterator)? {
                Some(item) => row.push(item),
                None => {
                    done = true;
                    if !strict {
                        return Ok(None);
                    }
                    if index > 0 {
                        return Err(uneven(interp, index + 1, "shorter", index));
                    }
                    for (later, iterator) in iterators.iter().enumerate().skip(1) {
                        if interp.next(iterator)?.is_some() {
                            return Err(uneven(interp, later + 1, "longer", later));
                        }
                    }
                    return Ok(None);
                }
            }
        }
        Ok(Some(Value::tuple(row)))
    }))
}

fn uneven(interp: &mut Interp, argument: usize, how: &str, before: usize) -> crate::python::error::Stop {
    let others = if before == 1 { "argument 1".to_owned() } else { format!("arguments 1-{before}") };
    interp.raise("ValueError", format!("zip() argument {argument} is {how} than {others}"))
}

fn map(interp: &mut Interp, _class: &Rc<Class>, args: Args) -> PyResult<Value> {
    let mut given = args.positional;
    if given.len() < 2 {
        return Err(interp.raise("TypeError", "map() must have at least two arguments."));
    }
    let function = given.remove(0);
    let mut iterators = Vec::new();
    for items in &given {
        iterators.push(interp.iter(items)?);
    }
    Ok(Iter::from_fn("map", move |interp| {
        let mut row = Vec::with_capacity(iterators.len());
        for iterator in &iterators {
            match interp.next(iterator)? {
                Some(item) => row.push(item),
                None => return Ok(None),
            }
        }
        interp.call(&function, Args::of(row)).map(Some)
    }))
}

fn filter(interp: &mut Interp, _class: &Rc<Class>, args: Args) -> PyResult<Value> {
    let [test, items] = args.exactly(interp, "filter")?;
    let iterator = interp.iter(&items)?;
    Ok(Iter::from_fn("filter", move |interp| {
        while let Some(item) = interp.next(&iterator)? {
            interp.charge(1)?;
            let answer = match &test {
                Value::None => item.clone(),
                test => interp.call(test, Args::of(vec![item.clone()]))?,
            };
            if interp.truth(&answer)? {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }))
}

fn reversed(interp: &mut Interp, _class: &Rc<Class>, args: Args) -> PyResult<Value> {
    let [value] = args.exactly(interp, "reversed")?;
    if matches!(value, Value::Instance(_))
        && let Some(made) = interp.call_special(&value, "__reversed__", Vec::new())?
    {
        return Ok(made);
    }
    if matches!(value, Value::Object(_))
        && let Some(bound) = interp.get_attr_opt(&value, "__reversed__")?
    {
        return interp.call(&bound, Args::none());
    }
    let value = plain(&value);
    match &value {
        Value::List(list) => Ok(reversed_list(list.clone())),
        Value::Dict(dict) => Ok(reversed_entries(dict, ViewKind::Keys)),
        Value::Range(range) => {
            let range = range.clone();
            let mut left = range.len();
            Ok(Iter::from_fn("range_iterator", move |_| {
                if left == 0 {
                    return Ok(None);
                }
                left -= 1;
                Ok(Some(Value::from(range.get(left))))
            }))
        }
        Value::Tuple(_) | Value::Str(_) | Value::Bytes(_) => {
            let mut items = interp.iterate(&value)?;
            items.reverse();
            Ok(Iter::from_values("reversed", items))
        }
        Value::Instance(instance) if instance.class().lookup("__getitem__").is_some() => {
            let mut left = interp.len(&value)?;
            let value = value.clone();
            Ok(Iter::from_fn("reversed", move |interp| {
                if left == 0 {
                    return Ok(None);
                }
                left -= 1;
                interp.get_item(&value, &Value::size(left)).map(Some)
            }))
        }
        _ => {
            let kind = interp.type_name(&value);
            Err(interp.raise("TypeError", format!("'{kind}' object is not reversible")))
        }
    }
}
