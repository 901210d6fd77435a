//! Deletes: the rows of deleted objects, by primary key.

use super::located::given;
use super::persist::{in_order, is_in, tables, version_read, versions};
use super::plan::Plan;
use crate::attr;
use crate::db::{self, ConnectionId};
use crate::error::{Error, ErrorKind, Result};
use crate::event;
use crate::host::Cx;
use crate::map::{MapperId, Versioning};
use crate::schema::{Column, Table};
use crate::session;
use crate::sql::{Delete, Expr, Op, Params, Statement};
use crate::state::{self, Original, Slot, StateId};
use crate::value::Value;
use crate::warning::Warning;
use std::rc::Rc;

/// Deletes the rows of objects of one hierarchy.
pub(super) fn delete(cx: &mut Cx<'_>, plan: &Plan, base: MapperId, states: &[StateId]) -> Result<()> {
    if states.is_empty() {
        return Ok(());
    }
    let connection = session::connection_for(cx, plan.session, base, false)?;
    let states = in_order(cx.orm, states);
    for id in &states {
        event::tell_row(cx, "before_delete", connection, *id)?;
    }
    let flushing = cx.orm.mappers.get(base).hierarchy.flushing;
    for table in tables(cx.orm, &states).iter().rev() {
        if flushing.passive_deletes && *table != cx.orm.mappers.get(base).table {
            continue;
        }
        let mut rows = Vec::new();
        for id in &states {
            if is_in(cx.orm, *id, table) {
                rows.push(located(cx, *id, table)?);
            }
        }
        if rows.is_empty() {
            continue;
        }
        let mut statement = Delete::from(table);
        statement.tag = Some(Rc::from(cx.orm.mappers.compiled_by(base)));
        for column in table.primary_key() {
            let key = column.key();
            statement =
                statement.where_clause(column.expr().operate(Op::Eq, Expr::param(&key, column.ty()))?);
        }
        if let Some((versions, _)) = states.first().and_then(|id| versions(cx.orm, *id, table)) {
            delete_versions(cx, connection, table, statement, &versions, rows)?;
            continue;
        }
        let expected = rows.len() as i64;
        let result = db::execute(cx, connection, &Statement::from(statement), given(rows))?;
        if result.rowcount != expected && !flushing.unconfirmed_deletes {
            cx.warn(Warning::rows_not_deleted(table.name(), expected, result.rowcount))?;
        }
    }
    for id in &states {
        event::tell_row(cx, "after_delete", connection, *id)?;
    }
    Ok(())
}

/// The primary key of an object's row.
fn located(cx: &mut Cx<'_>, id: StateId, table: &Table) -> Result<Params> {
    let mut params = Params::new();
    for column in table.primary_key() {
        let value = committed(cx, id, &column)?;
        if value.is_null() {
            return Err(Error::new(
                ErrorKind::FlushError,
                format!(
                    "Can't delete from table {} using NULL for primary key value on column {column:?}",
                    table.name()
                ),
            ));
        }
        params.insert(column.key(), value);
    }
    if let Some((versions, key)) = versions(cx.orm, id, table) {
        params.insert(versions.column.key(), version_read(cx, id, &key)?);
    }
    Ok(params)
}

/// Deletes rows, each in the version that was read.
fn delete_versions(
    cx: &mut Cx<'_>,
    connection: ConnectionId,
    table: &Table,
    statement: Delete,
    versions: &Versioning,
    rows: Vec<Params>,
) -> Result<()> {
    let column = &versions.column;
    let key = column.key();
    let statement = statement.where_clause(column.expr().operate(Op::Eq, Expr::param(&key, column.ty()))?);
    let expected = rows.len() as i64;
    let result = db::execute(cx, connection, &Statement::from(statement), given(rows))?;
    if result.rowcount == expected {
        return Ok(());
    }
    let warning = Warning::rows_not_deleted(table.name(), expected, result.rowcount);
    Err(Error::new(ErrorKind::StaleDataError, warning.message))
}

/// The value that a column has in the object's row.
fn committed(cx: &mut Cx<'_>, id: StateId, column: &Column) -> Result<Value> {
    let mapper = cx.orm.states.get(id).mapper;
    let Some(key) = state::column_key(cx.orm, mapper, column) else { return Ok(Value::Null) };
    match cx.orm.states.get(id).committed.get(&key) {
        Some(Original::Value(value)) => return Ok(value.clone()),
        Some(_) => return Ok(Value::Null),
        None => {}
    }
    let state = cx.orm.states.get(id);
    // What had a row that was rolled back is asked for, and refuses by itself.
    if state.key.is_none() && !state.dict.contains_key(&key) && !state.expired_attributes.contains(&key) {
        // Where it is of an enumeration, the driver refuses it.
        return Ok(attr::Marker::never_set(cx.orm.profile));
    }
    match attr::get(cx, id, &key)? {
        Slot::Value(value) => Ok(value),
        Slot::One(_) | Slot::Many(_) => Ok(Value::Null),
    }
}
