//! Types of expressions and of bare values.

use super::expr::{Expr, ExprKind, Function};
use crate::schema::SqlType;
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
    }
}

/// The type of an expression.
pub(crate) fn ty(expr: &Expr) -> SqlType {
    match expr.kind() {
        ExprKind::Column(column) => column.ty(),
        ExprKind::AliasColumn(column) => column.ty.clone(),
        ExprKind::Bind(bind) => bind.ty.clone(),
        ExprKind::Null | ExprKind::Text(_) => SqlType::Null,
        ExprKind::True | ExprKind::False | ExprKind::Exists(_) => SqlType::Boolean,
        ExprKind::Literal { ty, .. }
        | ExprKind::Unary { ty, .. }
        | ExprKind::Binary { ty, .. }
        | ExprKind::Label { ty, .. }
        | ExprKind::Cast { ty, .. } => ty.clone(),
        ExprKind::List { op, items } => match op {
            super::Op::And | super::Op::Or => SqlType::Boolean,
            _ => items.first().map(Expr::ty).unwrap_or_default(),
        },
        ExprKind::Grouping(element)
        | ExprKind::Annotated { element, .. }
        | ExprKind::Over { element, .. } => element.ty(),
        ExprKind::Function(function) => function.ty.clone(),
        ExprKind::Case(case) => case.ty.clone(),
        ExprKind::ScalarSelect(select) | ExprKind::SelectList(select) => {
            select.columns.first().map(Expr::ty).unwrap_or_default()
        }
    }
}

/// A function call of the type that the library knows for its name.
pub(crate) fn function(name: &str, args: Vec<Expr>) -> Expr {
    let first = || args.first().map(Expr::ty).unwrap_or_default();
    let lower = name.to_lowercase();
    let ty = match lower.as_str() {
        "count" | "char_length" | "rank" | "dense_rank" => SqlType::Integer,
        "percent_rank" | "cume_dist" => SqlType::Numeric { precision: None, scale: None, asdecimal: true },
        "max" | "min" | "sum" | "lower" | "upper" | "coalesce" => first(),
        "concat" | "user" | "current_user" | "session_user" => SqlType::String(None),
        "now" | "localtimestamp" | "sysdate" | "current_timestamp" => SqlType::DateTime { timezone: false },
        "current_date" => SqlType::Date,
        "current_time" | "localtime" => SqlType::Time { timezone: false },
        "random" => SqlType::Null,
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
    Expr::new(ExprKind::Function(Function { name: Rc::from(name), args, ty, star, bare }))
}
