//! Values between Python and the engine.
//!
//! Columns' values are copied; a value that SQL has no type for travels as a [`Carried`] and comes back as the
//! same Python object.

use crate::python::stdlib::datetime::{self, PyDate, PyDateTime, PyTime};
use crate::python::stdlib::decimal::{PyDecimal, decimal_value};
use crate::python::stdlib::uuid::PyUuid;
use crate::python::{Interp, PyResult, Stop, Unavailable, Value, nested_eq};
use crate::sqlalchemy::orm::association;
use backproof_engine::attr::Marker;
use backproof_engine::sql::Assigned;
use backproof_engine::state::StateId;
use backproof_engine::value::{HostValue, Value as SqlValue};
use std::any::Any;
use std::rc::Rc;

/// A Python value that the engine carries but does not read.
pub(crate) struct Carried {
    pub(crate) value: Value,
    type_name: String,
    repr: String,
}

impl std::fmt::Debug for Carried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.repr)
    }
}

impl HostValue for Carried {
    fn repr(&self) -> String {
        self.repr.clone()
    }

    fn type_name(&self) -> String {
        self.type_name.clone()
    }

    fn items(&self) -> Option<Vec<SqlValue>> {
        let items = match &self.value {
            Value::Tuple(items) => items.to_vec(),
            Value::List(list) => list.items.borrow().clone(),
            _ => return None,
        };
        let plain = |item: &Value| match item {
            Value::Str(text) => SqlValue::Text(text.clone()),
            Value::Int(int) => int.small().map_or(SqlValue::Null, SqlValue::Int),
            _ => SqlValue::Null,
        };
        Some(items.iter().map(plain).collect())
    }

    fn is_buffer(&self) -> bool {
        self.value.as_instance().is_some_and(|value| matches!(value.payload, Some(Value::Bytes(_))))
    }

    fn same(&self, other: &dyn HostValue) -> bool {
        let Some(other) = other.as_any().downcast_ref::<Carried>() else { return false };
        nested_eq(&self.value, &other.value).unwrap_or_else(|| self.value.is(&other.value))
    }

    fn held(&self) -> Option<StateId> {
        association::kept_by(&self.value)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A value of ours that is left with a mapped object, and is never a parameter.
pub(crate) fn left_with_object(value: Value) -> SqlValue {
    SqlValue::Host(Rc::new(Carried { value, type_name: String::new(), repr: String::new() }))
}

/// A Python value for a parameter or attribute.
pub(crate) fn to_engine(interp: &mut Interp, value: &Value) -> PyResult<SqlValue> {
    Unavailable::refuse(value)?;
    Ok(match value {
        Value::None => SqlValue::Null,
        Value::Bool(truth) => SqlValue::Bool(*truth),
        Value::Int(int) => match int.small() {
            Some(small) => SqlValue::Int(small),
            None => carry(interp, value)?,
        },
        Value::Float(float) => SqlValue::Float(*float),
        Value::Str(text) => SqlValue::Text(text.clone()),
        Value::Bytes(bytes) => SqlValue::Bytes(bytes.clone()),
        other => match of_the_library(other)? {
            Some(value) => value,
            None => carry(interp, other)?,
        },
    })
}

/// Decimals, dates and times; SQLite keeps no zones.
fn of_the_library(value: &Value) -> PyResult<Option<SqlValue>> {
    let zoned =
        || Err(Stop::unsupported("a time with a zone as an attribute of a mapped object or a parameter"));
    if let Some(moment) = value.downcast::<PyDateTime>() {
        return if moment.zone.is_some() { zoned() } else { Ok(Some(SqlValue::DateTime(moment.at))) };
    }
    if let Some(time) = value.downcast::<PyTime>() {
        return if time.zone.is_some() { zoned() } else { Ok(Some(SqlValue::Time(time.at))) };
    }
    if let Some(decimal) = value.downcast::<PyDecimal>() {
        return Ok(Some(SqlValue::Decimal(decimal.0.clone())));
    }
    if let Some(uuid) = value.downcast::<PyUuid>() {
        return Ok(Some(SqlValue::Uuid(uuid.0)));
    }
    Ok(value.downcast::<PyDate>().map(|date| SqlValue::Date(date.0)))
}

fn carry(interp: &mut Interp, value: &Value) -> PyResult<SqlValue> {
    carried(interp, value).map(SqlValue::Host)
}

/// A Python value for the engine to carry.
pub(crate) fn carried(interp: &mut Interp, value: &Value) -> PyResult<Rc<dyn HostValue>> {
    let type_name = interp.type_name(value).to_string();
    // The repr is only read where the value ends up among logged parameters; objects with a repr of their own
    // must not have it run for being stored.
    let repr = match value {
        Value::Int(_) | Value::List(_) | Value::Tuple(_) | Value::Dict(_) => interp.repr(value)?,
        other => format!("<{type_name} object at {}>", interp.address_of(other.identity())),
    };
    Ok(Rc::new(Carried { value: value.clone(), type_name, repr }))
}

/// The Python value that the engine has carried.
pub(crate) fn held(value: &dyn HostValue) -> Option<Value> {
    value.as_any().downcast_ref::<Carried>().map(|carried| carried.value.clone())
}

/// An engine value as Python sees it.
pub(crate) fn to_python(interp: &mut Interp, value: &SqlValue) -> PyResult<Value> {
    Ok(match value {
        SqlValue::Null => Value::None,
        SqlValue::Bool(truth) => Value::Bool(*truth),
        SqlValue::Int(int) => Value::int(*int),
        SqlValue::Float(float) => Value::Float(*float),
        SqlValue::Text(text) => Value::Str(text.clone()),
        SqlValue::Bytes(bytes) => Value::Bytes(bytes.clone()),
        SqlValue::Date(date) => datetime::date_value(*date),
        SqlValue::Time(time) => datetime::time_value(*time),
        SqlValue::DateTime(moment) => datetime::datetime_value(*moment),
        SqlValue::Decimal(decimal) => decimal_value(decimal.clone()),
        SqlValue::Uuid(number) => Value::object(PyUuid(*number)),
        SqlValue::Host(carried) => match carried.as_any().downcast_ref::<Carried>() {
            Some(carried) => carried.value.clone(),
            None => match carried.as_any().downcast_ref::<Marker>() {
                Some(marker) => super::orm::symbols::value(interp, marker.name),
                None => Assigned::of(value).cloned().map_or(Value::None, super::expr::ExprObject::value),
            },
        },
    })
}

/// The moment that lies so many microseconds after the epoch.
pub(crate) fn after_epoch(micros: i128) -> Option<jiff::civil::DateTime> {
    let span = jiff::SignedDuration::from_micros(i64::try_from(micros).ok()?);
    jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0).checked_add(span).ok()
}

/// Microseconds from the epoch to a moment.
pub(crate) fn since_epoch(moment: jiff::civil::DateTime) -> i128 {
    moment.duration_since(jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0)).as_micros()
}
