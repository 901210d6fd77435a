//! Copying keys between objects, and into association rows.

use super::plan::Plan;
use crate::attr;
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::Property;
use crate::schema::Column;
use crate::sql::Params;
use crate::state::{self, Original, Slot, StateId};
use crate::value::Value;
use crate::version::Behaviour;

/// The value that an object has for a column, loaded where it is expired.
pub(super) fn column_value(cx: &mut Cx<'_>, id: StateId, column: &Column) -> Result<Value> {
    let mapper = cx.orm.states.get(id).mapper;
    let Some(key) = state::column_key(cx.orm, mapper, column) else {
        return Err(unmapped(cx, id, column, None));
    };
    match attr::get(cx, id, &key)? {
        Slot::Value(value) => Ok(value),
        Slot::One(_) | Slot::Many(_) => Ok(Value::Null),
    }
}

/// The value that a column has in the object's row.
pub(super) fn stored_value(cx: &mut Cx<'_>, id: StateId, column: &Column) -> Result<Value> {
    let state = cx.orm.states.get(id);
    let key = state::column_key(cx.orm, state.mapper, column);
    match key.and_then(|key| state.committed.get(&key)) {
        Some(Original::Value(value)) => Ok(value.clone()),
        Some(_) => Ok(Value::Null),
        None => column_value(cx, id, column),
    }
}

/// A column of an alias, or of what else the object's class does not map; `into` is the column that it is the source of.
fn unmapped(cx: &Cx<'_>, id: StateId, column: &Column, into: Option<&Column>) -> Error {
    let mapper = cx.orm.mappers.get(cx.orm.states.get(id).mapper);
    let of_alias = column.table().is_none() && !column.name().starts_with('%');
    if !of_alias {
        let class = &mapper.class_name;
        return Error::unsupported(format!(
            "synchronising the column {column:?}, which {class} does not map"
        ));
    }
    let text = mapper.text(cx.orm.profile);
    let (side, without) = match into {
        Some(into) => ("source", format!("destination column '{into:?}'")),
        None => ("destination", "this column".to_owned()),
    };
    Error::new(
        ErrorKind::UnmappedColumnError,
        format!(
            "Can't execute sync rule for {side} column '{column:?}'; mapper '{text}' does not map this column.  Try \
             using an explicit `foreign_keys` collection which does not include {without} (or use a viewonly=True \
             relation)."
        ),
    )
}

/// Refuses a source column that the object's class does not map.
fn check_source(cx: &Cx<'_>, id: StateId, from: &Column, to: &Column) -> Result<()> {
    match state::column_key(cx.orm, cx.orm.states.get(id).mapper, from) {
        Some(_) => Ok(()),
        None => Err(unmapped(cx, id, from, Some(to))),
    }
}

fn set(cx: &mut Cx<'_>, id: StateId, column: &Column, value: Value) -> Result<()> {
    let mapper = cx.orm.states.get(id).mapper;
    let found = state::column_key(cx.orm, mapper, column)
        .and_then(|key| cx.orm.mappers.get(mapper).properties.get(&key).cloned());
    match found {
        Some(Property::Column(property)) => attr::set_column(cx, id, &property, value),
        _ => Err(unmapped(cx, id, column, None)),
    }
}

/// Copies the source's columns into the destination's. `cascaded`: the database has done so for the row.
pub(super) fn populate(
    cx: &mut Cx<'_>,
    plan: &mut Plan,
    source: StateId,
    destination: StateId,
    pairs: &[(Column, Column)],
    cascaded: bool,
) -> Result<()> {
    for (from, to) in pairs {
        check_source(cx, source, from, to)?;
        let value = column_value(cx, source, from)?;
        set(cx, destination, to, value)?;
        if cascaded && from.is_primary_key() && to.is_primary_key() && to.references(from) {
            let mapper = cx.orm.states.get(destination).mapper;
            if let Some(key) = state::column_key(cx.orm, mapper, to) {
                plan.cascaded.insert((destination, key));
            }
        }
    }
    Ok(())
}

/// Sets the destination's columns to NULL.
///
/// # Errors
///
/// `AssertionError`: one of them is part of its primary key.
pub(super) fn clear(cx: &mut Cx<'_>, destination: StateId, pairs: &[(Column, Column)]) -> Result<()> {
    for (from, to) in pairs {
        if to.is_primary_key() && !column_value(cx, destination, to)?.is_null() {
            let text = super::text(cx, destination);
            let on = if cx.orm.profile.has(Behaviour::BlankOutNamesColumn) {
                format!("Dependency rule on column '{from:?}' tried")
            } else {
                "Dependency rule tried".to_owned()
            };
            return Err(Error::new(
                ErrorKind::AssertionError,
                format!("{on} to blank-out primary key column '{to:?}' on instance '{text}'"),
            ));
        }
        set(cx, destination, to, Value::Null)?;
    }
    Ok(())
}

/// Puts the source's columns into an association row.
pub(super) fn populate_row(
    cx: &mut Cx<'_>,
    source: StateId,
    pairs: &[(Column, Column)],
    row: &mut Params,
) -> Result<()> {
    for (from, to) in pairs {
        let value = column_value(cx, source, from)?;
        row.insert(to.key(), value);
    }
    Ok(())
}

/// Whether a persistent object's key columns have changed.
pub(super) fn source_changed(cx: &Cx<'_>, id: StateId, pairs: &[(Column, Column)]) -> bool {
    let state = cx.orm.states.get(id);
    pairs.iter().any(|(from, _)| {
        let Some(key) = state::column_key(cx.orm, state.mapper, from) else { return false };
        match (state.committed.get(&key), state.dict.get(&key)) {
            (Some(Original::Value(old)), Some(Slot::Value(new))) => old != new,
            // It was deleted.
            (Some(Original::Value(_)), None) => true,
            _ => false,
        }
    })
}
