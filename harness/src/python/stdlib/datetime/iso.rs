//! ISO 8601: how dates and times are written and, as `fromisoformat` takes them, read.

use super::build::micro_of;
use super::zone::{PyZone, offset_text};
use crate::python::error::PyResult;
use crate::python::format::repr_str;
use crate::python::interp::Interp;
use jiff::civil::{Date, ISOWeekDate, Time, Weekday};
use regex::{Captures, Regex};
use std::rc::Rc;

pub(super) fn date_text(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

/// A time to the precision asked for, with its offset.
pub(super) fn time_text(
    interp: &mut Interp,
    time: Time,
    zone: Option<&PyZone>,
    spec: &str,
) -> PyResult<String> {
    let micro = micro_of(time);
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    let mut text = match spec {
        "auto" if micro == 0 => format!("{hour:02}:{minute:02}:{second:02}"),
        "auto" | "microseconds" => format!("{hour:02}:{minute:02}:{second:02}.{micro:06}"),
        "milliseconds" => format!("{hour:02}:{minute:02}:{second:02}.{:03}", micro / 1000),
        "seconds" => format!("{hour:02}:{minute:02}:{second:02}"),
        "minutes" => format!("{hour:02}:{minute:02}"),
        "hours" => format!("{hour:02}"),
        _ => return Err(interp.raise("ValueError", "Unknown timespec value")),
    };
    if let Some(zone) = zone {
        text.push_str(&offset_text(zone.offset, ":"));
    }
    Ok(text)
}

fn invalid<T>(interp: &mut Interp, text: &str) -> PyResult<T> {
    Err(interp.raise("ValueError", format!("Invalid isoformat string: {}", repr_str(text))))
}

fn part<T: std::str::FromStr>(found: &Captures, name: &str) -> Option<T> {
    found.name(name)?.as_str().parse().ok()
}

/// A date at the start of a text, and the rest.
fn read_date(text: &str) -> Option<(Date, &str)> {
    let pattern = Regex::new(
        r"^(?:(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)|(?<wyear>\d{4})-?W(?<week>\d\d)(?:-?(?<weekday>[1-7]))?|(?<cyear>\d{4})(?<cmonth>\d\d)(?<cday>\d\d))",
    )
    .ok()?;
    let found = pattern.captures(text)?;
    let rest = &text[found.get(0)?.end()..];
    let date = if let Some(week) = part(&found, "week") {
        let day = Weekday::from_monday_one_offset(part(&found, "weekday").unwrap_or(1)).ok()?;
        ISOWeekDate::new(part(&found, "wyear")?, week, day).ok()?.date()
    } else {
        let prefix = if found.name("year").is_some() { "" } else { "c" };
        let get = |name: &str| part::<i16>(&found, &format!("{prefix}{name}"));
        Date::new(get("year")?, get("month")? as i8, get("day")? as i8).ok()?
    };
    (date.year() >= 1).then_some((date, rest))
}

/// A whole text as a time and an offset.
fn read_time(text: &str) -> Option<(Time, Option<PyZone>)> {
    let pattern = Regex::new(
        r"^T?(?<hour>\d\d)(?::?(?<minute>\d\d)(?::?(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?)?(?<zone>Z|(?<sign>[+-])(?<zhour>\d\d)(?::?(?<zminute>\d\d)(?::?(?<zsecond>\d\d))?)?)?$",
    )
    .ok()?;
    let found = pattern.captures(text)?;
    let fraction = found.name("fraction").map_or("", |fraction| fraction.as_str());
    let micro: i32 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    let (minute, second) = (part(&found, "minute").unwrap_or(0), part(&found, "second").unwrap_or(0));
    let time = Time::new(part(&found, "hour")?, minute, second, micro * 1000).ok()?;
    let zone = found.name("zone").map(|zone| {
        let get = |name: &str| part::<i128>(&found, name).unwrap_or(0);
        let seconds = get("zhour") * 3600 + get("zminute") * 60 + get("zsecond");
        let sign = if found.name("sign").is_some_and(|sign| sign.as_str() == "-") { -1 } else { 1 };
        let offset = if zone.as_str() == "Z" { 0 } else { sign * seconds * 1_000_000 };
        PyZone { offset, name: None }
    });
    Some((time, zone))
}

/// `date.fromisoformat`.
pub(super) fn parse_date(interp: &mut Interp, text: &str) -> PyResult<Date> {
    match read_date(text) {
        Some((date, "")) => Ok(date),
        _ => invalid(interp, text),
    }
}

/// `time.fromisoformat`.
pub(super) fn parse_time(interp: &mut Interp, text: &str) -> PyResult<(Time, Option<Rc<PyZone>>)> {
    match read_time(text) {
        Some((time, zone)) => Ok((time, zone.map(Rc::new))),
        None => invalid(interp, text),
    }
}

/// `datetime.fromisoformat`.
pub(super) fn parse_moment(interp: &mut Interp, text: &str) -> PyResult<(Date, Time, Option<Rc<PyZone>>)> {
    let Some((date, rest)) = read_date(text) else { return invalid(interp, text) };
    let mut letters = rest.chars();
    if letters.next().is_none() {
        return Ok((date, Time::midnight(), None));
    }
    match read_time(letters.as_str()) {
        Some((time, zone)) => Ok((date, time, zone.map(Rc::new))),
        None => invalid(interp, text),
    }
}
