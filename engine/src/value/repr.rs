//! Values as Python's `repr()` shows them.

use super::Value;
use jiff::civil::{Date, DateTime, Time};
use rustpython_literal::escape::{AsciiEscape, UnicodeEscape};
use std::fmt::Write as _;

/// A string's repr, with the quotes Python chooses.
pub fn text(text: &str) -> String {
    UnicodeEscape::new_repr(text.as_ref()).str_repr().to_string().unwrap_or_default()
}

/// A bytes object's repr.
pub fn bytes(bytes: &[u8]) -> String {
    AsciiEscape::new_repr(bytes).bytes_repr().to_string().unwrap_or_default()
}

/// A value's repr.
pub fn value(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => rustpython_literal::float::to_string(*number),
        Value::Text(string) => text(string),
        Value::Bytes(string) => bytes(string),
        Value::Decimal(number) => format!("Decimal('{}')", decimal(number)),
        Value::Date(value) => date(*value),
        Value::Time(value) => time(*value),
        Value::DateTime(value) => date_time(*value),
        Value::Uuid(number) => format!("UUID('{}')", uuid(*number)),
        Value::Host(value) => value.repr(),
    }
}

/// A UUID with its hyphens.
pub fn uuid(number: u128) -> String {
    let hex = format!("{number:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// A decimal as Python's `str()` shows it: scientific only where the exponent is positive or the number is tiny.
pub fn decimal(number: &bigdecimal::BigDecimal) -> String {
    let (digits, scale) = number.as_bigint_and_exponent();
    let text = digits.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let exponent = scale.saturating_neg();
    let adjusted = exponent.saturating_add(digits.len() as i64 - 1);
    if exponent <= 0 && adjusted >= -6 {
        let scale = scale.max(0) as usize;
        if scale == 0 {
            return format!("{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        return format!("{sign}{whole}.{fraction}");
    }
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{first}{point}{rest}E{adjusted:+}")
}

fn date(date: Date) -> String {
    format!("datetime.date({}, {}, {})", date.year(), date.month(), date.day())
}

fn time(time: Time) -> String {
    let mut text = format!("datetime.time({}, {}", time.hour(), time.minute());
    seconds(&mut text, time);
    text
}

fn date_time(value: DateTime) -> String {
    let mut text = format!(
        "datetime.datetime({}, {}, {}, {}, {}",
        value.year(),
        value.month(),
        value.day(),
        value.hour(),
        value.minute()
    );
    seconds(&mut text, value.time());
    text
}

/// Seconds and microseconds where they are not nothing, and the closing parenthesis.
fn seconds(text: &mut String, time: Time) {
    let microseconds = time.subsec_nanosecond() / 1000;
    // Writing to a string cannot fail.
    if microseconds != 0 {
        let _ = write!(text, ", {}, {microseconds}", time.second());
    } else if time.second() != 0 {
        let _ = write!(text, ", {}", time.second());
    }
    text.push(')');
}
