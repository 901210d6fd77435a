//! Formatting: literals' reprs, format specifications, `%` and `str.format`.

use super::error::{PyResult, Stop};
use super::interp::Interp;
use super::value::Value;

/// `repr()` of a string.
pub fn repr_str(text: &str) -> String {
    format!("'{text}'")
}

/// `repr()` of bytes.
pub fn repr_bytes(bytes: &[u8]) -> String {
    format!("{bytes:?}")
}

/// `repr()` of a float.
pub fn repr_float(number: f64) -> String {
    number.to_string()
}

/// `format(value, spec)`, as f-strings and `str.format` use it.
///
/// For instances with `__format__` and for foreign values it asks them.
pub fn format_value(interp: &mut Interp, value: &Value, spec: &str) -> PyResult<String> {
    let _ = (interp, value, spec);
    Err(Stop::unsupported("format specifications"))
}

/// `template % argument` for a string.
pub fn percent(interp: &mut Interp, template: &str, argument: &Value) -> PyResult<String> {
    let _ = (interp, template, argument);
    Err(Stop::unsupported("% on strings"))
}
