//! Comparisons, equality inside containers, and hashes.

use super::error::{PyResult, Stop};
use super::interp::Interp;
use super::map::{hash_str, plain_eq};
use super::object::CompareOp;
use super::ops::{is_open, payload};
use super::value::{Int, Set, Value};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};
use std::cmp::Ordering;
use std::rc::Rc;

impl CompareOp {
    pub fn symbol(self) -> &'static str {
        match self {
            CompareOp::Eq => "==",
            CompareOp::Ne => "!=",
            CompareOp::Lt => "<",
            CompareOp::Le => "<=",
            CompareOp::Gt => ">",
            CompareOp::Ge => ">=",
        }
    }

    pub fn method(self) -> &'static str {
        match self {
            CompareOp::Eq => "__eq__",
            CompareOp::Ne => "__ne__",
            CompareOp::Lt => "__lt__",
            CompareOp::Le => "__le__",
            CompareOp::Gt => "__gt__",
            CompareOp::Ge => "__ge__",
        }
    }

    /// The operator with its sides exchanged.
    #[must_use]
    pub fn reflected(self) -> CompareOp {
        match self {
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
            same @ (CompareOp::Eq | CompareOp::Ne) => same,
        }
    }

    /// Whether an ordering satisfies the operator.
    pub fn holds(self, ordering: Ordering) -> bool {
        match self {
            CompareOp::Eq => ordering.is_eq(),
            CompareOp::Ne => ordering.is_ne(),
            CompareOp::Lt => ordering.is_lt(),
            CompareOp::Le => ordering.is_le(),
            CompareOp::Gt => ordering.is_gt(),
            CompareOp::Ge => ordering.is_ge(),
        }
    }
}

impl Interp {
    /// `left op right`, giving whatever it gives.
    pub fn compare(&mut self, op: CompareOp, left: &Value, right: &Value) -> PyResult<Value> {
        self.charge(1)?;
        self.guard()?;
        if is_open(left) || is_open(right) {
            let right_first = is_open(right) && {
                let (left_class, right_class) = (self.class_of(left), self.class_of(right));
                left_class.id != right_class.id && right_class.is_subclass(&left_class)
            };
            let mirrored = op.reflected();
            if right_first && let Some(value) = self.ask_compare(mirrored, right, left)? {
                return Ok(value);
            }
            if let Some(value) = self.ask_compare(op, left, right)? {
                return Ok(value);
            }
            if !right_first && let Some(value) = self.ask_compare(mirrored, right, left)? {
                return Ok(value);
            }
        }
        let (held_left, held_right) = (payload(left), payload(right));
        let (a, b) = (held_left.as_ref().unwrap_or(left), held_right.as_ref().unwrap_or(right));
        if let Some(answer) = self.compare_builtin(op, a, b)? {
            return Ok(Value::Bool(answer));
        }
        match op {
            CompareOp::Eq => Ok(Value::Bool(left.is(right))),
            CompareOp::Ne => Ok(Value::Bool(!left.is(right))),
            _ => {
                let (a, b, symbol) = (self.type_name(left), self.type_name(right), op.symbol());
                let message = format!("'{symbol}' not supported between instances of '{a}' and '{b}'");
                Err(self.raise("TypeError", message))
            }
        }
    }

    fn ask_compare(&mut self, op: CompareOp, value: &Value, other: &Value) -> PyResult<Option<Value>> {
        if let Value::Object(object) = value
            && let Some(answer) = object.compare(self, value, op, other)?
        {
            return Ok(Some(answer));
        }
        if !is_open(value) {
            return Ok(None);
        }
        match self.call_special(value, op.method(), vec![other.clone()])? {
            Some(Value::NotImplemented) => Ok(None),
            Some(answer) => Ok(Some(answer)),
            None if op == CompareOp::Ne => {
                // Without `__ne__`, `!=` is the opposite of what `__eq__` says.
                match self.call_special(value, "__eq__", vec![other.clone()])? {
                    Some(Value::NotImplemented) | None => Ok(None),
                    Some(answer) => Ok(Some(Value::Bool(!self.truth(&answer)?))),
                }
            }
            None => Ok(None),
        }
    }

    /// Compares values of builtin types; `None` is `NotImplemented`.
    pub(super) fn compare_builtin(
        &mut self,
        op: CompareOp,
        left: &Value,
        right: &Value,
    ) -> PyResult<Option<bool>> {
        let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
        let wants_equal = op == CompareOp::Eq;
        if let Some(ordering) = order_numbers(left, right) {
            return Ok(Some(match ordering {
                Some(ordering) => op.holds(ordering),
                None => op == CompareOp::Ne,
            }));
        }
        match (left, right) {
            (Value::Str(a), Value::Str(b)) => self.charge_bytes(a.len().min(b.len()) / 8)?,
            (Value::Bytes(a), Value::Bytes(b)) => self.charge_bytes(a.len().min(b.len()) / 8)?,
            _ => {}
        }
        Ok(match (left, right) {
            (Value::Str(a), Value::Str(b)) => Some(op.holds(a.cmp(b))),
            (Value::Bytes(a), Value::Bytes(b)) => Some(op.holds(a.cmp(b))),
            (Value::List(a), Value::List(b)) => {
                let lengths = a.items.borrow().len() + b.items.borrow().len();
                self.charge_bytes(lengths * size_of::<Value>())?;
                let (a, b) = (a.items.borrow().clone(), b.items.borrow().clone());
                Some(self.compare_sequences(op, &a, &b)?)
            }
            (Value::Tuple(a), Value::Tuple(b)) => Some(self.compare_sequences(op, a, b)?),
            (Value::Dict(a), Value::Dict(b)) if equality => {
                if a.map.borrow().len() != b.map.borrow().len() {
                    return Ok(Some(!wants_equal));
                }
                let items = a.map.borrow().items();
                for (key, value) in items {
                    self.charge(1)?;
                    match self.dict_get(b, &key)? {
                        Some(other) if self.eq(&value, &other)? => {}
                        _ => return Ok(Some(!wants_equal)),
                    }
                }
                Some(wants_equal)
            }
            (Value::Set(a) | Value::FrozenSet(a), Value::Set(b) | Value::FrozenSet(b)) => {
                Some(self.compare_sets(op, a, b)?)
            }
            (Value::Range(a), Value::Range(b)) if equality => {
                let same = a.len() == b.len()
                    && (a.is_empty() || a.start == b.start && (a.len() == 1 || a.step == b.step));
                Some(same == wants_equal)
            }
            (Value::Method(a), Value::Method(b)) if equality => {
                let same = a.receiver.is(&b.receiver) && a.function.is(&b.function);
                Some(same == wants_equal)
            }
            (Value::Slice(a), Value::Slice(b)) => {
                let a = [a.start.clone(), a.stop.clone(), a.step.clone()];
                let b = [b.start.clone(), b.stop.clone(), b.step.clone()];
                Some(self.compare_sequences(op, &a, &b)?)
            }
            _ => None,
        })
    }

    fn compare_sequences(&mut self, op: CompareOp, a: &[Value], b: &[Value]) -> PyResult<bool> {
        if a.len() != b.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(op == CompareOp::Ne);
        }
        for (left, right) in a.iter().zip(b) {
            self.charge(1)?;
            if !self.eq(left, right)? {
                return match op {
                    CompareOp::Eq => Ok(false),
                    CompareOp::Ne => Ok(true),
                    _ => {
                        let answer = self.compare(op, left, right)?;
                        self.truth(&answer)
                    }
                };
            }
        }
        Ok(op.holds(a.len().cmp(&b.len())))
    }

    fn compare_sets(&mut self, op: CompareOp, a: &Rc<Set>, b: &Rc<Set>) -> PyResult<bool> {
        let (a_len, b_len) = (a.items.borrow().len(), b.items.borrow().len());
        let (small, large, fits) = match op {
            CompareOp::Eq | CompareOp::Ne => (a, b, a_len == b_len),
            CompareOp::Lt => (a, b, a_len < b_len),
            CompareOp::Le => (a, b, a_len <= b_len),
            CompareOp::Gt => (b, a, a_len > b_len),
            CompareOp::Ge => (b, a, a_len >= b_len),
        };
        let mut holds = fits;
        if fits {
            self.charge(small.items.borrow().len() as u64)?;
            let items = small.items.borrow().values();
            for item in items {
                if !self.set_contains(large, &item)? {
                    holds = false;
                    break;
                }
            }
        }
        Ok(if op == CompareOp::Ne { !holds } else { holds })
    }

    /// `left == right` as a truth value; identical values are equal, as in containers.
    pub fn eq(&mut self, left: &Value, right: &Value) -> PyResult<bool> {
        if let (Value::Float(a), Value::Float(b)) = (left, right) {
            return Ok(a == b);
        }
        if left.is(right) {
            return Ok(true);
        }
        if let Some(answer) = plain_eq(left, right) {
            return Ok(answer);
        }
        let answer = self.compare(CompareOp::Eq, left, right)?;
        self.truth(&answer)
    }

    /// `left < right` as a truth value, for sorting.
    pub fn less_than(&mut self, left: &Value, right: &Value) -> PyResult<bool> {
        let answer = self.compare(CompareOp::Lt, left, right)?;
        self.truth(&answer)
    }

    pub fn hash(&mut self, value: &Value) -> PyResult<i64> {
        self.guard()?;
        Ok(match value {
            Value::None => 0x7f_72c4_a1f3,
            Value::Bool(truth) => i64::from(*truth),
            Value::Int(int) => hash_int(int),
            Value::Float(float) => hash_float(*float),
            Value::Str(text) if text.is_empty() => 0,
            Value::Str(text) => hash_str(text),
            Value::Bytes(bytes) => hash_str(&String::from_utf8_lossy(bytes)),
            Value::Tuple(items) => {
                self.charge(items.len() as u64)?;
                let mut hashes = Vec::with_capacity(items.len());
                for item in items.iter() {
                    hashes.push(self.hash(item)?);
                }
                hash_tuple(&hashes)
            }
            Value::FrozenSet(set) => {
                let hashes: Vec<i64> = set.items.borrow().0.hashed().map(|(hash, _, _)| hash).collect();
                hash_set(&hashes)
            }
            Value::Range(range) => hash_tuple(&[range.len() as i64, range.start, range.step]),
            Value::Method(method) => method.receiver.identity() as i64 ^ method.function.identity() as i64,
            Value::List(_) | Value::Dict(_) | Value::Set(_) | Value::Slice(_) => {
                return Err(self.unhashable(value));
            }
            Value::Object(object) => match self.call_special(value, "__hash__", Vec::new())? {
                Some(answer) => self.index(&answer)?,
                None => object.hash(self, value)?,
            },
            Value::Instance(instance) => {
                let class = instance.class();
                match class.lookup_with_owner("__hash__") {
                    Some((_, Value::None)) => return Err(self.unhashable(value)),
                    Some((owner, _))
                        if &*owner.name() != "object"
                            && (instance.payload.is_none() || !self.is_builtin(&owner)) =>
                    {
                        match self.call_special(value, "__hash__", Vec::new())? {
                            Some(answer @ Value::Int(_)) => match answer.as_i64() {
                                Some(hash) => hash,
                                None => self.hash(&answer)?,
                            },
                            _ => {
                                return Err(
                                    self.raise("TypeError", "__hash__ method should return an integer")
                                );
                            }
                        }
                    }
                    _ => match &instance.payload {
                        Some(held) => self.hash(&held.clone())?,
                        None => value.identity() as i64,
                    },
                }
            }
            other => other.identity() as i64,
        })
    }

    /// The error of a value that has no hash.
    pub fn unhashable(&mut self, value: &Value) -> Stop {
        let kind = self.type_name(value);
        self.raise("TypeError", format!("unhashable type: '{kind}'"))
    }
}

/// How two numbers order: the outer `None` where they are not both numbers, the inner for NaN.
#[expect(clippy::option_option, reason = "not numbers, unordered numbers and an ordering are three answers")]
fn order_numbers(left: &Value, right: &Value) -> Option<Option<Ordering>> {
    fn int(value: &Value) -> Option<Int> {
        match value {
            Value::Bool(truth) => Some(Int::Small(i64::from(*truth))),
            Value::Int(int) => Some(int.clone()),
            _ => None,
        }
    }
    if let (Some(a), Some(b)) = (int(left), int(right)) {
        return Some(Some(match (&a, &b) {
            (Int::Small(a), Int::Small(b)) => a.cmp(b),
            _ => a.to_big().cmp(&b.to_big()),
        }));
    }
    match (left, right) {
        (Value::Float(a), Value::Float(b)) => Some(a.partial_cmp(b)),
        (Value::Float(a), _) => Some(order_float_int(*a, &int(right)?)),
        (_, Value::Float(b)) => Some(order_float_int(*b, &int(left)?).map(Ordering::reverse)),
        _ => None,
    }
}

/// The exact order of a float and an integer.
fn order_float_int(float: f64, int: &Int) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float.is_infinite() {
        return Some(if float > 0.0 { Ordering::Greater } else { Ordering::Less });
    }
    let floor = float.floor();
    let whole = num_traits::FromPrimitive::from_f64(floor).unwrap_or(BigInt::ZERO);
    Some(match whole.cmp(&int.to_big()) {
        Ordering::Equal if float > floor => Ordering::Greater,
        ordering => ordering,
    })
}

const MODULUS: i64 = (1 << 61) - 1;

/// CPython's hash of an integer.
pub(super) fn hash_int(int: &Int) -> i64 {
    let rest = match int {
        Int::Small(small) => small % MODULUS,
        Int::Big(big) => {
            let rest = (big.abs() % BigInt::from(MODULUS)).to_i64().unwrap_or(0);
            if big.is_negative() { -rest } else { rest }
        }
    };
    if rest == -1 { -2 } else { rest }
}

/// CPython's hash of a float, equal to that of an equal integer.
pub(super) fn hash_float(float: f64) -> i64 {
    if float.is_nan() {
        return 0;
    }
    if float.is_infinite() {
        return if float > 0.0 { 314_159 } else { -314_159 };
    }
    let bits = float.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i64;
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, power) =
        if exponent == 0 { (fraction, -1074) } else { (fraction | (1 << 52), exponent - 1075) };
    let shift = power.rem_euclid(61) as u32;
    let wide = (u128::from(mantissa) << shift) % (MODULUS as u128);
    let rest = wide as i64;
    let signed = if float < 0.0 { -rest } else { rest };
    if signed == -1 { -2 } else { signed }
}

/// CPython's hash of a frozen set, from the hashes of its items.
fn hash_set(hashes: &[i64]) -> i64 {
    let mut all = 0u64;
    for hash in hashes {
        let hash = *hash as u64;
        all ^= ((hash ^ 0x055b_4db3) ^ (hash << 16)).wrapping_mul(3_644_798_167);
    }
    all ^= (hashes.len() as u64 + 1).wrapping_mul(1_927_868_237);
    all ^= (all >> 11) ^ (all >> 25);
    all = all.wrapping_mul(69_069).wrapping_add(907_133_923);
    if all == u64::MAX { 590_923_713 } else { all as i64 }
}

/// CPython's hash of a tuple, from the hashes of its items.
fn hash_tuple(hashes: &[i64]) -> i64 {
    const P1: u64 = 11_400_714_785_074_694_791;
    const P2: u64 = 14_029_467_366_897_019_727;
    const P5: u64 = 2_870_177_450_012_600_261;
    let mut all = P5;
    for hash in hashes {
        all = all.wrapping_add((*hash as u64).wrapping_mul(P2)).rotate_left(31).wrapping_mul(P1);
    }
    all = all.wrapping_add(hashes.len() as u64 ^ (P5 ^ 0x0035_d373));
    if all == u64::MAX { 1_546_275_796 } else { all as i64 }
}
