//! Parts of JSON values: `column["key"]`, and what type they are read as.

use super::expr::{ExprObject, not_supported};
use super::{convert, errors};
use crate::python::{Interp, PyResult, Signature, Stop, Value};
use backproof_engine::schema::SqlType;
use backproof_engine::sql::{Expr, ExprKind, Op};

/// `expr[key]`.
pub(crate) fn item(interp: &mut Interp, expr: &Expr, key: &Value) -> PyResult<Value> {
    if *expr.ty().generic() != SqlType::Json {
        return Err(not_supported(interp, "getitem"));
    }
    let is_path = match key {
        Value::Str(_) | Value::Int(_) => false,
        Value::Tuple(_) | Value::List(_) => {
            let plain = |item: &Value| matches!(item, Value::Str(_) | Value::Int(_));
            if !interp.iterate(key)?.iter().all(plain) {
                return Err(Stop::unsupported(
                    "a part of a JSON value by something else than keys and places",
                ));
            }
            true
        }
        _ => return Err(Stop::unsupported("a part of a JSON value by something else than keys and places")),
    };
    let key = convert::to_engine(interp, key)?;
    Ok(ExprObject::value(expr.json_item(key, is_path)))
}

/// `as_string()` and its like.
pub(super) fn member(expr: &Expr, name: &str) -> Option<Value> {
    if *expr.ty().generic() != SqlType::Json {
        return None;
    }
    let ty = match name {
        "as_string" => SqlType::Unicode(None),
        "as_integer" => SqlType::Integer,
        "as_float" => SqlType::Float { precision: None, asdecimal: false },
        "as_boolean" => SqlType::Boolean,
        "as_json" => SqlType::Json,
        _ => return None,
    };
    let (expr, label) = (expr.clone(), name.to_owned());
    Some(Value::native(name, move |interp, args| {
        Signature::new(&label, "").bind(interp, args)?;
        if !matches!(expr.kind(), ExprKind::Binary { op: Op::JsonItem | Op::JsonPath, .. }) {
            let message = format!(
                "The JSON cast operator JSON.{label}() only works with a JSON index expression e.g. col['q'].{label}()"
            );
            return Err(errors::raise_named(interp, "InvalidRequestError", message));
        }
        Ok(ExprObject::value(expr.with_type(ty.clone())))
    }))
}
