//! Types of expressions and of bare values.

use super::expr::{Expr, ExprKind, Function};
use super::op::Op;
use crate::schema::{Affinity, SqlType};
use crate::value::Value;
use std::rc::Rc;

/// The type the library gives a bare value.
pub(crate) fn type_of(value: &Value) -> SqlType {
    match value {
        Value::Null | Value::Host(_) => SqlType::Null,
        Value::Bool(_) => SqlType::Boolean,
        Value::Int(_) => SqlType::Integer,
        Value::Float(_) => SqlType::Float { precision: None, asdecimal: false },
        Value::Text(_) => SqlType::String(None),
        Value::Bytes(_) => SqlType::LargeBinary(None),
        Value::Decimal(_) => SqlType::Numeric { precision: None, scale: None, asdecimal: true },
        Value::Date(_) => SqlType::Date,
        Value::Time(_) => SqlType::Time { timezone: false },
        Value::DateTime(_) => SqlType::DateTime { timezone: false },
        Value::Uuid(_) => SqlType::Uuid { as_uuid: true },
    }
}

/// The type of an expression.
pub(crate) fn ty(expr: &Expr) -> SqlType {
    match expr.kind() {
        ExprKind::Column(column) => column.ty(),
        ExprKind::AliasColumn(column) => column.ty.clone(),
        ExprKind::Bind(bind) => bind.ty.clone(),
        ExprKind::Null
        | ExprKind::Collation(_)
        | ExprKind::Text(_)
        | ExprKind::LabelReference(_)
        | ExprKind::TooDeep => SqlType::Null,
        ExprKind::Extract { .. } => SqlType::Integer,
        ExprKind::True | ExprKind::False | ExprKind::Exists(_) | ExprKind::AsBoolean { .. } => {
            SqlType::Boolean
        }
        ExprKind::Literal { ty, .. }
        | ExprKind::Unary { ty, .. }
        | ExprKind::Binary { ty, .. }
        | ExprKind::Label { ty, .. }
        | ExprKind::Cast { ty, .. }
        | ExprKind::TypeCoerce { ty, .. } => ty.clone(),
        ExprKind::List { op, items } => match op {
            Op::And | Op::Or => SqlType::Boolean,
            _ => items.first().map(Expr::ty).unwrap_or_default(),
        },
        ExprKind::Grouping(element)
        | ExprKind::GroupingSince(element, _)
        | ExprKind::Annotated { element, .. }
        | ExprKind::OfEntity { element, .. } => element.ty(),
        ExprKind::Windowed(windowed) => windowed.ty(),
        ExprKind::Function(function) => function.ty.clone(),
        ExprKind::Case(case) => case.ty.clone(),
        ExprKind::ScalarSelect(body) | ExprKind::SelectList(body) => {
            body.columns().first().map(Expr::ty).unwrap_or_default()
        }
    }
}

/// The type of a value bound beside an expression of a type: the expression's own, unless the value's is of another
/// family.
pub(crate) fn bind_type(beside: &SqlType, value: &Value) -> SqlType {
    let own = type_of(value);
    if let SqlType::Host(host) = beside
        && !host.args().binds_as_generic
    {
        // What a program made of a type takes every value; JSON itself takes what has no type of its own.
        let is_json = *beside.generic() == SqlType::Json && host.args().object.is_none();
        return if is_json && own.affinity() != Affinity::Null { own } else { beside.clone() };
    }
    match (beside.affinity(), own.affinity()) {
        // A binary column binds a string as it binds bytes.
        (_, Affinity::Null) | (Affinity::Other, _) | (Affinity::Binary, Affinity::String) => beside.clone(),
        (a, b) if a == b => beside.clone(),
        _ => own,
    }
}

/// The operator and type that an operator between two types becomes: `+` between strings is `||`.
pub(crate) fn result(op: &Op, left: &SqlType, right: &SqlType) -> (Op, SqlType) {
    if op.is_comparison() {
        return (op.clone(), SqlType::Boolean);
    }
    let (a, b) = (left.affinity(), right.affinity());
    if a == Affinity::Null && b != Affinity::Null && op.is_commutative() {
        return result(op, right, left);
    }
    if a == Affinity::String && matches!(b, Affinity::String | Affinity::Null) && *op == Op::Add {
        return (Op::Concat, left.clone());
    }
    let interval = SqlType::Interval;
    let ty = match (op, a, b) {
        (Op::Div, Affinity::Integer, Affinity::Integer) => {
            SqlType::Numeric { precision: None, scale: None, asdecimal: true }
        }
        (Op::Add | Op::Sub | Op::Mul | Op::Div, Affinity::Integer, Affinity::Numeric)
        | (Op::Add, Affinity::Integer, Affinity::Date) => right.clone(),
        (Op::Sub, Affinity::Date, Affinity::Interval)
        | (Op::Add, Affinity::Date, Affinity::Interval | Affinity::Time) => {
            SqlType::DateTime { timezone: false }
        }
        (Op::Sub, Affinity::Date, Affinity::Date) => SqlType::Integer,
        (Op::Sub, Affinity::Date | Affinity::DateTime, Affinity::DateTime)
        | (Op::Sub, Affinity::Time, Affinity::Time) => interval,
        _ => left.clone(),
    };
    (op.clone(), ty)
}

/// A function call of the type that the library knows for its name.
pub(crate) fn function(name: &str, args: Vec<Expr>) -> Expr {
    let first = || args.iter().map(Expr::ty).find(|ty| !ty.is_null()).unwrap_or_default();
    let lower = name.to_lowercase();
    let ty = match lower.as_str() {
        "count" | "char_length" | "rank" | "dense_rank" => SqlType::Integer,
        "percent_rank" | "cume_dist" => SqlType::Numeric { precision: None, scale: None, asdecimal: true },
        "max" | "min" | "sum" | "coalesce" => first(),
        "concat" | "user" | "current_user" | "session_user" => SqlType::String(None),
        "now" | "localtimestamp" | "sysdate" | "current_timestamp" => SqlType::DateTime { timezone: false },
        "current_date" => SqlType::Date,
        "current_time" | "localtime" => SqlType::Time { timezone: false },
        _ => SqlType::Null,
    };
    let bare = matches!(
        lower.as_str(),
        "current_timestamp"
            | "current_date"
            | "current_time"
            | "localtime"
            | "localtimestamp"
            | "user"
            | "current_user"
            | "session_user"
            | "sysdate"
    );
    let star = lower == "count" && args.is_empty();
    Expr::new(ExprKind::Function(Function { name: Rc::from(name), args, ty, star, bare, compares: None }))
}
