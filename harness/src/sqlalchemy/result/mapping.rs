//! A row as a mapping, `row._mapping` and what `mappings()` gives: by name, by column, by class.
//!
//! Read only; a dict is made of it where one is asked for.

use super::keys::KeyView;
use super::{Names, Places, place_of};
use crate::python::{CompareOp, Interp, Iter, Map, Object, PyResult, Stop, Value, fresh_identity};
use crate::sqlalchemy::{errors, lend};
use backproof_engine::version::Behaviour;
use std::any::Any;

/// A row as a mapping.
pub(super) struct MappingObject {
    names: Names,
    values: Vec<Value>,
    places: Option<Places>,
    of_cursor: bool,
    id: u64,
}

impl MappingObject {
    pub(super) fn value(names: &Names, values: Vec<Value>, places: Option<Places>, of_cursor: bool) -> Value {
        Value::object(MappingObject { names: names.clone(), values, places, of_cursor, id: fresh_identity() })
    }

    fn dict(&self, interp: &mut Interp) -> PyResult<Value> {
        let dict = Value::dict(Map::new());
        for (name, value) in self.names.iter().zip(&self.values) {
            interp.set_item(&dict, &Value::from(name.clone()), value.clone())?;
        }
        Ok(dict)
    }

    fn find(&self, interp: &mut Interp, key: &Value) -> PyResult<Option<Value>> {
        let at = place_of(interp, &self.names, self.places.as_ref(), key)?;
        Ok(at.and_then(|at| self.values.get(at)).cloned())
    }
}

impl Object for MappingObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "RowMapping"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.engine.row"
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        let named = lend::has(interp, Behaviour::MappingViewsNamed);
        Ok(Some(match name {
            "keys" => {
                let names = self.names.clone();
                Value::native(name, move |_, _| Ok(KeyView::value(&names)))
            }
            "values" | "items" => {
                let kind = match (named, name) {
                    (false, _) => "ROMappingView",
                    (true, "values") => "ROMappingKeysValuesView",
                    (true, _) => "ROMappingItemsView",
                };
                let shown = self.dict(interp)?;
                let items: Vec<Value> = if name == "values" {
                    self.values.clone()
                } else {
                    let pairs = self.names.iter().zip(&self.values);
                    pairs
                        .map(|(name, value)| Value::tuple(vec![Value::from(name.clone()), value.clone()]))
                        .collect()
                };
                Value::native(name, move |_, _| {
                    let (shown, items) = (shown.clone(), items.clone());
                    Ok(Value::object(ViewObject { kind, shown, items }))
                })
            }
            "get" => {
                let this = this.clone();
                Value::native(name, move |interp: &mut Interp, args| {
                    let Some(mapping) = this.downcast::<MappingObject>() else {
                        return Err(Stop::unsupported("a row of another kind"));
                    };
                    let Some(key) = args.positional.first() else {
                        return Err(Stop::unsupported("get() without a key"));
                    };
                    let found = mapping.find(interp, key)?;
                    Ok(found.or_else(|| args.positional.get(1).cloned()).unwrap_or(Value::None))
                })
            }
            _ => return Ok(None),
        }))
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        if let Some(found) = self.find(interp, key)? {
            return Ok(found);
        }
        if key.as_str().is_none() && self.places.is_none() {
            return Err(Stop::unsupported("a row's value by something other than a name"));
        }
        Err(super::no_column(interp, key, self.of_cursor)?)
    }

    fn contains(&self, interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        if item.as_str().is_none() && self.places.is_none() {
            return Err(Stop::unsupported("whether a row has something other than a name"));
        }
        self.find(interp, item).map(|found| Some(found.is_some()))
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(None);
        }
        let other = match other.downcast::<MappingObject>() {
            Some(other) => other.dict(interp)?,
            None => other.clone(),
        };
        let own = self.dict(interp)?;
        interp.compare(op, &own, &other).map(Some)
    }

    fn hash(&self, interp: &mut Interp, this: &Value) -> PyResult<i64> {
        Err(interp.unhashable(this))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let dict = self.dict(interp)?;
        interp.repr(&dict)
    }

    fn as_builtin(&self, interp: &mut Interp) -> PyResult<Option<Value>> {
        self.dict(interp).map(Some)
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.names.len()))
    }

    fn iter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        let names = self.names.iter().cloned().map(Value::from).collect();
        Ok(Iter::from_values("generator", names))
    }
}

/// What `values()` and `items()` of a row's mapping give.
struct ViewObject {
    kind: &'static str,
    shown: Value,
    items: Vec<Value>,
}

impl Object for ViewObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        self.kind
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.engine.row"
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(format!("{}({})", self.kind, interp.repr(&self.shown)?))
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.items.len()))
    }

    fn iter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        Ok(Iter::from_values("generator", self.items.clone()))
    }

    fn contains(&self, interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        let items = Value::list(self.items.clone());
        interp.contains(&items, item).map(Some)
    }
}

/// The errors of names that a row does not have are told in one place.
pub(super) fn absent(interp: &mut Interp, shown: &str) -> Stop {
    let message = format!("Could not locate column in row for column '{shown}'");
    errors::raise_named(interp, "NoSuchColumnError", message)
}
