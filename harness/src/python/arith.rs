//! Arithmetic of `int`, `bool` and `float`, with Python's rounding and errors.
//!
//! The cost of large results is charged before they are worked out.

use super::error::{PyResult, Stop};
use super::interp::Interp;
use super::object::{BinaryOp, UnaryOp};
use super::value::{Int, Value};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

enum Number {
    Int(Int),
    Float(f64),
}

fn number(value: &Value) -> Option<Number> {
    Some(match value {
        Value::Bool(truth) => Number::Int(Int::Small(i64::from(*truth))),
        Value::Int(int) => Number::Int(int.clone()),
        Value::Float(float) => Number::Float(*float),
        _ => return None,
    })
}

fn float(interp: &mut Interp, number: &Number) -> PyResult<f64> {
    match number {
        Number::Float(float) => Ok(*float),
        Number::Int(int) => {
            let float = int.to_f64();
            if float.is_finite() {
                Ok(float)
            } else {
                Err(interp.raise("OverflowError", "int too large to convert to float"))
            }
        }
    }
}

/// The result for two numbers; `None` where the operands are not numbers or the operator is not theirs.
pub(super) fn numbers(
    interp: &mut Interp,
    op: BinaryOp,
    left: &Value,
    right: &Value,
) -> PyResult<Option<Value>> {
    let (Some(a), Some(b)) = (number(left), number(right)) else { return Ok(None) };
    if let (Value::Bool(a), Value::Bool(b)) = (left, right) {
        match op {
            BinaryOp::And => return Ok(Some(Value::Bool(a & b))),
            BinaryOp::Or => return Ok(Some(Value::Bool(a | b))),
            BinaryOp::Xor => return Ok(Some(Value::Bool(a ^ b))),
            _ => {}
        }
    }
    match (&a, &b) {
        (Number::Int(a), Number::Int(b)) => ints(interp, op, a, b),
        _ => {
            if matches!(
                op,
                BinaryOp::LShift
                    | BinaryOp::RShift
                    | BinaryOp::And
                    | BinaryOp::Or
                    | BinaryOp::Xor
                    | BinaryOp::MatMul
            ) {
                return Ok(None);
            }
            let (a, b) = (float(interp, &a)?, float(interp, &b)?);
            floats(interp, op, a, b)
        }
    }
}

fn floats(interp: &mut Interp, op: BinaryOp, a: f64, b: f64) -> PyResult<Option<Value>> {
    let zero = |interp: &mut Interp, message: &str| Err(interp.raise("ZeroDivisionError", message));
    Ok(Some(Value::Float(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div if b == 0.0 => return zero(interp, "float division by zero"),
        BinaryOp::Div => a / b,
        BinaryOp::FloorDiv if b == 0.0 => return zero(interp, "float floor division by zero"),
        BinaryOp::FloorDiv => float_divmod(a, b).0,
        BinaryOp::Mod if b == 0.0 => return zero(interp, "float modulo"),
        BinaryOp::Mod => float_divmod(a, b).1,
        BinaryOp::Pow => {
            if a == 0.0 && b < 0.0 {
                return zero(interp, "0.0 cannot be raised to a negative power");
            }
            if a < 0.0 && a.is_finite() && b.is_finite() && b.fract() != 0.0 {
                return Err(Stop::unsupported("complex numbers"));
            }
            let result = a.powf(b);
            if result.is_infinite() && a.is_finite() && b.is_finite() {
                let class = interp.builtin_class("OverflowError");
                return Err(interp.raise_class(
                    &class,
                    vec![Value::int(34), Value::from("Numerical result out of range")],
                ));
            }
            result
        }
        _ => return Ok(None),
    })))
}

/// Python's `divmod` of floats; the divisor is not zero.
pub(super) fn float_divmod(a: f64, b: f64) -> (f64, f64) {
    let mut rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest == 0.0 {
        rest = 0.0f64.copysign(b);
    } else if (b < 0.0) != (rest < 0.0) {
        rest += b;
        quotient -= 1.0;
    }
    let quotient = if quotient == 0.0 {
        0.0f64.copysign(a / b)
    } else {
        let floor = quotient.floor();
        if quotient - floor > 0.5 { floor + 1.0 } else { floor }
    };
    (quotient, rest)
}

fn ints(interp: &mut Interp, op: BinaryOp, a: &Int, b: &Int) -> PyResult<Option<Value>> {
    let zero = |interp: &mut Interp, message: &str| Err(interp.raise("ZeroDivisionError", message));
    if let (Int::Small(a), Int::Small(b)) = (a, b) {
        let (a, b) = (*a, *b);
        let quick = match op {
            BinaryOp::Add => a.checked_add(b),
            BinaryOp::Sub => a.checked_sub(b),
            BinaryOp::Mul => a.checked_mul(b),
            BinaryOp::FloorDiv if b == 0 => return zero(interp, "integer division or modulo by zero"),
            BinaryOp::Mod if b == 0 => return zero(interp, "integer modulo by zero"),
            BinaryOp::Div if b == 0 => return zero(interp, "division by zero"),
            BinaryOp::FloorDiv => a.checked_div_euclid(b).map(|_| floor_div(a, b)),
            BinaryOp::Mod => {
                a.checked_rem(b).map(|rest| if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest })
            }
            BinaryOp::And => Some(a & b),
            BinaryOp::Or => Some(a | b),
            BinaryOp::Xor => Some(a ^ b),
            BinaryOp::RShift if b >= 0 => Some(a >> b.min(63)),
            BinaryOp::Div if a.unsigned_abs() < 1 << 53 && b.unsigned_abs() < 1 << 53 => {
                return Ok(Some(Value::Float(a as f64 / b as f64)));
            }
            _ => None,
        };
        if let Some(small) = quick {
            return Ok(Some(Value::Int(Int::Small(small))));
        }
    }
    let (big_a, big_b) = (a.to_big(), b.to_big());
    let (bits_a, bits_b) = (big_a.bits() as usize, big_b.bits() as usize);
    interp.charge_bytes((bits_a + bits_b) / 8)?;
    let value = match op {
        BinaryOp::Add => big_a + big_b,
        BinaryOp::Sub => big_a - big_b,
        BinaryOp::Mul => {
            interp.charge((bits_a / 64).saturating_mul(bits_b / 64) as u64 / 16)?;
            big_a * big_b
        }
        BinaryOp::FloorDiv | BinaryOp::Mod if big_b.is_zero() => {
            let message = if op == BinaryOp::Mod {
                "integer modulo by zero"
            } else {
                "integer division or modulo by zero"
            };
            return zero(interp, message);
        }
        BinaryOp::FloorDiv | BinaryOp::Mod => {
            interp.charge((bits_a / 64).saturating_mul(bits_b / 64) as u64 / 16)?;
            let mut quotient = &big_a / &big_b;
            let mut rest = &big_a - &quotient * &big_b;
            if !rest.is_zero() && rest.is_negative() != big_b.is_negative() {
                rest += &big_b;
                quotient -= 1;
            }
            if op == BinaryOp::Mod { rest } else { quotient }
        }
        BinaryOp::Div => {
            if big_b.is_zero() {
                return zero(interp, "division by zero");
            }
            return match big_ratio(&big_a, &big_b) {
                Some(float) => Ok(Some(Value::Float(float))),
                None => Err(interp.raise("OverflowError", "integer division result too large for a float")),
            };
        }
        BinaryOp::And => big_a & big_b,
        BinaryOp::Or => big_a | big_b,
        BinaryOp::Xor => big_a ^ big_b,
        BinaryOp::LShift | BinaryOp::RShift => {
            if big_b.is_negative() {
                return Err(interp.raise("ValueError", "negative shift count"));
            }
            let count = big_b.to_usize();
            if op == BinaryOp::RShift {
                match count {
                    Some(count) => big_a >> count,
                    None => BigInt::from(if big_a.is_negative() { -1 } else { 0 }),
                }
            } else if big_a.is_zero() {
                BigInt::ZERO
            } else {
                let Some(count) = count else {
                    return Err(interp.raise("OverflowError", "too many digits in integer"));
                };
                interp.charge_bytes(count / 8)?;
                big_a << count
            }
        }
        BinaryOp::Pow => return power(interp, &big_a, &big_b),
        BinaryOp::MatMul => return Ok(None),
    };
    Ok(Some(Value::big(value)))
}

fn floor_div(a: i64, b: i64) -> i64 {
    let quotient = a.wrapping_div(b);
    if a.wrapping_rem(b) != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
}

fn power(interp: &mut Interp, a: &BigInt, b: &BigInt) -> PyResult<Option<Value>> {
    if b.is_negative() {
        let (a, b) = (a.to_f64().unwrap_or(f64::INFINITY), b.to_f64().unwrap_or(f64::NEG_INFINITY));
        return floats(interp, BinaryOp::Pow, a, b);
    }
    let bits = a.bits();
    if bits <= 1 {
        // 0, 1 and -1 stay small whatever the exponent.
        let odd = b.bit(0);
        let value = match (a.to_i64().unwrap_or(0), b.is_zero()) {
            (_, true) | (1, _) => 1,
            (-1, _) => {
                if odd {
                    -1
                } else {
                    1
                }
            }
            _ => 0,
        };
        return Ok(Some(Value::int(value)));
    }
    let Some(exponent) = b.to_u32() else { return Err(Stop::limit("an integer of too many digits")) };
    let result_bits = bits.saturating_mul(u64::from(exponent));
    interp.charge(result_bits / 128)?;
    let words = result_bits / 64;
    interp.charge(words.saturating_mul(words) / 256)?;
    Ok(Some(Value::big(a.pow(exponent))))
}

/// `a / b` correctly rounded, or `None` where it is out of range.
fn big_ratio(a: &BigInt, b: &BigInt) -> Option<f64> {
    if a.is_zero() {
        return Some(if b.is_negative() { -0.0 } else { 0.0 });
    }
    let negative = a.is_negative() != b.is_negative();
    let (a, b) = (a.abs(), b.abs());
    // Scaled so that the quotient has 64 or 65 significant bits; a sticky bit keeps the rounding right.
    let shift = 65 - (a.bits() as i64 - b.bits() as i64);
    let (scaled_a, scaled_b) =
        if shift >= 0 { (&a << shift as usize, b) } else { (a, &b << (-shift) as usize) };
    let quotient = &scaled_a / &scaled_b;
    let exact = (&quotient * &scaled_b) == scaled_a;
    let mut bits = quotient.to_u128()?;
    if !exact {
        bits |= 1;
    }
    let mantissa = bits as f64;
    let result = scale(mantissa, -shift);
    if result.is_infinite() {
        return None;
    }
    Some(if negative { -result } else { result })
}

/// `mantissa * 2**exponent` in steps that do not overflow on the way.
fn scale(mantissa: f64, exponent: i64) -> f64 {
    let mut value = mantissa;
    let mut left = exponent;
    while left != 0 {
        let step = left.clamp(-1000, 1000);
        value *= 2f64.powi(step as i32);
        left -= step;
        if value == 0.0 || value.is_infinite() {
            break;
        }
    }
    value
}

/// A unary operator on a number; `None` where the operand is none, or the operator is not a float's.
pub(super) fn unary(op: UnaryOp, operand: &Value) -> Option<Value> {
    Some(match (op, number(operand)?) {
        (UnaryOp::Neg, Number::Float(float)) => Value::Float(-float),
        (UnaryOp::Pos, Number::Float(float)) => Value::Float(float),
        (UnaryOp::Invert, Number::Float(_)) => return None,
        (UnaryOp::Neg, Number::Int(int)) => match int.small().and_then(i64::checked_neg) {
            Some(small) => Value::Int(Int::Small(small)),
            None => Value::big(-int.to_big()),
        },
        (UnaryOp::Pos, Number::Int(int)) => Value::Int(int),
        (UnaryOp::Invert, Number::Int(int)) => match int {
            Int::Small(small) => Value::Int(Int::Small(!small)),
            Int::Big(big) => Value::big(-(big.as_ref() + 1i32)),
        },
    })
}
