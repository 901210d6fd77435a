//! Functions that are selected from: `table_valued()`, `column_valued()` and what their aliases have.

use super::expr::{ExprObject, clause};
use super::selectable::FromObject;
use super::{lend, names};
use crate::python::{Args, Interp, PyResult, Signature, Stop, Value};
use backproof_engine::schema::SqlType;
use backproof_engine::sql::{Alias, AliasElement, AliasKind, Expr, ExprKind, Function, FunctionTable};
use backproof_engine::version::Behaviour;
use std::rc::Rc;

/// A method of a function's call.
pub(super) fn member(interp: &mut Interp, expr: &Expr, name: &str) -> PyResult<Option<Value>> {
    if let ExprKind::Function(function) = expr.kind()
        && let Some(places) = function.compares
    {
        return Ok(compared(function, places, name));
    }
    if !matches!(expr.kind(), ExprKind::Function(_))
        || !matches!(name, "table_valued" | "column_valued" | "as_comparison")
        || !names::has_member(interp, "Function", name)
    {
        return Ok(None);
    }
    if name == "as_comparison" {
        let expr = expr.clone();
        return Ok(Some(Value::native(name, move |interp, args| as_comparison(interp, &expr, args))));
    }
    let (expr, by_column) = (expr.clone(), name == "column_valued");
    Ok(Some(Value::native(name, move |interp, args| {
        if by_column { column_valued(interp, &expr, args) } else { table_valued(interp, &expr, args) }
    })))
}

/// What a function that stands for a comparison has as one; places are counted from one.
fn compared(function: &Function, (left, right): (usize, usize), name: &str) -> Option<Value> {
    let argument = |at: usize| function.args.get(at).cloned().map(ExprObject::value);
    let place = |at: usize| i64::try_from(at + 1).ok().map(Value::from);
    match name {
        "left" => argument(left),
        "right" => argument(right),
        "left_index" => place(left),
        "right_index" => place(right),
        "sql_function" => {
            let function = Function { compares: None, ..function.clone() };
            Some(ExprObject::value(Expr::of(ExprKind::Function(function))))
        }
        "negate" => Some(Value::None),
        _ => None,
    }
}

/// `func.f(a, b).as_comparison(1, 2)`: the function as a comparison of two of its arguments.
fn as_comparison(interp: &mut Interp, expr: &Expr, args: Args) -> PyResult<Value> {
    let mut bound =
        Signature::new("FunctionElement.as_comparison", "left_index, right_index").bind(interp, args)?;
    let ExprKind::Function(function) = expr.kind() else {
        return Err(Stop::unsupported("as_comparison() of no function"));
    };
    let mut place = |at: usize| {
        let given = bound.take(at).unwrap_or(Value::None);
        let given = interp.index(&given)?;
        usize::try_from(given)
            .ok()
            .filter(|place| (1..=function.args.len()).contains(place))
            .map(|place| place - 1)
            .ok_or_else(|| Stop::unsupported("as_comparison() of an argument that is not there"))
    };
    let (left, right) = (place(0)?, place(1)?);
    let mut args = function.args.clone();
    if lend::has(interp, Behaviour::ComparedArgumentsGrouped) {
        for at in [left, right] {
            if matches!(args[at].unannotated().kind(), ExprKind::Binary { .. }) {
                args[at] = Expr::of(ExprKind::Grouping(args[at].clone()));
            }
        }
    }
    let function = Function { args, compares: Some((left, right)), ty: SqlType::Boolean, ..function.clone() };
    Ok(ExprObject::value(Expr::of(ExprKind::Function(function))))
}

fn made(function: FunctionTable, name: Option<&str>) -> Alias {
    Alias::new(AliasElement::Function(Rc::new(function)), name, AliasKind::TableValued)
}

fn table_valued(interp: &mut Interp, function: &Expr, args: Args) -> PyResult<Value> {
    let parameters = "*expr, with_ordinality=, joins_implicitly=, name=";
    let mut bound = Signature::new("table_valued", parameters).bind(interp, args)?;
    let mut columns = Vec::new();
    for value in &bound.varargs {
        columns.push(match (value.as_str(), clause(interp, value)?) {
            (Some(name), _) => (name.clone(), SqlType::Null),
            (None, Some(expr)) => match expr.key() {
                Some(name) => (name, expr.ty()),
                None => return Err(Stop::unsupported("table_valued() with an expression without a name")),
            },
            (None, None) => return Err(Stop::unsupported("table_valued() with something that is no column")),
        });
    }
    let ordinality = match bound.take(0).filter(|value| !value.is_none()) {
        Some(value) => {
            let Some(name) = value.as_str() else {
                return Err(Stop::unsupported("`with_ordinality` that is no name"));
            };
            columns.push((name.clone(), SqlType::Integer));
            Some(name.clone())
        }
        None => None,
    };
    let name = bound.take(2).as_ref().and_then(Value::as_str).cloned();
    let table = FunctionTable {
        function: function.clone(),
        columns,
        scalar: false,
        derived: false,
        with_types: false,
        ordinality,
    };
    Ok(FromObject::alias(interp, &made(table, name.as_deref())))
}

fn column_valued(interp: &mut Interp, function: &Expr, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("column_valued", "name=, joins_implicitly=").bind(interp, args)?;
    let name = bound.take(0).as_ref().and_then(Value::as_str).cloned();
    let column = name.clone().unwrap_or_else(|| Rc::from("anon_1"));
    let table = FunctionTable {
        function: function.clone(),
        columns: vec![(column, function.ty())],
        scalar: true,
        derived: false,
        with_types: false,
        ordinality: None,
    };
    let alias = made(table, name.as_deref());
    match alias.columns().into_iter().next() {
        Some(column) => Ok(ExprObject::value(column)),
        None => Err(Stop::unsupported("column_valued() of no column")),
    }
}

/// `render_derived()` of a function's alias.
pub(super) fn alias_member(alias: &Alias, name: &str) -> Option<Value> {
    let AliasElement::Function(function) = alias.element() else { return None };
    let (function, own) = (FunctionTable::clone(function), alias.name().map(str::to_owned));
    match name {
        "render_derived" => Some(Value::native(name, move |interp, args| {
            let mut bound = Signature::new("render_derived", "name=, with_types=").bind(interp, args)?;
            let name = bound.take(0).as_ref().and_then(Value::as_str).map(ToString::to_string);
            let with_types = match bound.take(1) {
                Some(value) => interp.truth(&value)?,
                None => false,
            };
            let table = FunctionTable { derived: true, with_types, ..function.clone() };
            let name = name.or_else(|| own.clone());
            Ok(FromObject::alias(interp, &made(table, name.as_deref())))
        })),
        "alias" => Some(Value::native(name, move |interp, args| {
            let mut bound = Signature::new("alias", "name=, joins_implicitly=").bind(interp, args)?;
            let name = bound.take(0).as_ref().and_then(Value::as_str).cloned();
            Ok(FromObject::alias(interp, &made(function.clone(), name.as_deref())))
        })),
        _ => None,
    }
}
