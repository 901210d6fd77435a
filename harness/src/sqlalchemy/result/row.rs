//! Rows as Python has them: tuples with names in 2.x, and what each release before could do besides.
//!
//! A row holds Python's values; it knows nothing of the statement that it came from but its names and places.

use super::keys::KeyView;
use super::mapping::MappingObject;
use super::{Names, Places, place_of};
use crate::python::{CompareOp, Interp, Map, Object, PyResult, Stop, Value, fresh_identity};
use crate::sqlalchemy::lend;
use backproof_engine::version::Behaviour;
use std::any::Any;

/// What asking a row for a column raises that it does not have.
pub(super) fn no_column(interp: &mut Interp, key: &Value, of_cursor: bool) -> PyResult<Stop> {
    if !of_cursor {
        return Ok(interp.key_error(key));
    }
    let shown = match key.as_str() {
        Some(name) => name.to_string(),
        None => interp.str(key)?,
    };
    Ok(super::mapping::absent(interp, &shown))
}

/// One row.
pub(crate) struct RowObject {
    names: Names,
    values: Vec<Value>,
    kind: RowKind,
    places: Option<Places>,
    /// Whether it came from the database as it stands, and not through a query of classes.
    of_cursor: bool,
    id: u64,
}

/// Which class of the library a row is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowKind {
    /// `Query` of 1.3 and before: a tuple with names.
    Keyed,
    /// Executions of 1.3 and before: a mapping that can be counted, too.
    Proxy,
    /// 1.4: it also answers to names in brackets.
    Both,
    Row,
}

/// A row with these names.
pub(crate) fn row(interp: &mut Interp, names: &Names, values: Vec<Value>) -> Value {
    placed_row(interp, names, values, None, false)
}

/// A row with these names, whose places are known.
pub(super) fn placed_row(
    interp: &mut Interp,
    names: &Names,
    values: Vec<Value>,
    places: Option<Places>,
    of_cursor: bool,
) -> Value {
    let kind = if lend::has(interp, Behaviour::RowsAreTuples) {
        RowKind::Keyed
    } else if lend::has(interp, Behaviour::RowsByName) {
        RowKind::Both
    } else {
        RowKind::Row
    };
    Value::object(RowObject { names: names.clone(), values, kind, places, of_cursor, id: fresh_identity() })
}

/// A row of an execution in 1.3 and before.
pub(super) fn proxy(names: &Names, values: Vec<Value>, places: Option<Places>) -> Value {
    let (names, kind) = (names.clone(), RowKind::Proxy);
    Value::object(RowObject { names, values, kind, places, of_cursor: true, id: fresh_identity() })
}

/// The first value of a row as a result hands it out.
pub(super) fn scalar(row: Option<Value>) -> Value {
    match row {
        None => Value::None,
        Some(value) => match value.downcast::<RowObject>() {
            Some(row) => row.values.first().cloned().unwrap_or(Value::None),
            None => value,
        },
    }
}

impl RowObject {
    fn tuple(&self) -> Value {
        Value::tuple(self.values.clone())
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| **known == *name)
    }

    fn mapping(&self) -> Value {
        MappingObject::value(&self.names, self.values.clone(), self.places.clone(), self.of_cursor)
    }

    fn dict(&self, interp: &mut Interp) -> PyResult<Value> {
        let dict = Value::dict(Map::new());
        for (name, value) in self.names.iter().zip(&self.values) {
            interp.set_item(&dict, &Value::from(name.clone()), value.clone())?;
        }
        Ok(dict)
    }
}

impl Object for RowObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        match self.kind {
            RowKind::Keyed => "result",
            RowKind::Proxy => "RowProxy",
            RowKind::Both | RowKind::Row => "Row",
        }
    }

    fn type_module(&self) -> &'static str {
        match self.kind {
            RowKind::Keyed => "sqlalchemy.util._collections",
            RowKind::Proxy => "sqlalchemy.engine.result",
            RowKind::Both | RowKind::Row => "sqlalchemy.engine.row",
        }
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        if let Some(at) = self.position(name) {
            return Ok(self.values.get(at).cloned());
        }
        match name {
            "items" if self.kind == RowKind::Proxy => {
                let pairs = self.names.iter().zip(&self.values);
                let pairs: Vec<Value> = pairs
                    .map(|(name, value)| Value::tuple(vec![Value::from(name.clone()), value.clone()]))
                    .collect();
                return Ok(Some(Value::native(name, move |_, _| Ok(Value::list(pairs.clone())))));
            }
            "values" if self.kind == RowKind::Proxy => {
                let values = self.values.clone();
                return Ok(Some(Value::native(name, move |_, _| Ok(Value::list(values.clone())))));
            }
            "has_key" | "iterkeys" | "itervalues" if self.kind == RowKind::Proxy => {
                return Err(Stop::unsupported(format!("`{name}` of a row")));
            }
            "keys" if self.kind == RowKind::Proxy => {
                let names = self.names.clone();
                return Ok(Some(Value::native(name, move |_, _| {
                    Ok(Value::list(names.iter().cloned().map(Value::from).collect()))
                })));
            }
            _ if self.kind == RowKind::Proxy && !name.starts_with("__") => {
                let message = format!("Could not locate column in row for column '{name}'");
                return Err(interp.raise("AttributeError", message));
            }
            "_fields" => {
                return Ok(Some(Value::tuple(self.names.iter().cloned().map(Value::from).collect())));
            }
            "_mapping" if self.kind != RowKind::Keyed => return Ok(Some(self.mapping())),
            "_data" if self.kind != RowKind::Keyed => return Ok(Some(self.tuple())),
            "_asdict" => {
                let mapping = self.dict(interp)?;
                return Ok(Some(Value::native(name, move |_, _| Ok(mapping.clone()))));
            }
            "keys" if self.kind == RowKind::Both => {
                let names = self.names.clone();
                return Ok(Some(Value::native(name, move |_, _| Ok(KeyView::value(&names)))));
            }
            "keys" if self.kind == RowKind::Keyed => {
                let names = self.names.clone();
                return Ok(Some(Value::native(name, move |_, _| {
                    Ok(Value::list(names.iter().cloned().map(Value::from).collect()))
                })));
            }
            "_tuple" | "tuple"
                if self.kind == RowKind::Row
                    && (name == "tuple" || lend::has(interp, Behaviour::RowTupleUnderscored)) =>
            {
                let tuple = self.tuple();
                return Ok(Some(Value::native(name, move |_, _| Ok(tuple.clone()))));
            }
            "t" | "_t" if self.kind == RowKind::Row => return Ok(Some(self.tuple())),
            "count" | "index" => return interp.get_attr(&self.tuple(), name).map(Some),
            _ if name.starts_with("__") => return Ok(None),
            _ => {}
        }
        Err(match self.kind {
            RowKind::Keyed => interp.no_attribute("result", name),
            RowKind::Row if name == "keys" || !self.of_cursor => interp.raise("AttributeError", name),
            RowKind::Both | RowKind::Proxy | RowKind::Row => {
                interp.raise("AttributeError", format!("Could not locate column in row for column '{name}'"))
            }
        })
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let other = match other.downcast::<RowObject>() {
            Some(row) => row.tuple(),
            None if matches!(other, Value::Tuple(_)) => other.clone(),
            None => return Ok(None),
        };
        interp.compare(op, &self.tuple(), &other).map(Some)
    }

    fn hash(&self, interp: &mut Interp, this: &Value) -> PyResult<i64> {
        if self.kind == RowKind::Proxy {
            return Err(interp.unhashable(this));
        }
        interp.hash(&self.tuple())
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        interp.repr(&self.tuple())
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.values.len()))
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        let by_name = matches!(self.kind, RowKind::Both | RowKind::Proxy);
        if let (Some(name), true) = (key.as_str(), by_name) {
            if let Some(at) = self.position(name) {
                return Ok(self.values[at].clone());
            }
            if self.kind == RowKind::Both {
                return Err(no_column(interp, key, self.of_cursor)?);
            }
            return Err(Stop::unsupported("a row's value by a name that it lacks"));
        }
        if by_name && matches!(key, Value::Object(_) | Value::Class(_)) {
            let found = place_of(interp, &self.names, self.places.as_ref(), key)?;
            return match found.and_then(|at| self.values.get(at)) {
                Some(value) => Ok(value.clone()),
                None => Err(Stop::unsupported("a row's value by a column that it lacks")),
            };
        }
        interp.get_item(&self.tuple(), key)
    }

    fn contains(&self, interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        let by_key = self.kind == RowKind::Both && self.of_cursor;
        if by_key && item.as_str().is_none() {
            return Err(Stop::unsupported("whether a row of 1.4 has something other than a name"));
        }
        if self.kind == RowKind::Proxy || by_key {
            return Ok(Some(item.as_str().is_some_and(|name| self.position(name).is_some())));
        }
        interp.contains(&self.tuple(), item).map(Some)
    }

    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        interp.iter(&self.tuple())
    }
}
