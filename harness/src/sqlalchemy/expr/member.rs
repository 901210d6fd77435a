//! Attributes and methods that every column element has.
//!
//! Operators by name go the way that Python's operators go.

use super::{ExprObject, built, class_name, collection};
use crate::python::{Args, Interp, PyResult, Stop, Value};
use crate::sqlalchemy::{coercing, convert, operators, types};
use backproof_engine::sql::{Expr, ExprKind, Op};
use std::rc::Rc;

/// Methods that take one other side, by name.
const COMPARISONS: &[(&str, Op)] = &[
    ("like", Op::Like),
    ("notlike", Op::NotLike),
    ("not_like", Op::NotLike),
    ("ilike", Op::ILike),
    ("notilike", Op::NotILike),
    ("not_ilike", Op::NotILike),
    ("startswith", Op::StartsWith),
    ("endswith", Op::EndsWith),
    ("contains", Op::Contains),
    ("istartswith", Op::IStartsWith),
    ("iendswith", Op::IEndsWith),
    ("icontains", Op::IContains),
    ("is_", Op::Is),
    ("isnot", Op::IsNot),
    ("is_not", Op::IsNot),
    ("is_distinct_from", Op::IsDistinctFrom),
    ("is_not_distinct_from", Op::IsNotDistinctFrom),
    ("isnot_distinct_from", Op::IsNotDistinctFrom),
    ("concat", Op::Concat),
    ("match", Op::Match),
    ("__eq__", Op::Eq),
    ("__ne__", Op::Ne),
];

/// Methods that modify without an argument, by name.
const MODIFIERS: &[(&str, Op)] = &[
    ("desc", Op::Desc),
    ("asc", Op::Asc),
    ("nullsfirst", Op::NullsFirst),
    ("nulls_first", Op::NullsFirst),
    ("nullslast", Op::NullsLast),
    ("nulls_last", Op::NullsLast),
    ("distinct", Op::Distinct),
];

/// An attribute or method that every column element has.
pub(crate) fn member(interp: &mut Interp, this: &Value, expr: &Expr, name: &str) -> PyResult<Option<Value>> {
    if let Some(found) = crate::sqlalchemy::selectable::expr_member(interp, expr, name)? {
        return Ok(Some(found));
    }
    if let Some((_, op)) = COMPARISONS.iter().find(|(known, _)| *known == name) {
        if !name.starts_with('_') && !operators::known(interp, name) {
            return Ok(None);
        }
        return Ok(Some(comparison_method(expr, name, op.clone())));
    }
    if let Some(method) = operators::member(interp, expr, name)? {
        return Ok(Some(method));
    }
    if let Some(method) = crate::sqlalchemy::json::member(expr, name) {
        return Ok(Some(method));
    }
    if let Some(method) = crate::sqlalchemy::table_valued::member(interp, expr, name)? {
        return Ok(Some(method));
    }
    if let Some(method) = operators::window_member(expr, name) {
        return Ok(Some(method));
    }
    if let Some((_, op)) = MODIFIERS.iter().find(|(known, _)| *known == name) {
        if !operators::known(interp, name) {
            return Ok(None);
        }
        let (expr, op) = (expr.clone(), op.clone());
        let label: Rc<str> = Rc::from(name);
        return Ok(Some(Value::native(label.clone(), move |interp, args| {
            let [] = args.exactly(interp, &label)?;
            Ok(ExprObject::value(expr.modified(op.clone())))
        })));
    }
    let expr = expr.clone();
    Ok(Some(match name {
        "not_in" if !operators::known(interp, name) => return Ok(None),
        "in_" | "notin_" | "not_in" => {
            let op = if name == "in_" { Op::In } else { Op::NotIn };
            Value::native(name, move |interp, args| {
                let [other] = args.exactly(interp, "in_")?;
                if let Some(made) = operators::tuple_in(interp, &expr, op.clone(), &other)? {
                    return Ok(made);
                }
                let other = collection(interp, &expr, &op, &other)?;
                built(interp, expr.operate(op.clone(), other))
            })
        }
        "label" => Value::native(name, move |interp, args| {
            let [label] = args.exactly(interp, "label")?;
            Ok(ExprObject::value(match label.as_str() {
                Some(label) => expr.label(label),
                None => expr.label_anonymous(),
            }))
        }),
        "cast" => Value::native(name, move |interp, args| {
            let [ty] = args.exactly(interp, "cast")?;
            match types::of_value(interp, &ty)? {
                Some(ty) => Ok(ExprObject::value(Expr::cast(&expr, ty))),
                None => Err(Stop::unsupported("cast() to no type")),
            }
        }),
        "self_group" => Value::native(name, move |_, _| Ok(ExprObject::value(expr.clone()))),
        "type" if expr.as_tuple().is_some() => return Err(Stop::unsupported("the type of a tuple")),
        "type" if class_name(&expr) == "array_agg" => return Err(Stop::unsupported("the type of an array")),
        "type" if has_type_of_its_own(&expr) => {
            return Err(Stop::unsupported("the type of a MATCH or of text with a collation"));
        }
        "type" => return types::to_value(interp, &expr.ty()).map(Some),
        "key" if class_name(&expr) == "FunctionAsBinary" => Value::None,
        "key" | "name" => return Ok(expr.key().map(Value::from)),
        "table" => match expr.kind() {
            ExprKind::AliasColumn(column) => {
                crate::sqlalchemy::selectable::FromObject::alias(interp, &column.alias)
            }
            ExprKind::Column(column) => {
                column.table().map_or(Value::None, |table| crate::sqlalchemy::schema::table_value(&table))
            }
            ExprKind::Literal { .. } => Value::None,
            _ => return Ok(None),
        },
        "compile" => {
            let this = this.clone();
            Value::native(name, move |interp, args| crate::sqlalchemy::compiled::compile(interp, &this, args))
        }
        "left" | "right" => match expr.kind() {
            ExprKind::Binary { left, right, .. } => {
                ExprObject::value(if name == "left" { left } else { right }.clone())
            }
            _ => return Ok(None),
        },
        "clauses" => match expr.kind() {
            ExprKind::List { items, .. } => {
                Value::list(items.iter().cloned().map(ExprObject::value).collect())
            }
            _ => return Ok(None),
        },
        "value" => match expr.kind() {
            ExprKind::Bind(bind) => match &bind.value {
                Some(value) => convert::to_python(interp, value)?,
                None => Value::None,
            },
            _ => return Ok(None),
        },
        "element" => match expr.kind() {
            ExprKind::Label { element, .. } => ExprObject::value(element.clone()),
            _ => return Ok(None),
        },
        _ => return Ok(None),
    }))
}

/// Whether the type of an expression is one that is not told here: `MatchType()`, a string with a collation.
fn has_type_of_its_own(expr: &Expr) -> bool {
    let mut found = false;
    expr.visit(&mut |expr| {
        found |= matches!(expr.kind(), ExprKind::Binary { op: Op::Collate | Op::Match | Op::NotMatch, .. });
    });
    found && !matches!(expr.kind(), ExprKind::Binary { op: Op::Eq | Op::Ne, .. })
}

/// A pattern's text with its wildcards, and the escape character itself, escaped.
fn escape_wildcards(text: &str, mark: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_') || mark.contains(character) {
            escaped.push_str(mark);
        }
        escaped.push(character);
    }
    escaped
}

fn comparison_method(expr: &Expr, name: &str, op: Op) -> Value {
    let (expr, label) = (expr.clone(), Rc::<str>::from(name));
    Value::native(label.clone(), move |interp: &mut Interp, mut args: Args| {
        let mut escape = args.take_keyword("escape").as_ref().and_then(Value::as_str).cloned();
        let autoescape = match args.take_keyword("autoescape") {
            Some(wanted) => interp.truth(&wanted)?,
            None => false,
        };
        let [mut other] = args.exactly(interp, &label)?;
        if autoescape {
            let Some(text) = other.as_str() else {
                return Err(interp.raise("TypeError", "String value expected when autoescape=True"));
            };
            let mark = escape.get_or_insert_with(|| Rc::from("/")).clone();
            other = Value::from(escape_wildcards(text, &mark));
        }
        let other = coercing::beside(interp, &expr, &op, &other)?;
        built(interp, expr.operate_escape(op.clone(), other, escape.as_deref()))
    })
}
