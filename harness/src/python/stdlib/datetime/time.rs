//! `time`: a time of day.

use super::build::{self, Zone, fields, micro_of};
use super::date::{class_method, text};
use super::delta::{PyDelta, delta, ordered};
use super::{class, iso, strftime};
use crate::python::args::Args;
use crate::python::builtins::{construct_with, method};
use crate::python::class::Class;
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::object::{CompareOp, Object};
use crate::python::value::Value;
use jiff::civil::{Date, Time};
use std::any::Any;
use std::rc::Rc;

/// A time of day.
#[derive(Debug, Clone)]
pub(crate) struct PyTime {
    pub(crate) at: Time,
    pub(crate) zone: Zone,
}

const NAMES: [&str; 6] = ["hour", "minute", "second", "microsecond", "tzinfo", "fold"];

fn own(interp: &mut Interp, args: &mut Args) -> PyResult<PyTime> {
    match args.positional.first().and_then(|own| own.downcast::<PyTime>()).cloned() {
        Some(own) => {
            args.positional.remove(0);
            Ok(own)
        }
        None => Err(interp.raise("TypeError", "descriptor requires a 'datetime.time' object")),
    }
}

pub(super) fn install(interp: &mut Interp) {
    let this = class(interp, "time");
    construct_with(&this, |interp, _, args| {
        let values = fields(interp, args, &NAMES, 0)?;
        let at = build::time(interp, &values[..4], Time::midnight())?;
        let zone = build::zone(interp, values[4].as_ref())?;
        Ok(Value::object(PyTime { at, zone }))
    });
    class_method(&this, "fromisoformat", |interp, args| {
        let [given] = args.exactly(interp, "time.fromisoformat")?;
        let Some(given) = given.as_str().cloned() else {
            return Err(interp.raise("TypeError", "fromisoformat: argument must be str"));
        };
        let (at, zone) = iso::parse_time(interp, &given)?;
        Ok(Value::object(PyTime { at, zone }))
    });
    method(&this, "isoformat", |interp, mut args| {
        let own = own(interp, &mut args)?;
        let values = fields(interp, args, &["timespec"], 0)?;
        let spec = match &values[0] {
            Some(spec) => text(interp, spec, "isoformat")?,
            None => "auto".into(),
        };
        iso::time_text(interp, own.at, own.zone.as_deref(), &spec).map(Value::from)
    });
    method(&this, "strftime", |interp, mut args| {
        let own = own(interp, &mut args)?;
        let [format] = args.exactly(interp, "time.strftime")?;
        let format = text(interp, &format, "strftime")?;
        strftime::format(interp, Date::constant(1900, 1, 1).to_datetime(own.at), own.zone.as_deref(), &format)
            .map(Value::from)
    });
    method(&this, "replace", |interp, mut args| {
        let own = own(interp, &mut args)?;
        let values = fields(interp, args, &NAMES, 0)?;
        let at = build::time(interp, &values[..4], own.at)?;
        let zone = match &values[4] {
            Some(zone) => build::zone(interp, Some(zone))?,
            None => own.zone,
        };
        Ok(Value::object(PyTime { at, zone }))
    });
    this.dict.set("min", super::time_value(Time::midnight()));
    this.dict.set("max", super::time_value(Time::constant(23, 59, 59, 999_999_000)));
    this.dict.set("resolution", Value::object(PyDelta(1)));
}

/// Hour to microsecond of a time or moment.
pub(super) fn part(time: Time, name: &str) -> Option<Value> {
    Some(match name {
        "hour" => Value::int(time.hour()),
        "minute" => Value::int(time.minute()),
        "second" => Value::int(time.second()),
        "microsecond" => Value::int(micro_of(time)),
        "fold" => Value::int(0),
        _ => return None,
    })
}

/// A zone as a value.
pub(super) fn zone_value(zone: &Zone) -> Value {
    zone.as_ref().map_or(Value::None, |zone| Value::object(zone.as_ref().clone()))
}

/// The parts of a time that its repr shows.
pub(super) fn repr_parts(time: Time) -> String {
    let mut text = format!("{}, {}", time.hour(), time.minute());
    let micro = micro_of(time);
    if time.second() != 0 || micro != 0 {
        text.push_str(&format!(", {}", time.second()));
    }
    if micro != 0 {
        text.push_str(&format!(", {micro}"));
    }
    text
}

/// `, tzinfo=…` where there is a zone.
pub(super) fn repr_zone(interp: &mut Interp, zone: &Zone) -> PyResult<String> {
    match zone {
        Some(_) => Ok(format!(", tzinfo={}", interp.repr(&zone_value(zone))?)),
        None => Ok(String::new()),
    }
}

/// `utcoffset()`, `tzname()` and `dst()` of a time or moment.
pub(super) fn zone_method(zone: &Zone, name: &'static str) -> Option<Value> {
    let zone = zone.clone();
    let body = move |interp: &mut Interp, _: Args| match (&zone, name) {
        (Some(zone), "utcoffset") => delta(interp, zone.offset),
        (Some(zone), "tzname") => Ok(Value::from(zone.shown())),
        _ => Ok(Value::None),
    };
    Some(Value::native(name, body))
}

impl Object for PyTime {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "datetime.time"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        class(interp, "time")
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "tzinfo" => Some(zone_value(&self.zone)),
            "utcoffset" => zone_method(&self.zone, "utcoffset"),
            "tzname" => zone_method(&self.zone, "tzname"),
            "dst" => zone_method(&self.zone, "dst"),
            _ => part(self.at, name),
        })
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let Some(other) = other.downcast::<PyTime>() else { return Ok(None) };
        if self.zone.is_some() != other.zone.is_some() {
            return match op {
                CompareOp::Eq => Ok(Some(Value::Bool(false))),
                CompareOp::Ne => Ok(Some(Value::Bool(true))),
                _ => Err(interp.raise("TypeError", "can't compare offset-naive and offset-aware times")),
            };
        }
        Ok(Some(Value::Bool(ordered(op, self.count().cmp(&other.count())))))
    }

    fn hash(&self, _interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Ok(self.count() as i64)
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let zone = repr_zone(interp, &self.zone)?;
        Ok(format!("datetime.time({}{zone})", repr_parts(self.at)))
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        iso::time_text(interp, self.at, self.zone.as_deref(), "auto")
    }

    fn format(&self, interp: &mut Interp, this: &Value, spec: &str) -> PyResult<Option<String>> {
        if spec.is_empty() {
            return self.str(interp, this).map(Some);
        }
        let at = Date::constant(1900, 1, 1).to_datetime(self.at);
        strftime::format(interp, at, self.zone.as_deref(), spec).map(Some)
    }
}

impl PyTime {
    /// Microseconds since midnight, in UTC.
    fn count(&self) -> i128 {
        let midnight = Date::constant(2000, 1, 1).to_datetime(Time::midnight());
        let at = Date::constant(2000, 1, 1).to_datetime(self.at);
        at.duration_since(midnight).as_micros() - self.zone.as_ref().map_or(0, |zone| zone.offset)
    }
}
