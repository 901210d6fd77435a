//! The `math` module.

use super::add;
use crate::python::args::{Args, Signature};
use crate::python::builtins::convert::{self, int_of, real};
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::module::Module;
use crate::python::value::{Int, Value};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};
use std::rc::Rc;

type Function = fn(f64) -> f64;

const FUNCTIONS: [(&str, Function); 20] = [
    ("exp", f64::exp),
    ("expm1", f64::exp_m1),
    ("log1p", f64::ln_1p),
    ("sin", f64::sin),
    ("cos", f64::cos),
    ("tan", f64::tan),
    ("asin", f64::asin),
    ("acos", f64::acos),
    ("atan", f64::atan),
    ("sinh", f64::sinh),
    ("cosh", f64::cosh),
    ("tanh", f64::tanh),
    ("asinh", f64::asinh),
    ("acosh", f64::acosh),
    ("atanh", f64::atanh),
    ("degrees", f64::to_degrees),
    ("radians", f64::to_radians),
    ("fabs", f64::abs),
    ("cbrt", f64::cbrt),
    ("exp2", f64::exp2),
];

pub(super) fn install(interp: &mut Interp) {
    interp.register_module("math", |_| {
        let module = Module::new("math");
        module.dict.set("pi", Value::Float(std::f64::consts::PI));
        module.dict.set("e", Value::Float(std::f64::consts::E));
        module.dict.set("tau", Value::Float(std::f64::consts::TAU));
        module.dict.set("inf", Value::Float(f64::INFINITY));
        module.dict.set("nan", Value::Float(f64::NAN));
        for (name, function) in FUNCTIONS {
            let body = move |interp: &mut Interp, args: Args| {
                let [number] = args.exactly(interp, &format!("math.{name}"))?;
                let number = real(interp, &number)?;
                let made = function(number);
                if made.is_nan() && !number.is_nan() {
                    return Err(interp.raise("ValueError", "math domain error"));
                }
                if made.is_infinite() && number.is_finite() {
                    return Err(interp.raise("OverflowError", "math range error"));
                }
                Ok(Value::Float(made))
            };
            module.dict.set(name, Value::native(name, body));
        }
        floats(&module);
        integers(&module);
        Ok(Rc::new(module))
    });
}

/// `floor`, `ceil` and `trunc`, which ask their argument first.
fn rounded(interp: &mut Interp, args: Args, name: &str, how: Function) -> PyResult<Value> {
    let [number] = args.exactly(interp, &format!("math.{name}"))?;
    if let Some(int) = convert::whole(&number) {
        return Ok(Value::Int(int));
    }
    if let Some(made) = convert::special(interp, &number, &format!("__{name}__"))? {
        return Ok(made);
    }
    let number = real(interp, &number)?;
    convert::float_to_int(interp, &Value::Float(how(number))).map(Value::Int)
}

fn two(interp: &mut Interp, args: Args, name: &str) -> PyResult<(f64, f64)> {
    let [left, right] = args.exactly(interp, name)?;
    Ok((real(interp, &left)?, real(interp, &right)?))
}

fn logarithm(interp: &mut Interp, value: &Value, how: Function) -> PyResult<f64> {
    if let Some(Int::Big(big)) = convert::whole(value)
        && big.is_positive()
    {
        let shift = big.bits().saturating_sub(60);
        let head = (big.as_ref() >> shift).to_f64().unwrap_or(1.0);
        return Ok(how(head) + how(2.0) * shift as f64);
    }
    let number = real(interp, value)?;
    if number <= 0.0 {
        return Err(interp.raise("ValueError", "math domain error"));
    }
    Ok(how(number))
}

fn floats(module: &Module) {
    add(module, "floor", |interp, args| rounded(interp, args, "floor", f64::floor));
    add(module, "ceil", |interp, args| rounded(interp, args, "ceil", f64::ceil));
    add(module, "trunc", |interp, args| rounded(interp, args, "trunc", f64::trunc));
    add(module, "sqrt", |interp, args| {
        let [number] = args.exactly(interp, "math.sqrt")?;
        let number = real(interp, &number)?;
        if number < 0.0 {
            return Err(interp.raise("ValueError", "math domain error"));
        }
        Ok(Value::Float(number.sqrt()))
    });
    add(module, "pow", |interp, args| {
        let (base, exponent) = two(interp, args, "pow")?;
        let made = base.powf(exponent);
        if made.is_nan() && !base.is_nan() && !exponent.is_nan() || base == 0.0 && exponent < 0.0 {
            return Err(interp.raise("ValueError", "math domain error"));
        }
        if made.is_infinite() && base.is_finite() && exponent.is_finite() {
            return Err(interp.raise("OverflowError", "math range error"));
        }
        Ok(Value::Float(made))
    });
    add(module, "log", |interp, args| {
        let [number, base] = args.between(interp, "log", 1)?;
        let top = logarithm(interp, &number.unwrap_or(Value::None), f64::ln)?;
        match base {
            None => Ok(Value::Float(top)),
            Some(base) => {
                let bottom = logarithm(interp, &base, f64::ln)?;
                if bottom == 0.0 {
                    return Err(interp.raise("ZeroDivisionError", "float division by zero"));
                }
                Ok(Value::Float(top / bottom))
            }
        }
    });
    add(module, "log2", |interp, args| {
        let [number] = args.exactly(interp, "math.log2")?;
        logarithm(interp, &number, f64::log2).map(Value::Float)
    });
    add(module, "log10", |interp, args| {
        let [number] = args.exactly(interp, "math.log10")?;
        logarithm(interp, &number, f64::log10).map(Value::Float)
    });
    add(module, "atan2", |interp, args| {
        let (left, right) = two(interp, args, "atan2")?;
        Ok(Value::Float(left.atan2(right)))
    });
    add(module, "copysign", |interp, args| {
        let (left, right) = two(interp, args, "copysign")?;
        Ok(Value::Float(left.copysign(right)))
    });
    add(module, "fmod", |interp, args| {
        let (left, right) = two(interp, args, "fmod")?;
        if right == 0.0 || left.is_infinite() {
            return Err(interp.raise("ValueError", "math domain error"));
        }
        Ok(Value::Float(left % right))
    });
    add(module, "hypot", |interp, args| {
        let mut total: f64 = 0.0;
        for number in &args.positional {
            total = total.hypot(real(interp, number)?);
        }
        Ok(Value::Float(total))
    });
    add(module, "modf", |interp, args| {
        let [number] = args.exactly(interp, "math.modf")?;
        let number = real(interp, &number)?;
        Ok(Value::tuple(vec![Value::Float(number.fract()), Value::Float(number.trunc())]))
    });
    add(module, "isnan", |interp, args| {
        let [number] = args.exactly(interp, "math.isnan")?;
        real(interp, &number).map(|number| Value::Bool(number.is_nan()))
    });
    add(module, "isinf", |interp, args| {
        let [number] = args.exactly(interp, "math.isinf")?;
        real(interp, &number).map(|number| Value::Bool(number.is_infinite()))
    });
    add(module, "isfinite", |interp, args| {
        let [number] = args.exactly(interp, "math.isfinite")?;
        real(interp, &number).map(|number| Value::Bool(number.is_finite()))
    });
    add(module, "isclose", |interp, args| {
        let mut bound = Signature::new("isclose", "a, b, *, rel_tol=, abs_tol=").bind(interp, args)?;
        let mut number = |index: usize, default: f64| match bound.take(index) {
            Some(value) => real(interp, &value),
            None => Ok(default),
        };
        let (left, right) = (number(0, 0.0)?, number(1, 0.0)?);
        let (relative, absolute) = (number(2, 1e-9)?, number(3, 0.0)?);
        let gap = (left - right).abs();
        let close = left.to_bits() == right.to_bits()
            || gap.is_finite() && (gap <= relative * left.abs().max(right.abs()) || gap <= absolute);
        Ok(Value::Bool(close))
    });
}

fn gcd(left: BigInt, right: BigInt) -> BigInt {
    let (mut larger, mut smaller) = (left.abs(), right.abs());
    while !smaller.is_zero() {
        let rest = &larger % &smaller;
        larger = smaller;
        smaller = rest;
    }
    larger
}

/// A count that is not negative and small enough to be worked with.
fn count(interp: &mut Interp, value: &Value, message: &str) -> PyResult<u64> {
    let number = int_of(interp, value)?;
    match number.small() {
        Some(small) if small < 0 => Err(interp.raise("ValueError", message)),
        Some(small) if small <= 200_000 => Ok(small as u64),
        _ => Err(crate::python::error::Stop::limit("a number of many hundred thousand digits")),
    }
}

/// A product of neighbours, each step charged by the size of what it makes.
fn product(interp: &mut Interp, from: u64, to: u64) -> PyResult<BigInt> {
    let mut total = BigInt::from(1);
    for factor in from..=to {
        interp.charge_bytes(16 + total.bits() as usize / 8)?;
        total *= factor;
    }
    Ok(total)
}

fn integers(module: &Module) {
    add(module, "factorial", |interp, args| {
        let [number] = args.exactly(interp, "math.factorial")?;
        let number = count(interp, &number, "factorial() not defined for negative values")?;
        product(interp, 1, number).map(Value::big)
    });
    add(module, "gcd", |interp, args| {
        let mut total = BigInt::zero();
        for number in &args.positional {
            total = gcd(total, int_of(interp, number)?.to_big());
        }
        Ok(Value::big(total))
    });
    add(module, "lcm", |interp, args| {
        let mut total = BigInt::from(1);
        for number in &args.positional {
            let number = int_of(interp, number)?.to_big();
            if number.is_zero() {
                return Ok(Value::int(0));
            }
            interp.charge_bytes((total.bits() + number.bits()) as usize)?;
            let shared = gcd(total.clone(), number.clone());
            total = (total / shared * number).abs();
        }
        Ok(Value::big(total))
    });
    for name in ["comb", "perm"] {
        let body = move |interp: &mut Interp, args: Args| {
            let [total, chosen] = args.between(interp, name, if name == "comb" { 2 } else { 1 })?;
            let message = "n must be a non-negative integer";
            let total = count(interp, &total.unwrap_or(Value::None), message)?;
            let chosen = match chosen.filter(|chosen| !chosen.is_none()) {
                Some(chosen) => count(interp, &chosen, "k must be a non-negative integer")?,
                None => total,
            };
            if chosen > total {
                return Ok(Value::int(0));
            }
            let top = product(interp, total - chosen + 1, total)?;
            let bottom = if name == "comb" { product(interp, 1, chosen)? } else { BigInt::from(1) };
            Ok(Value::big(top / bottom))
        };
        module.dict.set(name, Value::native(name, body));
    }
    add(module, "isqrt", |interp, args| {
        let [number] = args.exactly(interp, "math.isqrt")?;
        let number = int_of(interp, &number)?.to_big();
        if number.is_negative() {
            return Err(interp.raise("ValueError", "isqrt() argument must be nonnegative"));
        }
        interp.charge_bytes(number.bits() as usize)?;
        Ok(Value::big(number.sqrt()))
    });
    add(module, "prod", |interp, args| {
        let mut bound = Signature::new("prod", "iterable, /, *, start=").bind(interp, args)?;
        let items = bound.take(0).unwrap_or(Value::None);
        let mut total = bound.take(1).unwrap_or(Value::int(1));
        for item in interp.iterate(&items)? {
            total = interp.binary(crate::python::object::BinaryOp::Mul, &total, &item)?;
        }
        Ok(total)
    });
    add(module, "fsum", |interp, args| {
        let [items] = args.exactly(interp, "math.fsum")?;
        let mut partials: Vec<f64> = Vec::new();
        for item in interp.iterate(&items)? {
            let mut number = real(interp, &item)?;
            let mut kept = Vec::with_capacity(partials.len() + 1);
            for partial in partials {
                let (large, small) =
                    if number.abs() < partial.abs() { (partial, number) } else { (number, partial) };
                let high = large + small;
                let low = small - (high - large);
                if low != 0.0 {
                    kept.push(low);
                }
                number = high;
            }
            kept.push(number);
            partials = kept;
        }
        Ok(Value::Float(partials.iter().rev().sum()))
    });
}
