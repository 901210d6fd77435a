//! `dict.keys()`, `dict.values()` and `dict.items()`: windows on a dict that follow its changes.

use super::convert::plain;
use super::sets;
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::iter::Iter;
use crate::python::object::{BinaryOp, CompareOp, Object};
use crate::python::value::{Dict, Value, fresh_identity};
use std::any::Any;
use std::rc::Rc;

/// Which part of the entries is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ViewKind {
    Keys,
    Values,
    Items,
}

/// A view.
pub(crate) struct View {
    dict: Rc<Dict>,
    kind: ViewKind,
    id: u64,
}

impl View {
    pub(crate) fn new(dict: Rc<Dict>, kind: ViewKind) -> View {
        View { dict, kind, id: fresh_identity() }
    }

    fn values(&self) -> Vec<Value> {
        let map = self.dict.map.borrow();
        map.iter().map(|(key, value)| pick(self.kind, key, value)).collect()
    }
}

fn pick(kind: ViewKind, key: &Value, value: &Value) -> Value {
    match kind {
        ViewKind::Keys => key.clone(),
        ViewKind::Values => value.clone(),
        ViewKind::Items => Value::tuple(vec![key.clone(), value.clone()]),
    }
}

/// An iterator from the last entry to the first.
pub(crate) fn reversed_entries(dict: &Dict, kind: ViewKind) -> Value {
    let name = match kind {
        ViewKind::Keys => "dict_reversekeyiterator",
        ViewKind::Values => "dict_reversevalueiterator",
        ViewKind::Items => "dict_reverseitemiterator",
    };
    let values = dict.map.borrow().iter().rev().map(|(key, value)| pick(kind, key, value)).collect();
    Iter::from_values(name, values)
}

impl Object for View {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        match self.kind {
            ViewKind::Keys => "dict_keys",
            ViewKind::Values => "dict_values",
            ViewKind::Items => "dict_items",
        }
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "__reversed__" => {
                let (dict, kind) = (self.dict.clone(), self.kind);
                Some(Value::native("__reversed__", move |_, _| Ok(reversed_entries(&dict, kind))))
            }
            "isdisjoint" if self.kind != ViewKind::Values => {
                let values = Value::list(self.values());
                Some(Value::native("isdisjoint", move |interp, args| {
                    let [other] = args.exactly(interp, "isdisjoint")?;
                    let own = sets::set_from(interp, &values)?;
                    for item in interp.iterate(&other)? {
                        if interp.set_contains(&own, &item)? {
                            return Ok(Value::Bool(false));
                        }
                    }
                    Ok(Value::Bool(true))
                }))
            }
            _ => None,
        })
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.dict.map.borrow().len()))
    }

    fn iter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        let (dict, kind) = (self.dict.clone(), self.kind);
        let size = dict.map.borrow().len();
        let mut place = Some(0);
        let name = match kind {
            ViewKind::Keys => "dict_keyiterator",
            ViewKind::Values => "dict_valueiterator",
            ViewKind::Items => "dict_itemiterator",
        };
        Ok(Iter::from_fn(name, move |interp| {
            let Some(from) = place else { return Ok(None) };
            if dict.map.borrow().len() != size {
                place = None;
                return Err(interp.raise("RuntimeError", "dictionary changed size during iteration"));
            }
            let next = dict.map.borrow().next_from(from);
            place = next.as_ref().map(|(after, _, _)| *after);
            Ok(next.map(|(_, key, value)| pick(kind, &key, &value)))
        }))
    }

    fn contains(&self, interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        match self.kind {
            ViewKind::Keys => interp.dict_get(&self.dict, item).map(|found| Some(found.is_some())),
            ViewKind::Values => Ok(None),
            ViewKind::Items => {
                let Value::Tuple(pair) = plain(item) else { return Ok(Some(false)) };
                let [key, value] = &**pair else { return Ok(Some(false)) };
                match interp.dict_get(&self.dict, key)? {
                    Some(found) => interp.eq(&found, value).map(Some),
                    None => Ok(Some(false)),
                }
            }
        }
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let values = Value::list(self.values());
        Ok(format!("{}({})", self.type_name(), interp.repr(&values)?))
    }

    fn binary(
        &self,
        interp: &mut Interp,
        this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        let is_set_op = matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor | BinaryOp::Sub);
        if self.kind == ViewKind::Values || !is_set_op {
            return Ok(None);
        }
        let (left, right) = if reflected { (other, this) } else { (this, other) };
        let left = Value::Set(sets::set_from(interp, left)?);
        let right = Value::Set(sets::set_from(interp, right)?);
        interp.binary(op, &left, &right).map(Some)
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let is_set = matches!(plain(other), Value::Set(_) | Value::FrozenSet(_))
            || other.downcast::<View>().is_some_and(|view| view.kind != ViewKind::Values);
        if self.kind == ViewKind::Values || !is_set {
            return Ok(None);
        }
        let left = Value::Set(sets::set_from(interp, &Value::list(self.values()))?);
        let right = Value::Set(sets::set_from(interp, other)?);
        interp.compare(op, &left, &right).map(Some)
    }
}
