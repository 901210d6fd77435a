//! Arithmetic with the default context: exact where 28 digits hold the result, half-even where they do not.
//!
//! Exponents follow the General Decimal Arithmetic specification, which Python implements.

use bigdecimal::num_bigint::BigInt as OtherBigInt;
use bigdecimal::num_bigint::Sign;
use bigdecimal::{BigDecimal, One, RoundingMode, Signed, Zero};
use num_bigint::BigInt;
use std::num::NonZeroU64;

/// The integers of `bigdecimal`, which has a version of its own.
pub(super) type Coefficient = OtherBigInt;

/// Digits of the default context.
pub(super) const PRECISION: u64 = 28;

pub(super) fn from_big(big: &BigInt) -> Coefficient {
    Coefficient::from_signed_bytes_le(&big.to_signed_bytes_le())
}

pub(super) fn to_big(big: &Coefficient) -> BigInt {
    BigInt::from_signed_bytes_le(&big.to_signed_bytes_le())
}

/// Rounds to the context's digits, where there are more.
pub(super) fn round_to_context(number: BigDecimal) -> BigDecimal {
    match NonZeroU64::new(PRECISION) {
        Some(precision) if number.digits() > PRECISION => {
            number.with_precision_round(precision, RoundingMode::HalfEven)
        }
        _ => number,
    }
}

fn parts(number: &BigDecimal) -> (Coefficient, i64) {
    number.as_bigint_and_exponent()
}

fn ten(power: i64) -> Coefficient {
    Coefficient::from(10).pow(u32::try_from(power).unwrap_or(0))
}

pub(super) fn add(left: &BigDecimal, right: &BigDecimal) -> BigDecimal {
    let ((left, left_scale), (right, right_scale)) = (parts(left), parts(right));
    let scale = left_scale.max(right_scale);
    let sum = left * ten(scale - left_scale) + right * ten(scale - right_scale);
    round_to_context(BigDecimal::new(sum, scale))
}

pub(super) fn multiply(left: &BigDecimal, right: &BigDecimal) -> BigDecimal {
    let ((left, left_scale), (right, right_scale)) = (parts(left), parts(right));
    round_to_context(BigDecimal::new(left * right, left_scale + right_scale))
}

/// Makes a discarded remainder felt by rounding: a last digit of 0 or 5 would look exact.
fn sticky(coefficient: Coefficient, exact: bool) -> Coefficient {
    if exact || !(&coefficient % 5u8).is_zero() { coefficient } else { coefficient + 1 }
}

/// Takes trailing zeros away while the scale is above the ideal one.
fn towards(mut coefficient: Coefficient, mut scale: i64, ideal: i64) -> BigDecimal {
    while scale > ideal && (&coefficient % 10u8).is_zero() {
        coefficient /= 10u8;
        scale -= 1;
    }
    BigDecimal::new(coefficient, scale)
}

/// Divides; the divisor is not zero.
pub(super) fn divide(left: &BigDecimal, right: &BigDecimal) -> BigDecimal {
    let ((top, left_scale), (bottom, right_scale)) = (parts(left), parts(right));
    let ideal = left_scale - right_scale;
    if top.is_zero() {
        return BigDecimal::new(Coefficient::zero(), ideal);
    }
    let shift = (right.digits() as i64 - left.digits() as i64 + PRECISION as i64 + 1).max(0);
    let negative = (top.sign() == Sign::Minus) != (bottom.sign() == Sign::Minus);
    let (top, bottom) = (top.abs() * ten(shift), bottom.abs());
    let (quotient, remainder) = (&top / &bottom, &top % &bottom);
    let exact = remainder.is_zero();
    let quotient = sticky(quotient, exact);
    let quotient = if negative { -quotient } else { quotient };
    let made = if exact {
        towards(quotient, ideal + shift, ideal)
    } else {
        BigDecimal::new(quotient, ideal + shift)
    };
    round_to_context(made)
}

/// The quotient cut to an integer, and the remainder, which has the dividend's sign.
pub(super) fn divide_whole(left: &BigDecimal, right: &BigDecimal) -> (BigDecimal, BigDecimal) {
    let ((left, left_scale), (right, right_scale)) = (parts(left), parts(right));
    let scale = left_scale.max(right_scale);
    let (left, right) = (left * ten(scale - left_scale), right * ten(scale - right_scale));
    let quotient = BigDecimal::new(&left / &right, 0);
    (quotient, round_to_context(BigDecimal::new(left % right, scale)))
}

/// An integer power.
pub(super) fn power(base: &BigDecimal, exponent: i64) -> BigDecimal {
    let (coefficient, scale) = parts(base);
    let times = exponent.unsigned_abs() as u32;
    let raised = BigDecimal::new(coefficient.pow(times), scale * i64::from(times));
    if exponent < 0 {
        let one = BigDecimal::new(Coefficient::one(), 0);
        return divide(&one, &raised);
    }
    round_to_context(raised)
}

/// The square root, correctly rounded; `None` for negative numbers.
pub(super) fn square_root(number: &BigDecimal) -> Option<BigDecimal> {
    let (coefficient, scale) = parts(number);
    if coefficient.sign() == Sign::Minus {
        return None;
    }
    let ideal = scale.div_euclid(2) + scale.rem_euclid(2);
    if coefficient.is_zero() {
        return Some(BigDecimal::new(coefficient, ideal));
    }
    let mut shift = (2 * (PRECISION as i64 + 1) - number.digits() as i64).max(0);
    if (scale + shift).rem_euclid(2) != 0 {
        shift += 1;
    }
    let scaled = coefficient * ten(shift);
    let root = scaled.sqrt();
    let exact = &root * &root == scaled;
    let root_scale = (scale + shift).div_euclid(2);
    let root = sticky(root, exact);
    let made = if exact { towards(root, root_scale, ideal) } else { BigDecimal::new(root, root_scale) };
    Some(round_to_context(made))
}

/// A fraction in lowest terms.
pub(super) fn as_ratio(number: &BigDecimal) -> (Coefficient, Coefficient) {
    let (coefficient, scale) = parts(number);
    let (top, bottom) =
        if scale > 0 { (coefficient, ten(scale)) } else { (coefficient * ten(-scale), Coefficient::one()) };
    let (mut larger, mut smaller) = (top.abs(), bottom.clone());
    while !smaller.is_zero() {
        let rest = &larger % &smaller;
        larger = smaller;
        smaller = rest;
    }
    if larger.is_zero() { (top, Coefficient::one()) } else { (&top / &larger, &bottom / &larger) }
}
