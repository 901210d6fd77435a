//! Parameters of `connection.execute()` in 1.x and of `exec_driver_sql()`: one set or several, by name or by position.

use super::{convert, errors, lend};
use crate::python::{Interp, Map, PyResult, Stop, Value};
use backproof_engine::db::Raw;
use backproof_engine::sql::Params;
use std::rc::Rc;

/// Whether a value is a set of parameters, and not one of them.
fn is_set(value: &Value) -> bool {
    matches!(value, Value::Dict(_) | Value::List(_) | Value::Tuple(_))
}

/// What `execute(statement, *multiparams, **params)` was given: a dictionary, a tuple of values, or several of these in a
/// list or tuple.
pub(super) fn distilled(
    interp: &mut Interp,
    given: Vec<Value>,
    named: Vec<(Rc<str>, Value)>,
) -> PyResult<Option<Value>> {
    let others = given.len() > 1 || !named.is_empty() || given.iter().any(|value| !is_set(value));
    if others && lend::shared(interp).warns_of_2_0 {
        return Err(Stop::unsupported("the warning of how parameters were given up to 1.4"));
    }
    match given.as_slice() {
        [] if named.is_empty() => Ok(None),
        [] => {
            let dict = Value::dict(Map::new());
            for (name, value) in named {
                interp.set_item(&dict, &Value::Str(name), value)?;
            }
            Ok(Some(dict))
        }
        [Value::Dict(_)] => Ok(given.into_iter().next()),
        [several @ (Value::List(_) | Value::Tuple(_))] => match interp.iterate(several)?.as_slice() {
            [] => Ok(None),
            [first, ..] if is_set(first) => Ok(Some(several.clone())),
            values => Ok(Some(Value::tuple(values.to_vec()))),
        },
        [first, ..] if given.len() > 1 && is_set(first) => Ok(Some(Value::tuple(given))),
        _ => Ok(Some(Value::tuple(given))),
    }
}

/// Refuses what `exec_driver_sql()` refuses.
pub(super) fn check(interp: &mut Interp, params: Option<&Value>) -> PyResult<()> {
    let message = match params {
        None | Some(Value::Tuple(_) | Value::Dict(_)) => return Ok(()),
        Some(Value::List(_)) => {
            let first = params.map(|params| interp.iterate(params)).transpose()?.unwrap_or_default();
            if first.first().is_none_or(|first| matches!(first, Value::Tuple(_) | Value::Dict(_))) {
                return Ok(());
            }
            "List argument must consist only of tuples or dictionaries"
        }
        Some(_) => "mapping or sequence expected for parameters",
    };
    Err(errors::raise_named(interp, "ArgumentError", message))
}

/// A set by position.
fn values(interp: &mut Interp, set: &Value) -> PyResult<Vec<backproof_engine::value::Value>> {
    let items = interp.iterate(set)?;
    items.iter().map(|value| convert::to_engine(interp, value)).collect()
}

/// A set by name.
fn names(interp: &mut Interp, set: &Value) -> PyResult<Params> {
    let Value::Dict(dict) = set else { return Err(Stop::unsupported("parameters by name and by position")) };
    let items = dict.map.borrow().items();
    let mut params = Params::new();
    for (name, value) in items {
        let Some(name) = name.as_str() else {
            return Err(Stop::unsupported("a parameter whose name is no string"));
        };
        params.insert(name.clone(), convert::to_engine(interp, &value)?);
    }
    Ok(params)
}

/// Parameters as the driver takes them.
pub(super) fn raw(interp: &mut Interp, params: Option<&Value>) -> PyResult<Raw> {
    let Some(params) = params else { return Ok(Raw::One(Vec::new())) };
    if matches!(params, Value::Dict(_)) {
        return names(interp, params).map(Raw::Named);
    }
    let sets = interp.iterate(params)?;
    let is_tuple = matches!(params, Value::Tuple(_));
    match sets.as_slice() {
        [] => Ok(Raw::One(Vec::new())),
        [only @ Value::Dict(_)] => names(interp, only).map(Raw::Named),
        [only] if is_set(only) => values(interp, only).map(Raw::One),
        [Value::Dict(_), ..] => {
            let sets = sets.iter().map(|set| names(interp, set)).collect::<PyResult<_>>()?;
            Ok(Raw::ManyNamed(sets, is_tuple))
        }
        [first, ..] if is_set(first) => {
            let sets = sets.iter().map(|set| values(interp, set)).collect::<PyResult<_>>()?;
            Ok(Raw::Many(sets, is_tuple))
        }
        _ => values(interp, params).map(Raw::One),
    }
}
