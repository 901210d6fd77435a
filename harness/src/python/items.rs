//! Subscription, slices, membership and length.

use super::error::{PyResult, Stop};
use super::interp::Interp;
use super::iterate::is_iterable;
use super::ops::payload;
use super::value::{List, Range, Slice, Value};
use super::{CompareOp, generic};
use std::rc::Rc;

/// Where a slice starts, how it steps and how many items it has.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    pub start: i64,
    pub step: i64,
    pub count: usize,
}

impl Span {
    /// The places of the items, in the slice's order.
    pub fn places(self) -> impl Iterator<Item = usize> {
        (0..self.count as i64).map(move |index| (self.start + index * self.step) as usize)
    }
}

impl Interp {
    /// A slice of a sequence of `len` items.
    pub fn span(&mut self, slice: &Slice, len: usize) -> PyResult<Span> {
        let len = len as i64;
        let step = match &slice.step {
            Value::None => 1,
            step => self.slice_index(step)?,
        };
        if step == 0 {
            return Err(self.raise("ValueError", "slice step cannot be zero"));
        }
        let (low, high) = if step > 0 { (0, len) } else { (-1, len - 1) };
        let bound = |interp: &mut Interp, value: &Value, otherwise: i64| -> PyResult<i64> {
            let Value::None = value else {
                let index = interp.slice_index(value)?;
                let index = if index < 0 { index.saturating_add(len) } else { index };
                return Ok(index.clamp(low, high));
            };
            Ok(otherwise)
        };
        let start = bound(self, &slice.start, if step > 0 { low } else { high })?;
        let stop = bound(self, &slice.stop, if step > 0 { high } else { low })?;
        let distance = if step > 0 { stop - start } else { start - stop };
        let count = if distance <= 0 { 0 } else { (distance - 1) / step.saturating_abs() + 1 };
        Ok(Span { start, step, count: usize::try_from(count).unwrap_or(0) })
    }

    fn slice_index(&mut self, value: &Value) -> PyResult<i64> {
        match value {
            Value::Int(super::Int::Big(big)) => {
                Ok(if big.sign() == num_bigint::Sign::Minus { i64::MIN / 2 } else { i64::MAX / 2 })
            }
            other => match self.index(other) {
                Ok(index) => Ok(index.clamp(i64::MIN / 2, i64::MAX / 2)),
                Err(stop) if self.stop_is(&stop, "TypeError") => {
                    let message = "slice indices must be integers or None or have an __index__ method";
                    Err(self.raise("TypeError", message))
                }
                Err(stop) => Err(stop),
            },
        }
    }

    /// The place that an index stands for, or `None` where it is out of range.
    fn place(&mut self, key: &Value, len: usize, kind: &str, words: &str) -> PyResult<Option<usize>> {
        let index = match key {
            Value::Int(_) | Value::Bool(_) => self.index(key)?,
            other => {
                let integer = match other {
                    Value::Instance(_) | Value::Object(_) => {
                        let held = payload(other);
                        held.is_some_and(|held| held.as_i64().is_some())
                            || self.special(other, "__index__")?.is_some()
                    }
                    _ => false,
                };
                if !integer {
                    let given = self.type_name(other);
                    let given = if kind == "string" { format!("'{given}'") } else { given.to_string() };
                    return Err(
                        self.raise("TypeError", format!("{kind} indices must be {words}, not {given}"))
                    );
                }
                self.index(other)?
            }
        };
        let index = if index < 0 { index + len as i64 } else { index };
        Ok(usize::try_from(index).ok().filter(|index| *index < len))
    }

    pub fn get_item(&mut self, value: &Value, key: &Value) -> PyResult<Value> {
        self.charge(1)?;
        match (value, key) {
            (Value::List(list), Value::Slice(slice)) => {
                let len = list.items.borrow().len();
                let span = self.span(slice, len)?;
                self.charge_bytes(span.count * 24)?;
                let items = list.items.borrow();
                Ok(Value::list(span.places().filter_map(|place| items.get(place).cloned()).collect()))
            }
            (Value::List(list), key) => {
                let len = list.items.borrow().len();
                let place = self.place(key, len, "list", "integers or slices")?;
                let found = place.and_then(|place| list.items.borrow().get(place).cloned());
                found.ok_or_else(|| self.raise("IndexError", "list index out of range"))
            }
            (Value::Tuple(items), Value::Slice(slice)) => {
                let span = self.span(slice, items.len())?;
                self.charge_bytes(span.count * 24)?;
                Ok(Value::tuple(span.places().filter_map(|place| items.get(place).cloned()).collect()))
            }
            (Value::Tuple(items), key) => {
                let place = self.place(key, items.len(), "tuple", "integers or slices")?;
                let found = place.and_then(|place| items.get(place).cloned());
                found.ok_or_else(|| self.raise("IndexError", "tuple index out of range"))
            }
            (Value::Str(text), Value::Slice(slice)) => {
                self.charge_bytes(text.len())?;
                if text.is_ascii() {
                    let span = self.span(slice, text.len())?;
                    if span.step == 1 {
                        let start = span.start as usize;
                        return Ok(Value::from(text.get(start..start + span.count).unwrap_or_default()));
                    }
                }
                let chars: Vec<char> = text.chars().collect();
                let span = self.span(slice, chars.len())?;
                Ok(Value::from(span.places().filter_map(|place| chars.get(place)).collect::<String>()))
            }
            (Value::Str(text), key) => {
                let len = if text.is_ascii() { text.len() } else { text.chars().count() };
                self.charge_bytes(if text.is_ascii() { 0 } else { text.len() })?;
                let place = self.place(key, len, "string", "integers")?;
                let found = match place {
                    Some(place) if text.is_ascii() => {
                        text.as_bytes().get(place).map(|byte| char::from(*byte))
                    }
                    Some(place) => text.chars().nth(place),
                    None => None,
                };
                match found {
                    Some(c) => Ok(Value::from(c.to_string())),
                    None => Err(self.raise("IndexError", "string index out of range")),
                }
            }
            (Value::Bytes(bytes), Value::Slice(slice)) => {
                let span = self.span(slice, bytes.len())?;
                self.charge_bytes(span.count)?;
                Ok(Value::Bytes(span.places().filter_map(|place| bytes.get(place).copied()).collect()))
            }
            (Value::Bytes(bytes), key) => {
                let place = self.place(key, bytes.len(), "byte", "integers or slices")?;
                match place.and_then(|place| bytes.get(place)) {
                    Some(byte) => Ok(Value::int(*byte)),
                    None => Err(self.raise("IndexError", "index out of range")),
                }
            }
            (Value::Range(range), Value::Slice(slice)) => {
                let len = usize::try_from(range.len()).unwrap_or(usize::MAX / 4);
                let span = self.span(slice, len)?;
                let start = range.start.saturating_add(range.step.saturating_mul(span.start));
                let step = range.step.saturating_mul(span.step);
                let stop = start.saturating_add(step.saturating_mul(span.count as i64));
                Ok(Value::Range(Rc::new(Range { start, stop, step })))
            }
            (Value::Range(range), key) => {
                let len = usize::try_from(range.len()).unwrap_or(usize::MAX / 4);
                match self.place(key, len, "range", "integers or slices")? {
                    Some(place) => Ok(Value::from(range.get(place as u64))),
                    None => Err(self.raise("IndexError", "range object index out of range")),
                }
            }
            (Value::Dict(dict), key) => match self.dict_get(dict, key)? {
                Some(found) => Ok(found),
                None => Err(self.key_error(key)),
            },
            (Value::Object(object), key) => {
                match self.call_special(value, "__getitem__", vec![key.clone()])? {
                    Some(found) => Ok(found),
                    None => object.get_item(self, value, key),
                }
            }
            (Value::Class(class), key) => {
                if let Some(found) = self.call_special(value, "__getitem__", vec![key.clone()])? {
                    return Ok(found);
                }
                if let Some(method) = class.lookup("__class_getitem__") {
                    let bound = self.descriptor_get(&method, None, class)?;
                    return self.call(&bound, super::Args::of(vec![key.clone()]));
                }
                let generic = class.generic.get() || class.ancestors.iter().any(|base| base.generic.get());
                if generic {
                    return Ok(generic::alias(value, key));
                }
                let name = class.name();
                Err(self.raise("TypeError", format!("type '{name}' is not subscriptable")))
            }
            (Value::Instance(instance), key) => {
                if let Some(found) = self.call_special(value, "__getitem__", vec![key.clone()])? {
                    return Ok(found);
                }
                match (payload(value), instance.class()) {
                    (Some(Value::Dict(dict)), _) => match self.dict_get(&dict, key)? {
                        Some(found) => Ok(found),
                        None => match self.call_special(value, "__missing__", vec![key.clone()])? {
                            Some(found) => Ok(found),
                            None => Err(self.key_error(key)),
                        },
                    },
                    (Some(held), _) => self.get_item(&held, key),
                    (None, class) => {
                        let message = format!("'{}' object is not subscriptable", class.name());
                        Err(self.raise("TypeError", message))
                    }
                }
            }
            (other, _) => {
                let kind = self.type_name(other);
                Err(self.raise("TypeError", format!("'{kind}' object is not subscriptable")))
            }
        }
    }

    pub fn set_item(&mut self, value: &Value, key: &Value, to: Value) -> PyResult<()> {
        self.charge(1)?;
        match (value, key) {
            (Value::List(list), Value::Slice(slice)) => self.set_slice(list, slice, &to),
            (Value::List(list), key) => {
                let len = list.items.borrow().len();
                let place = self.place(key, len, "list", "integers or slices")?;
                let Some(place) = place else {
                    return Err(self.raise("IndexError", "list assignment index out of range"));
                };
                let old = list.items.borrow_mut().get_mut(place).map(|slot| std::mem::replace(slot, to));
                drop(old);
                Ok(())
            }
            (Value::Dict(dict), key) => self.dict_set(dict, key.clone(), to),
            (Value::Object(object), key) => object.set_item(self, value, key, to),
            (Value::Instance(_), key) => {
                if self.call_special(value, "__setitem__", vec![key.clone(), to.clone()])?.is_some() {
                    return Ok(());
                }
                match payload(value) {
                    Some(held) => self.set_item(&held, key, to),
                    None => Err(self.value_lacks(value, "does not support item assignment")),
                }
            }
            (other, _) => Err(self.value_lacks(other, "does not support item assignment")),
        }
    }

    fn value_lacks(&mut self, value: &Value, lacks: &str) -> Stop {
        let kind = self.type_name(value);
        self.lacks_items(&kind, lacks)
    }

    /// The error of an object that has no items, or none that can be changed.
    pub(crate) fn lacks_items(&mut self, kind: &str, lacks: &str) -> Stop {
        self.raise("TypeError", format!("'{kind}' object {lacks}"))
    }

    fn set_slice(&mut self, list: &Rc<List>, slice: &Slice, to: &Value) -> PyResult<()> {
        let len = list.items.borrow().len();
        if !is_iterable(to) {
            let extended = !matches!(slice.step, Value::None);
            let message = if extended {
                "must assign iterable to extended slice"
            } else {
                "can only assign an iterable"
            };
            return Err(self.raise("TypeError", message));
        }
        let new = self.iterate(to)?;
        self.charge_bytes(new.len() * 24)?;
        let span = self.span(slice, len)?;
        if span.step == 1 {
            let start = (span.start as usize).min(list.items.borrow().len());
            let end = (start + span.count).min(list.items.borrow().len());
            let old: Vec<Value> = list.items.borrow_mut().splice(start..end, new).collect();
            drop(old);
            return Ok(());
        }
        if new.len() != span.count {
            let message = format!(
                "attempt to assign sequence of size {} to extended slice of size {}",
                new.len(),
                span.count
            );
            return Err(self.raise("ValueError", message));
        }
        let mut old = Vec::new();
        for (place, value) in span.places().zip(new) {
            if let Some(slot) = list.items.borrow_mut().get_mut(place) {
                old.push(std::mem::replace(slot, value));
            }
        }
        Ok(())
    }

    pub fn del_item(&mut self, value: &Value, key: &Value) -> PyResult<()> {
        self.charge(1)?;
        match (value, key) {
            (Value::List(list), Value::Slice(slice)) => {
                let len = list.items.borrow().len();
                let span = self.span(slice, len)?;
                let mut places: Vec<usize> = span.places().collect();
                places.sort_unstable();
                let mut removed = Vec::with_capacity(places.len());
                let mut items = list.items.borrow_mut();
                let old = std::mem::take(&mut *items);
                let mut next = places.into_iter().peekable();
                for (place, item) in old.into_iter().enumerate() {
                    if next.peek() == Some(&place) {
                        next.next();
                        removed.push(item);
                    } else {
                        items.push(item);
                    }
                }
                drop(items);
                drop(removed);
                Ok(())
            }
            (Value::List(list), key) => {
                let len = list.items.borrow().len();
                let place = self.place(key, len, "list", "integers or slices")?;
                let Some(place) = place else {
                    return Err(self.raise("IndexError", "list assignment index out of range"));
                };
                let old = list.items.borrow_mut().remove(place);
                drop(old);
                Ok(())
            }
            (Value::Dict(dict), key) => match self.dict_remove(dict, key)? {
                Some(_) => Ok(()),
                None => Err(self.key_error(key)),
            },
            (Value::Object(object), key) => object.del_item(self, value, key),
            (Value::Instance(_), key) => {
                if self.call_special(value, "__delitem__", vec![key.clone()])?.is_some() {
                    return Ok(());
                }
                match payload(value) {
                    Some(held) => self.del_item(&held, key),
                    None => Err(self.value_lacks(value, no_deletion(key))),
                }
            }
            (Value::Str(_) | Value::Tuple(_) | Value::Range(_) | Value::Bytes(_), key) => {
                Err(self.value_lacks(value, no_deletion(key)))
            }
            (Value::Set(_) | Value::FrozenSet(_), key) => Err(self.value_lacks(value, no_deletion(key))),
            (other, _) => Err(self.value_lacks(other, "does not support item deletion")),
        }
    }

    /// `item in container`.
    pub fn contains(&mut self, container: &Value, item: &Value) -> PyResult<bool> {
        self.charge(1)?;
        match container {
            Value::Str(text) => {
                let held = payload(item);
                let Value::Str(part) = held.as_ref().unwrap_or(item) else {
                    let kind = self.type_name(item);
                    let message = format!("'in <string>' requires string as left operand, not {kind}");
                    return Err(self.raise("TypeError", message));
                };
                self.charge_bytes(text.len())?;
                Ok(text.contains(&**part))
            }
            Value::Bytes(bytes) => match item {
                Value::Bytes(part) => {
                    self.charge(bytes.len() as u64)?;
                    Ok(part.is_empty() || bytes.windows(part.len()).any(|window| *window == **part))
                }
                _ => {
                    let byte = match item {
                        Value::Int(_) | Value::Bool(_) => self.index(item)?,
                        other => {
                            let kind = self.type_name(other);
                            let message = format!("a bytes-like object is required, not '{kind}'");
                            return Err(self.raise("TypeError", message));
                        }
                    };
                    Ok(bytes.iter().any(|other| i64::from(*other) == byte))
                }
            },
            Value::List(list) => {
                let items = list.items.borrow().clone();
                self.among(&items, item)
            }
            Value::Tuple(items) => self.among(items, item),
            Value::Dict(dict) => Ok(self.dict_get(dict, item)?.is_some()),
            Value::Set(set) | Value::FrozenSet(set) => match item {
                // A set that is looked for stands for a frozen one.
                Value::Set(inner) => self.set_contains(set, &Value::FrozenSet(inner.clone())),
                _ => self.set_contains(set, item),
            },
            Value::Range(range) if item.as_i64().is_some() => {
                let Some(number) = item.as_i64() else { return Ok(false) };
                let (start, step) = (i128::from(range.start), i128::from(range.step));
                let offset = i128::from(number) - start;
                Ok(offset % step == 0 && (0..i128::from(range.len())).contains(&(offset / step)))
            }
            Value::Object(object) => {
                if let Some(answer) = self.call_special(container, "__contains__", vec![item.clone()])? {
                    return self.truth(&answer);
                }
                match object.contains(self, container, item)? {
                    Some(answer) => Ok(answer),
                    None => self.search(container, item),
                }
            }
            Value::Instance(_) | Value::Class(_) => {
                if let Some(answer) = self.call_special(container, "__contains__", vec![item.clone()])? {
                    return self.truth(&answer);
                }
                if self.special(container, "__iter__")?.is_none()
                    && let Some(held) = payload(container)
                {
                    return self.contains(&held, item);
                }
                self.search(container, item)
            }
            _ => self.search(container, item),
        }
    }

    fn among(&mut self, items: &[Value], item: &Value) -> PyResult<bool> {
        for other in items {
            self.charge(1)?;
            if self.eq_in(other, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Equality as a search has it: identity first, then `item == other` with the element's own view first.
    fn eq_in(&mut self, element: &Value, item: &Value) -> PyResult<bool> {
        if element.is(item) && !matches!(element, Value::Float(_)) {
            return Ok(true);
        }
        let answer = self.compare(CompareOp::Eq, element, item)?;
        self.truth(&answer)
    }

    fn search(&mut self, container: &Value, item: &Value) -> PyResult<bool> {
        if !is_iterable(container) {
            let kind = self.type_name(container);
            return Err(self.raise("TypeError", format!("argument of type '{kind}' is not iterable")));
        }
        let iterator = self.iter(container)?;
        while let Some(other) = self.next(&iterator)? {
            self.charge(1)?;
            if self.eq_in(&other, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub fn len(&mut self, value: &Value) -> PyResult<usize> {
        let length = match value {
            Value::Str(text) if text.is_ascii() => Some(text.len()),
            Value::Str(text) => {
                self.charge_bytes(text.len())?;
                Some(text.chars().count())
            }
            Value::Bytes(bytes) => Some(bytes.len()),
            Value::List(list) => Some(list.items.borrow().len()),
            Value::Tuple(items) => Some(items.len()),
            Value::Dict(dict) => Some(dict.map.borrow().len()),
            Value::Set(set) | Value::FrozenSet(set) => Some(set.items.borrow().len()),
            Value::Range(range) => usize::try_from(range.len()).ok(),
            Value::Object(object) => match object.len(self, value)? {
                Some(length) => Some(length),
                None => self.asked_len(value)?,
            },
            Value::Instance(_) | Value::Class(_) => match self.asked_len(value)? {
                Some(length) => Some(length),
                None => match payload(value) {
                    Some(held) => return self.len(&held),
                    None => None,
                },
            },
            _ => None,
        };
        match length {
            Some(length) => Ok(length),
            None => {
                let kind = self.type_name(value);
                Err(self.raise("TypeError", format!("object of type '{kind}' has no len()")))
            }
        }
    }

    fn asked_len(&mut self, value: &Value) -> PyResult<Option<usize>> {
        let Some(answer) = self.call_special(value, "__len__", Vec::new())? else { return Ok(None) };
        let length = self.index(&answer)?;
        match usize::try_from(length) {
            Ok(length) => Ok(Some(length)),
            Err(_) => Err(self.raise("ValueError", "__len__() should return >= 0")),
        }
    }
}

/// What is said of a value that no item can be deleted from: sequences tell it otherwise of an index than of any other key.
pub(super) fn no_deletion(key: &Value) -> &'static str {
    match key {
        Value::Int(_) | Value::Bool(_) => "doesn't support item deletion",
        _ => "does not support item deletion",
    }
}
