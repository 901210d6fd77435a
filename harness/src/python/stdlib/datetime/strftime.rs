//! `strftime` and `strptime`: Python's directives in the C locale, most of them jiff's own.

use super::build::micro_of;
use super::zone::{PyZone, offset_text};
use crate::python::error::{PyResult, Stop};
use crate::python::format::repr_str;
use crate::python::interp::Interp;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime::{self, BrokenDownTime};

/// A moment as a format says.
pub(crate) fn format(
    interp: &mut Interp,
    at: DateTime,
    zone: Option<&PyZone>,
    format: &str,
) -> PyResult<String> {
    let mut out = String::with_capacity(format.len() * 2);
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            None => out.push('%'),
            Some('f') => out.push_str(&format!("{:06}", micro_of(at.time()))),
            Some('z') => out.push_str(&zone.map(|zone| offset_text(zone.offset, "")).unwrap_or_default()),
            Some('Z') => out.push_str(&zone.map(PyZone::shown).unwrap_or_default()),
            Some('Y') => out.push_str(&at.year().to_string()),
            Some('c') => out.push_str(&jiff_format("%a %b %e %H:%M:%S %Y", at)?),
            Some('x') => out.push_str(&jiff_format("%m/%d/%y", at)?),
            Some('X') => out.push_str(&jiff_format("%H:%M:%S", at)?),
            Some(
                directive @ ('a' | 'A' | 'b' | 'B' | 'C' | 'd' | 'D' | 'e' | 'F' | 'G' | 'h' | 'H' | 'I'
                | 'j' | 'k' | 'l' | 'm' | 'M' | 'n' | 'p' | 'P' | 'R' | 'S' | 't' | 'T' | 'u'
                | 'U' | 'V' | 'w' | 'W' | 'y' | '%'),
            ) => out.push_str(&jiff_format(&format!("%{directive}"), at)?),
            Some(directive) => {
                return Err(Stop::unsupported(format!("the directive %{directive} of strftime")));
            }
        }
        interp.charge_bytes(out.len())?;
    }
    Ok(out)
}

fn jiff_format(format: &str, at: DateTime) -> PyResult<String> {
    strtime::format(format, at).map_err(|_| Stop::unsupported(format!("{format} in strftime")))
}

/// What a text says by a format: the moment, and its offset in microseconds where it gives one.
pub(super) fn parse(interp: &mut Interp, text: &str, format: &str) -> PyResult<(DateTime, Option<i128>)> {
    let expanded = expand(interp, format)?;
    let mismatch = |interp: &mut Interp| {
        let message = format!("time data {} does not match format {}", repr_str(text), repr_str(format));
        interp.raise("ValueError", message)
    };
    let Ok((mut parts, used)) = BrokenDownTime::parse_prefix(&expanded, text) else {
        return Err(mismatch(interp));
    };
    if used < text.len() {
        let rest = text.get(used..).unwrap_or_default();
        return Err(interp.raise("ValueError", format!("unconverted data remains: {rest}")));
    }
    if parts.year().is_none() && parts.iso_week_year().is_none() {
        let _ = parts.set_year(Some(1900));
    }
    if parts.day_of_year().is_none() && parts.iso_week().is_none() {
        if parts.month().is_none() {
            let _ = parts.set_month(Some(1));
        }
        if parts.day().is_none() {
            let _ = parts.set_day(Some(1));
        }
    }
    parts.set_weekday(None);
    let date: Date = match parts.to_date() {
        Ok(date) => date,
        Err(_) if parts.day().is_some_and(|day| (1..=31).contains(&day)) => {
            return Err(interp.raise("ValueError", "day is out of range for month"));
        }
        Err(_) => return Err(mismatch(interp)),
    };
    let time = parts.to_time().unwrap_or(Time::midnight());
    let offset = parts.offset().map(|offset| i128::from(offset.seconds()) * 1_000_000);
    Ok((date.to_datetime(time), offset))
}

/// Checks the directives, and writes those that stand for several as what they stand for.
fn expand(interp: &mut Interp, format: &str) -> PyResult<String> {
    let mut out = String::with_capacity(format.len());
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        out.push(letter);
        if letter != '%' {
            continue;
        }
        match letters.next() {
            Some('c') => out.push_str("a %b %e %H:%M:%S %Y"),
            Some('x') => out.push_str("m/%d/%y"),
            Some('X') => out.push_str("H:%M:%S"),
            Some(
                directive @ ('a' | 'A' | 'b' | 'B' | 'd' | 'f' | 'H' | 'I' | 'j' | 'm' | 'M' | 'p' | 'S'
                | 'y' | 'Y' | 'z' | '%'),
            ) => out.push(directive),
            Some(directive @ ('U' | 'w' | 'W' | 'Z' | 'G' | 'u' | 'V')) => {
                return Err(Stop::unsupported(format!("the directive %{directive} of strptime")));
            }
            Some(directive) => {
                let message = format!("'{directive}' is a bad directive in format {}", repr_str(format));
                return Err(interp.raise("ValueError", message));
            }
            None => return Err(interp.raise("ValueError", format!("stray % in format {}", repr_str(format)))),
        }
    }
    Ok(out)
}
