//! The one-line form of a value: dicts sorted, cycles marked, depth cut.

use super::Style;
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::value::Value;
use std::cmp::Ordering;

/// How deep values may nest.
const DEEPEST: usize = 200;

/// What a container shows as its own: the value, or what a derived class without a `__repr__` of its own holds.
pub(super) fn shown_as(interp: &mut Interp, value: &Value) -> PyResult<Value> {
    if let Value::Object(object) = value
        && let Some(shown) = object.as_builtin(interp)?
    {
        return Ok(shown);
    }
    if let Value::Instance(instance) = value
        && let Some(payload) = &instance.payload
    {
        let owner = instance.class().lookup_with_owner("__repr__").map(|(owner, _)| owner.module());
        if owner.is_none_or(|module| &*module == "builtins") {
            return Ok(payload.clone());
        }
    }
    Ok(value.clone())
}

/// The one-line form.
pub(super) fn safe_repr(
    interp: &mut Interp,
    style: &Style,
    value: &Value,
    outer: &mut Vec<u64>,
    level: usize,
) -> PyResult<String> {
    if level > DEEPEST {
        return Err(Stop::limit("values nested more than 200 deep in pprint"));
    }
    interp.charge(1)?;
    let shown = shown_as(interp, value)?;
    match &shown {
        Value::Int(int) if style.underscores => {
            crate::python::format::format_value(interp, &Value::Int(int.clone()), "_d")
        }
        Value::Dict(dict) => {
            let items = dict.map.borrow().items();
            if items.is_empty() {
                return Ok("{}".to_owned());
            }
            if style.depth.is_some_and(|depth| level >= depth) {
                return Ok("{...}".to_owned());
            }
            let Some(items) = enter(value, outer).then_some(items) else { return recursion(interp, value) };
            let items = if style.sort_dicts { sorted_items(interp, items)? } else { items };
            let mut parts = Vec::with_capacity(items.len());
            for (key, entry) in items {
                let key = safe_repr(interp, style, &key, outer, level + 1)?;
                let entry = safe_repr(interp, style, &entry, outer, level + 1)?;
                parts.push(format!("{key}: {entry}"));
            }
            outer.pop();
            joined(interp, "{", &parts, "}")
        }
        Value::List(_) | Value::Tuple(_) => {
            let (items, open, close) = match &shown {
                Value::List(list) => (list.items.borrow().clone(), "[", "]"),
                Value::Tuple(tuple) => (tuple.to_vec(), "(", if tuple.len() == 1 { ",)" } else { ")" }),
                _ => (Vec::new(), "", ""),
            };
            if items.is_empty() {
                return Ok(format!("{open}{close}"));
            }
            if style.depth.is_some_and(|depth| level >= depth) {
                return Ok(format!("{open}...{close}"));
            }
            if !enter(value, outer) {
                return recursion(interp, value);
            }
            let mut parts = Vec::with_capacity(items.len());
            for item in items {
                parts.push(safe_repr(interp, style, &item, outer, level + 1)?);
            }
            outer.pop();
            joined(interp, open, &parts, close)
        }
        _ => interp.repr(value),
    }
}

fn joined(interp: &mut Interp, open: &str, parts: &[String], close: &str) -> PyResult<String> {
    let text = format!("{open}{}{close}", parts.join(", "));
    interp.charge_bytes(text.len())?;
    Ok(text)
}

/// Notes a container; `false` where it is inside itself.
pub(super) fn enter(value: &Value, outer: &mut Vec<u64>) -> bool {
    let identity = value.identity();
    if outer.contains(&identity) {
        return false;
    }
    outer.push(identity);
    true
}

/// What stands for a container inside itself.
pub(super) fn recursion(interp: &mut Interp, value: &Value) -> PyResult<String> {
    let kind = interp.type_name(value);
    let id = interp.address_number(value.identity());
    Ok(format!("<Recursion on {kind} with id={id}>"))
}

/// Entries in the order of their keys; keys that cannot be compared go by the names of their types.
pub(super) fn sorted_items(interp: &mut Interp, items: Vec<(Value, Value)>) -> PyResult<Vec<(Value, Value)>> {
    let mut sorted: Vec<(Value, Value)> = Vec::with_capacity(items.len());
    for item in items {
        let mut low = 0;
        let mut high = sorted.len();
        while low < high {
            let middle = usize::midpoint(low, high);
            if safe_less(interp, &item.0, &sorted[middle].0)? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        interp.charge(1 + sorted.len() as u64 / 16)?;
        sorted.insert(low, item);
    }
    Ok(sorted)
}

fn safe_less(interp: &mut Interp, left: &Value, right: &Value) -> PyResult<bool> {
    match interp.less_than(left, right) {
        Ok(less) => Ok(less),
        Err(stop) if interp.stop_is(&stop, "TypeError") => {
            let (left_type, right_type) =
                (interp.class_of(left).full_name(), interp.class_of(right).full_name());
            let ordering = left_type.cmp(&right_type).then_with(|| left.identity().cmp(&right.identity()));
            Ok(ordering == Ordering::Less)
        }
        Err(stop) => Err(stop),
    }
}
