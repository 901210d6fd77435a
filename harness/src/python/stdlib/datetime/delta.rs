//! `timedelta`: a number of microseconds, shown as days, seconds and microseconds.

use super::build::fields;
use super::class;
use crate::python::builtins::{convert, method};
use crate::python::class::Class;
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::object::{BinaryOp, CompareOp, Object, UnaryOp};
use crate::python::value::Value;
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};
use std::any::Any;
use std::rc::Rc;

/// Microseconds of a day.
pub(super) const DAY: i128 = 86_400_000_000;
const MOST_DAYS: i128 = 999_999_999;

/// A duration in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PyDelta(pub(crate) i128);

/// A duration as a value, or CPython's error where it is out of range.
pub(super) fn delta(interp: &mut Interp, micros: i128) -> PyResult<Value> {
    let days = micros.div_euclid(DAY);
    if days.abs() > MOST_DAYS {
        let message = format!("days={days}; must have magnitude <= {MOST_DAYS}");
        return Err(interp.raise("OverflowError", message));
    }
    Ok(Value::object(PyDelta(micros)))
}

pub(super) fn install(interp: &mut Interp) {
    let own = class(interp, "timedelta");
    crate::python::builtins::construct_with(&own, |interp, _, args| {
        const UNITS: [(&str, i64); 7] = [
            ("days", 86_400_000_000),
            ("seconds", 1_000_000),
            ("microseconds", 1),
            ("milliseconds", 1000),
            ("minutes", 60_000_000),
            ("hours", 3_600_000_000),
            ("weeks", 604_800_000_000),
        ];
        let values = fields(interp, args, &UNITS.map(|(name, _)| name), 0)?;
        let mut total = BigInt::zero();
        let mut fraction = 0.0;
        for (value, (name, unit)) in values.into_iter().zip(UNITS) {
            let Some(value) = value else { continue };
            match convert::whole(&value) {
                Some(int) => total += int.to_big() * unit,
                None => match &value {
                    Value::Float(number) if number.is_finite() => {
                        let whole = number.trunc();
                        total += convert::float_to_int(interp, &Value::Float(whole))?.to_big() * unit;
                        fraction += (number - whole) * unit as f64;
                    }
                    Value::Float(_) => {
                        convert::float_to_int(interp, &value)?;
                    }
                    other => {
                        let kind = interp.type_name(other);
                        let message = format!("unsupported type for timedelta {name} component: {kind}");
                        return Err(interp.raise("TypeError", message));
                    }
                },
            }
        }
        total += BigInt::from(fraction.round_ties_even() as i64);
        from_big(interp, &total)
    });
    method(&own, "total_seconds", |interp, args| {
        let [own] = args.exactly(interp, "timedelta.total_seconds")?;
        Ok(Value::Float(own.downcast::<PyDelta>().map_or(0.0, |own| own.0 as f64 / 1e6)))
    });
    own.dict.set("min", Value::object(PyDelta(-MOST_DAYS * DAY)));
    own.dict.set("max", Value::object(PyDelta((MOST_DAYS + 1) * DAY - 1)));
    own.dict.set("resolution", Value::object(PyDelta(1)));
}

fn from_big(interp: &mut Interp, micros: &BigInt) -> PyResult<Value> {
    match micros.to_i128() {
        Some(micros) => delta(interp, micros),
        None => Err(interp.raise("OverflowError", "Python int too large to convert to C int")),
    }
}

/// Divides to the nearest integer, half to even.
fn divide(top: &BigInt, bottom: &BigInt) -> BigInt {
    let (top, bottom) =
        if bottom.is_negative() { (-top.clone(), -bottom.clone()) } else { (top.clone(), bottom.clone()) };
    let remainder = ((&top % &bottom) + &bottom) % &bottom;
    let floor = (&top - &remainder) / &bottom;
    let twice: BigInt = &remainder * 2;
    let odd = !(&floor % BigInt::from(2)).is_zero();
    if twice > bottom || twice == bottom && odd { floor + 1 } else { floor }
}

impl Object for PyDelta {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "datetime.timedelta"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        class(interp, "timedelta")
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let part = match name {
            "days" => self.0.div_euclid(DAY),
            "seconds" => self.0.rem_euclid(DAY) / 1_000_000,
            "microseconds" => self.0.rem_euclid(1_000_000),
            "__abs__" => {
                let abs = self.0.abs();
                return Ok(Some(Value::native("__abs__", move |interp, _| delta(interp, abs))));
            }
            _ => return Ok(None),
        };
        Ok(Some(Value::from(part as i64)))
    }

    fn binary(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        let own = self.0;
        if let Some(other) = other.downcast::<PyDelta>() {
            let (left, right) = if reflected { (other.0, own) } else { (own, other.0) };
            return match op {
                BinaryOp::Add => delta(interp, left + right).map(Some),
                BinaryOp::Sub => delta(interp, left - right).map(Some),
                BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod if right == 0 => {
                    let message = if op == BinaryOp::Div {
                        "division by zero"
                    } else {
                        "integer division or modulo by zero"
                    };
                    Err(interp.raise("ZeroDivisionError", message))
                }
                BinaryOp::Div => Ok(Some(Value::Float(left as f64 / right as f64))),
                BinaryOp::FloorDiv => Ok(Some(Value::big(BigInt::from(floor(left, right))))),
                BinaryOp::Mod => delta(interp, left - right * floor(left, right)).map(Some),
                _ => Ok(None),
            };
        }
        let scaled = match (convert::whole(other), other) {
            (Some(int), _) => (int.to_big(), BigInt::from(1)),
            (None, Value::Float(number)) if number.is_finite() => crate::python::builtins::ratio(*number),
            _ => return Ok(None),
        };
        let own = BigInt::from(own);
        let (top, bottom) = match op {
            BinaryOp::Mul => (own * scaled.0, scaled.1),
            BinaryOp::Div | BinaryOp::FloorDiv if !reflected => {
                if scaled.0.is_zero() {
                    return Err(interp.raise("ZeroDivisionError", "integer division or modulo by zero"));
                }
                if op == BinaryOp::FloorDiv {
                    if matches!(other, Value::Float(_)) {
                        return Ok(None);
                    }
                    let floor = num_traits::ToPrimitive::to_i128(&scaled.0).map_or(0, |by| floor(self.0, by));
                    return delta(interp, floor).map(Some);
                }
                (own * scaled.1, scaled.0)
            }
            _ => return Ok(None),
        };
        from_big(interp, &divide(&top, &bottom)).map(Some)
    }

    fn compare(
        &self,
        _interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        Ok(other.downcast::<PyDelta>().map(|other| Value::Bool(ordered(op, self.cmp(other)))))
    }

    fn unary(&self, interp: &mut Interp, _this: &Value, op: UnaryOp) -> PyResult<Value> {
        match op {
            UnaryOp::Neg => delta(interp, -self.0),
            UnaryOp::Pos => delta(interp, self.0),
            UnaryOp::Invert => {
                Err(interp.raise("TypeError", "bad operand type for unary ~: 'datetime.timedelta'"))
            }
        }
    }

    fn hash(&self, _interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Ok(self.0 as i64)
    }

    fn truth(&self, _interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        Ok(self.0 != 0)
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let parts = [
            ("days", self.0.div_euclid(DAY)),
            ("seconds", self.0.rem_euclid(DAY) / 1_000_000),
            ("microseconds", self.0.rem_euclid(1_000_000)),
        ];
        let shown: Vec<String> = parts
            .iter()
            .filter(|(_, part)| *part != 0)
            .map(|(name, part)| format!("{name}={part}"))
            .collect();
        let shown = if shown.is_empty() { "0".to_owned() } else { shown.join(", ") };
        Ok(format!("datetime.timedelta({shown})"))
    }

    fn str(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let days = self.0.div_euclid(DAY);
        let seconds = self.0.rem_euclid(DAY) / 1_000_000;
        let micros = self.0.rem_euclid(1_000_000);
        let mut text = String::new();
        if days != 0 {
            let plural = if days.abs() == 1 { "" } else { "s" };
            text = format!("{days} day{plural}, ");
        }
        text.push_str(&format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60));
        if micros != 0 {
            text.push_str(&format!(".{micros:06}"));
        }
        Ok(text)
    }
}

fn floor(left: i128, right: i128) -> i128 {
    let quotient = left / right;
    if left % right != 0 && (left < 0) != (right < 0) { quotient - 1 } else { quotient }
}

/// Whether an ordering satisfies a comparison.
pub(crate) fn ordered(op: CompareOp, ordering: std::cmp::Ordering) -> bool {
    match op {
        CompareOp::Eq => ordering.is_eq(),
        CompareOp::Ne => ordering.is_ne(),
        CompareOp::Lt => ordering.is_lt(),
        CompareOp::Le => ordering.is_le(),
        CompareOp::Gt => ordering.is_gt(),
        CompareOp::Ge => ordering.is_ge(),
    }
}
