//! Functions that build expressions: `and_`, `func.x(…)`, `case`, `cast`, `text`, `literal` and their like.

use super::expr::{ExprObject, clause, coerce, operand};
use super::{convert, errors, lend, types};
use crate::python::{Args, Interp, Module, Object, PyResult, Signature, Stop, Value};
use backproof_engine::schema::{Column, SqlType};
use backproof_engine::sql::{Case, Expr, ExprKind, Op, Operand};
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// `func`: any attribute is a function of that name.
struct FunctionGenerator {
    path: Rc<str>,
}

impl Object for FunctionGenerator {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "_FunctionGenerator"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.functions"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        if name.starts_with("__") {
            return Ok(None);
        }
        // A trailing underscore lets Python's own words be functions: `func.any_`.
        let name = name.strip_suffix('_').unwrap_or(name);
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        Ok(Some(Value::object(FunctionGenerator { path: path.into() })))
    }

    fn callable(&self) -> bool {
        !self.path.is_empty()
    }

    fn call(&self, interp: &mut Interp, _this: &Value, mut args: Args) -> PyResult<Value> {
        let ty = match args.take_keyword("type_") {
            Some(ty) => types::of_value(interp, &ty)?,
            None => None,
        };
        match (&*self.path, &args.positional[..]) {
            // These names are constructs of their own.
            ("cast" | "try_cast" | "type_coerce" | "case" | "aggregate_strings", _) => {
                return Err(Stop::unsupported(format!("`func.{}`", self.path)));
            }
            ("extract", [Value::Str(field), value]) => {
                let element = coerce(interp, value)?;
                return Ok(ExprObject::value(Expr::of(ExprKind::Extract { field: field.clone(), element })));
            }
            _ => {}
        }
        let mut items = Vec::with_capacity(args.positional.len());
        for arg in &args.positional {
            items.push(function_argument(interp, &self.path, arg)?);
        }
        let made = Expr::function(&self.path, items);
        Ok(ExprObject::value(match (ty, made.kind()) {
            (Some(ty), ExprKind::Function(function)) => {
                let mut function = function.clone();
                function.ty = ty;
                Expr::of(ExprKind::Function(function))
            }
            _ => made,
        }))
    }
}

/// An argument of a function; plain values are bound under the function's own name.
fn function_argument(interp: &mut Interp, path: &str, value: &Value) -> PyResult<Expr> {
    if let Some(expr) = clause(interp, value)? {
        return Ok(expr.self_group(Op::Comma));
    }
    if value.is_none() {
        return Ok(Expr::null());
    }
    if let Some(body) = super::selectable::body(interp, value)? {
        return Ok(Expr::scalar_select(body));
    }
    let value = convert::to_engine(interp, value)?;
    let ty = Expr::bind(value.clone()).ty();
    let name = path.rsplit('.').next().unwrap_or(path);
    Ok(Expr::bind_named(name, true, Some(value), ty))
}

/// The conditions of `and_`/`or_`: expressions, or Python's own truth values.
fn conditions(interp: &mut Interp, args: Args) -> PyResult<Vec<Expr>> {
    let mut items = Vec::with_capacity(args.positional.len());
    for arg in &args.positional {
        items.push(condition(interp, arg)?);
    }
    Ok(items)
}

/// A condition as `where()`, `filter()` and `and_()` take it.
pub(crate) fn condition(interp: &mut Interp, value: &Value) -> PyResult<Expr> {
    if let Some(expr) = clause(interp, value)? {
        return Ok(expr);
    }
    match value {
        Value::Bool(true) => Ok(Expr::true_()),
        Value::Bool(false) => Ok(Expr::false_()),
        Value::None => Ok(Expr::null()),
        Value::Str(text) if lend::has(interp, Behaviour::TextCoerced) => Ok(Expr::text(text)),
        Value::Str(_) => {
            let shown = interp.repr(value)?;
            let message =
                format!("Textual SQL expression {shown} should be explicitly declared as text({shown})");
            Err(errors::raise_named(interp, "ArgumentError", message))
        }
        other if !lend::has(interp, Behaviour::WhereRoleNamed) => {
            let class = interp.class_of(other);
            let shown = interp.repr(&Value::Class(class))?;
            let or_string = if lend::has(interp, Behaviour::TextCoerced) { " or string" } else { "" };
            let message =
                format!("SQL expression object{or_string} expected, got object of type {shown} instead");
            Err(errors::raise_named(interp, "ArgumentError", message))
        }
        other => {
            let shown = interp.repr(other)?;
            Err(errors::raise_named(
                interp,
                "ArgumentError",
                format!("SQL expression for WHERE/HAVING role expected, got {shown}."),
            ))
        }
    }
}

fn modifier(name: &'static str, op: Op) -> Value {
    Value::native(name, move |interp, args| {
        let [value] = args.exactly(interp, name)?;
        let expr = match value.as_str() {
            Some(text) if op == Op::Distinct => Expr::literal_column(text, SqlType::Null),
            Some(text) => Expr::label_reference(text),
            None => coerce(interp, &value)?,
        };
        Ok(ExprObject::value(expr.modified(op.clone())))
    })
}

fn case(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("case", "*whens, value=, else_=").bind(interp, args)?;
    let value = match bound.take(0) {
        Some(value) if !value.is_none() => Some(coerce(interp, &value)?),
        _ => None,
    };
    let otherwise = match bound.take(1) {
        Some(value) if !value.is_none() => Some(coerce(interp, &value)?),
        _ => None,
    };
    let mut pairs: Vec<(Value, Value)> = Vec::new();
    for when in &bound.varargs {
        match when {
            Value::Dict(dict) => {
                let entries = dict.map.borrow().items();
                pairs.extend(entries);
            }
            Value::List(_) if !lend::has(interp, Behaviour::CaseTakesList) => {
                let message = "The \"whens\" argument to case(), when referring to a sequence of items, is now \
                               passed as a series of positional elements, rather than as a list. ";
                return Err(errors::raise_named(interp, "ArgumentError", message));
            }
            Value::Tuple(_) if !lend::has(interp, Behaviour::CaseTakesPairs) => {
                return Err(Stop::unsupported("case() of pairs in this release"));
            }
            Value::List(_) => {
                for pair in interp.iterate(when)? {
                    pairs.push(two(interp, &pair)?);
                }
            }
            other => pairs.push(two(interp, other)?),
        }
    }
    let mut whens = Vec::with_capacity(pairs.len());
    for (condition_value, result) in &pairs {
        let when = if value.is_some() {
            coerce(interp, condition_value)?
        } else {
            let when = condition(interp, condition_value)?;
            match when.kind() {
                ExprKind::Binary { .. } | ExprKind::Unary { .. } | ExprKind::List { .. } => {
                    Expr::of(ExprKind::Grouping(when))
                }
                _ => when,
            }
        };
        whens.push((when, coerce(interp, result)?));
    }
    let ty = whens.iter().map(|(_, result)| result.ty()).rev().find(|ty| !ty.is_null()).unwrap_or_default();
    Ok(ExprObject::value(Expr::of(ExprKind::Case(Case { value, whens, otherwise, ty }))))
}

fn two(interp: &mut Interp, pair: &Value) -> PyResult<(Value, Value)> {
    match <[Value; 2]>::try_from(interp.iterate(pair)?) {
        Ok([when, result]) => Ok((when, result)),
        Err(_) => Err(Stop::unsupported("a case() whose conditions are not pairs")),
    }
}

/// Adds what `sqlalchemy` shows of expression functions.
pub(crate) fn install(module: &Module) {
    let set = |name: &str, value: Value| module.dict.set(name, value);
    set("func", Value::object(FunctionGenerator { path: "".into() }));
    set(
        "and_",
        Value::native("and_", |interp, args| Ok(ExprObject::value(Expr::and(conditions(interp, args)?)))),
    );
    set(
        "or_",
        Value::native("or_", |interp, args| Ok(ExprObject::value(Expr::or(conditions(interp, args)?)))),
    );
    set(
        "not_",
        Value::native("not_", |interp, args| {
            let [value] = args.exactly(interp, "not_")?;
            Ok(ExprObject::value(condition(interp, &value)?.negate()))
        }),
    );
    set(
        "null",
        Value::native("null", |interp, args| {
            let [] = args.exactly(interp, "null")?;
            Ok(ExprObject::value(Expr::null()))
        }),
    );
    set(
        "true",
        Value::native("true", |interp, args| {
            let [] = args.exactly(interp, "true")?;
            Ok(ExprObject::value(Expr::true_()))
        }),
    );
    set(
        "false",
        Value::native("false", |interp, args| {
            let [] = args.exactly(interp, "false")?;
            Ok(ExprObject::value(Expr::false_()))
        }),
    );
    for (name, op) in [
        ("desc", Op::Desc),
        ("asc", Op::Asc),
        ("distinct", Op::Distinct),
        ("nullsfirst", Op::NullsFirst),
        ("nulls_first", Op::NullsFirst),
        ("nullslast", Op::NullsLast),
        ("nulls_last", Op::NullsLast),
    ] {
        set(name, modifier(name, op));
    }
    set("case", Value::native("case", case));
    set(
        "cast",
        Value::native("cast", |interp, args| {
            let [value, ty] = args.exactly(interp, "cast")?;
            let Some(ty) = types::of_value(interp, &ty)? else {
                return Err(Stop::unsupported("cast() to no type"));
            };
            let expr = match operand(interp, &value)? {
                Operand::Value(value) if value.is_null() => Expr::null(),
                Operand::Value(value) => Expr::bind_typed(value, ty.clone()),
                _ => coerce(interp, &value)?,
            };
            Ok(ExprObject::value(Expr::cast(&expr, ty)))
        }),
    );
    set(
        "text",
        Value::native("text", |interp, args| {
            let [text] = args.exactly(interp, "text")?;
            match text.as_str() {
                Some(text) => Ok(ExprObject::value(Expr::text(text))),
                None => Err(interp.raise("TypeError", "expected string or bytes-like object")),
            }
        }),
    );
    set(
        "column",
        Value::native("column", |interp, args| {
            let mut bound = Signature::new("column", "text, type_=, is_literal=").bind(interp, args)?;
            let ty = match bound.take(1) {
                Some(ty) => types::of_value(interp, &ty)?.unwrap_or_default(),
                None => SqlType::Null,
            };
            if let Some(literal) = bound.take(2)
                && interp.truth(&literal)?
            {
                return match bound.take(0) {
                    Some(Value::Str(text)) => Ok(ExprObject::value(Expr::literal_column(&text, ty))),
                    _ => Err(Stop::unsupported("column() of no name")),
                };
            }
            match bound.take(0) {
                Some(Value::Str(name)) => Ok(ExprObject::value(Column::light(&name, ty).expr())),
                _ => Err(Stop::unsupported("column() of no name")),
            }
        }),
    );
    set(
        "literal_column",
        Value::native("literal_column", |interp, args| {
            let mut bound = Signature::new("literal_column", "text, type_=").bind(interp, args)?;
            let ty = match bound.take(1) {
                Some(ty) => types::of_value(interp, &ty)?.unwrap_or_default(),
                None => SqlType::Null,
            };
            match bound.take(0) {
                Some(Value::Str(text)) => Ok(ExprObject::value(Expr::literal_column(&text, ty))),
                _ => Err(Stop::unsupported("literal_column() of no text")),
            }
        }),
    );
    set(
        "literal",
        Value::native("literal", |interp, args| {
            let mut bound = Signature::new("literal", "value, type_=").bind(interp, args)?;
            let value = bound.take(0).unwrap_or(Value::None);
            let value = convert::to_engine(interp, &value)?;
            let ty = match bound.take(1) {
                Some(ty) => types::of_value(interp, &ty)?,
                None => None,
            };
            Ok(ExprObject::value(match ty {
                Some(ty) => Expr::bind_typed(value, ty),
                None => Expr::bind(value),
            }))
        }),
    );
    set(
        "bindparam",
        Value::native("bindparam", |interp, args| {
            let mut bound =
                Signature::new("bindparam", "key, value=, type_=, unique=, required=, expanding=")
                    .bind(interp, args)?;
            let Some(Value::Str(key)) = bound.take(0) else {
                return Err(Stop::unsupported("bindparam() without a name"));
            };
            let value = match bound.take(1) {
                Some(value) => Some(convert::to_engine(interp, &value)?),
                None => None,
            };
            let ty = match bound.take(2) {
                Some(ty) => types::of_value(interp, &ty)?.unwrap_or_default(),
                None => SqlType::Null,
            };
            let unique = match bound.take(3) {
                Some(unique) => interp.truth(&unique)?,
                None => false,
            };
            let expanding = match bound.take(5) {
                Some(expanding) => interp.truth(&expanding)?,
                None => false,
            };
            if expanding && !lend::has(interp, Behaviour::ExpandingIn) {
                return Err(Stop::unsupported("bindparam() with `expanding`"));
            }
            if expanding {
                let values = match &value {
                    Some(backproof_engine::value::Value::Null) | None => Vec::new(),
                    Some(_) => return Err(Stop::unsupported("an expanding bindparam() with a value")),
                };
                let made = Expr::bind_named(&key, unique, None, ty);
                return Ok(match made.kind() {
                    ExprKind::Bind(bind) => {
                        let bind = backproof_engine::sql::Bind { expanding: Some(values), ..bind.clone() };
                        ExprObject::value(Expr::of(ExprKind::Bind(bind)))
                    }
                    _ => ExprObject::value(made),
                });
            }
            Ok(ExprObject::value(Expr::bind_named(&key, unique, value, ty)))
        }),
    );
    super::operators::install(module);
}
