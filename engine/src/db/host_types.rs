//! Values on their way through types that the host converts, before and after the engine's own conversion.

use super::convert::Refusal;
use super::execute::{ExecResult, Prepared, expanded, raw_value, refused};
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::schema::{Convert, SqlType};
use crate::sql::Params;
use crate::value::Value;
use std::rc::Rc;

/// The parameter sets with the values that the host has converted in their places, where a bind has such a type.
pub(super) fn bind(cx: &mut Cx<'_>, prepared: &mut Prepared, sets: &[Params]) -> Result<Option<Vec<Params>>> {
    let entry = prepared.entry.clone();
    let compiled = &entry.compiled;
    let mut bound: Option<Vec<Params>> = None;
    for bind in &compiled.binds {
        let in_tuple = bind.tuple.iter().flat_map(|types| types.iter()).any(|ty| converter(ty).is_some());
        if in_tuple {
            return Err(Error::unsupported("rows of values of types that are decorated"));
        }
        let Some(convert) = converter(&bind.ty) else { continue };
        if let Some(values) = expanded(prepared, bind) {
            let mut converted = Vec::with_capacity(values.len());
            for value in values {
                converted.push(ask(cx, &convert, value, prepared, sets)?);
            }
            prepared.converted.push((bind.name.clone(), converted));
            continue;
        }
        for (at, set) in sets.iter().enumerate() {
            let Some(value) = raw_value(prepared, bind, set).map(std::borrow::Cow::into_owned) else {
                continue;
            };
            let value = ask(cx, &convert, value, prepared, sets)?;
            let bound = bound.get_or_insert_with(|| sets.to_vec());
            bound[at].insert(Rc::clone(&bind.name), value);
        }
    }
    Ok(bound)
}

fn converter(ty: &SqlType) -> Option<Convert> {
    match ty {
        SqlType::Host(host) => host.args().bind.clone(),
        _ => None,
    }
}

/// One value; what the host raises is wrapped as the library wraps it.
fn ask(
    cx: &mut Cx<'_>,
    convert: &Convert,
    value: Value,
    prepared: &Prepared,
    sets: &[Params],
) -> Result<Value> {
    convert(cx, value).map_err(|error| match (error.kind(), error.detail().split_once(": ")) {
        (ErrorKind::StatementError, Some((class, message))) => {
            refused(&Refusal { class: class.to_owned().into(), message: message.to_owned() }, prepared, sets)
        }
        _ => error,
    })
}

/// Rows as the host reads their values.
pub(super) fn read(cx: &mut Cx<'_>, result: &mut ExecResult) -> Result<()> {
    let converters: Vec<(usize, Convert)> = result
        .columns
        .iter()
        .enumerate()
        .filter_map(|(at, column)| match &column.ty {
            SqlType::Host(host) => host.args().result.clone().map(|convert| (at, convert)),
            _ => None,
        })
        .collect();
    if converters.is_empty() {
        return Ok(());
    }
    for row in &mut result.rows {
        for (at, convert) in &converters {
            if let Some(place) = row.get_mut(*at) {
                *place = convert(cx, std::mem::replace(place, Value::Null))?;
            }
        }
    }
    Ok(())
}
