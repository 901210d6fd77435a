//! The `datetime` module: dates, times, moments, durations and fixed offsets on jiff's calendar.
//!
//! Values are immutable objects. There is one local time zone, UTC, and the clock is the world's.

mod build;
mod date;
pub(crate) mod delta;
mod iso;
mod moment;
mod time;
mod zone;

pub(crate) mod strftime;

pub(crate) use date::PyDate;
pub(crate) use delta::ordered;
pub(crate) use moment::PyDateTime;
pub(crate) use time::PyTime;

use super::clock::Clock;
use crate::python::class::Class;
use crate::python::interp::Interp;
use crate::python::module::{Missing, Module};
use crate::python::value::Value;
use std::rc::Rc;

/// The classes of the module, in the order they are defined.
const CLASSES: [(&str, &str); 6] = [
    ("timedelta", "object"),
    ("date", "object"),
    ("datetime", "date"),
    ("time", "object"),
    ("tzinfo", "object"),
    ("timezone", "tzinfo"),
];

/// Makes the classes and registers the module.
pub(super) fn install(interp: &mut Interp, clock: &Clock) {
    for (name, base) in CLASSES {
        let object = interp.builtin_class("object");
        let (bases, ancestors) = if base == "object" {
            (vec![object.clone()], vec![object])
        } else {
            let base = class(interp, base);
            (vec![base.clone()], vec![base, object])
        };
        let made = Class::new(name, "datetime", bases, ancestors);
        interp.foreign.insert(("datetime".to_owned(), name.to_owned()), made);
    }
    delta::install(interp);
    date::install(interp, clock);
    moment::install(interp, clock);
    time::install(interp);
    zone::install(interp);
    interp.register_module("datetime", |interp| {
        let module = Module::new("datetime").with_missing(|_| Missing::Absent);
        for (name, _) in CLASSES {
            module.dict.set(name, Value::Class(class(interp, name)));
        }
        module.dict.set("UTC", zone::utc());
        module.dict.set("MINYEAR", Value::int(1));
        module.dict.set("MAXYEAR", Value::int(9999));
        Ok(Rc::new(module))
    });
}

/// A class of the module.
fn class(interp: &mut Interp, name: &str) -> Rc<Class> {
    interp.foreign_class("datetime", name)
}

/// A `datetime.datetime` without a zone.
pub(crate) fn datetime_value(at: jiff::civil::DateTime) -> Value {
    Value::object(PyDateTime { at, zone: None })
}

/// A `datetime.date`.
pub(crate) fn date_value(date: jiff::civil::Date) -> Value {
    Value::object(PyDate(date))
}

/// A `datetime.time` without a zone.
pub(crate) fn time_value(at: jiff::civil::Time) -> Value {
    Value::object(PyTime { at, zone: None })
}
