//! `datetime`: a date and a time, with or without a zone.

use super::build::{self, Zone, fields, from_micros, micros};
use super::date::{PyDate, class_method, part as date_part, text, timestamp_micros};
use super::delta::{PyDelta, delta, ordered};
use super::time::{PyTime, part as time_part, repr_zone, zone_method, zone_value};
use super::zone::PyZone;
use super::{class, iso, strftime};
use crate::python::args::Args;
use crate::python::builtins::{construct_with, method};
use crate::python::class::Class;
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::object::{BinaryOp, CompareOp, Object};
use crate::python::stdlib::clock::Clock;
use crate::python::value::Value;
use jiff::civil::{Date, DateTime, Time};
use std::any::Any;
use std::rc::Rc;

/// A date and a time.
#[derive(Debug, Clone)]
pub(crate) struct PyDateTime {
    pub(crate) at: DateTime,
    pub(crate) zone: Zone,
}

const NAMES: [&str; 9] =
    ["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"];
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

fn value(at: DateTime, zone: Zone) -> Value {
    Value::object(PyDateTime { at, zone })
}

fn own(interp: &mut Interp, args: &mut Args) -> PyResult<PyDateTime> {
    match args.positional.first().and_then(|own| own.downcast::<PyDateTime>()).cloned() {
        Some(own) => {
            args.positional.remove(0);
            Ok(own)
        }
        None => Err(interp.raise("TypeError", "descriptor requires a 'datetime.datetime' object")),
    }
}

/// A number of seconds since 1970 as a moment in UTC.
pub(super) fn from_timestamp(interp: &mut Interp, seconds: &Value) -> PyResult<DateTime> {
    let micros = timestamp_micros(interp, seconds)?;
    from_micros(interp, micros)
}

/// A moment in UTC as a zone's clocks show it.
fn in_zone(interp: &mut Interp, at: DateTime, zone: Zone) -> PyResult<Value> {
    let offset = zone.as_ref().map_or(0, |zone| zone.offset);
    let at = from_micros(interp, micros(at) + offset)?;
    Ok(value(at, zone))
}

pub(super) fn install(interp: &mut Interp, clock: &Clock) {
    let this = class(interp, "datetime");
    construct_with(&this, |interp, _, args| {
        let values = fields(interp, args, &NAMES, 3)?;
        let date = build::date(interp, &values[..3], None)?;
        let time = build::time(interp, &values[3..7], Time::midnight())?;
        let zone = build::zone(interp, values[7].as_ref())?;
        Ok(value(date.to_datetime(time), zone))
    });
    let reading = clock.clone();
    class_method(&this, "now", move |interp, args| {
        let values = fields(interp, args, &["tz"], 0)?;
        let zone = build::zone(interp, values[0].as_ref())?;
        in_zone(interp, reading.now(), zone)
    });
    for name in ["utcnow", "today"] {
        let reading = clock.clone();
        class_method(&this, name, move |interp, args| {
            let [] = args.exactly(interp, &format!("datetime.{name}"))?;
            Ok(value(reading.now(), None))
        });
    }
    class_method(&this, "fromtimestamp", |interp, args| {
        let values = fields(interp, args, &["timestamp", "tz"], 1)?;
        let zone = build::zone(interp, values[1].as_ref())?;
        let at = from_timestamp(interp, values[0].as_ref().unwrap_or(&Value::None))?;
        in_zone(interp, at, zone)
    });
    class_method(&this, "utcfromtimestamp", |interp, args| {
        let [seconds] = args.exactly(interp, "datetime.utcfromtimestamp")?;
        from_timestamp(interp, &seconds).map(|at| value(at, None))
    });
    class_method(&this, "fromisoformat", |interp, args| {
        let [given] = args.exactly(interp, "datetime.fromisoformat")?;
        let Some(given) = given.as_str().cloned() else {
            return Err(interp.raise("TypeError", "fromisoformat: argument must be str"));
        };
        let (date, time, zone) = iso::parse_moment(interp, &given)?;
        Ok(value(date.to_datetime(time), zone))
    });
    class_method(&this, "strptime", |interp, args| {
        let [given, format] = args.exactly(interp, "strptime")?;
        let (given, format) = (text(interp, &given, "strptime()")?, text(interp, &format, "strptime()")?);
        let (at, offset) = strftime::parse(interp, &given, &format)?;
        Ok(value(at, offset.map(|offset| Rc::new(PyZone { offset, name: None }))))
    });
    class_method(&this, "combine", |interp, args| {
        let values = fields(interp, args, &["date", "time", "tzinfo"], 2)?;
        let date = values[0].as_ref().and_then(date_in);
        let time = values[1].as_ref().and_then(|time| time.downcast::<PyTime>()).cloned();
        let (Some(date), Some(time)) = (date, time) else {
            let message = "combine() arguments must be datetime.date and datetime.time";
            return Err(interp.raise("TypeError", message));
        };
        let zone = match &values[2] {
            Some(zone) => build::zone(interp, Some(zone))?,
            None => time.zone,
        };
        Ok(value(date.to_datetime(time.at), zone))
    });
    methods(&this);
    this.dict.set("min", value(DateTime::constant(1, 1, 1, 0, 0, 0, 0), None));
    this.dict.set("max", value(DateTime::constant(9999, 12, 31, 23, 59, 59, 999_999_000), None));
    this.dict.set("resolution", Value::object(PyDelta(1)));
}

fn date_in(value: &Value) -> Option<Date> {
    let moment = value.downcast::<PyDateTime>().map(|moment| moment.at.date());
    moment.or_else(|| value.downcast::<PyDate>().map(|date| date.0))
}

fn methods(this: &Rc<Class>) {
    method(this, "date", |interp, mut args| {
        own(interp, &mut args).map(|own| super::date_value(own.at.date()))
    });
    method(this, "time", |interp, mut args| {
        own(interp, &mut args).map(|own| super::time_value(own.at.time()))
    });
    method(this, "timetz", |interp, mut args| {
        own(interp, &mut args).map(|own| Value::object(PyTime { at: own.at.time(), zone: own.zone }))
    });
    method(this, "timestamp", |interp, mut args| {
        let own = own(interp, &mut args)?;
        Ok(Value::Float((own.instant() - micros(EPOCH)) as f64 / 1e6))
    });
    method(this, "isoformat", |interp, mut args| {
        let own = own(interp, &mut args)?;
        let values = fields(interp, args, &["sep", "timespec"], 0)?;
        let separator = match &values[0] {
            Some(separator) => text(interp, separator, "isoformat")?,
            None => "T".into(),
        };
        let spec = match &values[1] {
            Some(spec) => text(interp, spec, "isoformat")?,
            None => "auto".into(),
        };
        own.iso(interp, &separator, &spec).map(Value::from)
    });
    method(this, "strftime", |interp, mut args| {
        let own = own(interp, &mut args)?;
        let [format] = args.exactly(interp, "datetime.strftime")?;
        let format = text(interp, &format, "strftime")?;
        strftime::format(interp, own.at, own.zone.as_deref(), &format).map(Value::from)
    });
    method(this, "replace", |interp, mut args| {
        let own = own(interp, &mut args)?;
        let values = fields(interp, args, &NAMES, 0)?;
        let date = build::date(interp, &values[..3], Some(own.at.date()))?;
        let time = build::time(interp, &values[3..7], own.at.time())?;
        let zone = match &values[7] {
            Some(zone) => build::zone(interp, Some(zone))?,
            None => own.zone,
        };
        Ok(value(date.to_datetime(time), zone))
    });
    method(this, "astimezone", |interp, mut args| {
        let own = own(interp, &mut args)?;
        let values = fields(interp, args, &["tz"], 0)?;
        let zone = build::zone(interp, values[0].as_ref())?;
        let at = from_micros(interp, own.instant())?;
        let zone = zone.or_else(|| Some(Rc::new(PyZone { offset: 0, name: Some("UTC".into()) })));
        in_zone(interp, at, zone)
    });
}

impl PyDateTime {
    /// Microseconds since the first moment there is, in UTC.
    fn instant(&self) -> i128 {
        micros(self.at) - self.zone.as_ref().map_or(0, |zone| zone.offset)
    }

    fn iso(&self, interp: &mut Interp, separator: &str, spec: &str) -> PyResult<String> {
        let time = iso::time_text(interp, self.at.time(), self.zone.as_deref(), spec)?;
        Ok(format!("{}{separator}{time}", iso::date_text(self.at.date())))
    }
}

impl Object for PyDateTime {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "datetime.datetime"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        class(interp, "datetime")
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "tzinfo" => Some(zone_value(&self.zone)),
            "utcoffset" => zone_method(&self.zone, "utcoffset"),
            "tzname" => zone_method(&self.zone, "tzname"),
            "dst" => zone_method(&self.zone, "dst"),
            _ => date_part(self.at.date(), name).or_else(|| time_part(self.at.time(), name)),
        })
    }

    fn binary(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        if let Some(&PyDelta(span)) = other.downcast::<PyDelta>() {
            let moved = match op {
                BinaryOp::Add => micros(self.at) + span,
                BinaryOp::Sub if !reflected => micros(self.at) - span,
                _ => return Ok(None),
            };
            let at = from_micros(interp, moved)?;
            return Ok(Some(value(at, self.zone.clone())));
        }
        match (op, other.downcast::<PyDateTime>()) {
            (BinaryOp::Sub, Some(other)) => {
                if self.zone.is_some() != other.zone.is_some() {
                    let message = "can't subtract offset-naive and offset-aware datetimes";
                    return Err(interp.raise("TypeError", message));
                }
                let gap = self.instant() - other.instant();
                delta(interp, if reflected { -gap } else { gap }).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        if other.downcast::<PyDate>().is_some() && !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Err(interp.raise("TypeError", "can't compare datetime.datetime to datetime.date"));
        }
        let Some(other) = other.downcast::<PyDateTime>() else { return Ok(None) };
        if self.zone.is_some() != other.zone.is_some() {
            return match op {
                CompareOp::Eq => Ok(Some(Value::Bool(false))),
                CompareOp::Ne => Ok(Some(Value::Bool(true))),
                _ => Err(interp.raise("TypeError", "can't compare offset-naive and offset-aware datetimes")),
            };
        }
        Ok(Some(Value::Bool(ordered(op, self.instant().cmp(&other.instant())))))
    }

    fn hash(&self, _interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Ok(self.instant() as i64)
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let (date, time) = (self.at.date(), self.at.time());
        let mut text = format!("datetime.datetime({}, {}, {}, ", date.year(), date.month(), date.day());
        text.push_str(&super::time::repr_parts(time));
        let zone = repr_zone(interp, &self.zone)?;
        Ok(format!("{text}{zone})"))
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        self.iso(interp, " ", "auto")
    }

    fn format(&self, interp: &mut Interp, this: &Value, spec: &str) -> PyResult<Option<String>> {
        if spec.is_empty() {
            return self.str(interp, this).map(Some);
        }
        strftime::format(interp, self.at, self.zone.as_deref(), spec).map(Some)
    }
}
