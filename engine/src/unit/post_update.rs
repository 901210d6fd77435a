//! The extra updates of `post_update` relationships: foreign keys that are written once all rows are there, and
//! taken out before rows go.
//!
//! Of the columns that `post_update` relationships of the hierarchy asked for, each object's changed ones are written.

use super::located::{check_updated, given, has_label, label, update_by_key};
use super::persist::{self, version_read, versions};
use super::plan::Plan;
use super::sync::column_value;
use crate::attr::{self, Item};
use crate::db;
use crate::error::Result;
use crate::host::Cx;
use crate::map::{Key, MapperId};
use crate::schema::{Column, Table};
use crate::session;
use crate::sql::{Params, Statement};
use crate::state::{self, Slot, StateId};
use crate::value::Value;
use crate::version::Behaviour;

/// Updates the rows that were asked for, of objects that are saved or deleted.
pub(super) fn update(cx: &mut Cx<'_>, plan: &mut Plan, base: MapperId, delete: bool) -> Result<()> {
    let Some(asked) = plan.post_updates.get(&base) else { return Ok(()) };
    let columns = asked.columns.clone();
    let states: Vec<StateId> =
        asked.states.iter().copied().filter(|id| plan.is_deleted(*id) == delete).collect();
    if states.is_empty() {
        return Ok(());
    }
    let connection = session::connection_for(cx, plan.session, base, false)?;
    let states = persist::in_order(cx.orm, &states);
    for table in persist::tables(cx.orm, &states) {
        let mut rows = Vec::new();
        for id in &states {
            rows.extend(row(cx, *id, &table, &columns)?);
        }
        let mut statement = update_by_key(cx.orm, base, &table)?;
        let versioned = cx.orm.mappers.get(base).hierarchy.version.clone();
        let versioned = versioned.filter(|versions| table.has_column(&versions.column));
        if let Some(versions) = &versioned {
            statement = statement.where_clause(has_label(&table, &versions.column)?);
        }
        let statement = Statement::from(statement);
        let alone = versioned.is_some() && cx.orm.profile.has(Behaviour::UpdatesByVersionUnchecked);
        let mut rest = rows.as_slice();
        while let Some(first) = rest.first() {
            let alike = |row: &&Row| row.params.keys().eq(first.params.keys());
            let count = if alone { 1 } else { rest.iter().take_while(alike).count() };
            let (group, later) = rest.split_at(count);
            rest = later;
            let params = group.iter().map(|row| row.params.clone()).collect();
            let result = db::execute(cx, connection, &statement, given(params))?;
            follow(cx, plan, group);
            if !alone {
                check_updated(&table, count, result.rowcount)?;
            }
        }
    }
    Ok(())
}

/// What is written of one object.
struct Row {
    id: StateId,
    params: Params,
    /// The attribute of its version and the version that it comes to.
    version: Option<(Key, Value)>,
}

/// Gives objects the versions that their rows have come to.
fn follow(cx: &mut Cx<'_>, plan: &Plan, group: &[Row]) {
    let forgotten = cx.orm.profile.has(Behaviour::PostUpdateOfDeletedForgotten);
    let shared = cx.orm.profile.has(Behaviour::PostUpdatesShareVersion)
        && !cx.orm.profile.has(Behaviour::UpdatesByVersionUnchecked);
    let first = group.first().and_then(|row| row.version.clone());
    for row in group {
        if forgotten && plan.is_deleted(row.id) {
            continue;
        }
        let version = if shared { first.clone() } else { row.version.clone() };
        if let Some((key, version)) = version {
            cx.orm.states.get_mut(row.id).dict.insert(key, Slot::Value(version));
        }
    }
}

/// The version that an object's row has now.
fn version_now(cx: &mut Cx<'_>, id: StateId, key: &Key) -> Result<Value> {
    let before = version_read(cx, id, key)?;
    if cx.orm.profile.has(Behaviour::PostUpdateByVersionBefore) {
        return Ok(before);
    }
    Ok(match cx.orm.states.get(id).dict.get(key) {
        Some(Slot::Value(version)) => version.clone(),
        _ => before,
    })
}

/// An object's columns to write, its key and its version; `None` where none of the columns has changed.
fn row(cx: &mut Cx<'_>, id: StateId, table: &Table, columns: &[Column]) -> Result<Option<Row>> {
    let mapper = cx.orm.states.get(id).mapper;
    let key = table.primary_key();
    let mut params = Params::new();
    for column in table.columns() {
        if key.contains(&column) || !columns.contains(&column) {
            continue;
        }
        let Some(name) = state::column_key(cx.orm, mapper, &column) else { continue };
        if let Some(Item::Value(value)) = attr::history(cx, id, &name)?.added.pop() {
            params.insert(column.key(), value);
        }
    }
    if params.is_empty() {
        return Ok(None);
    }
    for column in key {
        let value = column_value(cx, id, &column)?;
        params.insert(label(table, &column), value);
    }
    let mut version = None;
    if let Some((versions, key)) = versions(cx.orm, id, table) {
        let now = version_now(cx, id, &key)?;
        // A new row stays in the version that it was written in.
        if let Some(next) = &versions.next
            && cx.orm.states.get(id).key.is_some()
        {
            let next = next(cx, &now)?;
            params.insert(versions.column.key(), next.clone());
            version = Some((key, next));
        }
        params.insert(label(table, &versions.column), now);
    }
    Ok(Some(Row { id, params, version }))
}
