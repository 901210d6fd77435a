//! Arguments of the module's constructors, with their bounds, and durations as microseconds.

use super::zone::PyZone;
use crate::python::args::Args;
use crate::python::builtins::plain;
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::value::Value;
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use std::rc::Rc;

/// A zone, where there is one.
pub(super) type Zone = Option<Rc<PyZone>>;

/// The instant that moments are counted from.
const ORIGIN: DateTime = DateTime::constant(1, 1, 1, 0, 0, 0, 0);

/// Microseconds since the first moment there is.
pub(super) fn micros(at: DateTime) -> i128 {
    at.duration_since(ORIGIN).as_micros()
}

/// The moment that many microseconds after the first.
pub(super) fn from_micros(interp: &mut Interp, micros: i128) -> PyResult<DateTime> {
    let made = i64::try_from(micros)
        .ok()
        .filter(|micros| *micros >= 0)
        .and_then(|micros| ORIGIN.checked_add(SignedDuration::from_micros(micros)).ok());
    match made {
        Some(at) => Ok(at),
        None => Err(interp.raise("OverflowError", "date value out of range")),
    }
}

/// Matches arguments to names, the first `required` of which must be given.
pub(super) fn fields(
    interp: &mut Interp,
    args: Args,
    names: &[&str],
    required: usize,
) -> PyResult<Vec<Option<Value>>> {
    let mut values: Vec<Option<Value>> = vec![None; names.len()];
    let given = args.positional.len();
    if given > names.len() {
        let message = format!("function takes at most {} arguments ({given} given)", names.len());
        return Err(interp.raise("TypeError", message));
    }
    for (slot, value) in values.iter_mut().zip(args.positional) {
        *slot = Some(value);
    }
    for (keyword, value) in args.keywords {
        let Some(index) = names.iter().position(|name| **name == *keyword) else {
            let message = format!("'{keyword}' is an invalid keyword argument for this function");
            return Err(interp.raise("TypeError", message));
        };
        if values[index].is_some() {
            let place = index + 1;
            let message = format!("argument for function given by name ('{keyword}') and position ({place})");
            return Err(interp.raise("TypeError", message));
        }
        values[index] = Some(value);
    }
    for (index, name) in names.iter().enumerate().take(required) {
        if values[index].is_none() {
            let message = format!("function missing required argument '{name}' (pos {})", index + 1);
            return Err(interp.raise("TypeError", message));
        }
    }
    Ok(values)
}

fn number(interp: &mut Interp, value: Option<&Value>, default: i64) -> PyResult<i64> {
    match value {
        None => Ok(default),
        Some(value) => match plain(value) {
            Value::Int(int) if int.small().is_none() => {
                Err(interp.raise("OverflowError", "Python int too large to convert to C int"))
            }
            value => interp.index(&value),
        },
    }
}

/// Year, month and day.
pub(super) fn date(interp: &mut Interp, values: &[Option<Value>], default: Option<Date>) -> PyResult<Date> {
    let (year, month, day) = default.map_or((1, 1, 1), |date| (date.year(), date.month(), date.day()));
    let year = number(interp, values[0].as_ref(), i64::from(year))?;
    let month = number(interp, values[1].as_ref(), i64::from(month))?;
    let day = number(interp, values[2].as_ref(), i64::from(day))?;
    if !(1..=9999).contains(&year) {
        return Err(interp.raise("ValueError", format!("year {year} is out of range")));
    }
    if !(1..=12).contains(&month) {
        return Err(interp.raise("ValueError", "month must be in 1..12"));
    }
    let day = i8::try_from(day).unwrap_or(0);
    match Date::new(year as i16, month as i8, day) {
        Ok(date) => Ok(date),
        Err(_) => Err(interp.raise("ValueError", "day is out of range for month")),
    }
}

/// Hour, minute, second and microsecond.
pub(super) fn time(interp: &mut Interp, values: &[Option<Value>], default: Time) -> PyResult<Time> {
    let defaults = [default.hour(), default.minute(), default.second()];
    let mut parts = [0; 3];
    for (index, (name, most)) in [("hour", 23), ("minute", 59), ("second", 59)].into_iter().enumerate() {
        let value = number(interp, values[index].as_ref(), i64::from(defaults[index]))?;
        if !(0..=most).contains(&value) {
            return Err(interp.raise("ValueError", format!("{name} must be in 0..{most}")));
        }
        parts[index] = value as i8;
    }
    let micro = number(interp, values[3].as_ref(), i64::from(default.subsec_nanosecond() / 1000))?;
    if !(0..=999_999).contains(&micro) {
        return Err(interp.raise("ValueError", "microsecond must be in 0..999999"));
    }
    Ok(Time::constant(parts[0], parts[1], parts[2], micro as i32 * 1000))
}

/// A `tzinfo` argument.
pub(super) fn zone(interp: &mut Interp, value: Option<&Value>) -> PyResult<Zone> {
    match value {
        None | Some(Value::None) => Ok(None),
        Some(value) => match value.downcast::<PyZone>() {
            Some(zone) => Ok(Some(Rc::new(zone.clone()))),
            None if matches!(value, Value::Instance(_)) => {
                Err(crate::python::error::Stop::unsupported("a tzinfo class of the document's own"))
            }
            None => {
                let kind = interp.type_name(value);
                let message =
                    format!("tzinfo argument must be None or of a tzinfo subclass, not type '{kind}'");
                Err(interp.raise("TypeError", message))
            }
        },
    }
}

/// The microseconds of a time's fraction.
pub(super) fn micro_of(time: Time) -> i32 {
    time.subsec_nanosecond() / 1000
}
