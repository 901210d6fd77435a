//! SQL expressions as values of attributes: written into the statement that flushes the object.

use super::Expr;
use crate::value::{HostValue, Value};
use std::any::Any;
use std::rc::Rc;

/// An expression that was given to an attribute, as `account.balance = Account.balance + 10` does.
#[derive(Debug)]
pub struct Assigned(pub Expr);

impl Assigned {
    /// The expression as an attribute's value.
    pub fn value(expr: Expr) -> Value {
        Value::Host(Rc::new(Assigned(expr)))
    }

    /// The expression that an attribute's value is, where it is one.
    pub fn of(value: &Value) -> Option<&Expr> {
        match value {
            Value::Host(host) => host.as_any().downcast_ref::<Assigned>().map(|assigned| &assigned.0),
            _ => None,
        }
    }
}

impl HostValue for Assigned {
    fn repr(&self) -> String {
        "<an SQL expression>".to_owned()
    }

    fn type_name(&self) -> String {
        "BinaryExpression".to_owned()
    }

    fn same(&self, other: &dyn HostValue) -> bool {
        other.as_any().downcast_ref::<Assigned>().is_some_and(|other| self.0.same(&other.0))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
