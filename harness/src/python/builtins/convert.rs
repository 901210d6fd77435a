//! Numbers out of values, and values out of what holds them.

use crate::python::args::Args;
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::value::{Int, Value};
use num_bigint::BigInt;
use num_traits::{FromPrimitive, Num, Zero};
use rustpython_literal::float;

/// The digits beyond which CPython refuses to convert between `str` and `int`.
const MOST_DIGITS: usize = 4300;

/// What an instance of a class derived from a builtin type holds; any other value itself.
pub(crate) fn plain(value: &Value) -> Value {
    match value {
        Value::Instance(instance) => match &instance.payload {
            Some(payload) => payload.clone(),
            None => value.clone(),
        },
        _ => value.clone(),
    }
}

/// An `int` or `bool` as an integer.
pub(crate) fn whole(value: &Value) -> Option<Int> {
    match value {
        Value::Int(int) => Some(int.clone()),
        Value::Bool(truth) => Some(Int::Small(i64::from(*truth))),
        Value::Instance(instance) => instance.payload.as_ref().and_then(whole),
        _ => None,
    }
}

/// An integer through `__index__`.
pub(crate) fn int_of(interp: &mut Interp, value: &Value) -> PyResult<Int> {
    match whole(value) {
        Some(int) => Ok(int),
        None => interp.index(value).map(Int::Small),
    }
}

/// An integer through `__int__` (where `lossy`) or `__index__`, for instances and foreign values.
pub(crate) fn special_int(interp: &mut Interp, value: &Value, lossy: bool) -> PyResult<Option<Int>> {
    if let Some(int) = whole(value) {
        return Ok(Some(int));
    }
    if let Value::Instance(instance) = value
        && let Some(payload @ Value::Float(_)) = &instance.payload
        && lossy
    {
        return float_to_int(interp, payload).map(Some);
    }
    for name in ["__int__", "__index__"] {
        if name == "__int__" && !lossy {
            continue;
        }
        let made = special(interp, value, name)?;
        if let Some(made) = made {
            return match whole(&made) {
                Some(int) => Ok(Some(int)),
                None => {
                    let kind = interp.type_name(&made);
                    Err(interp.raise("TypeError", format!("{name} returned non-int (type {kind})")))
                }
            };
        }
    }
    Ok(None)
}

/// Calls a special method of an instance or a foreign value, if it has it.
pub(crate) fn special(interp: &mut Interp, value: &Value, name: &str) -> PyResult<Option<Value>> {
    match value {
        Value::Instance(_) => interp.call_special(value, name, Vec::new()),
        Value::Object(_) => match interp.get_attr_opt(value, name)? {
            Some(bound) => interp.call(&bound, Args::none()).map(Some),
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

/// A float truncated towards zero.
pub(crate) fn float_to_int(interp: &mut Interp, value: &Value) -> PyResult<Int> {
    let Value::Float(number) = value else {
        return Err(interp.raise("TypeError", "a float is required"));
    };
    match BigInt::from_f64(number.trunc()) {
        Some(big) => Ok(big.into()),
        None if number.is_nan() => Err(interp.raise("ValueError", "cannot convert float NaN to integer")),
        None => Err(interp.raise("OverflowError", "cannot convert float infinity to integer")),
    }
}

/// A real number as a float, through `__float__` where need be; `None` where the value is no number.
pub(crate) fn real_opt(interp: &mut Interp, value: &Value) -> PyResult<Option<f64>> {
    Ok(match value {
        Value::Float(number) => Some(*number),
        Value::Int(int) => {
            let number = int.to_f64();
            if number.is_infinite() {
                return Err(interp.raise("OverflowError", "int too large to convert to float"));
            }
            Some(number)
        }
        Value::Bool(truth) => Some(f64::from(u8::from(*truth))),
        Value::Instance(_) | Value::Object(_) => {
            if let Some(made) = special(interp, value, "__float__")? {
                return match made {
                    Value::Float(number) => Ok(Some(number)),
                    other => {
                        let (from, to) = (interp.type_name(value), interp.type_name(&other));
                        let message = format!("{from}.__float__ returned non-float (type {to})");
                        Err(interp.raise("TypeError", message))
                    }
                };
            }
            match plain(value) {
                number @ (Value::Float(_) | Value::Int(_) | Value::Bool(_)) => {
                    return real_opt(interp, &number);
                }
                _ => special_int(interp, value, false)?.map(|int| int.to_f64()),
            }
        }
        _ => None,
    })
}

/// A real number as a float.
pub(crate) fn real(interp: &mut Interp, value: &Value) -> PyResult<f64> {
    match real_opt(interp, value)? {
        Some(number) => Ok(number),
        None => {
            let kind = interp.type_name(value);
            Err(interp.raise("TypeError", format!("must be real number, not {kind}")))
        }
    }
}

/// `float(text)`.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let text = text.trim_matches(is_space);
    if text.is_empty() { None } else { float::parse_str(text) }
}

/// `int(text, base)`; `shown` is the argument's repr.
pub(crate) fn parse_int(interp: &mut Interp, text: &str, base: i64, shown: &Value) -> PyResult<Int> {
    if base != 0 && !(2..=36).contains(&base) {
        return Err(interp.raise("ValueError", "int() base must be >= 2 and <= 36, or 0"));
    }
    if let Some(int) = int_literal(text, base) {
        let digits = text.bytes().filter(u8::is_ascii_alphanumeric).count();
        let power_of_two = matches!(base, 2 | 4 | 8 | 16 | 32);
        if digits > MOST_DIGITS && !power_of_two {
            let message = format!(
                "Exceeds the limit ({MOST_DIGITS} digits) for integer string conversion: value has {digits} \
                 digits; use sys.set_int_max_str_digits() to increase the limit"
            );
            return Err(interp.raise("ValueError", message));
        }
        return Ok(match int {
            Literal::Small(small) => Int::Small(small),
            Literal::Long(negative, digits, radix) => {
                interp.charge_bytes(digits.len().saturating_mul(digits.len()) / 64)?;
                let big = BigInt::from_str_radix(&digits, radix).unwrap_or_else(|_| BigInt::zero());
                Int::from(if negative { -big } else { big })
            }
        });
    }
    let shown = interp.repr(shown)?;
    Err(interp.raise("ValueError", format!("invalid literal for int() with base {base}: {shown}")))
}

enum Literal {
    Small(i64),
    Long(bool, String, u32),
}

fn int_literal(text: &str, base: i64) -> Option<Literal> {
    let text = text.trim_matches(is_space);
    let (negative, body) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = body.to_ascii_lowercase();
    let prefixed = [("0x", 16), ("0o", 8), ("0b", 2)]
        .into_iter()
        .find(|(prefix, radix)| lower.starts_with(prefix) && (base == 0 || base == i64::from(*radix)));
    let (radix, digits) = match prefixed {
        Some((_, radix)) => (radix, lower[2..].strip_prefix('_').unwrap_or(&lower[2..])),
        None if base == 0 => (10, lower.as_str()),
        None => (u32::try_from(base).ok()?, lower.as_str()),
    };
    if digits.is_empty() || digits.starts_with('_') || digits.ends_with('_') || digits.contains("__") {
        return None;
    }
    let clean: String = digits.chars().filter(|letter| *letter != '_').collect();
    if !clean.chars().all(|letter| letter.is_digit(radix)) {
        return None;
    }
    if base == 0 && prefixed.is_none() && clean.starts_with('0') && clean.bytes().any(|byte| byte != b'0') {
        return None;
    }
    match i64::from_str_radix(&clean, radix) {
        Ok(small) => Some(Literal::Small(if negative { -small } else { small })),
        Err(_) => Some(Literal::Long(negative, clean, radix)),
    }
}

/// Whether Python's `str` counts a character as white space.
pub(crate) fn is_space(letter: char) -> bool {
    letter.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&letter)
}
