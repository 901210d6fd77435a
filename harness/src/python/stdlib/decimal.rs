//! The `decimal` module: finite decimals with the default context, 28 digits and half-even.
//!
//! Not here: NaN, infinities, the negative zero, and contexts that a document changes.

mod arithmetic;
mod show;

use super::datetime_ordered as ordered;
use crate::python::args::{Args, Signature};
use crate::python::builtins::{construct_with, convert, method, plain, ratio};
use crate::python::class::Class;
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::module::Module;
use crate::python::object::{BinaryOp, CompareOp, Object, UnaryOp};
use crate::python::value::{Int, Value};
use arithmetic::{Coefficient, from_big, round_to_context, to_big};
use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive, Zero};
use std::any::Any;
use std::rc::Rc;

/// A finite decimal; its scale is shown, so equal numbers can be told apart.
#[derive(Debug, Clone)]
pub(crate) struct PyDecimal(pub(crate) BigDecimal);

/// The exponents that documents have reason to use.
const WIDEST: i64 = 4000;

/// The bits of the longest coefficient: some ten thousand digits.
const MOST_BITS: u64 = 34_000;

const ERRORS: [(&str, &[&str]); 10] = [
    ("DecimalException", &["ArithmeticError"]),
    ("InvalidOperation", &["DecimalException"]),
    ("ConversionSyntax", &["InvalidOperation"]),
    ("DivisionImpossible", &["InvalidOperation"]),
    ("DivisionUndefined", &["InvalidOperation", "ZeroDivisionError"]),
    ("DivisionByZero", &["DecimalException", "ZeroDivisionError"]),
    ("Inexact", &["DecimalException"]),
    ("Rounded", &["DecimalException"]),
    ("Overflow", &["Inexact", "Rounded"]),
    ("FloatOperation", &["DecimalException", "TypeError"]),
];

const MODES: [(&str, RoundingMode); 7] = [
    ("ROUND_HALF_EVEN", RoundingMode::HalfEven),
    ("ROUND_HALF_UP", RoundingMode::HalfUp),
    ("ROUND_HALF_DOWN", RoundingMode::HalfDown),
    ("ROUND_UP", RoundingMode::Up),
    ("ROUND_DOWN", RoundingMode::Down),
    ("ROUND_CEILING", RoundingMode::Ceiling),
    ("ROUND_FLOOR", RoundingMode::Floor),
];

/// A `decimal.Decimal`.
pub(crate) fn decimal_value(number: BigDecimal) -> Value {
    Value::object(PyDecimal(number))
}

pub(super) fn install(interp: &mut Interp) {
    let this = class(interp);
    construct_with(&this, |interp, _, args| {
        let mut bound = Signature::new("Decimal", "value=, context=").bind(interp, args)?;
        let value = bound.take(0).unwrap_or(Value::int(0));
        make(interp, &value).map(decimal_value)
    });
    methods(&this);
    interp.register_module("decimal", |interp| {
        let module = Module::new("decimal");
        module.dict.set("Decimal", Value::Class(class(interp)));
        for (name, bases) in ERRORS {
            let error = error_class(interp, name, bases)?;
            module.dict.set(name, Value::Class(error));
        }
        for (name, _) in MODES {
            module.dict.set(name, Value::from(name));
        }
        Ok(Rc::new(module))
    });
}

fn class(interp: &mut Interp) -> Rc<Class> {
    interp.foreign_class("decimal", "Decimal")
}

/// An exception class of the module, made at its first use.
fn error_class(interp: &mut Interp, name: &str, bases: &[&str]) -> PyResult<Rc<Class>> {
    let key = ("decimal".to_owned(), name.to_owned());
    if let Some(class) = interp.foreign.get(&key) {
        return Ok(class.clone());
    }
    let mut parents = Vec::new();
    for base in bases {
        parents.push(match ERRORS.iter().find(|(error, _)| error == base) {
            Some((error, bases)) => error_class(interp, error, bases)?,
            None => interp.builtin_class(base),
        });
    }
    let class = interp.native_class("decimal", name, parents)?;
    interp.foreign.insert(key, class.clone());
    Ok(class)
}

fn named(interp: &mut Interp, name: &str) -> PyResult<Rc<Class>> {
    let bases = ERRORS.iter().find(|(error, _)| *error == name).map_or(&[][..], |(_, bases)| bases);
    error_class(interp, name, bases)
}

/// A signal, as the default context's traps raise it.
fn signal(interp: &mut Interp, kind: &str, condition: &str) -> Stop {
    let classes = named(interp, kind).and_then(|class| Ok((class, named(interp, condition)?)));
    match classes {
        Ok((class, condition)) => {
            interp.raise_class(&class, vec![Value::list(vec![Value::Class(condition)])])
        }
        Err(stop) => stop,
    }
}

/// Refuses exponents that would need more memory than a document has reason to use.
fn checked(interp: &mut Interp, number: BigDecimal) -> PyResult<BigDecimal> {
    let (coefficient, scale) = number.as_bigint_and_exponent();
    if coefficient.bits() > MOST_BITS {
        return Err(Stop::unsupported("a decimal of many thousand digits"));
    }
    if scale.abs() > WIDEST {
        return Err(Stop::unsupported("a decimal with an exponent of many thousands"));
    }
    interp.charge_bytes(64)?;
    Ok(number)
}

fn make(interp: &mut Interp, value: &Value) -> PyResult<BigDecimal> {
    if let Some(decimal) = value.downcast::<PyDecimal>() {
        return Ok(decimal.0.clone());
    }
    match plain(value) {
        Value::Int(int) => {
            interp.charge_bytes(64)?;
            Ok(BigDecimal::from(from_big(&int.to_big())))
        }
        Value::Bool(truth) => Ok(BigDecimal::from(i64::from(truth))),
        Value::Float(number) if number.is_finite() => {
            let (top, bottom) = ratio(number);
            let places = bottom.bits().saturating_sub(1) as i64;
            let five = Coefficient::from(5).pow(places as u32);
            checked(interp, BigDecimal::new(from_big(&top) * five, places))
        }
        Value::Float(_) => Err(Stop::unsupported("a decimal that is not finite")),
        Value::Str(text) => parse(interp, &text),
        Value::Tuple(parts) => from_tuple(interp, &parts),
        Value::List(parts) => {
            let parts = parts.items.borrow().clone();
            from_tuple(interp, &parts)
        }
        _ => {
            let kind = interp.type_name(value);
            Err(interp.raise("TypeError", format!("conversion from {kind} to Decimal is not supported")))
        }
    }
}

fn from_tuple(interp: &mut Interp, parts: &[Value]) -> PyResult<BigDecimal> {
    let [sign, Value::Tuple(digits), exponent] = parts else {
        return Err(interp.raise("ValueError", "argument must be a sequence of length 3"));
    };
    let mut text = if sign.as_i64() == Some(1) { "-".to_owned() } else { String::new() };
    for digit in digits.iter() {
        match digit.as_i64().filter(|digit| (0..10).contains(digit)) {
            Some(digit) => text.push_str(&digit.to_string()),
            None => return Err(interp.raise("ValueError", "coefficient must be a tuple of digits")),
        }
    }
    let exponent = exponent.as_i64().unwrap_or(0);
    parse(interp, &format!("{text}e{exponent}"))
}

fn parse(interp: &mut Interp, text: &str) -> PyResult<BigDecimal> {
    let clean: String =
        text.trim_matches(convert::is_space).chars().filter(|letter| *letter != '_').collect();
    let lower = clean.to_ascii_lowercase();
    let unsigned = lower.trim_start_matches(['+', '-']);
    if matches!(unsigned, "nan" | "snan" | "inf" | "infinity") {
        return Err(Stop::unsupported("a decimal that is not finite"));
    }
    let shape = unsigned.split('e').next().unwrap_or_default();
    let has_digit = shape.bytes().any(|byte| byte.is_ascii_digit());
    let exponent = lower.split_once('e').map(|(_, exponent)| exponent.trim_start_matches('-').len());
    if exponent.is_some_and(|digits| digits > 6) {
        return Err(Stop::unsupported("a decimal with an exponent of many thousands"));
    }
    let parsed = if has_digit && lower.is_ascii() { lower.parse::<BigDecimal>().ok() } else { None };
    match parsed {
        Some(number) if number.is_zero() && lower.starts_with('-') => {
            Err(Stop::unsupported("the decimal negative zero"))
        }
        Some(number) => checked(interp, number),
        None => Err(signal(interp, "InvalidOperation", "ConversionSyntax")),
    }
}

/// An operand that arithmetic takes: a decimal or an integer.
fn operand(value: &Value) -> Option<BigDecimal> {
    if let Some(decimal) = value.downcast::<PyDecimal>() {
        return Some(decimal.0.clone());
    }
    convert::whole(value).map(|int| BigDecimal::from(from_big(&int.to_big())))
}

fn own(interp: &mut Interp, args: &mut Args) -> PyResult<BigDecimal> {
    match args.positional.first().and_then(|own| own.downcast::<PyDecimal>()).map(|own| own.0.clone()) {
        Some(own) => {
            args.positional.remove(0);
            Ok(own)
        }
        None => Err(interp.raise("TypeError", "descriptor requires a 'decimal.Decimal' object")),
    }
}

fn other(interp: &mut Interp, value: &Value) -> PyResult<BigDecimal> {
    match operand(value) {
        Some(number) => Ok(number),
        None => {
            let kind = interp.type_name(value);
            Err(interp.raise("TypeError", format!("conversion from {kind} to Decimal is not supported")))
        }
    }
}

fn mode(interp: &mut Interp, value: Option<Value>) -> PyResult<RoundingMode> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(RoundingMode::HalfEven) };
    let found = value.as_str().and_then(|name| MODES.iter().find(|(mode, _)| **mode == **name));
    match found {
        Some((_, mode)) => Ok(*mode),
        None => Err(interp.raise("TypeError", "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]")),
    }
}

fn methods(this: &Rc<Class>) {
    method(this, "quantize", |interp, mut args| {
        let own = own(interp, &mut args)?;
        let mut bound = Signature::new("quantize", "exp, rounding=, context=").bind(interp, args)?;
        let exponent = other(interp, &bound.take(0).unwrap_or(Value::None))?;
        let mode = mode(interp, bound.take(1))?;
        let made = own.with_scale_round(exponent.fractional_digit_count(), mode);
        if made.digits() > arithmetic::PRECISION {
            return Err(signal(interp, "InvalidOperation", "InvalidOperation"));
        }
        Ok(decimal_value(made))
    });
    for name in ["to_integral_value", "to_integral"] {
        method(this, name, |interp, mut args| {
            let own = own(interp, &mut args)?;
            let mut bound = Signature::new("to_integral_value", "rounding=, context=").bind(interp, args)?;
            let mode = mode(interp, bound.take(0))?;
            Ok(decimal_value(if own.fractional_digit_count() > 0 {
                own.with_scale_round(0, mode)
            } else {
                own
            }))
        });
    }
    method(this, "normalize", |interp, mut args| {
        let own = own(interp, &mut args)?;
        Ok(decimal_value(round_to_context(own).normalized()))
    });
    method(this, "sqrt", |interp, mut args| {
        let own = own(interp, &mut args)?;
        match arithmetic::square_root(&own) {
            Some(root) => Ok(decimal_value(root)),
            None => Err(signal(interp, "InvalidOperation", "InvalidOperation")),
        }
    });
    method(this, "compare", |interp, mut args| {
        let own = own(interp, &mut args)?;
        let [with] = args.exactly(interp, "compare")?;
        let with = other(interp, &with)?;
        Ok(decimal_value(BigDecimal::from(own.cmp(&with) as i8)))
    });
    for (name, greater) in [("max", true), ("min", false)] {
        method(this, name, move |interp, mut args| {
            let own = own(interp, &mut args)?;
            let [with] = args.exactly(interp, name)?;
            let with = other(interp, &with)?;
            Ok(decimal_value(if (own >= with) == greater { own } else { with }))
        });
    }
    method(this, "adjusted", |interp, mut args| {
        let own = own(interp, &mut args)?;
        Ok(Value::from(own.digits() as i64 - 1 - own.fractional_digit_count()))
    });
    method(this, "as_integer_ratio", |interp, mut args| {
        let own = own(interp, &mut args)?;
        let (top, bottom) = arithmetic::as_ratio(&own);
        Ok(Value::tuple(vec![Value::big(to_big(&top)), Value::big(to_big(&bottom))]))
    });
    method(this, "copy_abs", |interp, mut args| own(interp, &mut args).map(|own| decimal_value(own.abs())));
    method(this, "copy_negate", |interp, mut args| own(interp, &mut args).map(|own| decimal_value(-own)));
    for name in ["is_nan", "is_infinite", "is_snan", "is_qnan"] {
        method(this, name, |_, _| Ok(Value::Bool(false)));
    }
    method(this, "is_finite", |_, _| Ok(Value::Bool(true)));
    method(this, "is_zero", |interp, mut args| own(interp, &mut args).map(|own| Value::Bool(own.is_zero())));
    method(this, "is_signed", |interp, mut args| {
        own(interp, &mut args).map(|own| Value::Bool(own.sign() == bigdecimal::num_bigint::Sign::Minus))
    });
    method(this, "__int__", |interp, mut args| own(interp, &mut args).map(|own| Value::Int(truncated(&own))));
    method(this, "__trunc__", |interp, mut args| {
        own(interp, &mut args).map(|own| Value::Int(truncated(&own)))
    });
    for (name, mode) in [("__floor__", RoundingMode::Floor), ("__ceil__", RoundingMode::Ceiling)] {
        method(this, name, move |interp, mut args| {
            own(interp, &mut args).map(|own| Value::Int(truncated(&own.with_scale_round(0, mode))))
        });
    }
    method(this, "__float__", |interp, mut args| {
        let own = own(interp, &mut args)?;
        Ok(Value::Float(show::plain_text(&own).parse().unwrap_or(f64::NAN)))
    });
    method(this, "__abs__", |interp, mut args| {
        own(interp, &mut args).map(|own| decimal_value(round_to_context(own.abs())))
    });
    method(this, "__round__", |interp, mut args| {
        let own = own(interp, &mut args)?;
        let [digits] = args.between(interp, "__round__", 0)?;
        match digits.filter(|digits| !digits.is_none()) {
            None => Ok(Value::Int(truncated(&own.with_scale_round(0, RoundingMode::HalfEven)))),
            Some(digits) => {
                let digits = interp.index(&digits)?;
                if digits.abs() > WIDEST {
                    return Err(signal(interp, "InvalidOperation", "InvalidOperation"));
                }
                Ok(decimal_value(own.with_scale_round(digits, RoundingMode::HalfEven)))
            }
        }
    });
    let from_float = Value::native("from_float", |interp, mut args| {
        if matches!(args.positional.first(), Some(Value::Class(_))) {
            args.positional.remove(0);
        }
        let [number] = args.exactly(interp, "from_float")?;
        make(interp, &number).map(decimal_value)
    });
    this.dict.set("from_float", Value::ClassMethod(Rc::new(from_float)));
}

fn truncated(number: &BigDecimal) -> Int {
    let whole = number.with_scale(0);
    Int::from(to_big(&whole.into_bigint_and_exponent().0))
}

impl Object for PyDecimal {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "decimal.Decimal"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        class(interp)
    }

    fn get_attr(&self, _interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "real" => Some(this.clone()),
            "imag" => Some(decimal_value(BigDecimal::zero())),
            "as_tuple" => return Err(Stop::unsupported("Decimal.as_tuple()")),
            _ => None,
        })
    }

    fn binary(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        let Some(other) = operand(other) else { return Ok(None) };
        let own = self.0.clone();
        let (left, right) = if reflected { (other, own) } else { (own, other) };
        let (left, right) = (checked(interp, left)?, checked(interp, right)?);
        let made = match op {
            BinaryOp::Add => arithmetic::add(&left, &right),
            BinaryOp::Sub => arithmetic::add(&left, &-right),
            BinaryOp::Mul => arithmetic::multiply(&left, &right),
            BinaryOp::Div => {
                if right.is_zero() {
                    return Err(if left.is_zero() {
                        signal(interp, "InvalidOperation", "DivisionUndefined")
                    } else {
                        signal(interp, "DivisionByZero", "DivisionByZero")
                    });
                }
                arithmetic::divide(&left, &right)
            }
            BinaryOp::FloorDiv | BinaryOp::Mod => {
                if right.is_zero() {
                    return Err(match (left.is_zero(), op) {
                        (true, _) => signal(interp, "InvalidOperation", "DivisionUndefined"),
                        (false, BinaryOp::Mod) => signal(interp, "InvalidOperation", "InvalidOperation"),
                        _ => signal(interp, "DivisionByZero", "DivisionByZero"),
                    });
                }
                let (quotient, remainder) = arithmetic::divide_whole(&left, &right);
                if quotient.digits() > arithmetic::PRECISION {
                    return Err(signal(interp, "InvalidOperation", "DivisionImpossible"));
                }
                if op == BinaryOp::Mod { remainder } else { quotient }
            }
            BinaryOp::Pow => {
                let exponent = right.is_integer().then(|| right.to_i64()).flatten();
                match exponent.filter(|exponent| exponent.abs() <= 1000) {
                    Some(exponent)
                        if (!left.is_zero() || exponent > 0)
                            && left.digits().saturating_mul(exponent.unsigned_abs()) < 20_000 =>
                    {
                        arithmetic::power(&left, exponent)
                    }
                    _ => return Err(Stop::unsupported("this power of a decimal")),
                }
            }
            _ => return Ok(None),
        };
        checked(interp, made).map(|made| Some(decimal_value(made)))
    }

    fn compare(
        &self,
        _interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let ordering = match other {
            Value::Float(number) if number.is_nan() => return Ok(Some(Value::Bool(op == CompareOp::Ne))),
            Value::Float(number) if number.is_infinite() => {
                if *number > 0.0 {
                    std::cmp::Ordering::Less
                } else {
                    std::cmp::Ordering::Greater
                }
            }
            Value::Float(number) => {
                let (top, bottom) = ratio(*number);
                let (own_top, own_bottom) = arithmetic::as_ratio(&self.0);
                (own_top * from_big(&bottom)).cmp(&(from_big(&top) * own_bottom))
            }
            other => match operand(other) {
                Some(other) => self.0.cmp(&other),
                None => return Ok(None),
            },
        };
        Ok(Some(Value::Bool(ordered(op, ordering))))
    }

    fn unary(&self, interp: &mut Interp, _this: &Value, op: UnaryOp) -> PyResult<Value> {
        match op {
            UnaryOp::Neg => Ok(decimal_value(round_to_context(-self.0.clone()))),
            UnaryOp::Pos => Ok(decimal_value(round_to_context(self.0.clone()))),
            UnaryOp::Invert => {
                Err(interp.raise("TypeError", "bad operand type for unary ~: 'decimal.Decimal'"))
            }
        }
    }

    fn hash(&self, interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        if self.0.is_integer() {
            return interp.hash(&Value::Int(truncated(&self.0)));
        }
        let text = show::plain_text(&self.0.normalized());
        let nearest: f64 = text.parse().unwrap_or(0.0);
        let (top, bottom) = ratio(nearest);
        let (own_top, own_bottom) = arithmetic::as_ratio(&self.0);
        if own_top * from_big(&bottom) == from_big(&top) * own_bottom {
            return interp.hash(&Value::Float(nearest));
        }
        interp.hash(&Value::from(text))
    }

    fn truth(&self, _interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        Ok(!self.0.is_zero())
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(format!("Decimal('{}')", show::text(&self.0, 'E')))
    }

    fn str(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(show::text(&self.0, 'E'))
    }

    fn format(&self, interp: &mut Interp, _this: &Value, spec: &str) -> PyResult<Option<String>> {
        show::format(interp, &self.0, spec).map(Some)
    }
}
