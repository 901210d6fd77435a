//! Iteration over every kind of value.

use super::args::Args;
use super::error::{PyResult, Stop};
use super::interp::Interp;
use super::iter::{Iter, NativeIter};
use super::ops::payload;
use super::value::{Dict, List, Range, Set, Tuple, Value};
use std::rc::Rc;

/// Whether `iter(value)` would give an iterator.
pub(super) fn is_iterable(value: &Value) -> bool {
    match value {
        Value::Str(_)
        | Value::Bytes(_)
        | Value::List(_)
        | Value::Tuple(_)
        | Value::Dict(_)
        | Value::Set(_)
        | Value::FrozenSet(_)
        | Value::Range(_)
        | Value::Iter(_)
        | Value::Object(_) => true,
        Value::Instance(instance) => {
            let class = instance.class();
            instance.payload.as_ref().is_some_and(is_iterable)
                || !matches!(class.lookup("__iter__"), None | Some(Value::None))
                || class.lookup("__getitem__").is_some()
        }
        Value::Class(class) => {
            class.metaclass.borrow().as_ref().is_some_and(|metaclass| metaclass.lookup("__iter__").is_some())
        }
        _ => false,
    }
}

impl Interp {
    fn not_iterable(&mut self, value: &Value) -> Stop {
        let kind = self.type_name(value);
        self.raise("TypeError", format!("'{kind}' object is not iterable"))
    }

    /// `iter(value)`.
    pub fn iter(&mut self, value: &Value) -> PyResult<Value> {
        Ok(match value {
            Value::Iter(_) => value.clone(),
            Value::List(list) => made(ListIter { list: Some(list.clone()), index: 0 }),
            Value::Tuple(items) => made(TupleIter { items: items.clone(), index: 0 }),
            Value::Str(text) => made(StrIter { text: text.clone(), at: 0 }),
            Value::Bytes(bytes) => {
                let bytes = bytes.clone();
                let mut at = 0;
                Iter::from_fn("bytes_iterator", move |_| {
                    let byte = bytes.get(at).map(|byte| Value::int(*byte));
                    at += 1;
                    Ok(byte)
                })
            }
            Value::Range(range) => made(RangeIter { range: range.clone(), index: 0 }),
            Value::Dict(dict) => dict_iter(dict, "dict_keyiterator", |key, _| key),
            Value::Set(set) | Value::FrozenSet(set) => set_iter(set),
            Value::Object(object) => match self.special(value, "__iter__")? {
                Some(method) => {
                    let iterator = self.call(&method, Args::none())?;
                    return self.checked_iterator(iterator);
                }
                None => object.iter(self, value)?,
            },
            Value::Instance(instance) => {
                if matches!(instance.class().lookup("__iter__"), Some(Value::None)) {
                    return Err(self.not_iterable(value));
                }
                if let Some(iterator) = self.call_special(value, "__iter__", Vec::new())? {
                    return self.checked_iterator(iterator);
                }
                if let Some(held) = payload(value) {
                    return self.iter(&held);
                }
                if self.special(value, "__getitem__")?.is_none() {
                    return Err(self.not_iterable(value));
                }
                made(IndexIter { value: Some(value.clone()), index: 0 })
            }
            Value::Class(_) => match self.call_special(value, "__iter__", Vec::new())? {
                Some(iterator) => return self.checked_iterator(iterator),
                None => return Err(self.not_iterable(value)),
            },
            other => return Err(self.not_iterable(other)),
        })
    }

    fn checked_iterator(&mut self, iterator: Value) -> PyResult<Value> {
        let fits = match &iterator {
            Value::Iter(_) | Value::Object(_) => true,
            Value::Instance(instance) => instance.class().lookup("__next__").is_some(),
            _ => false,
        };
        if fits {
            return Ok(iterator);
        }
        let kind = self.type_name(&iterator);
        Err(self.raise("TypeError", format!("iter() returned non-iterator of type '{kind}'")))
    }

    /// `next(iterator)`: `None` at the end.
    pub fn next(&mut self, iterator: &Value) -> PyResult<Option<Value>> {
        self.charge(1)?;
        self.guard()?;
        match iterator {
            Value::Iter(iter) => {
                let Some(mut state) = iter.state.borrow_mut().take() else {
                    return Err(self.raise("ValueError", "generator already executing"));
                };
                let result = state.next(self);
                *iter.state.borrow_mut() = Some(state);
                result
            }
            Value::Object(object) => match self.special(iterator, "__next__")? {
                Some(method) => self.next_by(&method),
                None => object.next(self, iterator),
            },
            Value::Instance(_) => match self.special(iterator, "__next__")? {
                Some(method) => self.next_by(&method),
                None => Err(self.not_an_iterator(iterator)),
            },
            _ => Err(self.not_an_iterator(iterator)),
        }
    }

    fn next_by(&mut self, method: &Value) -> PyResult<Option<Value>> {
        match self.call(method, Args::none()) {
            Ok(value) => Ok(Some(value)),
            Err(stop) if self.stop_is(&stop, "StopIteration") => Ok(None),
            Err(stop) => Err(stop),
        }
    }

    fn not_an_iterator(&mut self, value: &Value) -> Stop {
        let kind = self.type_name(value);
        self.raise("TypeError", format!("'{kind}' object is not an iterator"))
    }

    /// `list(value)` as a vector.
    pub fn iterate(&mut self, value: &Value) -> PyResult<Vec<Value>> {
        match value {
            Value::List(list) => {
                let items = list.items.borrow().clone();
                self.charge_bytes(items.len() * 24)?;
                return Ok(items);
            }
            Value::Tuple(items) => {
                self.charge_bytes(items.len() * 24)?;
                return Ok(items.to_vec());
            }
            Value::Dict(dict) => {
                let keys = dict.map.borrow().keys();
                self.charge_bytes(keys.len() * 24)?;
                return Ok(keys);
            }
            Value::Set(set) | Value::FrozenSet(set) => {
                let items = set.items.borrow().values();
                self.charge_bytes(items.len() * 24)?;
                return Ok(items);
            }
            _ => {}
        }
        let iterator = self.iter(value)?;
        let mut items = Vec::new();
        while let Some(item) = self.next(&iterator)? {
            self.charge_bytes(32)?;
            items.push(item);
        }
        Ok(items)
    }
}

fn made(iter: impl NativeIter) -> Value {
    Value::Iter(Rc::new(Iter::new(iter)))
}

/// An iterator over a dict that notices a change of its size, giving what `part` makes of key and value.
pub fn dict_iter(dict: &Rc<Dict>, name: &str, part: fn(Value, Value) -> Value) -> Value {
    let mut dict = Some(dict.clone());
    let size = dict.as_ref().map_or(0, |dict| dict.map.borrow().len());
    let mut place = 0;
    Iter::from_fn(name, move |interp| {
        let Some(inner) = &dict else { return Ok(None) };
        if inner.map.borrow().len() != size {
            return Err(interp.raise("RuntimeError", "dictionary changed size during iteration"));
        }
        let found = inner.map.borrow().next_from(place);
        Ok(match found {
            Some((next, key, value)) => {
                place = next;
                Some(part(key, value))
            }
            None => {
                dict = None;
                None
            }
        })
    })
}

/// An iterator over a set that notices a change of its size.
pub fn set_iter(set: &Rc<Set>) -> Value {
    let mut rest = set.items.borrow().values().into_iter();
    let mut set = Some(set.clone());
    let size = rest.len();
    Iter::from_fn("set_iterator", move |interp| {
        let Some(inner) = &set else { return Ok(None) };
        if inner.items.borrow().len() != size {
            return Err(interp.raise("RuntimeError", "Set changed size during iteration"));
        }
        let next = rest.next();
        if next.is_none() {
            set = None;
        }
        Ok(next)
    })
}

struct ListIter {
    list: Option<Rc<List>>,
    index: usize,
}

impl NativeIter for ListIter {
    fn type_name(&self) -> &str {
        "list_iterator"
    }

    fn next(&mut self, _interp: &mut Interp) -> PyResult<Option<Value>> {
        let Some(list) = &self.list else { return Ok(None) };
        let item = list.items.borrow().get(self.index).cloned();
        self.index += 1;
        if item.is_none() {
            self.list = None;
        }
        Ok(item)
    }
}

struct TupleIter {
    items: Rc<Tuple>,
    index: usize,
}

impl NativeIter for TupleIter {
    fn type_name(&self) -> &str {
        "tuple_iterator"
    }

    fn next(&mut self, _interp: &mut Interp) -> PyResult<Option<Value>> {
        let item = self.items.get(self.index).cloned();
        self.index += 1;
        Ok(item)
    }
}

struct StrIter {
    text: Rc<str>,
    at: usize,
}

impl NativeIter for StrIter {
    fn type_name(&self) -> &str {
        if self.text.is_ascii() { "str_ascii_iterator" } else { "str_iterator" }
    }

    fn next(&mut self, _interp: &mut Interp) -> PyResult<Option<Value>> {
        let next = self.text.get(self.at..).and_then(|rest| rest.chars().next());
        Ok(next.map(|c| {
            self.at += c.len_utf8();
            Value::from(c.to_string())
        }))
    }
}

struct RangeIter {
    range: Rc<Range>,
    index: u64,
}

impl NativeIter for RangeIter {
    fn type_name(&self) -> &str {
        "range_iterator"
    }

    fn next(&mut self, _interp: &mut Interp) -> PyResult<Option<Value>> {
        if self.index >= self.range.len() {
            return Ok(None);
        }
        let number = self.range.get(self.index);
        self.index += 1;
        Ok(Some(Value::from(number)))
    }
}

/// Iteration by `__getitem__` with 0, 1, 2, … until `IndexError`.
struct IndexIter {
    value: Option<Value>,
    index: i64,
}

impl NativeIter for IndexIter {
    fn type_name(&self) -> &str {
        "iterator"
    }

    fn next(&mut self, interp: &mut Interp) -> PyResult<Option<Value>> {
        let Some(value) = self.value.clone() else { return Ok(None) };
        let index = Value::from(self.index);
        self.index += 1;
        match interp.get_item(&value, &index) {
            Ok(item) => Ok(Some(item)),
            Err(stop) if interp.stop_is(&stop, "IndexError") || interp.stop_is(&stop, "StopIteration") => {
                self.value = None;
                Ok(None)
            }
            Err(stop) => Err(stop),
        }
    }
}
