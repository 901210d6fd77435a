//! Methods of `list` and `tuple`.

use super::methods;
use super::sort::{sort_arguments, sort_values};
use crate::python::args::Args;
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::iter::Iter;
use crate::python::value::{List, Tuple, Value};
use std::rc::Rc;

fn list_of(value: &Value) -> Option<Rc<List>> {
    if let Value::List(list) = value { Some(list.clone()) } else { None }
}

fn tuple_of(value: &Value) -> Option<Rc<Tuple>> {
    if let Value::Tuple(tuple) = value { Some(tuple.clone()) } else { None }
}

pub(super) fn install(interp: &mut Interp) {
    let class = interp.builtin_class("list");
    methods(
        &class,
        list_of,
        &[
            ("append", |interp, list, args| {
                let [item] = args.exactly(interp, "list.append")?;
                interp.charge_bytes(16)?;
                list.items.borrow_mut().push(item);
                Ok(Value::None)
            }),
            ("extend", |interp, list, args| {
                let [items] = args.exactly(interp, "list.extend")?;
                let items = interp.iterate(&items)?;
                interp.charge_bytes(items.len() * 16)?;
                list.items.borrow_mut().extend(items);
                Ok(Value::None)
            }),
            ("insert", |interp, list, args| {
                let [at, item] = args.exactly(interp, "insert")?;
                let at = interp.index(&at)?;
                let length = list.items.borrow().len();
                interp.charge_bytes(16 + length)?;
                list.items.borrow_mut().insert(clamp(at, length), item);
                Ok(Value::None)
            }),
            ("pop", pop),
            ("remove", remove),
            ("clear", |interp, list, args| {
                let [] = args.exactly(interp, "list.clear")?;
                let old = std::mem::take(&mut *list.items.borrow_mut());
                drop(old);
                Ok(Value::None)
            }),
            ("index", |interp, list, args| index(interp, &snapshot(&list), args, true)),
            ("count", |interp, list, args| count(interp, &snapshot(&list), args, "list.count")),
            ("sort", sort),
            ("reverse", |interp, list, args| {
                let [] = args.exactly(interp, "list.reverse")?;
                list.items.borrow_mut().reverse();
                Ok(Value::None)
            }),
            ("copy", |interp, list, args| {
                let [] = args.exactly(interp, "list.copy")?;
                let items = snapshot(&list);
                interp.charge_bytes(items.len() * 16)?;
                Ok(Value::list(items))
            }),
            ("__reversed__", |interp, list, args| {
                let [] = args.exactly(interp, "list.__reversed__")?;
                Ok(reversed_list(list))
            }),
            ("__init__", |interp, list, args| {
                let [items] = args.between(interp, "list", 0)?;
                let items = match items {
                    Some(items) => interp.iterate(&items)?,
                    None => Vec::new(),
                };
                let old = std::mem::replace(&mut *list.items.borrow_mut(), items);
                drop(old);
                Ok(Value::None)
            }),
        ],
    );
    let tuple = interp.builtin_class("tuple");
    methods(
        &tuple,
        tuple_of,
        &[
            ("index", |interp, tuple, args| index(interp, &tuple, args, false)),
            ("count", |interp, tuple, args| count(interp, &tuple, args, "tuple.count")),
        ],
    );
}

/// The items as they are now.
pub(crate) fn snapshot(list: &List) -> Vec<Value> {
    list.items.borrow().clone()
}

/// An iterator that goes backwards through a list as it is at each step.
pub(super) fn reversed_list(list: Rc<List>) -> Value {
    let mut left = list.items.borrow().len();
    Iter::from_fn("list_reverseiterator", move |_| {
        if left == 0 {
            return Ok(None);
        }
        left -= 1;
        let item = list.items.borrow().get(left).cloned();
        if item.is_none() {
            left = 0;
        }
        Ok(item)
    })
}

/// An index that may be negative or beyond the end as a place to insert.
fn clamp(at: i64, length: usize) -> usize {
    if at < 0 { length.saturating_sub(at.unsigned_abs() as usize) } else { length.min(at as usize) }
}

fn pop(interp: &mut Interp, list: Rc<List>, args: Args) -> PyResult<Value> {
    let [at] = args.between(interp, "pop", 0)?;
    let at = match at {
        Some(at) => interp.index(&at)?,
        None => -1,
    };
    let length = list.items.borrow().len();
    if length == 0 {
        return Err(interp.raise("IndexError", "pop from empty list"));
    }
    let place = if at < 0 { at + length as i64 } else { at };
    match usize::try_from(place) {
        Ok(place) if place < length => {
            interp.charge_bytes(length - place)?;
            Ok(list.items.borrow_mut().remove(place))
        }
        _ => Err(interp.raise("IndexError", "pop index out of range")),
    }
}

fn remove(interp: &mut Interp, list: Rc<List>, args: Args) -> PyResult<Value> {
    let [wanted] = args.exactly(interp, "list.remove")?;
    let mut place = 0;
    loop {
        let Some(item) = list.items.borrow().get(place).cloned() else {
            return Err(interp.raise("ValueError", "list.remove(x): x not in list"));
        };
        interp.charge(1)?;
        if interp.eq(&item, &wanted)? {
            if place < list.items.borrow().len() {
                let gone = list.items.borrow_mut().remove(place);
                drop(gone);
            }
            return Ok(Value::None);
        }
        place += 1;
    }
}

fn index(interp: &mut Interp, items: &[Value], args: Args, list: bool) -> PyResult<Value> {
    let [wanted, start, stop] = args.between(interp, "index", 1)?;
    let wanted = wanted.unwrap_or(Value::None);
    let length = items.len();
    let start = match start {
        Some(start) => clamp(interp.index(&start)?, length),
        None => 0,
    };
    let stop = match stop {
        Some(stop) => clamp(interp.index(&stop)?, length),
        None => length,
    };
    for (place, item) in items.iter().enumerate().take(stop).skip(start) {
        interp.charge(1)?;
        if interp.eq(item, &wanted)? {
            return Ok(Value::size(place));
        }
    }
    let message = if list {
        format!("{} is not in list", interp.repr(&wanted)?)
    } else {
        "tuple.index(x): x not in tuple".to_owned()
    };
    Err(interp.raise("ValueError", message))
}

fn count(interp: &mut Interp, items: &[Value], args: Args, name: &str) -> PyResult<Value> {
    let [wanted] = args.exactly(interp, name)?;
    let mut count = 0;
    for item in items {
        interp.charge(1)?;
        count += usize::from(interp.eq(item, &wanted)?);
    }
    Ok(Value::size(count))
}

fn sort(interp: &mut Interp, list: Rc<List>, args: Args) -> PyResult<Value> {
    if !args.positional.is_empty() {
        return Err(interp.raise("TypeError", "sort() takes no positional arguments"));
    }
    let (key, reverse) = sort_arguments(interp, "sort", args)?;
    let items = std::mem::take(&mut *list.items.borrow_mut());
    let before = items.clone();
    let sorted = sort_values(interp, items, key.as_ref(), reverse);
    let (kept, outcome) = match sorted {
        Ok(sorted) => (sorted, Ok(Value::None)),
        Err(stop) => (before, Err(stop)),
    };
    let added = std::mem::replace(&mut *list.items.borrow_mut(), kept);
    if outcome.is_ok() && !added.is_empty() {
        return Err(interp.raise("ValueError", "list modified during sort"));
    }
    outcome
}
