//! Operators with a shape of their own: bitwise ones, regular expressions, collations, custom ones, `ANY`, tuples, frames of
//! windows.

use super::expr::{ExprObject, built, clause, coerce, operand};
use super::functions::condition;
use super::{errors, lend, names, types};
use crate::python::{Args, Interp, Module, PyResult, Signature, Stop, Value};
use backproof_engine::schema::SqlType;
use backproof_engine::sql::{Expr, ExprKind, Frame, FrameEnd, Op, Operand, WindowKind, Windowed};
use backproof_engine::version::Behaviour;
use std::rc::Rc;

/// Bitwise methods with another side.
const BITWISE: &[(&str, Op)] = &[
    ("bitwise_and", Op::BitAnd),
    ("bitwise_or", Op::BitOr),
    ("bitwise_xor", Op::BitXor),
    ("bitwise_lshift", Op::ShiftLeft),
    ("bitwise_rshift", Op::ShiftRight),
];

/// Whether column elements of the release that is asked for have an operator.
pub(super) fn known(interp: &mut Interp, name: &str) -> bool {
    names::has_member(interp, "ColumnClause", name)
}

/// An operator method of a column element.
pub(super) fn member(interp: &mut Interp, expr: &Expr, name: &str) -> PyResult<Option<Value>> {
    if let Some((_, op)) = BITWISE.iter().find(|(known, _)| *known == name) {
        if !known(interp, name) {
            return Ok(None);
        }
        let (expr, op, label) = (expr.clone(), op.clone(), Rc::<str>::from(name));
        return Ok(Some(Value::native(label.clone(), move |interp, args| {
            let [other] = args.exactly(interp, &label)?;
            let other = operand(interp, &other)?;
            built(interp, expr.operate(op.clone(), other))
        })));
    }
    let makes: fn(&mut Interp, &Expr, Args) -> PyResult<Value> = match name {
        "bitwise_not" => |interp, expr, args| {
            let [] = args.exactly(interp, "bitwise_not")?;
            Ok(ExprObject::value(expr.modified(Op::BitNot)))
        },
        "collate" => |interp, expr, args| {
            let [name] = args.exactly(interp, "collate")?;
            match name.as_str() {
                Some(name) => Ok(ExprObject::value(expr.collate(name))),
                None => Err(Stop::unsupported("collate() by something that is no name")),
            }
        },
        "regexp_match" => |interp, expr, args| {
            let mut bound = Signature::new("regexp_match", "pattern, flags=").bind(interp, args)?;
            no_flags(bound.take(1))?;
            let pattern = bound.take(0).unwrap_or(Value::None);
            let pattern = operand(interp, &pattern)?;
            let is_boolean = lend::has(interp, Behaviour::RegexpMatchIsBoolean)
                || lend::has(interp, Behaviour::RegexpMatchWasBoolean);
            let made = expr.operate(Op::RegexpMatch, pattern);
            built(interp, made.map(|made| if is_boolean { made.with_type(SqlType::Boolean) } else { made }))
        },
        "regexp_replace" => |interp, expr, args| {
            let signature = Signature::new("regexp_replace", "pattern, replacement, flags=");
            let mut bound = signature.bind(interp, args)?;
            no_flags(bound.take(2))?;
            let pattern = bound.take(0).unwrap_or(Value::None);
            let replacement = bound.take(1).unwrap_or(Value::None);
            let (pattern, replacement) = (operand(interp, &pattern)?, operand(interp, &replacement)?);
            built(interp, expr.regexp_replace(pattern, replacement))
        },
        "bool_op" => |interp, expr, args| {
            let mut bound = Signature::new("Operators.bool_op", "opstring, precedence=, python_impl=")
                .bind(interp, args)?;
            let text = bound.take(0);
            custom(interp, expr, text, bound.take(1), true, None)
        },
        "op" => |interp, expr, args| {
            let parameters = "opstring, precedence=, is_comparison=, return_type=, python_impl=";
            let mut bound = Signature::new("Operators.op", parameters).bind(interp, args)?;
            let (text, precedence) = (bound.take(0), bound.take(1));
            let is_comparison = match bound.take(2) {
                Some(value) => interp.truth(&value)?,
                None => false,
            };
            custom(interp, expr, text, precedence, is_comparison, bound.take(3))
        },
        "between" => |interp, expr, args| {
            let mut bound =
                Signature::new("ColumnOperators.between", "cleft, cright, symmetric=").bind(interp, args)?;
            let symmetric = match bound.take(2) {
                Some(value) => interp.truth(&value)?,
                None => false,
            };
            let (low, high) = (bound.take(0).unwrap_or(Value::None), bound.take(1).unwrap_or(Value::None));
            between(interp, expr, &low, &high, symmetric)
        },
        "any_" | "all_" => {
            let op = if name == "any_" { Op::Any } else { Op::All };
            let (expr, label) = (expr.clone(), Rc::<str>::from(name));
            return Ok(Some(Value::native(label.clone(), move |interp, args| {
                let [] = args.exactly(interp, &label)?;
                Ok(ExprObject::value(expr.any_or_all(op.clone())))
            })));
        }
        _ => return Ok(None),
    };
    if !known(interp, name) {
        return Ok(None);
    }
    let expr = expr.clone();
    Ok(Some(Value::native(name, move |interp, args| makes(interp, &expr, args))))
}

/// What flags do to a regular expression differs from database to database and from release to release.
fn no_flags(flags: Option<Value>) -> PyResult<()> {
    match flags {
        Some(flags) if !flags.is_none() => Err(Stop::unsupported("flags of a regular expression")),
        _ => Ok(()),
    }
}

/// `x.op('…')`: what takes the other side.
fn custom(
    interp: &mut Interp,
    expr: &Expr,
    text: Option<Value>,
    precedence: Option<Value>,
    is_comparison: bool,
    return_type: Option<Value>,
) -> PyResult<Value> {
    let Some(Value::Str(text)) = text else {
        return Err(Stop::unsupported("op() without its text"));
    };
    let precedence = match precedence {
        Some(value) => i32::try_from(interp.index(&value)?).unwrap_or(i32::MAX),
        None => 0,
    };
    let ty = match return_type.filter(|ty| !ty.is_none()) {
        Some(ty) => types::of_value(interp, &ty)?,
        None => None,
    };
    let expr = expr.clone();
    Ok(Value::native("op", move |interp, args| {
        let [other] = args.exactly(interp, "op")?;
        let other = operand(interp, &other)?;
        let op = Op::Custom { text: text.clone(), precedence, is_comparison };
        let made = expr.operate(op, other).map(|made| match &ty {
            Some(ty) => made.with_type(ty.clone()),
            None => made,
        });
        built(interp, made)
    }))
}

fn between(interp: &mut Interp, expr: &Expr, low: &Value, high: &Value, symmetric: bool) -> PyResult<Value> {
    let (low, high) = (operand(interp, low)?, operand(interp, high)?);
    let op = if symmetric { Op::BetweenSymmetric } else { Op::Between };
    built(interp, expr.between_by(op, low, high))
}

/// `tuple_(…).in_([(…), …])`.
pub(super) fn tuple_in(interp: &mut Interp, expr: &Expr, op: Op, other: &Value) -> PyResult<Option<Value>> {
    let Some(width) = expr.as_tuple().map(<[Expr]>::len) else { return Ok(None) };
    if !matches!(other, Value::List(_) | Value::Tuple(_)) {
        return Ok(None);
    }
    let mut values = Vec::new();
    for row in interp.iterate(other)? {
        let row = interp.iterate(&row)?;
        if row.len() != width {
            return Err(Stop::unsupported("in_() of rows that are shorter or longer than the tuple"));
        }
        for value in &row {
            match operand(interp, value)? {
                Operand::Value(value) => values.push(value),
                _ => return Err(Stop::unsupported("in_() of rows with expressions")),
            }
        }
    }
    if !lend::has(interp, Behaviour::ExpandingIn) && !values.is_empty() {
        let rows = values
            .chunks(width)
            .map(|row| Expr::tuple(row.iter().map(|value| Expr::bind(value.clone())).collect()));
        let made = expr.operate(op, Operand::Exprs(rows.collect()));
        return built(interp, made).map(Some);
    }
    Ok(Some(ExprObject::value(expr.tuple_in(op, values))))
}

/// The other side of a comparison with a tuple, where it is given as one.
pub(super) fn tuple_operand(interp: &mut Interp, expr: &Expr, other: &Value) -> PyResult<Option<Operand>> {
    let (Some(items), Value::Tuple(values)) = (expr.as_tuple(), other) else { return Ok(None) };
    let mut exprs = Vec::with_capacity(values.len());
    for (at, value) in values.iter().enumerate() {
        exprs.push(match operand(interp, value)? {
            Operand::Value(value) => {
                let beside = items.get(at).map(Expr::ty).filter(|ty| !ty.is_null());
                match beside {
                    Some(ty) => Expr::bind_typed(value, ty),
                    None => Expr::bind(value),
                }
            }
            _ => coerce(interp, value)?,
        });
    }
    Ok(Some(Operand::Expr(Expr::tuple(exprs))))
}

/// One expression or several, as `partition_by` and `order_by` take them.
fn several(interp: &mut Interp, value: Option<Value>) -> PyResult<Vec<Expr>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(Vec::new()) };
    let values = match &value {
        Value::List(_) | Value::Tuple(_) => interp.iterate(&value)?,
        _ => vec![value],
    };
    let mut exprs = Vec::with_capacity(values.len());
    for value in &values {
        exprs.push(match value.as_str() {
            Some(name) => Expr::label_reference(name),
            None => coerce(interp, value)?.self_group(Op::Comma),
        });
    }
    Ok(exprs)
}

/// `rows=(-2, 0)` and its like.
fn frame(interp: &mut Interp, unit: &'static str, value: &Value) -> PyResult<Frame> {
    let ends = interp.iterate(value)?;
    let [start, end] = &ends[..] else {
        return Err(errors::raise_named(interp, "ArgumentError", "2-tuple expected for range/rows"));
    };
    let mut end_of = |value: &Value| -> PyResult<FrameEnd> {
        if value.is_none() {
            return Ok(FrameEnd::Unbounded);
        }
        let Value::Int(_) = value else {
            return Err(Stop::unsupported("a frame that is not of whole numbers"));
        };
        let count = interp.index(value)?;
        let bind = |count: i64| Expr::bind(backproof_engine::value::Value::Int(count));
        Ok(match count {
            0 => FrameEnd::Current,
            count if count < 0 => FrameEnd::Preceding(bind(count.saturating_neg())),
            count => FrameEnd::Following(bind(count)),
        })
    };
    Ok(Frame { unit, start: end_of(start)?, end: end_of(end)? })
}

/// `over(…)` of a call.
fn over(interp: &mut Interp, element: &Expr, args: Args) -> PyResult<Value> {
    let parameters = "partition_by=, order_by=, range_=, rows=, groups=, exclude=";
    let mut bound = Signature::new("over", parameters).bind(interp, args)?;
    let partition_by = several(interp, bound.take(0))?;
    let order_by = several(interp, bound.take(1))?;
    let mut made = None;
    for (index, unit) in [(2, "RANGE"), (3, "ROWS"), (4, "GROUPS")] {
        let Some(value) = bound.take(index).filter(|value| !value.is_none()) else { continue };
        if unit == "GROUPS" {
            return Err(Stop::unsupported("`groups` of a window"));
        }
        if made.is_some() {
            return Err(Stop::unsupported("a window with `rows` and `range_`"));
        }
        made = Some(frame(interp, unit, &value)?);
    }
    if bound.take(5).is_some_and(|value| !value.is_none()) {
        return Err(Stop::unsupported("`exclude` of a window"));
    }
    let by = WindowKind::Over { partition_by, order_by, frame: made };
    Ok(windowed(element, by))
}

fn windowed(element: &Expr, by: WindowKind) -> Value {
    ExprObject::value(Expr::of(ExprKind::Windowed(Windowed { element: element.clone(), by })))
}

/// What a function's call can have beside it: a window, a filter, an order.
pub(super) fn window_member(expr: &Expr, name: &str) -> Option<Value> {
    let by = match expr.kind() {
        ExprKind::Function(_) => None,
        ExprKind::Windowed(windowed) => Some(&windowed.by),
        _ => return None,
    };
    let allowed = match name {
        "over" => !matches!(by, Some(WindowKind::Over { .. })),
        "within_group" => matches!(by, None | Some(WindowKind::Filter(_))),
        "filter" => !matches!(by, Some(WindowKind::Over { .. })),
        _ => false,
    };
    if !allowed {
        return None;
    }
    let (expr, name) = (expr.clone(), Rc::<str>::from(name));
    Some(Value::native(name.clone(), move |interp, args| match &*name {
        "over" => over(interp, &expr, args),
        "within_group" => within_group(interp, &expr, args),
        _ => filter(interp, &expr, args),
    }))
}

fn within_group(interp: &mut Interp, element: &Expr, args: Args) -> PyResult<Value> {
    let order_by = several(interp, Some(Value::list(args.positional)))?;
    Ok(windowed(element, WindowKind::WithinGroup(order_by)))
}

fn filter(interp: &mut Interp, element: &Expr, args: Args) -> PyResult<Value> {
    let mut criteria = Vec::new();
    // A second filter adds to the first.
    let mut element = element.clone();
    if let ExprKind::Windowed(Windowed { element: inner, by: WindowKind::Filter(first) }) =
        element.clone().kind()
    {
        criteria.push(first.clone());
        element = inner.clone();
    }
    for value in &args.positional {
        criteria.push(condition(interp, value)?);
    }
    if criteria.is_empty() {
        return Ok(ExprObject::value(element));
    }
    Ok(windowed(&element, WindowKind::Filter(Expr::and(criteria))))
}

/// The element that a function of this module stands beside.
fn element(interp: &mut Interp, args: &mut Args, name: &str) -> PyResult<Expr> {
    let given = if args.positional.is_empty() {
        args.take_keyword("element")
    } else {
        Some(args.positional.remove(0))
    };
    match given {
        Some(value) => match clause(interp, &value)? {
            Some(expr) => Ok(expr),
            None => Err(Stop::unsupported(format!("{name}() of something that is no expression"))),
        },
        None => Err(Stop::unsupported(format!("{name}() of nothing"))),
    }
}

/// `any_(…)` and `all_(…)`: of an expression or a subquery.
fn any_or_all(interp: &mut Interp, name: &'static str, op: Op, args: Args) -> PyResult<Value> {
    let [value] = args.exactly(interp, name)?;
    let expr = match super::core_select(interp, &value)? {
        Some(select) => Expr::scalar_select(select),
        None => match clause(interp, &value)? {
            Some(expr) => expr,
            None => return Err(Stop::unsupported(format!("{name}() of something that is no expression"))),
        },
    };
    Ok(ExprObject::value(expr.any_or_all(op)))
}

/// Adds what `sqlalchemy` shows of these.
pub(crate) fn install(module: &Module) {
    let set = |name: &str, value: Value| module.dict.set(name, value);
    set(
        "tuple_",
        Value::native("tuple_", |interp, mut args| {
            let asked = args.take_keyword("types").is_some_and(|types| !types.is_none());
            if asked {
                return Err(Stop::unsupported("tuple_() with types"));
            }
            let mut items = Vec::with_capacity(args.positional.len());
            for value in &args.positional {
                items.push(coerce(interp, value)?);
            }
            if !lend::has(interp, Behaviour::ExpandingIn) {
                let items = items.into_iter().map(|item| item.self_group(Op::Comma)).collect();
                return Ok(ExprObject::value(Expr::of(ExprKind::List { op: Op::Comma, items })));
            }
            Ok(ExprObject::value(Expr::tuple(items)))
        }),
    );
    set("any_", Value::native("any_", |interp, args| any_or_all(interp, "any_", Op::Any, args)));
    set("all_", Value::native("all_", |interp, args| any_or_all(interp, "all_", Op::All, args)));
    set(
        "bitwise_not",
        Value::native("bitwise_not", |interp, args| {
            let [value] = args.exactly(interp, "bitwise_not")?;
            Ok(ExprObject::value(coerce(interp, &value)?.modified(Op::BitNot)))
        }),
    );
    set(
        "collate",
        Value::native("collate", |interp, args| {
            let [value, name] = args.exactly(interp, "collate")?;
            let expr = coerce(interp, &value)?;
            match name.as_str() {
                Some(name) => Ok(ExprObject::value(expr.collate(name))),
                None => Err(Stop::unsupported("collate() by something that is no name")),
            }
        }),
    );
    set(
        "between",
        Value::native("between", |interp, args| {
            let mut bound =
                Signature::new("between", "expr, lower_bound, upper_bound, symmetric=").bind(interp, args)?;
            let symmetric = match bound.take(3) {
                Some(value) => interp.truth(&value)?,
                None => false,
            };
            let expr = bound.take(0).unwrap_or(Value::None);
            let expr = coerce(interp, &expr)?;
            let (low, high) = (bound.take(1).unwrap_or(Value::None), bound.take(2).unwrap_or(Value::None));
            between(interp, &expr, &low, &high, symmetric)
        }),
    );
    set(
        "extract",
        Value::native("extract", |interp, args| {
            let [field, value] = args.exactly(interp, "extract")?;
            let Some(field) = field.as_str() else { return Err(Stop::unsupported("extract() of no field")) };
            let field: Rc<str> = field.clone();
            let element = coerce(interp, &value)?;
            Ok(ExprObject::value(Expr::of(ExprKind::Extract { field, element })))
        }),
    );
    set(
        "over",
        Value::native("over", |interp, mut args| {
            let element = element(interp, &mut args, "over")?;
            over(interp, &element, args)
        }),
    );
    set(
        "within_group",
        Value::native("within_group", |interp, mut args| {
            let element = element(interp, &mut args, "within_group")?;
            within_group(interp, &element, args)
        }),
    );
    set(
        "funcfilter",
        Value::native("funcfilter", |interp, mut args| {
            let element = element(interp, &mut args, "funcfilter")?;
            filter(interp, &element, args)
        }),
    );
}
