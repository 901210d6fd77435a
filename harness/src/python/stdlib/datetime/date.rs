//! `date`.

use super::build::{self, fields, from_micros, micros};
use super::delta::{DAY, PyDelta, delta, ordered};
use super::{class, iso, strftime};
use crate::python::args::Args;
use crate::python::builtins::{construct_with, convert, method};
use crate::python::class::Class;
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::object::{BinaryOp, CompareOp, Object};
use crate::python::stdlib::clock::Clock;
use crate::python::value::Value;
use jiff::civil::{Date, DateTime, Time};
use std::any::Any;
use std::rc::Rc;

/// A date.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PyDate(pub(crate) Date);

/// A class method, whose first argument is the class.
pub(super) fn class_method(
    class: &Rc<Class>,
    name: &'static str,
    body: impl Fn(&mut Interp, Args) -> PyResult<Value> + 'static,
) {
    let native = Value::native(name, move |interp, mut args| {
        if !args.positional.is_empty() {
            args.positional.remove(0);
        }
        body(interp, args)
    });
    class.dict.set(name, Value::ClassMethod(Rc::new(native)));
}

/// A string argument.
pub(super) fn text(interp: &mut Interp, value: &Value, name: &str) -> PyResult<Rc<str>> {
    match value.as_str() {
        Some(text) => Ok(text.clone()),
        None => {
            let kind = interp.type_name(value);
            Err(interp.raise("TypeError", format!("{name}: argument must be str, not {kind}")))
        }
    }
}

/// The date of a `date` or of a `datetime`.
fn date_of(value: &Value) -> Option<Date> {
    value
        .downcast::<PyDate>()
        .map(|date| date.0)
        .or_else(|| value.downcast::<super::PyDateTime>().map(|moment| moment.at.date()))
}

fn own(interp: &mut Interp, args: &Args) -> PyResult<Date> {
    match args.positional.first().and_then(date_of) {
        Some(date) => Ok(date),
        None => Err(interp.raise("TypeError", "descriptor requires a 'datetime.date' object")),
    }
}

pub(super) fn install(interp: &mut Interp, clock: &Clock) {
    let this = class(interp, "date");
    construct_with(&this, |interp, _, args| {
        let values = fields(interp, args, &["year", "month", "day"], 3)?;
        build::date(interp, &values, None).map(super::date_value)
    });
    let now = clock.clone();
    class_method(&this, "today", move |_, _| Ok(super::date_value(now.now().date())));
    class_method(&this, "fromisoformat", |interp, args| {
        let [given] = args.exactly(interp, "date.fromisoformat")?;
        let Some(given) = given.as_str().cloned() else {
            return Err(interp.raise("TypeError", "fromisoformat: argument must be str"));
        };
        iso::parse_date(interp, &given).map(super::date_value)
    });
    class_method(&this, "fromordinal", |interp, args| {
        let [ordinal] = args.exactly(interp, "date.fromordinal")?;
        let ordinal = interp.index(&ordinal)?;
        if ordinal < 1 {
            return Err(interp.raise("ValueError", "ordinal must be >= 1"));
        }
        from_micros(interp, i128::from(ordinal - 1) * DAY).map(|at| super::date_value(at.date()))
    });
    class_method(&this, "fromtimestamp", |interp, args| {
        let [seconds] = args.exactly(interp, "date.fromtimestamp")?;
        super::moment::from_timestamp(interp, &seconds).map(|at| super::date_value(at.date()))
    });
    shared_methods(&this);
    method(&this, "isoformat", |interp, args| {
        own(interp, &args).map(|date| Value::from(iso::date_text(date)))
    });
    method(&this, "replace", |interp, mut args| {
        let date = own(interp, &args)?;
        args.positional.remove(0);
        let values = fields(interp, args, &["year", "month", "day"], 0)?;
        build::date(interp, &values, Some(date)).map(super::date_value)
    });
    method(&this, "strftime", |interp, mut args| {
        let date = own(interp, &args)?;
        args.positional.remove(0);
        let [format] = args.exactly(interp, "date.strftime")?;
        let format = text(interp, &format, "strftime")?;
        strftime::format(interp, date.to_datetime(Time::midnight()), None, &format).map(Value::from)
    });
    this.dict.set("min", super::date_value(Date::constant(1, 1, 1)));
    this.dict.set("max", super::date_value(Date::constant(9999, 12, 31)));
    this.dict.set("resolution", Value::object(PyDelta(DAY)));
}

/// Methods that dates and moments share.
fn shared_methods(this: &Rc<Class>) {
    method(this, "weekday", |interp, args| {
        own(interp, &args).map(|date| Value::int(date.weekday().to_monday_zero_offset()))
    });
    method(this, "isoweekday", |interp, args| {
        own(interp, &args).map(|date| Value::int(date.weekday().to_monday_one_offset()))
    });
    method(this, "toordinal", |interp, args| {
        let date = own(interp, &args)?;
        Ok(Value::from((micros(date.to_datetime(Time::midnight())) / DAY) as i64 + 1))
    });
    method(this, "ctime", |interp, args| {
        let at = match args.positional.first().and_then(|own| own.downcast::<super::PyDateTime>()) {
            Some(moment) => moment.at,
            None => own(interp, &args)?.to_datetime(Time::midnight()),
        };
        strftime::format(interp, at, None, "%a %b %e %H:%M:%S %Y").map(Value::from)
    });
    for name in ["isocalendar", "timetuple"] {
        method(this, name, move |_, _| Err(Stop::unsupported(format!("{name}() of a date"))));
    }
}

/// Year, month and day of a date or moment.
pub(super) fn part(date: Date, name: &str) -> Option<Value> {
    Some(match name {
        "year" => Value::int(date.year()),
        "month" => Value::int(date.month()),
        "day" => Value::int(date.day()),
        _ => return None,
    })
}

impl Object for PyDate {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "datetime.date"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        class(interp, "date")
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(part(self.0, name))
    }

    fn binary(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        let at = micros(self.0.to_datetime(Time::midnight()));
        if let Some(&PyDelta(span)) = other.downcast::<PyDelta>() {
            let days = span.div_euclid(DAY) * DAY;
            let moved = match op {
                BinaryOp::Add => at + days,
                BinaryOp::Sub if !reflected => at - days,
                _ => return Ok(None),
            };
            return from_micros(interp, moved).map(|at| Some(super::date_value(at.date())));
        }
        match (op, other.downcast::<PyDate>()) {
            (BinaryOp::Sub, Some(other)) => {
                let gap = at - micros(other.0.to_datetime(Time::midnight()));
                delta(interp, if reflected { -gap } else { gap }).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn compare(
        &self,
        _interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        Ok(other.downcast::<PyDate>().map(|other| Value::Bool(ordered(op, self.0.cmp(&other.0)))))
    }

    fn hash(&self, _interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Ok(micros(self.0.to_datetime(Time::midnight())) as i64)
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let date = self.0;
        Ok(format!("datetime.date({}, {}, {})", date.year(), date.month(), date.day()))
    }

    fn str(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(iso::date_text(self.0))
    }

    fn format(&self, interp: &mut Interp, this: &Value, spec: &str) -> PyResult<Option<String>> {
        if spec.is_empty() {
            return self.str(interp, this).map(Some);
        }
        strftime::format(interp, self.0.to_datetime(Time::midnight()), None, spec).map(Some)
    }
}

/// A number of seconds since 1970 as microseconds.
pub(super) fn timestamp_micros(interp: &mut Interp, seconds: &Value) -> PyResult<i128> {
    let number = convert::real(interp, seconds)?;
    if number.is_nan() {
        return Err(interp.raise("ValueError", "cannot convert float NaN to integer"));
    }
    let micros = (number * 1e6).round_ties_even();
    if micros.abs() > 1e18 {
        return Err(interp.raise("ValueError", format!("year is out of range: {number}")));
    }
    Ok(micros as i128 + super::build::micros(DateTime::constant(1970, 1, 1, 0, 0, 0, 0)))
}
