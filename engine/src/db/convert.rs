//! Values on their way into and out of the database, by the type of their column.

use crate::schema::SqlType;
use crate::value::{Value, repr};
use bigdecimal::BigDecimal;
use jiff::civil::{Date, DateTime, Time};
use num_traits::ToPrimitive;
use std::borrow::Cow;
use std::rc::Rc;
use std::str::FromStr;

/// A Python exception of a conversion, which the library wraps in a `StatementError` or lets through.
#[derive(Debug)]
pub(super) struct Refusal {
    /// `builtins.TypeError`.
    pub(super) class: Cow<'static, str>,
    pub(super) message: String,
}

fn type_error(message: impl Into<String>) -> Refusal {
    Refusal { class: "builtins.TypeError".into(), message: message.into() }
}

fn value_error(message: impl Into<String>) -> Refusal {
    Refusal { class: "builtins.ValueError".into(), message: message.into() }
}

/// A parameter as its type hands it to the driver.
pub(super) fn bind(ty: &SqlType, value: &Value) -> Result<Value, Refusal> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    Ok(match ty.generic() {
        SqlType::DateTime { .. } | SqlType::Interval => match value {
            Value::DateTime(moment) => Value::text(storage(*moment)),
            Value::Date(date) => Value::text(storage(date.at(0, 0, 0, 0))),
            _ => {
                return Err(type_error(
                    "SQLite DateTime type only accepts Python datetime and date objects as input.",
                ));
            }
        },
        SqlType::Date => match value {
            Value::Date(date) => Value::text(date.to_string()),
            Value::DateTime(moment) => Value::text(moment.date().to_string()),
            _ => return Err(type_error("SQLite Date type only accepts Python date objects as input.")),
        },
        SqlType::Time { .. } => match value {
            Value::Time(time) => Value::text(clock(*time)),
            _ => return Err(type_error("SQLite Time type only accepts Python time objects as input.")),
        },
        SqlType::Boolean => match value {
            Value::Bool(truth) => Value::Int(i64::from(*truth)),
            Value::Int(number @ (0 | 1)) => Value::Int(*number),
            Value::Int(_) => {
                return Err(value_error(format!("Value {} is not None, True, or False", repr::value(value))));
            }
            other => return Err(type_error(format!("Not a boolean value: {}", repr::value(other)))),
        },
        SqlType::LargeBinary(_) => match value {
            Value::Bytes(bytes) => Value::Bytes(Rc::clone(bytes)),
            Value::Host(host) if host.is_buffer() => value.clone(),
            other => {
                let class = other.python_type();
                return Err(type_error(format!(
                    "memoryview: a bytes-like object is required, not '{class}'"
                )));
            }
        },
        SqlType::JsonPath => Value::text(json_path(value)),
        SqlType::Uuid { as_uuid: true } => match value {
            Value::Uuid(number) => Value::text(format!("{number:032x}")),
            other => return Err(no_attribute(other, "hex")),
        },
        SqlType::Uuid { as_uuid: false } => match value {
            Value::Text(text) => Value::text(text.replace('-', "")),
            other => return Err(no_attribute(other, "replace")),
        },
        SqlType::Float { .. } | SqlType::Double | SqlType::Numeric { .. } => match value {
            Value::Float(number) => Value::Float(*number),
            Value::Int(number) => Value::Float(*number as f64),
            Value::Bool(truth) => Value::Float(f64::from(u8::from(*truth))),
            Value::Decimal(number) => Value::Float(number.to_f64().unwrap_or(f64::NAN)),
            Value::Text(text) => match text.trim().parse::<f64>() {
                Ok(number) => Value::Float(number),
                Err(_) => {
                    return Err(value_error(format!(
                        "could not convert string to float: {}",
                        repr::value(value)
                    )));
                }
            },
            Value::Host(host) => {
                return Err(type_error(format!(
                    "float() argument must be a string or a real number, not '{}'",
                    host.type_name()
                )));
            }
            other => other.clone(),
        },
        _ => value.clone(),
    })
}

/// A value of a row as its type hands it to Python.
pub(super) fn result(ty: &SqlType, value: Value) -> Result<Value, Refusal> {
    if value.is_null() {
        return Ok(value);
    }
    Ok(match (ty.generic(), &value) {
        (SqlType::DateTime { .. } | SqlType::Interval, Value::Text(text)) => match moment(text) {
            Some(moment) => Value::DateTime(moment),
            None => return Err(value_error(format!("Couldn't parse datetime string: {}", repr::text(text)))),
        },
        (
            SqlType::DateTime { .. } | SqlType::Date | SqlType::Time { .. },
            Value::Int(_) | Value::Float(_),
        ) => {
            return Err(type_error("fromisoformat: argument must be str"));
        }
        (SqlType::Date, Value::Text(text)) => match Date::from_str(text.get(..10).unwrap_or(text)) {
            Ok(date) => Value::Date(date),
            Err(_) => return Err(value_error(format!("Couldn't parse date string: {}", repr::text(text)))),
        },
        (SqlType::Time { .. }, Value::Text(text)) => match Time::from_str(text) {
            Ok(time) => Value::Time(time),
            Err(_) => return Err(value_error(format!("Couldn't parse time string: {}", repr::text(text)))),
        },
        (SqlType::Uuid { as_uuid }, _) => match (uuid(&value)?, *as_uuid) {
            (number, true) => Value::Uuid(number),
            (number, false) => Value::text(repr::uuid(number)),
        },
        (SqlType::Boolean, Value::Int(number)) => Value::Bool(*number != 0),
        (SqlType::Numeric { asdecimal: true, scale, .. }, _) => decimal(&value, scale.unwrap_or(10)),
        (SqlType::Float { asdecimal: true, .. }, _) => decimal(&value, 10),
        (SqlType::Numeric { asdecimal: false, .. }, Value::Int(number)) => Value::Float(*number as f64),
        _ => value,
    })
}

fn no_attribute(value: &Value, name: &str) -> Refusal {
    Refusal {
        class: "builtins.AttributeError".into(),
        message: format!("'{}' object has no attribute '{name}'", value.python_type()),
    }
}

/// The number that a stored UUID stands for.
fn uuid(value: &Value) -> Result<u128, Refusal> {
    let Value::Text(text) = value else { return Err(no_attribute(value, "replace")) };
    let bare = text.replace("urn:", "").replace("uuid:", "");
    let bare = bare.trim_matches(['{', '}']).replace('-', "");
    if bare.chars().count() != 32 {
        return Err(value_error("badly formed hexadecimal UUID string"));
    }
    u128::from_str_radix(&bare, 16)
        .map_err(|_| value_error(format!("invalid literal for int() with base 16: {}", repr::text(&bare))))
}

/// A stored number with this many places, as the library reads decimals from SQLite.
fn decimal(value: &Value, scale: u32) -> Value {
    let text = match value {
        Value::Int(number) => format!("{:.*}", scale as usize, *number as f64),
        Value::Float(number) => format!("{number:.*}", scale as usize),
        other => return other.clone(),
    };
    BigDecimal::from_str(&text).map_or(Value::Float(f64::NAN), Value::Decimal)
}

/// The way to a part of a JSON value: `$."key"[1]`.
fn json_path(value: &Value) -> String {
    let part = |value: &Value| match value {
        Value::Int(number) => format!("[{number}]"),
        Value::Text(text) => format!(".\"{text}\""),
        other => format!(".\"{}\"", repr::value(other)),
    };
    let parts = match value {
        Value::Host(host) => host.items().unwrap_or_default(),
        one => vec![one.clone()],
    };
    parts.iter().map(part).fold("$".to_owned(), |path, part| path + &part)
}

/// `2023-01-01 00:00:00.000000`
fn storage(moment: DateTime) -> String {
    format!("{} {}", moment.date(), clock(moment.time()))
}

/// `01:02:03.000000`
fn clock(time: Time) -> String {
    format!(
        "{:02}:{:02}:{:02}.{:06}",
        time.hour(),
        time.minute(),
        time.second(),
        time.subsec_nanosecond() / 1000
    )
}

/// As the driver adapts a datetime that no type has formatted: microseconds only where there are some.
pub(super) fn iso(moment: DateTime) -> String {
    let text = storage(moment);
    match text.strip_suffix(".000000") {
        Some(short) => short.to_owned(),
        None => text,
    }
}

fn moment(text: &str) -> Option<DateTime> {
    if let Ok(moment) = DateTime::from_str(text) {
        return Some(moment);
    }
    Date::from_str(text).ok().map(|date| date.at(0, 0, 0, 0))
}
