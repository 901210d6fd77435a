//! The extra updates of `post_update` relationships: foreign keys that are written once all rows are there, and
//! taken out before rows go.
//!
//! Of the columns that `post_update` relationships of the hierarchy asked for, each object's changed ones are written.

use super::located::{check_updated, given, label, update_by_key};
use super::persist;
use super::plan::Plan;
use super::sync::column_value;
use crate::attr::{self, Item};
use crate::db;
use crate::error::Result;
use crate::host::Cx;
use crate::map::MapperId;
use crate::schema::{Column, Table};
use crate::session;
use crate::sql::{Params, Statement};
use crate::state::{self, StateId};

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
        let statement = Statement::from(update_by_key(cx.orm, base, &table)?);
        let mut rest = rows.as_slice();
        while let Some(first) = rest.first() {
            let count = rest.iter().take_while(|row| row.keys().eq(first.keys())).count();
            let (group, later) = rest.split_at(count);
            rest = later;
            let result = db::execute(cx, connection, &statement, given(group.to_vec()))?;
            check_updated(&table, count, &result)?;
        }
    }
    Ok(())
}

/// An object's columns to write and its key; `None` where none of them has changed.
fn row(cx: &mut Cx<'_>, id: StateId, table: &Table, columns: &[Column]) -> Result<Option<Params>> {
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
    Ok(Some(params))
}
