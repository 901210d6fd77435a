//! Methods of `int` and `float`, and the builtin functions on numbers.

use super::construct::attribute;
use super::convert::{self, int_of, plain, special, whole};
use super::{function, methods};
use crate::python::args::{Args, Signature};
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::object::BinaryOp;
use crate::python::value::Value;
use bigdecimal::{BigDecimal, FromPrimitive, RoundingMode, ToPrimitive};
use num_bigint::BigInt;
use num_traits::{Signed, Zero};
use std::rc::Rc;

fn float_of(value: &Value) -> Option<f64> {
    if let Value::Float(number) = value { Some(*number) } else { None }
}

pub(super) fn install(interp: &mut Interp) {
    int_methods(interp);
    float_methods(interp);
    function(interp, "abs", |interp, args| {
        let [value] = args.exactly(interp, "abs")?;
        match plain(&value) {
            Value::Int(int) => Ok(Value::big(int.to_big().abs())),
            Value::Bool(truth) => Ok(Value::int(i64::from(truth))),
            Value::Float(number) => Ok(Value::Float(number.abs())),
            _ => match special(interp, &value, "__abs__")? {
                Some(made) => Ok(made),
                None => {
                    let kind = interp.type_name(&value);
                    Err(interp.raise("TypeError", format!("bad operand type for abs(): '{kind}'")))
                }
            },
        }
    });
    function(interp, "round", round);
    function(interp, "divmod", |interp, args| {
        let [left, right] = args.exactly(interp, "divmod")?;
        if let Value::Instance(_) = &left
            && let Some(made) = interp.call_special(&left, "__divmod__", vec![right.clone()])?
        {
            return Ok(made);
        }
        if let (Some(_), Some(divisor)) = (whole(&left), whole(&right))
            && divisor.small() == Some(0)
        {
            return Err(interp.raise("ZeroDivisionError", "integer division or modulo by zero"));
        }
        let number = |value: &Value| matches!(plain(value), Value::Int(_) | Value::Bool(_) | Value::Float(_));
        if number(&left) && number(&right) && convert::real_opt(interp, &right)? == Some(0.0) {
            return Err(interp.raise("ZeroDivisionError", "float divmod()"));
        }
        let knows = |value: &Value| number(value) || matches!(value, Value::Object(_) | Value::Instance(_));
        if !knows(&left) || !knows(&right) {
            let (left, right) = (interp.type_name(&left), interp.type_name(&right));
            let message = format!("unsupported operand type(s) for divmod(): '{left}' and '{right}'");
            return Err(interp.raise("TypeError", message));
        }
        let quotient = interp.binary(BinaryOp::FloorDiv, &left, &right)?;
        let remainder = interp.binary(BinaryOp::Mod, &left, &right)?;
        Ok(Value::tuple(vec![quotient, remainder]))
    });
    function(interp, "pow", |interp, args| {
        let mut bound = Signature::new("pow", "base, exp, mod=").bind(interp, args)?;
        let base = bound.take(0).unwrap_or(Value::None);
        let exponent = bound.take(1).unwrap_or(Value::None);
        match bound.take(2).filter(|modulus| !modulus.is_none()) {
            None => interp.binary(BinaryOp::Pow, &base, &exponent),
            Some(modulus) => mod_pow(interp, &base, &exponent, &modulus),
        }
    });
    function(interp, "hex", |interp, args| based(interp, args, "hex", 16, "0x"));
    function(interp, "oct", |interp, args| based(interp, args, "oct", 8, "0o"));
    function(interp, "bin", |interp, args| based(interp, args, "bin", 2, "0b"));
}

fn based(interp: &mut Interp, args: Args, name: &str, radix: u32, prefix: &str) -> PyResult<Value> {
    let [value] = args.exactly(interp, name)?;
    let big = int_of(interp, &value)?.to_big();
    interp.charge_bytes(big.bits() as usize)?;
    let sign = if big.is_negative() { "-" } else { "" };
    Ok(Value::from(format!("{sign}{prefix}{}", big.abs().to_str_radix(radix))))
}

fn mod_pow(interp: &mut Interp, base: &Value, exponent: &Value, modulus: &Value) -> PyResult<Value> {
    let (Some(base), Some(exponent), Some(modulus)) = (whole(base), whole(exponent), whole(modulus)) else {
        let message = "pow() 3rd argument not allowed unless all arguments are integers";
        return Err(interp.raise("TypeError", message));
    };
    let (base, mut exponent, modulus) = (base.to_big(), exponent.to_big(), modulus.to_big());
    if modulus.is_zero() {
        return Err(interp.raise("ValueError", "pow() 3rd argument cannot be 0"));
    }
    let words = modulus.bits() / 64 + 1;
    interp.charge(exponent.bits().saturating_mul(words).saturating_mul(words) / 16)?;
    let base = if exponent.is_negative() {
        exponent = -exponent;
        match base.modinv(&modulus) {
            Some(inverse) => inverse,
            None => return Err(interp.raise("ValueError", "base is not invertible for the given modulus")),
        }
    } else {
        base
    };
    Ok(Value::big(base.modpow(&exponent, &modulus)))
}

fn round(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("round", "number, ndigits=").bind(interp, args)?;
    let number = bound.take(0).unwrap_or(Value::None);
    let digits = bound.take(1).filter(|digits| !digits.is_none());
    match plain(&number) {
        whole @ (Value::Int(_) | Value::Bool(_)) => {
            let int = int_of(interp, &whole)?;
            let digits = match digits {
                Some(digits) => interp.index(&digits)?,
                None => 0,
            };
            if digits >= 0 {
                return Ok(Value::Int(int));
            }
            interp.charge_bytes(usize::try_from(digits.unsigned_abs()).unwrap_or(usize::MAX))?;
            Ok(Value::big(round_int(&int.to_big(), digits.unsigned_abs())))
        }
        Value::Float(number) => match digits {
            None => convert::float_to_int(interp, &Value::Float(number.round_ties_even())).map(Value::Int),
            Some(digits) => {
                let digits = interp.index(&digits)?;
                Ok(Value::Float(round_float(number, digits)))
            }
        },
        _ => {
            let made = match (&number, &digits) {
                (Value::Instance(_), _) => {
                    interp.call_special(&number, "__round__", digits.into_iter().collect())?
                }
                (Value::Object(_), _) => match interp.get_attr_opt(&number, "__round__")? {
                    Some(bound) => Some(interp.call(&bound, Args::of(digits.into_iter().collect()))?),
                    None => None,
                },
                _ => None,
            };
            match made {
                Some(made) => Ok(made),
                None => {
                    let kind = interp.type_name(&number);
                    let message = format!("type {kind} doesn't define __round__ method");
                    Err(interp.raise("TypeError", message))
                }
            }
        }
    }
}

/// Rounds to a power of ten, half to even.
fn round_int(number: &BigInt, zeros: u64) -> BigInt {
    let Ok(zeros) = u32::try_from(zeros) else { return BigInt::zero() };
    let unit = BigInt::from(10).pow(zeros);
    let (mut quotient, remainder) = (number / &unit, number % &unit);
    let twice: BigInt = remainder.abs() * 2;
    let odd = &quotient % 2 != BigInt::zero();
    if twice > unit || twice == unit && odd {
        quotient += number.signum();
    }
    quotient * unit
}

/// Rounds to a number of decimals, half to even of the exact value.
fn round_float(number: f64, digits: i64) -> f64 {
    if !number.is_finite() || digits > 323 {
        return number;
    }
    if digits < -308 {
        return 0.0_f64.copysign(number);
    }
    if digits >= 0 {
        let places = digits as usize;
        return format!("{number:.places$}").parse().unwrap_or(number);
    }
    BigDecimal::from_f64(number)
        .and_then(|exact| exact.with_scale_round(digits, RoundingMode::HalfEven).to_f64())
        .unwrap_or(number)
        .copysign(number)
}

fn int_methods(interp: &mut Interp) {
    let class = interp.builtin_class("int");
    methods(
        &class,
        whole,
        &[
            ("bit_length", |_, int, _| Ok(Value::from(int.to_big().bits() as i64))),
            ("bit_count", |_, int, _| {
                let ones: u64 = int
                    .to_big()
                    .magnitude()
                    .iter_u64_digits()
                    .map(|digit| u64::from(digit.count_ones()))
                    .sum();
                Ok(Value::from(ones as i64))
            }),
            ("conjugate", |_, int, _| Ok(Value::Int(int))),
            ("as_integer_ratio", |_, int, _| Ok(Value::tuple(vec![Value::Int(int), Value::int(1)]))),
            ("to_bytes", |interp, int, args| {
                let mut bound =
                    Signature::new("to_bytes", "length=, byteorder=, *, signed=").bind(interp, args)?;
                let length = match bound.take(0) {
                    Some(length) => usize::try_from(interp.index(&length)?).unwrap_or(0),
                    None => 1,
                };
                let little = bound
                    .take(1)
                    .is_some_and(|order| order.as_str().is_some_and(|order| &**order == "little"));
                interp.charge_bytes(length)?;
                let big = int.to_big();
                if big.is_negative() {
                    return Err(interp.raise("OverflowError", "can't convert negative int to unsigned"));
                }
                let mut bytes = big.to_bytes_le().1;
                while bytes.last() == Some(&0) {
                    bytes.pop();
                }
                if bytes.len() > length {
                    return Err(interp.raise("OverflowError", "int too big to convert"));
                }
                bytes.resize(length, 0);
                if !little {
                    bytes.reverse();
                }
                Ok(Value::Bytes(bytes.into()))
            }),
        ],
    );
    attribute(&class, "real", |value| whole(value).map(Value::Int));
    attribute(&class, "numerator", |value| whole(value).map(Value::Int));
    attribute(&class, "imag", |value| whole(value).map(|_| Value::int(0)));
    attribute(&class, "denominator", |value| whole(value).map(|_| Value::int(1)));
    let from_bytes = Value::native("from_bytes", |interp, mut args| {
        if matches!(args.positional.first(), Some(Value::Class(_))) {
            args.positional.remove(0);
        }
        let mut bound = Signature::new("from_bytes", "bytes, byteorder=, *, signed=").bind(interp, args)?;
        let Some(Value::Bytes(bytes)) = bound.take(0) else {
            return Err(interp.raise("TypeError", "cannot convert object to bytes"));
        };
        let little =
            bound.take(1).is_some_and(|order| order.as_str().is_some_and(|order| &**order == "little"));
        let sign = num_bigint::Sign::Plus;
        let big =
            if little { BigInt::from_bytes_le(sign, &bytes) } else { BigInt::from_bytes_be(sign, &bytes) };
        Ok(Value::big(big))
    });
    class.dict.set("from_bytes", Value::ClassMethod(Rc::new(from_bytes)));
}

fn float_methods(interp: &mut Interp) {
    let class = interp.builtin_class("float");
    methods(
        &class,
        float_of,
        &[
            ("is_integer", |_, number, _| Ok(Value::Bool(number.is_finite() && number.fract() == 0.0))),
            ("conjugate", |_, number, _| Ok(Value::Float(number))),
            ("as_integer_ratio", |interp, number, _| {
                if number.is_nan() {
                    return Err(interp.raise("ValueError", "cannot convert NaN to integer ratio"));
                }
                if number.is_infinite() {
                    return Err(interp.raise("OverflowError", "cannot convert Infinity to integer ratio"));
                }
                let (top, bottom) = ratio(number);
                Ok(Value::tuple(vec![Value::big(top), Value::big(bottom)]))
            }),
        ],
    );
    attribute(&class, "real", |value| float_of(value).map(Value::Float));
    attribute(&class, "imag", |value| float_of(value).map(|_| Value::Float(0.0)));
}

/// A finite float as a fraction in lowest terms.
pub(crate) fn ratio(number: f64) -> (BigInt, BigInt) {
    let bits = number.abs().to_bits();
    let exponent = (bits >> 52) as i64;
    let fraction = bits & ((1 << 52) - 1);
    let (mut top, mut power) =
        if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    if top == 0 {
        return (BigInt::zero(), BigInt::from(1));
    }
    while power < 0 && top & 1 == 0 {
        top >>= 1;
        power += 1;
    }
    let sign = if number < 0.0 { -1 } else { 1 };
    let top = BigInt::from(top) * sign;
    if power < 0 {
        (top, BigInt::from(1) << (-power) as usize)
    } else {
        (top << power as usize, BigInt::from(1))
    }
}
