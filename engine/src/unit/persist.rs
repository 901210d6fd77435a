//! Inserts and updates: which rows, which columns, which of them in one batch.

use super::located::{check_updated, given, has_label, label, update_by_key};
use super::plan::Plan;
use super::sync::column_value;
use crate::attr::{self, Item};
use crate::db::{self, ConnectionId, ExecResult, Given};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{self, Happening};
use crate::host::Cx;
use crate::map::{Flushing, Key, MapperId, Property, Versioning};
use crate::orm::Orm;
use crate::schema::{Column, ColumnDefault, ServerDefault, Table};
use crate::session;
use crate::sql::{Assigned, Expr, Generated, Insert, Params, Statement};
use crate::state::{self, Original, Slot, StateId};
use crate::value::Value;
use crate::version::Behaviour;
use crate::warning::Warning;
use indexmap::IndexSet;
use std::cmp::Ordering;
use std::rc::Rc;

/// Saves objects of one hierarchy.
pub(super) fn save(cx: &mut Cx<'_>, plan: &mut Plan, base: MapperId, states: &[StateId]) -> Result<()> {
    // The connection is taken also where nothing turns out to be saved.
    let connection = session::connection_for(cx, plan.session, base, false)?;
    if states.is_empty() {
        return Ok(());
    }
    if states.len() > 1 && cx.orm.mappers.get(base).hierarchy.flushing.one_by_one {
        for id in in_order(cx.orm, states) {
            save(cx, plan, base, &[id])?;
        }
        return Ok(());
    }
    plan.writing = states.to_vec();
    let mut inserts = Vec::new();
    let mut updates = Vec::new();
    for id in in_order(cx.orm, states) {
        let has_row = cx.orm.states.get(id).key.is_some();
        event::tell_row(cx, if has_row { "before_update" } else { "before_insert" }, connection, id)?;
        match row_of(cx, plan, id)? {
            Row::New => inserts.push(id),
            Row::There => {
                read_version(cx, id)?;
                updates.push(id);
            }
        }
    }
    let all: Vec<StateId> = inserts.iter().chain(&updates).copied().collect();
    for table in tables(cx.orm, &all) {
        update_rows(cx, plan, connection, &table, &updates)?;
        insert_rows(cx, connection, &table, &inserts)?;
    }
    for id in all {
        expire_computed(cx.orm, id)?;
        let has_row = cx.orm.states.get(id).key.is_some();
        if cx.orm.mappers.get(base).hierarchy.flushing.eager_defaults == Some(true) {
            load_generated(cx, id)?;
        }
        event::tell_row(cx, if has_row { "after_update" } else { "after_insert" }, connection, id)?;
    }
    plan.writing.clear();
    Ok(())
}

/// Has the version at hand that an object's row is looked for by, before anything is written.
fn read_version(cx: &mut Cx<'_>, id: StateId) -> Result<()> {
    let mapper = cx.orm.mappers.get(cx.orm.states.get(id).mapper);
    let Some(versions) = &mapper.hierarchy.version else { return Ok(()) };
    match mapper.key_of(&versions.column).cloned() {
        Some(key) => version_read(cx, id, &key).map(drop),
        None => Ok(()),
    }
}

/// Loads what the database has made of a row and has not told (`eager_defaults`).
fn load_generated(cx: &mut Cx<'_>, id: StateId) -> Result<()> {
    let with_onupdate = cx.orm.profile.has(Behaviour::EagerDefaultsOfUpdates);
    let state = cx.orm.states.get(id);
    let mapper = cx.orm.mappers.get(state.mapper);
    let generated = |column: &Column| {
        column.server_default().is_some()
            || (with_onupdate && (makes_on_insert(column) || makes_on_update(column)))
    };
    let keys: Vec<Key> = mapper
        .column_properties()
        .filter(|property| property.columns.iter().any(generated) && !state.dict.contains_key(&property.key))
        .map(|property| Rc::clone(&property.key))
        .collect();
    if keys.is_empty() {
        return Ok(());
    }
    if cx.orm.states.get(id).key.is_none() {
        let key = session::loaded_key(cx, id)?;
        cx.orm.states.get_mut(id).key = Some(key);
    }
    crate::load::load_only(cx, id, keys)
}

/// Whether the database works out a column of a new row.
fn makes_on_insert(column: &Column) -> bool {
    column.server_default().is_some() || matches!(column.default(), Some(ColumnDefault::Sql(_)))
}

/// Whether the database works out a column of a row that changes.
fn makes_on_update(column: &Column) -> bool {
    column.server_onupdate().is_some() || matches!(column.onupdate(), Some(ColumnDefault::Sql(_)))
}

/// Expires what a saved object has from SQL expressions: its row may make other values of them now. What was set by hand
/// stays, and what is left for its access and was not loaded.
fn expire_computed(orm: &mut Orm, id: StateId) -> Result<()> {
    attr::forget_composites(orm, id, None);
    let state = orm.states.get(id);
    let keys: Vec<Key> = orm
        .mappers
        .get(state.mapper)
        .column_properties()
        .filter(|property| {
            property.expr.is_some() && !property.hidden && !state.committed.contains_key(&property.key)
        })
        .filter(|property| !property.deferral.deferred || state.dict.contains_key(&property.key))
        .map(|property| Rc::clone(&property.key))
        .collect();
    if keys.is_empty() { Ok(()) } else { session::expire_attributes(orm, id, &keys) }
}

/// New objects in the order in which they were added, then those with rows by primary key.
pub(super) fn in_order(orm: &Orm, states: &[StateId]) -> Vec<StateId> {
    let (mut new, mut old): (Vec<StateId>, Vec<StateId>) =
        states.iter().partition(|id| orm.states.get(**id).key.is_none());
    new.sort_by_key(|id| orm.states.get(*id).insert_order);
    let key = |id: &StateId| orm.states.get(*id).key.as_ref();
    let values = |id: &StateId| key(id).map_or(&[][..], |key| &key.values[..]);
    old.sort_by(|a, b| compare_keys(values(a), values(b)));
    new.extend(old);
    new
}

fn compare_keys(a: &[Value], b: &[Value]) -> Ordering {
    for (a, b) in a.iter().zip(b) {
        let order = match (a, b) {
            (Value::Int(a), Value::Int(b)) => a.cmp(b),
            (Value::Text(a), Value::Text(b)) => a.cmp(b),
            (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
            (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
            (Value::Float(a), Value::Float(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
            (Value::Decimal(a), Value::Decimal(b)) => a.cmp(b),
            (Value::Date(a), Value::Date(b)) => a.cmp(b),
            (Value::Time(a), Value::Time(b)) => a.cmp(b),
            (Value::DateTime(a), Value::DateTime(b)) => a.cmp(b),
            (Value::Uuid(a), Value::Uuid(b)) => a.cmp(b),
            _ => Ordering::Equal,
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

/// Which row an object is written to.
enum Row {
    New,
    /// Its own, or that of an object of the same identity that is being deleted.
    There,
}

/// Whether the row of an object that has expired is found to be gone; the object then counts as deleted.
fn is_gone(cx: &mut Cx<'_>, plan: &Plan, id: StateId) -> Result<bool> {
    if !cx.orm.states.get(id).expired {
        return Ok(false);
    }
    let keys: Vec<Key> = cx.orm.states.get(id).expired_attributes.iter().cloned().collect();
    match crate::load::load_columns(cx, id, &keys) {
        Err(error) if error.kind() == ErrorKind::ObjectDeletedError => {
            session::flushed_deleted(cx.orm, plan.session, &[id]);
            Ok(true)
        }
        result => result.map(|()| false),
    }
}

fn row_of(cx: &mut Cx<'_>, plan: &mut Plan, id: StateId) -> Result<Row> {
    if cx.orm.states.get(id).key.is_some() {
        return Ok(Row::There);
    }
    let key = session::sought_key(cx, id)?;
    let Some(holder) = session::holder(cx.orm, plan.session, &key) else { return Ok(Row::New) };
    if holder == id || is_gone(cx, plan, holder)? {
        return Ok(Row::New);
    }
    if plan.is_deleted(holder) {
        plan.only_list(holder);
        return Ok(Row::There);
    }
    let (own, other) = (super::text(cx, id), super::text(cx, holder));
    let key = state::identity_text(cx.orm, &key);
    let warning = Warning::identity_conflict(&own, &key, &other);
    if cx.orm.profile.has(Behaviour::IdentityConflictIsError) {
        return Err(Error::new(ErrorKind::FlushError, warning.message));
    }
    cx.warn(warning)?;
    Ok(Row::New)
}

/// Whether an object has a row in a table.
pub(super) fn is_in(orm: &Orm, id: StateId, table: &Table) -> bool {
    orm.mappers.get(orm.states.get(id).mapper).hierarchy.tables.contains(table)
}

/// The tables that objects of one hierarchy are kept in, the base's first.
pub(super) fn tables(orm: &Orm, states: &[StateId]) -> Vec<Table> {
    let Some(first) = states.first() else { return Vec::new() };
    let mapper = orm.states.get(*first).mapper;
    if orm.mappers.get(mapper).inherits.is_none() && !orm.mappers.has_below(mapper) {
        return orm.mappers.get(mapper).hierarchy.tables.clone();
    }
    let all = orm.mappers.sorted_tables(orm.mappers.base(mapper));
    all.into_iter().filter(|table| states.iter().any(|id| is_in(orm, *id, table))).collect()
}

/// The attributes that stand for a table's columns, in the table's order.
fn mapped_columns(orm: &Orm, id: StateId, table: &Table) -> Vec<(Column, Key)> {
    let mapper = orm.states.get(id).mapper;
    table
        .columns()
        .into_iter()
        .filter_map(|column| {
            let key = state::column_key(orm, mapper, &column)?;
            Some((column, key))
        })
        .collect()
}

/// A row to insert.
struct New {
    id: StateId,
    params: Params,
    has_key: bool,
    has_defaults: bool,
}

fn new_row(cx: &mut Cx<'_>, id: StateId, table: &Table) -> Result<New> {
    let mut params = Params::new();
    let (mut has_key, mut has_defaults) = (true, true);
    for (column, key) in mapped_columns(cx.orm, id, table) {
        let given = cx.orm.states.get(id).dict.get(&key);
        let absent = given.is_none();
        let value = match given {
            Some(Slot::Value(value)) => value.clone(),
            _ => Value::Null,
        };
        let plain =
            column.default().is_none() && column.server_default().is_none() && column.sequence().is_none();
        let left_out = column.ty().evaluates_none();
        let computed = matches!(column.default(), Some(ColumnDefault::Sql(_)));
        if !value.is_null() || (plain && !column.is_primary_key() && !(left_out && absent)) {
            params.insert(column.key(), value);
        } else if column.is_primary_key() {
            has_key = false;
            // A row that the database numbers is asked for its number.
            has_defaults &= !computed && !matches!(column.server_default(), Some(ServerDefault::Identity(_)));
            if computed && !cx.orm.profile.has(Behaviour::InsertManyValues) {
                return Err(Error::unsupported("a primary key that an SQL expression gives"));
            }
        } else if computed || column.server_default().is_some() {
            has_defaults = false;
        }
    }
    if let Some((versions, _)) = versions(cx.orm, id, table)
        && let Some(next) = &versions.next
    {
        let first = next(cx, &Value::Null)?;
        params.insert(versions.column.key(), first);
    }
    Ok(New { id, params, has_key, has_defaults })
}

/// How an object's rows in a table are versioned, and the attribute of their version.
pub(super) fn versions(orm: &Orm, id: StateId, table: &Table) -> Option<(Versioning, Key)> {
    let mapper = orm.states.get(id).mapper;
    let versions = orm.mappers.get(mapper).hierarchy.version.clone()?;
    if !table.has_column(&versions.column) {
        return None;
    }
    let key = state::column_key(orm, mapper, &versions.column)?;
    Some((versions, key))
}

/// The version that an object was read in.
pub(super) fn version_read(cx: &mut Cx<'_>, id: StateId, key: &Key) -> Result<Value> {
    attr::get(cx, id, key)?;
    let state = cx.orm.states.get(id);
    Ok(match (state.committed.get(key), state.dict.get(key)) {
        (Some(Original::Value(old)), _) => old.clone(),
        (_, Some(Slot::Value(value))) => value.clone(),
        _ => Value::Null,
    })
}

fn flushing(orm: &Orm, id: StateId) -> Flushing {
    orm.mappers.get(orm.states.get(id).mapper).hierarchy.flushing
}

/// Whether what the database makes of an object's new row in a table is asked for with it: the class at the top of
/// the hierarchy says so or, where it does not say, that is its own table.
fn is_eager(orm: &Orm, id: StateId, table: &Table) -> bool {
    let top = orm.mappers.get(orm.mappers.base(orm.states.get(id).mapper));
    top.hierarchy.flushing.eager_defaults.unwrap_or_else(|| top.hierarchy.tables.contains(table))
}

/// The columns of a table of a hierarchy that the class at its top does not map: it does not ask for them.
fn unasked(orm: &Orm, id: StateId, table: &Table) -> Vec<Column> {
    let top = orm.mappers.base(orm.states.get(id).mapper);
    let is_unmapped = |column: &Column| state::column_key(orm, top, column).is_none();
    if orm.mappers.get(top).hierarchy.tables.contains(table) {
        table.columns().into_iter().filter(is_unmapped).collect()
    } else {
        Vec::new()
    }
}

fn names(params: &Params) -> IndexSet<Rc<str>> {
    params.keys().cloned().collect()
}

fn insert_rows(cx: &mut Cx<'_>, connection: ConnectionId, table: &Table, states: &[StateId]) -> Result<()> {
    let mut rows = Vec::new();
    for id in states {
        if is_in(cx.orm, *id, table) {
            let row = new_row(cx, *id, table)?;
            if row.params.values().any(|value| Assigned::of(value).is_some()) {
                return Err(Error::unsupported("an SQL expression as an attribute of a new object"));
            }
            rows.push(row);
        }
    }
    let returning = cx.orm.profile.has(Behaviour::InsertManyValues);
    let eager = match rows.first() {
        Some(row) => is_eager(cx.orm, row.id, table),
        None => return Ok(()),
    };
    let tag = cx.orm.mappers.compiled_by(cx.orm.states.get(rows[0].id).mapper);
    let unasked = unasked(cx.orm, rows[0].id, table);
    let insert = || {
        let mut statement = Insert::into(table).tagged(&tag);
        statement.unasked.clone_from(&unasked);
        statement
    };
    let mut rest = rows.as_slice();
    while let Some(first) = rest.first() {
        let same = |row: &&New| {
            names(&row.params) == names(&first.params)
                && (row.has_key, row.has_defaults) == (first.has_key, first.has_defaults)
        };
        let count = rest.iter().take_while(same).count();
        let (group, later) = rest.split_at(count);
        rest = later;
        let fetches = !first.has_key || (returning && eager && !first.has_defaults);
        let together = !fetches || (returning && count > 1);
        if together {
            let mut statement = insert();
            if fetches {
                let wanted = if eager { Generated::Defaults } else { Generated::Key };
                statement = statement.returning_generated(wanted);
            }
            let result = db::execute(
                cx,
                connection,
                &Statement::from(statement),
                given(group.iter().map(|row| row.params.clone()).collect()),
            )?;
            for (at, row) in group.iter().enumerate() {
                written(cx, row.id, table, &row.params, &result, at)?;
            }
            continue;
        }
        for row in group {
            let mut statement = insert();
            if returning && versions(cx.orm, row.id, table).is_some() {
                // A row that has versions is asked for its key.
                let wanted = if eager { Generated::KeyAndDefaults } else { Generated::Key };
                statement = statement.returning_generated(wanted);
            } else if returning && eager && !row.has_defaults {
                statement = statement.returning_generated(Generated::Defaults);
            }
            let result =
                db::execute(cx, connection, &Statement::from(statement), Given::One(row.params.clone()))?;
            written(cx, row.id, table, &row.params, &result, 0)?;
        }
    }
    Ok(())
}

/// Puts what the database or defaults worked out into the object.
fn written(
    cx: &mut Cx<'_>,
    id: StateId,
    table: &Table,
    params: &Params,
    result: &ExecResult,
    at: usize,
) -> Result<()> {
    let mapper = cx.orm.states.get(id).mapper;
    let mut told: Vec<Key> = Vec::new();
    if let Some(key) = result.inserted_primary_keys.get(at) {
        for (column, value) in table.primary_key().iter().zip(key) {
            let Some(key) = state::column_key(cx.orm, mapper, column) else { continue };
            let dict = &mut cx.orm.states.get_mut(id).dict;
            if !matches!(dict.get(&key), Some(Slot::Value(old)) if !old.is_null()) {
                dict.insert(key, Slot::Value(value.clone()));
            }
        }
    }
    for (name, value) in result.returned.get(at).into_iter().flatten() {
        if let Some(column) = table.column(name)
            && !column.is_primary_key()
            && let Some(key) = state::column_key(cx.orm, mapper, &column)
        {
            told.push(Rc::clone(&key));
            cx.orm.states.get_mut(id).dict.insert(key, Slot::Value(value.clone()));
        }
    }
    if let Some(all) = result.written.get(at) {
        for column in table.columns() {
            let name = column.key();
            if let (Some(value), false) = (all.get(&name), params.contains_key(&name))
                && let Some(key) = state::column_key(cx.orm, mapper, &column)
            {
                if !column.is_primary_key() {
                    told.push(Rc::clone(&key));
                }
                cx.orm.states.get_mut(id).dict.insert(key, Slot::Value(value.clone()));
            }
        }
    }
    if let Some((versions, key)) = versions(cx.orm, id, table)
        && let Some(value) = params.get(&versions.column.key())
    {
        told.push(Rc::clone(&key));
        cx.orm.states.get_mut(id).dict.insert(key, Slot::Value(value.clone()));
    }
    equate(cx.orm, id, table);
    if !told.is_empty()
        && event::is_heard(cx.orm, "refresh_flush")
        && let Some(object) = cx.orm.states.upgrade(id)
    {
        event::tell(cx, "refresh_flush", Happening::Instance { object, attributes: Some(told) })?;
    }
    let expired: Vec<Key> =
        result.postfetch.iter().filter_map(|column| state::column_key(cx.orm, mapper, column)).collect();
    if expired.is_empty() { Ok(()) } else { session::expire_attributes(cx.orm, id, &expired) }
}

/// Gives the columns of subclasses' tables that refer to this table's key the key's value.
fn equate(orm: &mut Orm, id: StateId, table: &Table) {
    let mapper = orm.mappers.get(orm.states.get(id).mapper);
    let mut copied: Vec<(Key, Key)> = Vec::new();
    for (above, below) in &mapper.hierarchy.equated {
        if table.has_column(above)
            && let (Some(from), Some(to)) = (mapper.key_of(above), mapper.key_of(below))
            && from != to
        {
            copied.push((from.clone(), to.clone()));
        }
    }
    let dict = &mut orm.states.get_mut(id).dict;
    for (from, to) in copied {
        if let Some(Slot::Value(value)) = dict.get(&from).cloned() {
            dict.insert(to, Slot::Value(value));
        }
    }
}

/// A row to update.
struct Changed {
    id: StateId,
    params: Params,
    /// Columns that are set to SQL expressions.
    exprs: Vec<(Column, Expr)>,
}

/// Whether a column is a key that refers to that of the table above, whose changes the database is left to pass on.
fn follows_key(orm: &Orm, id: StateId, column: &Column) -> bool {
    let mapper = orm.mappers.get(orm.states.get(id).mapper);
    let refers = |(above, below): &(Column, Column)| {
        below == column && above.is_primary_key() && below.is_primary_key() && below.references(above)
    };
    mapper.hierarchy.equated.iter().any(refers)
}

/// Whether any column of an object has a new value.
fn column_changed(cx: &mut Cx<'_>, id: StateId) -> Result<bool> {
    let mapper = cx.orm.states.get(id).mapper;
    let properties = &cx.orm.mappers.get(mapper).properties;
    let columns = properties.iter().filter(|(_, property)| matches!(property, Property::Column(_)));
    let keys: Vec<Key> = columns.map(|(key, _)| key.clone()).collect();
    for key in keys {
        if cx.orm.states.get(id).committed.contains_key(&key)
            && !attr::history(cx, id, &key)?.added.is_empty()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What an object changes in its row. One that takes over another's row writes what was set on it, whatever the other
/// is known to hold.
fn changed_row(cx: &mut Cx<'_>, plan: &Plan, table: &Table, id: StateId) -> Result<Option<Changed>> {
    let mut params = Params::new();
    for (column, key) in mapped_columns(cx.orm, id, table) {
        let state = cx.orm.states.get(id);
        let value = match state.dict.get(&key) {
            Some(Slot::Value(value)) => value.clone(),
            _ if state.committed.contains_key(&key) => {
                return Err(Error::new(ErrorKind::KeyError, &*key));
            }
            _ => continue,
        };
        let differs = match state.committed.get(&key) {
            None => continue,
            Some(Original::Value(old)) => *old != value,
            Some(_) => true,
        };
        if differs && !follows_key(cx.orm, id, &column) {
            params.insert(column.key(), value);
        }
    }
    let mut exprs = Vec::new();
    for column in table.columns() {
        if let Some(expr) = params.get(&column.key()).and_then(Assigned::of) {
            exprs.push((column.clone(), expr.clone()));
        }
    }
    for (column, _) in &exprs {
        params.shift_remove(&column.key());
    }
    let versioned = versions(cx.orm, id, table);
    // A change in another table of the object's is one of its version.
    let counts = versioned.as_ref().is_some_and(|(versions, _)| versions.next.is_some());
    if params.is_empty() && exprs.is_empty() && !(counts && column_changed(cx, id)?) {
        return Ok(None);
    }
    let mut located = Vec::new();
    for column in table.primary_key() {
        let value = if follows_key(cx.orm, id, &column) {
            column_value(cx, id, &column)?
        } else {
            located_by(cx, plan, id, &column, &mut params)?
        };
        if value.is_null() {
            return Err(Error::new(
                ErrorKind::FlushError,
                format!(
                    "Can't update table {} using NULL for primary key value on column {column:?}",
                    table.name()
                ),
            ));
        }
        located.push((label(table, &column), value));
    }
    if params.is_empty() && exprs.is_empty() && !counts {
        return Ok(None);
    }
    if let Some((versions, key)) = versioned {
        let old = version_read(cx, id, &key)?;
        located.push((label(table, &versions.column), old.clone()));
        if let Some(generate) = &versions.next
            && !params.contains_key(&versions.column.key())
        {
            let version = generate(cx, &old)?;
            params.insert(versions.column.key(), version);
        }
    }
    params.extend(located);
    Ok(Some(Changed { id, params, exprs }))
}

/// The primary key value that finds the row: the old one, but where the database has changed it already.
fn located_by(
    cx: &mut Cx<'_>,
    plan: &Plan,
    id: StateId,
    column: &Column,
    params: &mut Params,
) -> Result<Value> {
    let mapper = cx.orm.states.get(id).mapper;
    let Some(key) = state::column_key(cx.orm, mapper, column) else { return Ok(Value::Null) };
    let value = column_value(cx, id, column)?;
    let history = attr::history(cx, id, &key)?;
    if history.added.is_empty() {
        // What takes over the row of an object without a key has none to find it by.
        if history.unchanged.is_empty() {
            return Err(Error::new(ErrorKind::IndexError, "tuple index out of range"));
        }
        return Ok(value);
    }
    match history.deleted.first() {
        Some(Item::Value(old)) if !plan.cascaded.contains(&(id, key)) => Ok(old.clone()),
        _ => {
            params.shift_remove(&column.key());
            Ok(value)
        }
    }
}

/// Updates rows in groups that have the same columns. A row is worked out once it is known that the one before ends a
/// group or not, and not earlier: that may load what has expired, between two statements.
fn update_rows(
    cx: &mut Cx<'_>,
    plan: &Plan,
    connection: ConnectionId,
    table: &Table,
    states: &[StateId],
) -> Result<()> {
    let mut group: Vec<Changed> = Vec::new();
    for id in states {
        if !is_in(cx.orm, *id, table) {
            continue;
        }
        let Some(row) = changed_row(cx, plan, table, *id)? else { continue };
        let alike = group.first().is_none_or(|first| {
            row.exprs.is_empty() == first.exprs.is_empty() && names(&row.params) == names(&first.params)
        });
        if !alike {
            update_group(cx, connection, table, &std::mem::take(&mut group))?;
        }
        group.push(row);
    }
    update_group(cx, connection, table, &group)
}

/// Updates rows that have the same columns: by one statement, but where they are versioned or set to SQL expressions.
fn update_group(cx: &mut Cx<'_>, connection: ConnectionId, table: &Table, rows: &[Changed]) -> Result<()> {
    let Some(first) = rows.first() else { return Ok(()) };
    let mut statement = update_by_key(cx.orm, cx.orm.states.get(first.id).mapper, table)?;
    let versioned = versions(cx.orm, first.id, table);
    if let Some((versions, _)) = &versioned {
        statement = statement.where_clause(has_label(table, &versions.column)?);
    }
    let makes = |column: &Column| makes_on_update(column) && !first.params.contains_key(&column.key());
    statement.return_defaults = flushing(cx.orm, first.id).eager_defaults == Some(true)
        && cx.orm.profile.has(Behaviour::EagerDefaultsOfUpdates)
        && table.columns().iter().any(makes);
    let together = first.exprs.is_empty() && versioned.is_none() && !statement.return_defaults;
    let mut found = 0;
    for group in rows.chunks(if together { rows.len() } else { 1 }) {
        let all = group.iter().map(|row| row.params.clone()).collect();
        let mut statement = statement.clone();
        statement.values.clone_from(&group[0].exprs);
        let result = db::execute(cx, connection, &Statement::from(statement), given(all))?;
        for (at, row) in group.iter().enumerate() {
            written(cx, row.id, table, &row.params, &result, at)?;
            let mapper = cx.orm.states.get(row.id).mapper;
            let computed: Vec<Key> = row
                .exprs
                .iter()
                .filter_map(|(column, _)| state::column_key(cx.orm, mapper, column))
                .collect();
            if !computed.is_empty() {
                session::expire_attributes(cx.orm, row.id, &computed)?;
            }
        }
        found += result.rowcount;
    }
    if versioned.is_some() && cx.orm.profile.has(Behaviour::UpdatesByVersionUnchecked) {
        return Ok(());
    }
    check_updated(table, rows.len(), found)
}
