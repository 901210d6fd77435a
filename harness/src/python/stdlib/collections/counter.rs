//! `Counter`.

use super::{class, held, like};
use crate::python::args::Args;
use crate::python::builtins::{method, sort_values};
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::iter::Iter;
use crate::python::object::{BinaryOp, CompareOp};
use crate::python::value::{Dict, Value};

pub(super) fn install(interp: &mut Interp) {
    let this = class(interp, "Counter");
    for (name, sign) in [("__init__", 1), ("update", 1), ("subtract", -1)] {
        method(&this, name, move |interp, mut args| {
            if args.positional.is_empty() {
                return Err(interp.raise("TypeError", format!("Counter.{name}() needs an argument")));
            }
            let own = args.positional.remove(0);
            let dict = held(&own)?;
            count_all(interp, &dict, args, sign)?;
            Ok(Value::None)
        });
    }
    method(&this, "__missing__", |interp, args| {
        let [_, _] = args.exactly(interp, "Counter.__missing__")?;
        Ok(Value::int(0))
    });
    method(&this, "most_common", |interp, args| {
        let [own, count] = args.between(interp, "most_common", 1)?;
        let dict = held(&own.unwrap_or(Value::None))?;
        let mut pairs = by_count(interp, &dict)?;
        if let Some(count) = count.filter(|count| !count.is_none()) {
            let count = interp.index(&count)?;
            pairs.truncate(usize::try_from(count).unwrap_or(0));
        }
        Ok(Value::list(pairs))
    });
    method(&this, "elements", |interp, args| {
        let [own] = args.exactly(interp, "elements")?;
        let mut items = held(&own)?.map.borrow().items().into_iter();
        let mut current: Option<(Value, i64)> = None;
        Ok(Iter::from_fn("itertools.chain", move |interp| {
            loop {
                if let Some((key, left)) = &mut current
                    && *left > 0
                {
                    *left -= 1;
                    return Ok(Some(key.clone()));
                }
                interp.charge(1)?;
                match items.next() {
                    Some((key, count)) => current = Some((key, interp.index(&count)?)),
                    None => return Ok(None),
                }
            }
        }))
    });
    method(&this, "total", |interp, args| {
        let [own] = args.exactly(interp, "total")?;
        let items = held(&own)?.map.borrow().items();
        let mut total = Value::int(0);
        for (_, count) in items {
            total = interp.binary(BinaryOp::Add, &total, &count)?;
        }
        Ok(total)
    });
    method(&this, "copy", |interp, args| {
        let [own] = args.exactly(interp, "copy")?;
        let items = held(&own)?.map.borrow().items();
        like(interp, &own, items)
    });
    method(&this, "__repr__", |interp, args| {
        let [own] = args.exactly(interp, "Counter.__repr__")?;
        let name = interp.class_of(&own).name();
        let dict = held(&own)?;
        let pairs = by_count(interp, &dict)?;
        if pairs.is_empty() {
            return Ok(Value::from(format!("{name}()")));
        }
        let mut parts = Vec::new();
        for pair in &pairs {
            if let Value::Tuple(pair) = pair {
                parts.push(format!("{}: {}", interp.repr(&pair[0])?, interp.repr(&pair[1])?));
            }
        }
        Ok(Value::from(format!("{name}({{{}}})", parts.join(", "))))
    });
    for (name, op) in
        [("__add__", Merge::Add), ("__sub__", Merge::Sub), ("__and__", Merge::And), ("__or__", Merge::Or)]
    {
        method(&this, name, move |interp, args| {
            let [left, right] = args.exactly(interp, name)?;
            merge(interp, &left, &right, op)
        });
    }
}

fn count_all(interp: &mut Interp, dict: &Dict, args: Args, sign: i64) -> PyResult<()> {
    let keywords = args.keywords;
    let mut additions: Vec<(Value, Value)> = Vec::new();
    if let Some(source) = args.positional.first().filter(|source| !source.is_none()) {
        match crate::python::builtins::plain(source) {
            Value::Dict(other) => additions = other.map.borrow().items(),
            _ => {
                let iterator = interp.iter(source)?;
                while let Some(item) = interp.next(&iterator)? {
                    interp.charge(2)?;
                    add(interp, dict, item, &Value::int(1), sign)?;
                }
            }
        }
    }
    additions.extend(keywords.into_iter().map(|(name, count)| (Value::Str(name), count)));
    for (key, count) in additions {
        add(interp, dict, key, &count, sign)?;
    }
    Ok(())
}

fn add(interp: &mut Interp, dict: &Dict, key: Value, count: &Value, sign: i64) -> PyResult<()> {
    let old = interp.dict_get(dict, &key)?.unwrap_or(Value::int(0));
    let op = if sign > 0 { BinaryOp::Add } else { BinaryOp::Sub };
    let new = interp.binary(op, &old, count)?;
    interp.dict_set(dict, key, new)
}

/// Entries as pairs, the largest count first; equal counts keep their order.
fn by_count(interp: &mut Interp, dict: &Dict) -> PyResult<Vec<Value>> {
    let items = dict.map.borrow().items();
    let pairs = items.into_iter().map(|(key, count)| Value::tuple(vec![key, count])).collect();
    let key = Value::native("itemgetter", |interp, args| {
        let [pair] = args.exactly(interp, "itemgetter")?;
        interp.get_item(&pair, &Value::int(1))
    });
    sort_values(interp, pairs, Some(&key), true)
}

#[derive(Clone, Copy, PartialEq)]
enum Merge {
    Add,
    Sub,
    And,
    Or,
}

/// `+`, `-`, `&` and `|`: only counts above zero stay.
fn merge(interp: &mut Interp, left: &Value, right: &Value, op: Merge) -> PyResult<Value> {
    let this = class(interp, "Counter");
    if !interp.is_instance(right, &this) {
        return Ok(Value::NotImplemented);
    }
    let (own, other) = (held(left)?, held(right)?);
    let mut keys = own.map.borrow().keys();
    for key in other.map.borrow().keys() {
        keys.push(key);
    }
    let made = like(interp, left, Vec::new())?;
    let target = held(&made)?;
    for key in keys {
        if interp.dict_get(&target, &key)?.is_some() {
            continue;
        }
        let first = interp.dict_get(&own, &key)?.unwrap_or(Value::int(0));
        let second = interp.dict_get(&other, &key)?.unwrap_or(Value::int(0));
        let count = match op {
            Merge::Add => interp.binary(BinaryOp::Add, &first, &second)?,
            Merge::Sub => interp.binary(BinaryOp::Sub, &first, &second)?,
            Merge::And | Merge::Or => {
                let less = interp.less_than(&first, &second)?;
                if less == (op == Merge::And) { first } else { second }
            }
        };
        let positive = interp.compare(CompareOp::Gt, &count, &Value::int(0))?;
        if interp.truth(&positive)? {
            interp.dict_set(&target, key, count)?;
        }
    }
    Ok(made)
}
