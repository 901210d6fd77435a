//! Arithmetic and the other binary and unary operators.
//!
//! Builtin operands are worked out here; everything else is asked in Python's order, left, right, or right
//! first where its class derives from the left one's.

use super::error::{PyResult, Stop};
use super::interp::Interp;
use super::iterate::is_iterable;
use super::map::Map;
use super::object::{BinaryOp, UnaryOp};
use super::value::{Dict, Int, Value};
use super::{arith, format};
use std::rc::Rc;

impl BinaryOp {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::MatMul => "@",
            BinaryOp::Div => "/",
            BinaryOp::FloorDiv => "//",
            BinaryOp::Mod => "%",
            BinaryOp::Pow => "**",
            BinaryOp::LShift => "<<",
            BinaryOp::RShift => ">>",
            BinaryOp::And => "&",
            BinaryOp::Or => "|",
            BinaryOp::Xor => "^",
        }
    }

    /// The special methods: plain, reflected, in place.
    pub fn methods(self) -> [&'static str; 3] {
        match self {
            BinaryOp::Add => ["__add__", "__radd__", "__iadd__"],
            BinaryOp::Sub => ["__sub__", "__rsub__", "__isub__"],
            BinaryOp::Mul => ["__mul__", "__rmul__", "__imul__"],
            BinaryOp::MatMul => ["__matmul__", "__rmatmul__", "__imatmul__"],
            BinaryOp::Div => ["__truediv__", "__rtruediv__", "__itruediv__"],
            BinaryOp::FloorDiv => ["__floordiv__", "__rfloordiv__", "__ifloordiv__"],
            BinaryOp::Mod => ["__mod__", "__rmod__", "__imod__"],
            BinaryOp::Pow => ["__pow__", "__rpow__", "__ipow__"],
            BinaryOp::LShift => ["__lshift__", "__rlshift__", "__ilshift__"],
            BinaryOp::RShift => ["__rshift__", "__rrshift__", "__irshift__"],
            BinaryOp::And => ["__and__", "__rand__", "__iand__"],
            BinaryOp::Or => ["__or__", "__ror__", "__ior__"],
            BinaryOp::Xor => ["__xor__", "__rxor__", "__ixor__"],
        }
    }
}

/// Whether operators of this value are found on its class or asked of its room.
pub(super) fn is_open(value: &Value) -> bool {
    matches!(value, Value::Instance(_) | Value::Object(_) | Value::Class(_))
}

/// Whether both are instances of one class: the right one is then not asked for its reflected method.
fn same_class(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Instance(left), Value::Instance(right)) => Rc::ptr_eq(&left.class(), &right.class()),
        _ => false,
    }
}

/// What an instance of a class derived from a builtin type holds.
pub(super) fn payload(value: &Value) -> Option<Value> {
    match value {
        Value::Instance(instance) => instance.payload.clone(),
        _ => None,
    }
}

impl Interp {
    pub fn binary(&mut self, op: BinaryOp, left: &Value, right: &Value) -> PyResult<Value> {
        match self.try_binary(op, left, right)? {
            Some(value) => Ok(value),
            None => Err(self.unsupported_operands(op, left, right, "")),
        }
    }

    fn try_binary(&mut self, op: BinaryOp, left: &Value, right: &Value) -> PyResult<Option<Value>> {
        self.charge(1)?;
        self.guard()?;
        if let Some(value) = arith::numbers(self, op, left, right)? {
            return Ok(Some(value));
        }
        if is_open(left) || is_open(right) {
            let right_first = is_open(right) && !matches!(right, Value::Class(_)) && {
                let (left_class, right_class) = (self.class_of(left), self.class_of(right));
                left_class.id != right_class.id && right_class.is_subclass(&left_class)
            };
            if right_first && let Some(value) = self.ask_binary(op, right, left, true)? {
                return Ok(Some(value));
            }
            // A string's own `%` goes before what its argument could do.
            let formats = op == BinaryOp::Mod && matches!(left, Value::Str(_));
            if !formats && let Some(value) = self.ask_binary(op, left, right, false)? {
                return Ok(Some(value));
            }
            if !(right_first || formats || same_class(left, right))
                && let Some(value) = self.ask_binary(op, right, left, true)?
            {
                return Ok(Some(value));
            }
            if let (BinaryOp::Or, true) =
                (op, matches!((left, right), (Value::Class(_), _) | (_, Value::Class(_))))
                && let Some(union) = super::generic::union(left, right)
            {
                return Ok(Some(union));
            }
        }
        let (plain_left, plain_right) = (payload(left), payload(right));
        if let (BinaryOp::Mod, Value::Str(template)) = (op, plain_left.as_ref().unwrap_or(left)) {
            // What a template is filled with is shown as itself, not as what it derives from.
            return format::percent(self, template, right).map(|text| Some(Value::from(text)));
        }
        let (left, right) = (plain_left.as_ref().unwrap_or(left), plain_right.as_ref().unwrap_or(right));
        self.binary_containers(op, left, right)
    }

    /// Asks one side; `None` is `NotImplemented`.
    fn ask_binary(
        &mut self,
        op: BinaryOp,
        value: &Value,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        if let Value::Object(object) = value
            && let Some(answer) = object.binary(self, value, op, other, reflected)?
        {
            return Ok(Some(answer));
        }
        let [plain, mirrored, _] = op.methods();
        let name = if reflected { mirrored } else { plain };
        if !is_open(value) {
            return Ok(None);
        }
        match self.call_special(value, name, vec![other.clone()])? {
            Some(Value::NotImplemented) | None => Ok(None),
            answer => Ok(answer),
        }
    }

    /// `left op= right`: the new value of `left`.
    pub fn binary_in_place(&mut self, op: BinaryOp, left: &Value, right: &Value) -> PyResult<Value> {
        if let Value::Object(object) = left
            && let Some(answer) = object.binary_in_place(self, left, op, right)?
        {
            return Ok(answer);
        }
        if matches!(left, Value::Instance(_) | Value::Object(_)) {
            let [_, _, name] = op.methods();
            match self.call_special(left, name, vec![right.clone()])? {
                Some(Value::NotImplemented) | None => {}
                Some(answer) => return Ok(answer),
            }
        }
        let held = payload(left);
        let set_beside = match right {
            Value::Object(object) if matches!(left, Value::Set(_)) => object.as_builtin(self)?,
            _ => None,
        };
        let right = set_beside.as_ref().unwrap_or(right);
        match (held.as_ref().unwrap_or(left), op) {
            (Value::List(list), BinaryOp::Add) => {
                let added = self.iterate(right)?;
                self.charge_bytes(added.len() * 24)?;
                list.items.borrow_mut().extend(added);
                return Ok(left.clone());
            }
            (Value::List(list), BinaryOp::Mul) if right.as_i64().is_some() => {
                let product = self.binary(op, &Value::List(list.clone()), right)?;
                if let Value::List(product) = product {
                    let items = std::mem::take(&mut *product.items.borrow_mut());
                    let old = std::mem::replace(&mut *list.items.borrow_mut(), items);
                    drop(old);
                }
                return Ok(left.clone());
            }
            (Value::Dict(dict), BinaryOp::Or) => {
                let items = match self.mapping_items(right)? {
                    Some(items) => items,
                    None => self.pairs(right)?,
                };
                for (key, value) in items {
                    self.dict_set(dict, key, value)?;
                }
                return Ok(left.clone());
            }
            (Value::Set(set), BinaryOp::Or | BinaryOp::And | BinaryOp::Sub | BinaryOp::Xor)
                if matches!(right, Value::Set(_) | Value::FrozenSet(_)) =>
            {
                let result = self.binary(op, &Value::Set(set.clone()), right)?;
                if let Value::Set(result) = result {
                    let items = std::mem::take(&mut *result.items.borrow_mut());
                    let old = std::mem::replace(&mut *set.items.borrow_mut(), items);
                    drop(old);
                }
                return Ok(left.clone());
            }
            _ => {}
        }
        match self.try_binary(op, left, right)? {
            Some(value) => Ok(value),
            None => Err(self.unsupported_operands(op, left, right, "=")),
        }
    }

    /// Pairs of an iterable of two-item iterables, for `dict.update` and `|=`.
    pub fn pairs(&mut self, value: &Value) -> PyResult<Vec<(Value, Value)>> {
        let mut pairs = Vec::new();
        for (index, item) in self.iterate(value)?.into_iter().enumerate() {
            if !is_iterable(&item) {
                let message =
                    format!("cannot convert dictionary update sequence element #{index} to a sequence");
                return Err(self.raise("TypeError", message));
            }
            let parts = self.iterate(&item)?;
            let length = parts.len();
            let Ok([key, value]) = <[Value; 2]>::try_from(parts) else {
                let message =
                    format!("dictionary update sequence element #{index} has length {length}; 2 is required");
                return Err(self.raise("ValueError", message));
            };
            pairs.push((key, value));
        }
        Ok(pairs)
    }

    fn unsupported_operands(&mut self, op: BinaryOp, left: &Value, right: &Value, in_place: &str) -> Stop {
        let (left_kind, right_kind) = (self.type_name(left), self.type_name(right));
        let (held_left, held_right) = (payload(left), payload(right));
        let (left, right) = (held_left.as_ref().unwrap_or(left), held_right.as_ref().unwrap_or(right));
        let message = match (op, left) {
            (BinaryOp::Add, Value::Str(_)) => {
                format!("can only concatenate str (not \"{right_kind}\") to str")
            }
            (BinaryOp::Add, Value::List(_)) => {
                format!("can only concatenate list (not \"{right_kind}\") to list")
            }
            (BinaryOp::Add, Value::Tuple(_)) => {
                format!("can only concatenate tuple (not \"{right_kind}\") to tuple")
            }
            (BinaryOp::Add, Value::Bytes(_)) => format!("can't concat {right_kind} to bytes"),
            (BinaryOp::Mul, Value::Str(_) | Value::List(_) | Value::Tuple(_) | Value::Bytes(_)) => {
                format!("can't multiply sequence by non-int of type '{right_kind}'")
            }
            (BinaryOp::Mul, _)
                if matches!(right, Value::Str(_) | Value::List(_) | Value::Tuple(_) | Value::Bytes(_)) =>
            {
                format!("can't multiply sequence by non-int of type '{left_kind}'")
            }
            (BinaryOp::Pow, _) if in_place.is_empty() => {
                format!("unsupported operand type(s) for ** or pow(): '{left_kind}' and '{right_kind}'")
            }
            _ => {
                let symbol = op.symbol();
                format!(
                    "unsupported operand type(s) for {symbol}{in_place}: '{left_kind}' and '{right_kind}'"
                )
            }
        };
        self.raise("TypeError", message)
    }

    /// `left op right` for values of builtin types and what derived instances hold; nobody else is asked.
    pub(super) fn binary_builtin(
        &mut self,
        op: BinaryOp,
        left: &Value,
        right: &Value,
    ) -> PyResult<Option<Value>> {
        let (held_left, held_right) = (payload(left), payload(right));
        let (left, right) = (held_left.as_ref().unwrap_or(left), held_right.as_ref().unwrap_or(right));
        match arith::numbers(self, op, left, right)? {
            Some(value) => Ok(Some(value)),
            None => self.binary_containers(op, left, right),
        }
    }

    fn binary_containers(&mut self, op: BinaryOp, left: &Value, right: &Value) -> PyResult<Option<Value>> {
        Ok(Some(match (op, left, right) {
            (
                _,
                Value::Bool(_) | Value::Int(_) | Value::Float(_),
                Value::Bool(_) | Value::Int(_) | Value::Float(_),
            ) => {
                return arith::numbers(self, op, left, right);
            }
            (BinaryOp::Mod, Value::Bytes(_), _) => return Err(Stop::unsupported("% on bytes")),
            (BinaryOp::Mod, Value::Str(template), _) => Value::from(format::percent(self, template, right)?),
            (BinaryOp::Add, Value::Str(a), Value::Str(b)) => {
                self.charge_bytes(a.len() + b.len())?;
                Value::from(format!("{a}{b}"))
            }
            (BinaryOp::Add, Value::Bytes(a), Value::Bytes(b)) => {
                self.charge_bytes(a.len() + b.len())?;
                Value::Bytes(a.iter().chain(b.iter()).copied().collect())
            }
            (BinaryOp::Add, Value::Tuple(a), Value::Tuple(b)) => {
                self.charge_bytes((a.len() + b.len()) * 24)?;
                Value::tuple(a.iter().chain(b.iter()).cloned().collect())
            }
            (BinaryOp::Add, Value::List(a), Value::List(b)) => {
                let items: Vec<Value> =
                    a.items.borrow().iter().chain(b.items.borrow().iter()).cloned().collect();
                self.charge_bytes(items.len() * 24)?;
                Value::list(items)
            }
            (BinaryOp::Mul, Value::Str(_) | Value::Bytes(_) | Value::List(_) | Value::Tuple(_), _) => {
                return self.repeat(left, right);
            }
            (BinaryOp::Mul, _, Value::Str(_) | Value::Bytes(_) | Value::List(_) | Value::Tuple(_)) => {
                return self.repeat(right, left);
            }
            (
                BinaryOp::Or | BinaryOp::And | BinaryOp::Sub | BinaryOp::Xor,
                Value::Set(a) | Value::FrozenSet(a),
                Value::Set(b) | Value::FrozenSet(b),
            ) => {
                let set = self.set_operation(op, a, b)?;
                match left {
                    Value::FrozenSet(_) => Value::FrozenSet(Rc::new(set)),
                    _ => Value::Set(Rc::new(set)),
                }
            }
            (BinaryOp::Or, Value::Dict(a), Value::Dict(b)) => {
                let items: Vec<(Value, Value)> =
                    a.map.borrow().items().into_iter().chain(b.map.borrow().items()).collect();
                self.charge_bytes(items.len() * 64)?;
                let dict = Dict::new(Map::new());
                for (key, value) in items {
                    self.dict_set(&dict, key, value)?;
                }
                Value::Dict(Rc::new(dict))
            }
            _ => return Ok(None),
        }))
    }

    fn repeat(&mut self, sequence: &Value, times: &Value) -> PyResult<Option<Value>> {
        let times = match times {
            Value::Int(Int::Big(big)) if big.sign() == num_bigint::Sign::Minus => 0,
            Value::Int(Int::Big(_)) => {
                return Err(self.raise("OverflowError", "cannot fit 'int' into an index-sized integer"));
            }
            other => match other.as_i64() {
                Some(times) => usize::try_from(times.max(0)).unwrap_or(0),
                None => return Ok(None),
            },
        };
        let (length, each) = match sequence {
            Value::Str(text) => (text.len(), 1),
            Value::Bytes(bytes) => (bytes.len(), 1),
            Value::List(list) => (list.items.borrow().len(), 24),
            Value::Tuple(items) => (items.len(), 24),
            _ => return Ok(None),
        };
        self.charge_bytes(length.saturating_mul(times).saturating_mul(each))?;
        let times = if length == 0 { 0 } else { times };
        Ok(Some(match sequence {
            Value::Str(text) => Value::from(text.repeat(times)),
            Value::Bytes(bytes) => Value::Bytes(bytes.repeat(times).into()),
            Value::List(list) => {
                let items = list.items.borrow().clone();
                Value::list(items.iter().cycle().take(items.len() * times).cloned().collect())
            }
            Value::Tuple(items) => {
                Value::tuple(items.iter().cycle().take(items.len() * times).cloned().collect())
            }
            _ => return Ok(None),
        }))
    }

    pub fn unary(&mut self, op: UnaryOp, operand: &Value) -> PyResult<Value> {
        if let Some(value) = arith::unary(op, operand) {
            return Ok(value);
        }
        if let Value::Object(object) = operand {
            return object.unary(self, operand, op);
        }
        let (name, symbol) = match op {
            UnaryOp::Neg => ("__neg__", "-"),
            UnaryOp::Pos => ("__pos__", "+"),
            UnaryOp::Invert => ("__invert__", "~"),
        };
        if let Some(value) = self.call_special(operand, name, Vec::new())? {
            return Ok(value);
        }
        if let Some(value) = payload(operand).and_then(|held| arith::unary(op, &held)) {
            return Ok(value);
        }
        let kind = self.type_name(operand);
        Err(self.raise("TypeError", format!("bad operand type for unary {symbol}: '{kind}'")))
    }

    /// An integer for an index, as `__index__` gives it.
    pub fn index(&mut self, value: &Value) -> PyResult<i64> {
        match value {
            Value::Int(Int::Big(_)) => {
                return Err(self.raise("IndexError", "cannot fit 'int' into an index-sized integer"));
            }
            Value::Instance(_) | Value::Object(_) => {
                if let Some(answer) = self.call_special(value, "__index__", Vec::new())? {
                    return self.index(&answer);
                }
                if let Some(held) = payload(value)
                    && held.as_i64().is_some()
                {
                    return self.index(&held);
                }
            }
            other => {
                if let Some(index) = other.as_i64() {
                    return Ok(index);
                }
            }
        }
        let kind = self.type_name(value);
        Err(self.raise("TypeError", format!("'{kind}' object cannot be interpreted as an integer")))
    }
}
