//! Methods of expressions that hold a select: `exists()` and scalar subqueries; `type_coerce()`.

use crate::python::{Args, Interp, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::expr::{self, ExprObject};
use crate::sqlalchemy::functions::condition;
use crate::sqlalchemy::{errors, lend, orm, types};
use backproof_engine::schema::SqlType;
use backproof_engine::sql::{Body, Correlate, Expr, ExprKind, FromItem, Operand, Select};
use backproof_engine::version::Behaviour;
use std::rc::Rc;

/// `correlate(…)` or `correlate_except(…)` as a select keeps it.
pub(crate) fn correlation(
    interp: &mut Interp,
    args: &Args,
    except: bool,
    known: &Correlate,
) -> PyResult<Correlate> {
    let mut items: Vec<FromItem> = match (known, except) {
        (Correlate::To(items), false) | (Correlate::Except(items), true) => items.clone(),
        _ => Vec::new(),
    };
    match args.positional.as_slice() {
        [Value::None | Value::Bool(false)] if except => return Ok(Correlate::Except(Vec::new())),
        [Value::None | Value::Bool(false)] => return Ok(Correlate::None),
        _ => {}
    }
    for value in &args.positional {
        items.push(super::joinable(interp, value)?);
    }
    Ok(if except { Correlate::Except(items) } else { Correlate::To(items) })
}

/// The select inside an expression, changed.
fn changed(interp: &mut Interp, select: &Select, name: &str, args: &Args) -> PyResult<Select> {
    let mut select = select.clone();
    match name {
        "where" => {
            for value in &args.positional {
                select.where_.push(condition(interp, value)?);
            }
        }
        "select_from" => {
            for value in &args.positional {
                select.from.push(super::joinable(interp, value)?);
            }
        }
        "correlate" | "correlate_except" => {
            select.correlate = correlation(interp, args, name == "correlate_except", &select.correlate)?;
        }
        _ => return Err(Stop::unsupported(format!("`{name}` of a subquery"))),
    }
    Ok(select)
}

/// What `exists()` and scalar subqueries have beside what every expression has.
pub(crate) fn expr_member(interp: &mut Interp, expr: &Expr, name: &str) -> PyResult<Option<Value>> {
    let (body, is_exists) = match expr.kind() {
        ExprKind::Exists(body) => (body, true),
        ExprKind::ScalarSelect(body) => (body, false),
        ExprKind::Text(_) if name == "label" => {
            return Err(Stop::unsupported("a label of text"));
        }
        ExprKind::Text(text) => return Ok(super::text_member(interp, text, name)),
        _ => return Ok(None),
    };
    let newer = lend::has(interp, Behaviour::SubqueryMethods);
    let known = match name {
        "where" => true,
        "select" | "select_from" => is_exists,
        "correlate" | "correlate_except" => newer || is_exists,
        "exists" if newer && !is_exists => {
            let made = Expr::exists(body.clone());
            return Ok(Some(Value::native(name, move |_, _| Ok(ExprObject::value(made.clone())))));
        }
        "c" | "columns" if !is_exists => {
            let message = "Scalar Select expression has no columns; use this object directly within a column-level \
                           expression.";
            return Err(errors::raise_named(interp, "InvalidRequestError", message));
        }
        _ => false,
    };
    if !known {
        return Ok(None);
    }
    if name == "select" {
        let expr = expr.clone();
        return Ok(Some(Value::native(name, move |interp, args| {
            let mut bound = Signature::new("Exists.select", "whereclause=").bind(interp, args)?;
            let condition = bound.take(0).filter(|value| !value.is_none());
            orm::select::of_expr(interp, &expr, condition)
        })));
    }
    let Body::Select(select) = body else {
        return Err(Stop::unsupported(format!("`{name}` of selects that were put together")));
    };
    let (select, method) = (select.clone(), Rc::<str>::from(name));
    Ok(Some(Value::native(name, move |interp: &mut Interp, args: Args| {
        let select = changed(interp, &select, &method, &args)?;
        let made = if is_exists { Expr::exists(select) } else { Expr::scalar_select(select) };
        Ok(ExprObject::value(made))
    })))
}

/// `exists(…)`: of a select, or of what is to be selected.
pub(super) fn exists(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let listed = lend::has(interp, Behaviour::ExistsTakesList);
    let one = !lend::has(interp, Behaviour::SelectTakesList);
    if one && args.positional.len() > 1 {
        let message = format!(
            "exists() takes from 0 to 1 positional arguments but {} were given",
            args.positional.len()
        );
        return Err(interp.raise("TypeError", message));
    }
    if !args.keywords.is_empty() {
        return Err(Stop::unsupported("exists() with keywords"));
    }
    // What follows the columns is what follows them in a select.
    if let ([Value::List(_), _, ..], false) = (args.positional.as_slice(), one) {
        let made = orm::select::select(interp, args)?;
        return match super::body(interp, &made)? {
            Some(body) => Ok(ExprObject::value(Expr::exists(body))),
            None => Err(Stop::unsupported("exists() of such a select")),
        };
    }
    let first = args.positional.first();
    if let Some(value) = first {
        if let Some(body) = super::body(interp, value)? {
            return Ok(ExprObject::value(Expr::exists(body)));
        }
        if let Some(expr) = expr::clause(interp, value)?
            && let ExprKind::ScalarSelect(body) = expr.kind()
        {
            return Ok(ExprObject::value(Expr::exists(body.clone())));
        }
    }
    let values = match (first, listed) {
        (None, _) => {
            let star = Select::new(vec![Expr::literal_column("*", SqlType::Null)]);
            return Ok(ExprObject::value(Expr::exists(star)));
        }
        (Some(Value::List(list)), _) if !one => list.items.borrow().clone(),
        (Some(text @ Value::Str(_)), true) => return Err(orm::not_an_entity(interp, text)),
        (Some(Value::Int(_)), true) => return Err(interp.raise("TypeError", "'int' object is not iterable")),
        (Some(_), true) => {
            let message = "columns argument to select() must be a Python list or other iterable";
            return Err(errors::raise_named(interp, "ArgumentError", message));
        }
        (Some(_), false) => args.positional.clone(),
    };
    let select = orm::select::core_of(interp, &values)?;
    Ok(ExprObject::value(Expr::exists(select)))
}

/// `type_coerce(expr, type)`.
pub(super) fn type_coerce(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let [value, ty] = args.exactly(interp, "type_coerce")?;
    let Some(ty) = types::of_value(interp, &ty)? else {
        return Err(Stop::unsupported("type_coerce() to no type"));
    };
    Ok(ExprObject::value(match expr::operand(interp, &value)? {
        Operand::Value(value) => Expr::bind_typed(value, ty),
        _ => expr::coerce(interp, &value)?.type_coerce(ty),
    }))
}
