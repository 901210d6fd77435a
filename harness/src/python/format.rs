//! Formatting: reprs of literals, format specifications, `%` and `str.format`.
//!
//! Lengths that a document chooses are charged before anything is built. Messages are CPython's.

mod percent;
mod spec;
mod template;

use super::error::PyResult;
use super::interp::Interp;
use super::value::{Int, Value};
use rustpython_literal::escape::{AsciiEscape, UnicodeEscape};
use rustpython_literal::float;

pub use percent::percent;
pub(crate) use spec::{Spec, pad_number, sign_text};
pub(crate) use template::{Fields, format_template};

/// `repr()` of a string.
pub fn repr_str(text: &str) -> String {
    UnicodeEscape::new_repr(text.as_ref()).str_repr().to_string().unwrap_or_default()
}

/// `ascii()` of a string's repr: what is not ASCII is escaped.
pub fn to_ascii(repr: &str) -> String {
    let mut out = String::with_capacity(repr.len());
    for letter in repr.chars() {
        let code = u32::from(letter);
        if letter.is_ascii() {
            out.push(letter);
        } else if code <= 0xff {
            out.push_str(&format!("\\x{code:02x}"));
        } else if code <= 0xffff {
            out.push_str(&format!("\\u{code:04x}"));
        } else {
            out.push_str(&format!("\\U{code:08x}"));
        }
    }
    out
}

/// `repr()` of bytes.
pub fn repr_bytes(bytes: &[u8]) -> String {
    AsciiEscape::new_repr(bytes).bytes_repr().to_string().unwrap_or_default()
}

/// `repr()` of a float.
pub fn repr_float(number: f64) -> String {
    float::to_string(number)
}

/// `format(value, spec)`, as f-strings and `str.format` use it.
///
/// For instances with `__format__` and for foreign values it asks them.
pub fn format_value(interp: &mut Interp, value: &Value, spec: &str) -> PyResult<String> {
    match value {
        Value::Str(text) => {
            if spec.is_empty() {
                return Ok(text.to_string());
            }
            spec::format_str(interp, text, spec)
        }
        Value::Int(int) => {
            if spec.is_empty() {
                return interp.str(value);
            }
            spec::format_int(interp, int, spec)
        }
        Value::Bool(truth) if !spec.is_empty() => {
            spec::format_int(interp, &Int::Small(i64::from(*truth)), spec)
        }
        Value::Float(number) => {
            if spec.is_empty() {
                return Ok(repr_float(*number));
            }
            spec::format_float(interp, *number, spec)
        }
        Value::Object(object) => match object.clone().format(interp, value, spec)? {
            Some(text) => Ok(text),
            None => format_object(interp, value, spec),
        },
        Value::Instance(instance) => {
            if let Some(made) = interp.call_special(value, "__format__", vec![Value::from(spec)])? {
                return match made {
                    Value::Str(text) => Ok(text.to_string()),
                    other => {
                        let kind = interp.type_name(&other);
                        Err(interp.raise("TypeError", format!("__format__ must return a str, not {kind}")))
                    }
                };
            }
            match &instance.payload {
                Some(payload) if !spec.is_empty() => format_value(interp, payload, spec),
                _ => format_object(interp, value, spec),
            }
        }
        _ => format_object(interp, value, spec),
    }
}

/// What `object.__format__` does.
fn format_object(interp: &mut Interp, value: &Value, spec: &str) -> PyResult<String> {
    if spec.is_empty() {
        return interp.str(value);
    }
    let kind = interp.type_name(value);
    Err(interp.raise("TypeError", format!("unsupported format string passed to {kind}.__format__")))
}
