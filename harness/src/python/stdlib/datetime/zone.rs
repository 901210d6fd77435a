//! `timezone`: a fixed offset from UTC, with or without a name.

use super::build::fields;
use super::class;
use super::delta::{DAY, PyDelta, delta};
use crate::python::builtins::{construct_with, method};
use crate::python::class::Class;
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::object::{CompareOp, Object};
use crate::python::value::Value;
use std::any::Any;
use std::rc::Rc;

/// A fixed offset in microseconds.
#[derive(Debug, Clone)]
pub(crate) struct PyZone {
    pub(crate) offset: i128,
    pub(crate) name: Option<Rc<str>>,
}

impl PyZone {
    /// `UTC`, `UTC+02:00`, or its own name.
    pub(super) fn shown(&self) -> String {
        match &self.name {
            Some(name) => name.to_string(),
            None if self.offset == 0 => "UTC".to_owned(),
            None => format!("UTC{}", offset_text(self.offset, ":")),
        }
    }

    fn is_utc(&self) -> bool {
        self.offset == 0 && self.name.is_none()
    }
}

/// `timezone.utc`.
pub(super) fn utc() -> Value {
    Value::object(PyZone { offset: 0, name: None })
}

/// An offset as `+02:00`, with seconds only where there are some.
pub(super) fn offset_text(offset: i128, colon: &str) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let micros = offset.abs();
    let seconds = micros / 1_000_000;
    let mut text = format!("{sign}{:02}{colon}{:02}", seconds / 3600, seconds / 60 % 60);
    if micros % 60_000_000 != 0 {
        text.push_str(&format!("{colon}{:02}", seconds % 60));
    }
    if micros % 1_000_000 != 0 {
        text.push_str(&format!(".{:06}", micros % 1_000_000));
    }
    text
}

pub(super) fn install(interp: &mut Interp) {
    let own = class(interp, "timezone");
    construct_with(&own, |interp, _, args| {
        let mut values = fields(interp, args, &["offset", "name"], 1)?;
        let offset = values[0].take().unwrap_or(Value::None);
        let Some(&PyDelta(offset)) = offset.downcast::<PyDelta>() else {
            let kind = interp.type_name(&offset);
            let message = format!("timezone() argument 1 must be datetime.timedelta, not {kind}");
            return Err(interp.raise("TypeError", message));
        };
        if offset <= -DAY || offset >= DAY {
            let shown = delta(interp, offset)?;
            let shown = interp.repr(&shown)?;
            let message = format!(
                "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {shown}."
            );
            return Err(interp.raise("ValueError", message));
        }
        let name = values[1].take().and_then(|name| name.as_str().cloned());
        Ok(Value::object(PyZone { offset, name }))
    });
    own.dict.set("utc", utc());
    method(&own, "utcoffset", |interp, args| {
        let offset =
            args.positional.first().and_then(|own| own.downcast::<PyZone>()).map_or(0, |own| own.offset);
        delta(interp, offset)
    });
    method(&own, "tzname", |_, args| {
        let name = args.positional.first().and_then(|own| own.downcast::<PyZone>()).map(PyZone::shown);
        Ok(name.map_or(Value::None, Value::from))
    });
    method(&own, "dst", |_, _| Ok(Value::None));
}

impl Object for PyZone {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "datetime.timezone"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        class(interp, "timezone")
    }

    fn compare(
        &self,
        _interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let Some(other) = other.downcast::<PyZone>() else { return Ok(None) };
        Ok(match op {
            CompareOp::Eq => Some(Value::Bool(self.offset == other.offset)),
            CompareOp::Ne => Some(Value::Bool(self.offset != other.offset)),
            _ => None,
        })
    }

    fn hash(&self, _interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Ok(self.offset as i64)
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        if self.is_utc() {
            return Ok("datetime.timezone.utc".to_owned());
        }
        let offset = delta(interp, self.offset)?;
        let offset = interp.repr(&offset)?;
        Ok(match &self.name {
            Some(name) => format!("datetime.timezone({offset}, {})", crate::python::format::repr_str(name)),
            None => format!("datetime.timezone({offset})"),
        })
    }

    fn str(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(self.shown())
    }
}
