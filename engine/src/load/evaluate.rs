//! SQL conditions and values worked out in memory, from what an object has loaded.
//!
//! What the library does not work out so is told with its reason; what only we cannot is unsupported. Nothing is guessed.

use super::options::{ColumnLoad, load_of};
use crate::attr;
use crate::error::{ELSEWHERE, Error, Result};
use crate::host::Cx;
use crate::map::{Key, MapperId, Property};

use crate::orm::Orm;
use crate::schema::Column;
use crate::sql::{AliasElement, Expr, ExprKind, Op};
use crate::state::{ObjRef, Slot};
use crate::value::Value;
use crate::version::Behaviour;
use bigdecimal::BigDecimal;
use std::cmp::Ordering;

/// A value in memory: known, or expired and so only the database's.
#[derive(Debug, Clone)]
pub(super) enum Known {
    Value(Value),
    Expired,
}

/// Why an expression cannot be worked out in memory.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The library cannot either, and says this.
    Told(String),
    /// Working out a bound value raised this.
    Raised(Error),
    /// The library cannot either; how it says so is not known here.
    Untold,
    /// The library can.
    Ours,
}

/// Functions for which the library has a class of their own, under whose name it refuses them.
const GENERIC: [&str; 24] = [
    "aggregate_strings",
    "char_length",
    "coalesce",
    "concat",
    "count",
    "cube",
    "cume_dist",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "dense_rank",
    "grouping_sets",
    "localtime",
    "localtimestamp",
    "max",
    "min",
    "now",
    "percent_rank",
    "random",
    "rank",
    "rollup",
    "session_user",
    "sum",
];

/// Whether an expression can be worked out for objects of a class. Values that are looked up when a statement is executed
/// are looked up here.
pub(super) fn check(cx: &mut Cx<'_>, mapper: MapperId, expr: &Expr) -> std::result::Result<(), Refusal> {
    let told = |class: &str| Err(Refusal::Told(format!("Cannot evaluate {class}")));
    match expr.kind() {
        ExprKind::Column(column) if attribute_of(cx.orm, mapper, column).is_some() => Ok(()),
        ExprKind::Column(column) => match class_of(cx.orm, column) {
            Some(of) => Err(Refusal::Told(alternate(cx.orm, of))),
            None => told(&format!("column: {column:?}")),
        },
        ExprKind::AliasColumn(column) => match column.alias.element() {
            _ if column.alias.name().is_some() => Err(Refusal::Untold),
            AliasElement::Table(table) if !cx.orm.profile.has(Behaviour::StatementsSynchronize) => {
                told(&format!("column: %(140214585732048 {})s.{}", table.name(), column.name))
            }
            AliasElement::Table(table) if cx.orm.profile.has(Behaviour::AnonymousAliasDescribed) => {
                told(&format!("column: Anonymous alias of {}.{}", table.name(), column.name))
            }
            _ => told(&format!("column: anon_1.{}", column.name)),
        },
        ExprKind::OfEntity { element, mapper: of, alias } => {
            let known = cx.orm.mappers.iter().find(|other| other.id.0 == *of).map(|other| other.id);
            let (None, Some(known)) = (alias, known) else { return Err(Refusal::Untold) };
            if !cx.orm.mappers.is_a(mapper, known) {
                return Err(Refusal::Told(alternate(cx.orm, known)));
            }
            check(cx, mapper, element)
        }
        ExprKind::Bind(bind) => match &bind.late {
            Some(late) => (late.0)(cx).map(|_| ()).map_err(Refusal::Raised),
            None => Ok(()),
        },
        ExprKind::Null | ExprKind::True | ExprKind::False => Ok(()),
        ExprKind::Grouping(inner) | ExprKind::GroupingSince(inner, _) => check(cx, mapper, inner),
        ExprKind::Annotated { element, .. } => match element.kind() {
            // A column of the join, and not of a class.
            ExprKind::Column(column) if cx.orm.profile.has(Behaviour::PlainColumnsNotEvaluated) => {
                told(&format!("column: {column:?}"))
            }
            _ => check(cx, mapper, element),
        },
        ExprKind::Unary { op: Op::Not, operand, .. } => check(cx, mapper, operand),
        ExprKind::Unary { op: Op::Neg, .. } => told("UnaryExpression with operator <built-in function neg>"),
        ExprKind::List { op: Op::And | Op::Or, items } => {
            items.iter().try_for_each(|item| check(cx, mapper, item))
        }
        ExprKind::List { op: Op::Comma, .. } if !cx.orm.profile.has(Behaviour::ListsEvaluated) => {
            told(&format!("clauselist with operator <function comma_op at {ELSEWHERE}>"))
        }
        ExprKind::List { .. } => Err(Refusal::Ours),
        ExprKind::Binary { left, right, op, .. } => {
            if let Some(name) = chained(op)
                && cx.orm.profile.has(Behaviour::OperatorRowsUnevaluated)
                && [left, right].into_iter().any(|side| continues(side, op))
            {
                return told(&format!("clauselist with operator {name}"));
            }
            check(cx, mapper, left)?;
            let is_list = !matches!(right.kind(), ExprKind::SelectList(_));
            if matches!(op, Op::In | Op::NotIn) && is_list && !cx.orm.profile.has(Behaviour::ListsEvaluated) {
                return told(&format!("clauselist with operator <function comma_op at {ELSEWHERE}>"));
            }
            check(cx, mapper, right)?;
            check_operator(cx.orm, op)
        }
        ExprKind::Exists(_) if cx.orm.profile.has(Behaviour::ExistsGroupsSelect) => {
            told("SelectStatementGrouping")
        }
        ExprKind::SelectList(_) | ExprKind::ScalarSelect(_) | ExprKind::Exists(_) => told("Select"),
        ExprKind::Text(_) => told("TextClause"),
        ExprKind::Cast { .. } => told("Cast"),
        ExprKind::Case(_) => told("Case"),
        ExprKind::Label { .. } => told("Label"),
        ExprKind::Function(function) if !GENERIC.contains(&&*function.name) && !function.bare => {
            told("Function")
        }
        _ => Err(Refusal::Untold),
    }
}

/// Operators of which three operands in a row are one list to the library, as its messages name them.
fn chained(op: &Op) -> Option<String> {
    match op {
        Op::Add => Some("<built-in function add>".to_owned()),
        Op::Mul => Some("<built-in function mul>".to_owned()),
        Op::Concat => Some(format!("<function concat_op at {ELSEWHERE}>")),
        _ => None,
    }
}

/// Whether an operand is itself made by the operator.
fn continues(side: &Expr, op: &Op) -> bool {
    match side.kind() {
        ExprKind::Binary { op: inner, .. } => inner == op,
        ExprKind::Grouping(inner) | ExprKind::GroupingSince(inner, _) => continues(inner, op),
        _ => false,
    }
}

/// The attribute that a column stands for: its own, or until 2.0 any that is called as the column.
fn attribute_of(orm: &Orm, mapper: MapperId, column: &Column) -> Option<Key> {
    let mapper = orm.mappers.get(mapper);
    if let Some(key) = mapper.key_of(column) {
        return Some(key.clone());
    }
    if orm.profile.has(Behaviour::PlainColumnsNotEvaluated) || class_of(orm, column).is_some() {
        return None;
    }
    mapper
        .column_properties()
        .find(|property| property.key == column.key())
        .map(|property| property.key.clone())
}

/// The class that a column was named by.
fn class_of(orm: &Orm, column: &Column) -> Option<MapperId> {
    orm.mappers.iter().find(|mapper| mapper.key_of(column).is_some()).map(|mapper| mapper.id)
}

fn alternate(orm: &Orm, mapper: MapperId) -> String {
    format!(
        "Can't evaluate criteria against alternate class <class '__main__.{}'>",
        orm.mappers.get(mapper).class_name
    )
}

fn check_operator(orm: &Orm, op: &Op) -> std::result::Result<(), Refusal> {
    let name = match op {
        Op::Eq
        | Op::Ne
        | Op::Lt
        | Op::Le
        | Op::Gt
        | Op::Ge
        | Op::Is
        | Op::IsNot
        | Op::In
        | Op::NotIn
        | Op::Add
        | Op::Sub
        | Op::Mul
        | Op::Div
        | Op::Mod => return Ok(()),
        Op::Concat if orm.profile.has(Behaviour::ListsEvaluated) => return Ok(()),
        Op::StartsWith | Op::EndsWith if orm.profile.has(Behaviour::PrefixesEvaluated) => return Ok(()),
        Op::FloorDiv => {
            let text = "Cannot evaluate BinaryExpression with operator <built-in function floordiv>";
            return Err(Refusal::Told(text.to_owned()));
        }
        Op::Custom { text, .. } => {
            return Err(Refusal::Told(if orm.profile.has(Behaviour::PrefixesEvaluated) {
                format!(
                    "Custom operator '{text}' can't be evaluated in Python unless it specifies a callable using \
                     `.python_impl`."
                )
            } else {
                format!(
                    "Cannot evaluate BinaryExpression with operator <sqlalchemy.sql.operators.custom_op object at \
                     {ELSEWHERE}>"
                )
            }));
        }
        Op::Concat => "concat_op",
        Op::Like => "like_op",
        Op::ILike => "ilike_op",
        Op::Between => "between_op",
        Op::StartsWith => "startswith_op",
        Op::EndsWith => "endswith_op",
        Op::Contains => "contains_op",
        _ => return Err(Refusal::Untold),
    };
    let text = format!("Cannot evaluate BinaryExpression with operator <function {name} at {ELSEWHERE}>");
    Err(Refusal::Told(text))
}

/// An expression's value in memory. A comparison with `NULL` is `NULL`.
pub(super) fn evaluate(cx: &mut Cx<'_>, object: &ObjRef, mapper: MapperId, expr: &Expr) -> Result<Known> {
    let known = |value| Ok(Known::Value(value));
    match expr.kind() {
        ExprKind::Column(column) => {
            let Some(key) = attribute_of(cx.orm, mapper, column) else { return Err(unevaluated()) };
            match cx.orm.states.get(object.id()).dict.get(&key) {
                Some(Slot::Value(value)) => known(value.clone()),
                Some(Slot::One(_) | Slot::Many(_)) => Err(unevaluated()),
                None if cx.orm.profile.has(Behaviour::ExpiredNotEvaluated)
                    && is_left(cx.orm, object, &key) =>
                {
                    Ok(Known::Expired)
                }
                None => match attr::get(cx, object.id(), &key)? {
                    Slot::Value(value) => known(value),
                    Slot::One(_) | Slot::Many(_) => Err(unevaluated()),
                },
            }
        }
        ExprKind::Bind(bind) => match (&bind.late, &bind.value) {
            (Some(late), _) => known((late.0)(cx)?),
            (None, Some(value)) => known(value.clone()),
            (None, None) => Err(unevaluated()),
        },
        ExprKind::Null => known(Value::Null),
        ExprKind::True => known(Value::Bool(true)),
        ExprKind::False => known(Value::Bool(false)),
        ExprKind::Grouping(inner) | ExprKind::GroupingSince(inner, _) => evaluate(cx, object, mapper, inner),
        ExprKind::Annotated { element, .. } | ExprKind::OfEntity { element, .. } => {
            evaluate(cx, object, mapper, element)
        }
        ExprKind::Unary { op: Op::Not, operand, .. } => Ok(match evaluate(cx, object, mapper, operand)? {
            Known::Expired => Known::Expired,
            Known::Value(Value::Null) => Known::Value(Value::Null),
            Known::Value(value) => Known::Value(Value::Bool(!truth(&value)?)),
        }),
        ExprKind::List { op: Op::And, items } => {
            for item in items {
                match evaluate(cx, object, mapper, item)? {
                    Known::Expired => return Ok(Known::Expired),
                    Known::Value(Value::Null) => return known(Value::Null),
                    Known::Value(value) if !truth(&value)? => return known(Value::Bool(false)),
                    Known::Value(_) => {}
                }
            }
            known(Value::Bool(true))
        }
        ExprKind::List { op: Op::Or, items } => {
            let mut result = Value::Bool(false);
            for item in items {
                match evaluate(cx, object, mapper, item)? {
                    Known::Expired => return Ok(Known::Expired),
                    Known::Value(Value::Null) => result = Value::Null,
                    Known::Value(value) if truth(&value)? => return known(Value::Bool(true)),
                    Known::Value(_) => {}
                }
            }
            known(result)
        }
        ExprKind::Binary { left, right, op: op @ (Op::In | Op::NotIn), .. } => {
            let ExprKind::Bind(bind) = right.kind() else { return Err(unevaluated()) };
            let Some(items) = &bind.expanding else { return Err(unevaluated()) };
            Ok(match evaluate(cx, object, mapper, left)? {
                Known::Expired => Known::Expired,
                Known::Value(Value::Null) => Known::Value(Value::Null),
                Known::Value(value) => {
                    Known::Value(Value::Bool(items.contains(&value) == matches!(op, Op::In)))
                }
            })
        }
        ExprKind::Binary { left, right, op, .. } => {
            let left = evaluate(cx, object, mapper, left)?;
            let right = evaluate(cx, object, mapper, right)?;
            let (Known::Value(left), Known::Value(right)) = (left, right) else { return Ok(Known::Expired) };
            known(binary(op, &left, &right)?)
        }
        _ => Err(unevaluated()),
    }
}

/// Whether an attribute that has no value is only the database's; one that was never set is `None`.
fn is_left(orm: &Orm, object: &ObjRef, key: &Key) -> bool {
    let state = orm.states.get(object.id());
    if state.expired_attributes.contains(key) {
        return true;
    }
    match orm.mappers.get(state.mapper).properties.get(key) {
        Some(Property::Column(property)) => load_of(orm, object.id(), property) != ColumnLoad::WithRow,
        _ => false,
    }
}

fn truth(value: &Value) -> Result<bool> {
    match value {
        Value::Bool(value) => Ok(*value),
        Value::Int(value) => Ok(*value != 0),
        _ => Err(unevaluated()),
    }
}

fn binary(op: &Op, left: &Value, right: &Value) -> Result<Value> {
    let holds = match op {
        Op::Is => left == right,
        Op::IsNot => left != right,
        _ if left.is_null() || right.is_null() => return Ok(Value::Null),
        Op::Eq => left == right,
        Op::Ne => left != right,
        Op::Lt => compare(left, right)? == Ordering::Less,
        Op::Le => compare(left, right)? != Ordering::Greater,
        Op::Gt => compare(left, right)? == Ordering::Greater,
        Op::Ge => compare(left, right)? != Ordering::Less,
        Op::StartsWith | Op::EndsWith => match (left, right) {
            (Value::Text(text), Value::Text(part)) if matches!(op, Op::StartsWith) => {
                text.starts_with(&**part)
            }
            (Value::Text(text), Value::Text(part)) => text.ends_with(&**part),
            _ => return Err(unevaluated()),
        },
        Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Mod | Op::Concat => return compute(op, left, right),
        _ => return Err(unevaluated()),
    };
    Ok(Value::Bool(holds))
}

/// Arithmetic as Python has it.
fn compute(op: &Op, left: &Value, right: &Value) -> Result<Value> {
    let decimal = |value: &Value| match value {
        Value::Decimal(value) => Some(value.clone()),
        Value::Int(value) => Some(BigDecimal::from(*value)),
        _ => None,
    };
    let float = |value: &Value| match value {
        Value::Float(value) => Some(*value),
        Value::Int(value) => Some(*value as f64),
        _ => None,
    };
    let computed = match (op, left, right) {
        (Op::Add | Op::Concat, Value::Text(left), Value::Text(right)) => {
            Some(Value::text(format!("{left}{right}")))
        }
        (Op::Add, Value::Int(left), Value::Int(right)) => left.checked_add(*right).map(Value::Int),
        (Op::Sub, Value::Int(left), Value::Int(right)) => left.checked_sub(*right).map(Value::Int),
        (Op::Mul, Value::Int(left), Value::Int(right)) => left.checked_mul(*right).map(Value::Int),
        (Op::Mod, Value::Int(left), Value::Int(right)) if *right > 0 => {
            Some(Value::Int(left.rem_euclid(*right)))
        }
        (Op::Div, Value::Int(left), Value::Int(right)) if *right != 0 => {
            Some(Value::Float(*left as f64 / *right as f64))
        }
        (_, Value::Decimal(_), Value::Decimal(_) | Value::Int(_)) | (_, Value::Int(_), Value::Decimal(_)) => {
            match (op, decimal(left), decimal(right)) {
                (Op::Add, Some(left), Some(right)) => Some(Value::Decimal(left + right)),
                (Op::Sub, Some(left), Some(right)) => Some(Value::Decimal(left - right)),
                (Op::Mul, Some(left), Some(right)) => Some(Value::Decimal(left * right)),
                _ => None,
            }
        }
        (_, Value::Float(_), _) | (_, _, Value::Float(_)) => match (op, float(left), float(right)) {
            (Op::Add, Some(left), Some(right)) => Some(Value::Float(left + right)),
            (Op::Sub, Some(left), Some(right)) => Some(Value::Float(left - right)),
            (Op::Mul, Some(left), Some(right)) => Some(Value::Float(left * right)),
            (Op::Div, Some(left), Some(right)) if right != 0.0 => Some(Value::Float(left / right)),
            _ => None,
        },
        _ => None,
    };
    computed.ok_or_else(unevaluated)
}

/// What only we cannot work out.
pub(super) fn unevaluated() -> Error {
    Error::unsupported(
        "a bulk update or delete whose expressions are evaluated in memory in a way that is not known",
    )
}

fn compare(left: &Value, right: &Value) -> Result<Ordering> {
    let order = match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Float(left), Value::Float(right)) => left.partial_cmp(right),
        (Value::Int(left), Value::Float(right)) => (*left as f64).partial_cmp(right),
        (Value::Float(left), Value::Int(right)) => left.partial_cmp(&(*right as f64)),
        (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
        (Value::DateTime(left), Value::DateTime(right)) => Some(left.cmp(right)),
        (Value::Time(left), Value::Time(right)) => Some(left.cmp(right)),
        (Value::Uuid(left), Value::Uuid(right)) => Some(left.cmp(right)),
        (Value::Decimal(left), Value::Decimal(right)) => Some(left.cmp(right)),
        (Value::Decimal(left), Value::Int(right)) => Some(left.cmp(&BigDecimal::from(*right))),
        (Value::Int(left), Value::Decimal(right)) => Some(BigDecimal::from(*left).cmp(right)),
        _ => None,
    };
    order.ok_or_else(unevaluated)
}
