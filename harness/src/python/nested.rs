//! Equality of values that nest, where nothing of a document's can take part.
//!
//! It calls no Python, and gives up on values that lead to themselves or are too many: those are equal to themselves alone.

use super::map::{Found, plain_eq};
use super::{Dict, Instance, Value};
use std::rc::Rc;

/// How deep values may nest.
const DEPTH: usize = 64;
/// How many values are looked at.
const VALUES: usize = 100_000;

/// Whether two values are equal; `None` where a document's code would say, or it takes too long to tell.
pub fn nested_eq(left: &Value, right: &Value) -> Option<bool> {
    Looking { left: VALUES }.equal(left, right, DEPTH)
}

struct Looking {
    left: usize,
}

impl Looking {
    fn equal(&mut self, left: &Value, right: &Value, depth: usize) -> Option<bool> {
        if left.is(right) {
            return Some(true);
        }
        if let Some(answer) = plain_eq(left, right) {
            return Some(answer);
        }
        self.left = self.left.checked_sub(1)?;
        let depth = depth.checked_sub(1)?;
        match (left, right) {
            (Value::List(left), Value::List(right)) => {
                let (left, right) = (left.items.borrow(), right.items.borrow());
                self.items(&left, &right, depth)
            }
            (Value::Tuple(left), Value::Tuple(right)) => self.items(left, right, depth),
            (Value::Dict(left), Value::Dict(right)) => self.dicts(left, right, depth),
            (Value::Instance(left), Value::Instance(right)) => self.instances(left, right, depth),
            (Value::List(_) | Value::Tuple(_) | Value::Dict(_), other)
            | (other, Value::List(_) | Value::Tuple(_) | Value::Dict(_)) => is_plain(other).then_some(false),
            _ => None,
        }
    }

    fn items(&mut self, left: &[Value], right: &[Value], depth: usize) -> Option<bool> {
        if left.len() != right.len() {
            return Some(false);
        }
        for (left, right) in left.iter().zip(right) {
            if !self.equal(left, right, depth)? {
                return Some(false);
            }
        }
        Some(true)
    }

    /// Of one class derived from a builtin type, which compares as that type does.
    fn instances(&mut self, left: &Instance, right: &Instance, depth: usize) -> Option<bool> {
        let class = left.class();
        if !Rc::ptr_eq(&class, &right.class()) || class.lookup("__eq__").is_some() {
            return None;
        }
        self.equal(left.payload.as_ref()?, right.payload.as_ref()?, depth)
    }

    fn dicts(&mut self, left: &Dict, right: &Dict, depth: usize) -> Option<bool> {
        let (left, right) = (left.map.borrow(), right.map.borrow());
        if left.len() != right.len() {
            return Some(false);
        }
        for (hash, key, value) in left.hashed() {
            let at = match right.find(hash, key) {
                Found::At(at) => at,
                Found::Absent => return Some(false),
                Found::Ask(_) => return None,
            };
            let (_, other) = right.at(at)?;
            if !self.equal(value, other, depth)? {
                return Some(false);
            }
        }
        Some(true)
    }
}

/// Whether nothing of a document's can say what it is equal to.
fn is_plain(value: &Value) -> bool {
    matches!(
        value,
        Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Str(_)
            | Value::Bytes(_)
            | Value::Tuple(_)
            | Value::List(_)
            | Value::Dict(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(items: Vec<Value>) -> Value {
        Value::list(items)
    }

    #[test]
    fn lists_are_equal_by_what_they_hold() {
        let one = list(vec![Value::int(1), list(vec![Value::None])]);
        let other = list(vec![Value::Float(1.0), list(vec![Value::None])]);
        assert_eq!(nested_eq(&one, &other), Some(true));
        assert_eq!(nested_eq(&one, &list(Vec::new())), Some(false));
        assert_eq!(nested_eq(&one, &Value::int(1)), Some(false));
    }

    #[test]
    fn lists_that_hold_themselves_are_given_up() {
        let looped = || {
            let Value::List(own) = list(Vec::new()) else { unreachable!() };
            own.items.borrow_mut().push(Value::List(own.clone()));
            Value::List(own)
        };
        assert_eq!(nested_eq(&looped(), &looped()), None);
    }
}
