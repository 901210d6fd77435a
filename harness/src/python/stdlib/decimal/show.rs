//! How decimals are shown: `str`, and format specifications.

use crate::python::error::PyResult;
use crate::python::format::{Spec, pad_number, sign_text};
use crate::python::interp::Interp;
use bigdecimal::num_bigint::Sign;
use bigdecimal::{BigDecimal, RoundingMode, Signed, Zero};
use std::num::NonZeroU64;

/// `str()`: plain while the exponent is small, scientific otherwise.
pub(super) fn text(number: &BigDecimal, letter: char) -> String {
    let sign = if number.sign() == Sign::Minus { "-" } else { "" };
    format!("{sign}{}", unsigned(number, letter))
}

fn unsigned(number: &BigDecimal, letter: char) -> String {
    let (coefficient, scale) = number.as_bigint_and_exponent();
    let digits = coefficient.abs().to_string();
    let point = digits.len() as i64 - scale;
    if scale >= 0 && point > -6 { place_point(&digits, point) } else { scientific(&digits, point, letter) }
}

/// Digits with a point before the one at `point`.
fn place_point(digits: &str, point: i64) -> String {
    let length = digits.len() as i64;
    if point >= length {
        return format!("{digits}{}", "0".repeat((point - length) as usize));
    }
    if point <= 0 {
        return format!("0.{}{digits}", "0".repeat(-point as usize));
    }
    let (whole, rest) = digits.split_at(point as usize);
    format!("{whole}.{rest}")
}

fn scientific(digits: &str, point: i64, letter: char) -> String {
    let exponent = point - 1;
    let (first, rest) = digits.split_at(1.min(digits.len()));
    let fraction = if rest.is_empty() { String::new() } else { format!(".{rest}") };
    format!("{first}{fraction}{letter}{exponent:+}")
}

/// Without an exponent, whatever the scale.
pub(super) fn plain_text(number: &BigDecimal) -> String {
    let (coefficient, scale) = number.as_bigint_and_exponent();
    let digits = coefficient.abs().to_string();
    let sign = if number.sign() == Sign::Minus { "-" } else { "" };
    format!("{sign}{}", place_point(&digits, digits.len() as i64 - scale))
}

/// `format(number, spec)`.
pub(super) fn format(interp: &mut Interp, number: &BigDecimal, text: &str) -> PyResult<String> {
    let Ok(mut spec) = Spec::parse(interp, text, "decimal.Decimal", '>') else {
        return Err(interp.raise("ValueError", "invalid format string"));
    };
    if spec.precision.is_some_and(|precision| precision > 10_000) {
        return Err(crate::python::error::Stop::limit("a decimal with many thousand digits"));
    }
    let kind = spec.kind.map(|kind| if kind == 'n' { 'g' } else { kind });
    let percent = kind == Some('%');
    let mut shown = number.abs();
    if percent {
        let (coefficient, scale) = shown.into_bigint_and_exponent();
        shown = BigDecimal::new(coefficient, scale - 2);
    }
    let mut body = match (kind, spec.precision) {
        (Some('f' | 'F' | '%'), Some(places)) => {
            plain_text(&shown.with_scale_round(places as i64, RoundingMode::HalfEven))
        }
        (Some('f' | 'F' | '%'), None) => plain_text(&shown),
        (Some(letter @ ('e' | 'E')), precision) => {
            let shown = match precision.and_then(|places| NonZeroU64::new(places as u64 + 1)) {
                Some(digits) => precise(shown, digits),
                None => shown,
            };
            let (coefficient, scale) = shown.as_bigint_and_exponent();
            let digits = coefficient.abs().to_string();
            scientific(&digits, digits.len() as i64 - scale, letter)
        }
        (Some('g' | 'G') | None, precision) => {
            let shown = match precision.and_then(|digits| NonZeroU64::new(digits.max(1) as u64)) {
                Some(digits) if shown.digits() > digits.get() => precise(shown, digits),
                _ => shown,
            };
            unsigned(&shown, if kind == Some('g') { 'e' } else { 'E' })
        }
        _ => return Err(interp.raise("ValueError", "invalid format string")),
    };
    if percent {
        body.push('%');
    }
    if spec.grouping == Some('_') {
        return Err(interp.raise("ValueError", "invalid format string"));
    }
    let split = body.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(body.len());
    let (digits, rest) = body.split_at(split);
    spec.kind = None;
    Ok(pad_number(sign_text(number.sign() == Sign::Minus, spec.sign), digits, rest, &spec))
}

fn precise(number: BigDecimal, digits: NonZeroU64) -> BigDecimal {
    if number.is_zero() { number } else { number.with_precision_round(digits, RoundingMode::HalfEven) }
}
