//! Inserts of a mapped class, and inserts and updates of many rows given as parameter sets: no objects are made of
//! what is written, unless the statement returns them.
//!
//! Sets that follow each other and have the same attributes go in one statement; a `None` counts as not given.

use super::dml::is_loaded_joined;
use super::query::Entity;
use super::result::Rows;
use super::returning::{Returned, shape};
use crate::attr::{self, NewValue};
use crate::db::{self, ConnectionId, ExecResult, Given};
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::{self, Key, MapperId, Versioning};
use crate::schema::{Column, Table};
use crate::session::{self, SessionId};
use crate::sql::{Expr, Generated, Insert, InsertValues, Params, Statement};
use crate::state::IdentityKey;
use crate::unit;
use crate::value::Value;
use crate::version::Behaviour;
use std::rc::Rc;

/// An insert of a mapped class.
#[derive(Debug, Clone)]
pub struct NewRows {
    pub mapper: MapperId,
    /// `values(…)` and what stands beside them.
    pub insert: Insert,
    /// Values by attribute, one set a row; none where `values(…)` says all.
    pub sets: Vec<Params>,
    pub returning: Vec<Entity>,
    /// A `None` is written as `NULL`.
    pub render_nulls: bool,
    pub autoflush: bool,
    pub populate_existing: bool,
}

/// What an insert came to.
#[derive(Debug)]
pub enum Inserted {
    /// The statement's own result.
    Result(Box<ExecResult>),
    /// What was returned of each row; nothing where nothing was asked for.
    Rows(Rows),
}

impl NewRows {
    /// Executes it in a session.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn run(&self, cx: &mut Cx<'_>, session: SessionId) -> Result<Inserted> {
        let registry = cx.orm.mappers.get(self.mapper).registry;
        map::configure_registry(cx, registry)?;
        check(cx, self.mapper)?;
        if self.autoflush {
            session::autoflush(cx, session)?;
        }
        let whole = matches!(&self.returning[..], [Entity::Mapped(mapped)] if mapped.mapper == self.mapper);
        let returned = if whole && !self.sets.is_empty() {
            Returned::plan_spliced(cx, &self.returning)?
        } else {
            Returned::plan(cx, &self.returning)?
        };
        let connection = session::connection_for(cx, session, self.mapper, true)?;
        let is_joined = self.insert.tag.is_none() && is_loaded_joined(cx.orm, self.mapper);
        if self.sets.is_empty() {
            if is_joined {
                return Err(no_table("_autoincrement_column"));
            }
            let mut insert = self.tagged();
            insert.returning = returned.columns();
            let result = db::execute(cx, connection, &Statement::from(insert), Given::Empty)?;
            if returned.is_empty() {
                return Ok(Inserted::Result(Box::new(result)));
            }
            return returned.load(cx, session, &result, self.populate_existing).map(Inserted::Rows);
        }
        let mapper = cx.orm.mappers.get(self.mapper);
        let tables = mapper.hierarchy.tables.clone();
        if tables.len() > 1 && !matches!(self.insert.values, InsertValues::FromParameters) {
            return Err(Error::unsupported("a bulk insert with values() of a class in several tables"));
        }
        let discriminator = self.discriminator(cx);
        let version = self.first_version(cx)?;
        let mut sets = self.sets.clone();
        if let Some((key, value)) = &version {
            for set in &mut sets {
                set.insert(key.clone(), value.clone());
            }
        }
        let mut rows: Option<Rows> = None;
        let mut later = Vec::new();
        for group in groups(&sets, self.render_nulls) {
            if is_joined && group.len() == 1 {
                // Sent by itself, a row goes where the class is selected from.
                return Err(no_table("implicit_returning"));
            }
            if is_joined && !returned.is_empty() {
                return Err(Error::unsupported(
                    "returning() of rows of a class whose mapping brings others along",
                ));
            }
            let mut group: Vec<Params> = group;
            for set in &mut group {
                if let Some((key, value)) = &discriminator {
                    set.entry(key.clone()).or_insert_with(|| value.clone());
                }
            }
            if tables.len() > 1 {
                let result = self.insert_along(cx, connection, &tables, &mut group, &returned)?;
                if let Some(result) = result {
                    let (loaded, more) = returned.read(cx, session, &result, self.populate_existing)?;
                    extend(&mut rows, loaded);
                    later.extend(more);
                }
                continue;
            }
            let mut insert = self.tagged();
            insert.returning = returned.columns();
            let sets = self.columns(cx, &insert.table, &group);
            let result = db::execute(cx, connection, &Statement::from(insert), unit::given(sets))?;
            if returned.is_empty() {
                continue;
            }
            let (loaded, more) = returned.read(cx, session, &result, self.populate_existing)?;
            extend(&mut rows, loaded);
            later.extend(more);
        }
        returned.load_along(cx, session, later)?;
        Ok(Inserted::Rows(rows.unwrap_or_else(|| Rows {
            names: Vec::new(),
            rows: Vec::new(),
            bundles: Vec::new(),
            scalars: false,
            of_mapped: true,
            needs_unique: false,
            unhashable: Rc::from([]),
        })))
    }

    /// The attribute that tells the class of a row, with the class's own value.
    fn discriminator(&self, cx: &Cx<'_>) -> Option<(Key, Value)> {
        let mapper = cx.orm.mappers.get(self.mapper);
        let base = cx.orm.mappers.get(cx.orm.mappers.base(self.mapper));
        let column = mapper.polymorphic_on.as_ref().or(base.polymorphic_on.as_ref())?;
        Some((mapper.key_of(column)?.clone(), mapper.polymorphic_identity.clone()?))
    }

    /// The attribute that has the version of a row, with that of a new one.
    fn first_version(&self, cx: &mut Cx<'_>) -> Result<Option<(Key, Value)>> {
        let mapper = cx.orm.mappers.get(self.mapper);
        let Some(versions) = mapper.hierarchy.version.clone() else { return Ok(None) };
        let (Some(key), Some(next)) = (mapper.key_of(&versions.column).cloned(), &versions.next) else {
            return Ok(None);
        };
        Ok(Some((key, next(cx, &Value::Null)?)))
    }

    /// The parameters of one table's columns. What no attribute is called is left out.
    fn columns(&self, cx: &Cx<'_>, table: &Table, sets: &[Params]) -> Vec<Params> {
        let mapper = cx.orm.mappers.get(self.mapper);
        let mut places: Vec<(Key, Column)> = Vec::new();
        for column in table.columns() {
            if let Some(key) = mapper.key_of(&column) {
                places.push((key.clone(), column));
            }
        }
        sets.iter()
            .map(|set| {
                let given =
                    places.iter().filter_map(|(key, column)| Some((column.key(), set.get(key)?.clone())));
                given.collect()
            })
            .collect()
    }

    /// The statement, which is cached apart from those of flushes and of tables where it is of a class.
    fn tagged(&self) -> Insert {
        let insert = self.insert.clone();
        if insert.tag.is_some() {
            return insert;
        }
        insert.tagged(&format!("class{} {:?}", shape(&self.returning), self.mapper))
    }

    /// Inserts rows into the tables of a class, the base's first; each further row has the key of the one above. What
    /// each table returns is put together row by row.
    fn insert_along(
        &self,
        cx: &mut Cx<'_>,
        connection: ConnectionId,
        tables: &[Table],
        group: &mut [Params],
        returned: &Returned,
    ) -> Result<Option<ExecResult>> {
        let wanted = returned.columns();
        if wanted.is_empty() != self.returning.is_empty() {
            return Err(Error::unsupported("returning() of some columns of a class in several tables"));
        }
        let mut spliced = vec![vec![Value::Null; wanted.len()]; group.len()];
        for (number, table) in tables.iter().enumerate() {
            let sets = self.columns(cx, table, group);
            let key = table.primary_key();
            let mut insert = Insert { tag: self.tagged().tag, ..Insert::into(table) };
            let last = number + 1 == tables.len();
            let own = |column: &Expr| column.base_column().is_some_and(|column| table.has_column(column));
            let places: Vec<usize> = (0..wanted.len()).filter(|at| own(&wanted[*at])).collect();
            let given = sets.iter().all(|set| key.iter().all(|column| set.contains_key(&column.key())));
            let mut keys: Option<Vec<Vec<Value>>> = None;
            if !wanted.is_empty() {
                insert.returning = places.iter().map(|at| wanted[*at].clone()).collect();
                insert.sort_returning = true;
                // Rows that are sent together are told apart by their keys.
                if given && sets.len() > 1 && cx.orm.profile.has(Behaviour::InsertManyValuesOrdered) {
                    insert.returning.extend(key.iter().map(Expr::column));
                }
            } else if given {
                // Keys that are known are not asked for.
                let own =
                    |set: &Params| key.iter().filter_map(|column| set.get(&column.key()).cloned()).collect();
                keys = Some(sets.iter().map(own).collect());
            } else if !last {
                insert = insert.returning_generated(Generated::Defaults);
            }
            let result = db::execute(cx, connection, &Statement::from(insert), unit::given(sets))?;
            let mut keys = keys.unwrap_or(result.inserted_primary_keys);
            if !wanted.is_empty() {
                let place =
                    |column: &Column| places.iter().position(|at| wanted[*at].base_column() == Some(column));
                let at: Vec<usize> = key.iter().filter_map(place).collect();
                keys = result
                    .rows
                    .iter()
                    .map(|row| at.iter().filter_map(|at| row.get(*at).cloned()).collect())
                    .collect();
                for (whole, row) in spliced.iter_mut().zip(&result.rows) {
                    for (at, value) in places.iter().zip(row) {
                        whole[*at] = value.clone();
                    }
                }
            }
            if last {
                break;
            }
            let mapper = cx.orm.mappers.get(self.mapper);
            for (set, values) in group.iter_mut().zip(&keys) {
                for (column, value) in key.iter().zip(values) {
                    let below = mapper.hierarchy.equated.iter().filter(|(above, _)| above == column);
                    for key in below.filter_map(|(_, below)| mapper.key_of(below)) {
                        set.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        let result = ExecResult { rows: spliced, returns_rows: true, ..ExecResult::default() };
        Ok((!wanted.is_empty()).then_some(result))
    }
}

/// An insert into what a class is selected from, where that is a join: the library takes it for a table.
pub fn insert_into_joined(cx: &mut Cx<'_>, session: SessionId, mapper: MapperId) -> Result<()> {
    if !is_loaded_joined(cx.orm, mapper) {
        return Ok(());
    }
    if !cx.orm.profile.has(Behaviour::StatementsSynchronize) {
        return Err(Error::unsupported("an insert of a class whose mapping brings others along"));
    }
    session::connection_for(cx, session, mapper, true)?;
    Err(no_table("_autoincrement_column"))
}

/// What the library says of a join that it takes for a table.
fn no_table(attribute: &str) -> Error {
    let message = format!("'AnnotatedJoin' object has no attribute '{attribute}'");
    Error::new(ErrorKind::AttributeError, message)
}

/// Adds further rows to those there are.
fn extend(rows: &mut Option<Rows>, more: Rows) {
    match rows {
        Some(rows) => rows.rows.extend(more.rows),
        None => *rows = Some(more),
    }
}

/// Sets that follow each other and give the same attributes.
fn groups(sets: &[Params], nulls: bool) -> Vec<Vec<Params>> {
    let mut groups: Vec<Vec<Params>> = Vec::new();
    for set in sets {
        let set: Params = set
            .iter()
            .filter(|(_, value)| nulls || !value.is_null())
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        match groups.last_mut() {
            Some(group) if alike(&group[0], &set) => group.push(set),
            _ => groups.push(vec![set]),
        }
    }
    groups
}

fn alike(left: &Params, right: &Params) -> bool {
    left.len() == right.len() && left.keys().all(|key| right.contains_key(key))
}

/// Refuses a class that is read from a union, which is no table to write into.
fn check(cx: &Cx<'_>, mapper: MapperId) -> Result<()> {
    if cx.orm.mappers.union(mapper).is_some() {
        return Err(Error::unsupported("a bulk insert or update of a class that is read from a union"));
    }
    Ok(())
}

/// `session.execute(update(Class), [ … ])`: each set has a primary key, and what its row is to have. Objects of the
/// session follow where `synchronize` says so.
///
/// # Errors
///
/// `InvalidRequestError` where a key is missing, `StaleDataError` where no row has it.
pub fn update_rows(
    cx: &mut Cx<'_>,
    session: SessionId,
    mapper: MapperId,
    sets: &[Params],
    (by_statement, synchronize): (bool, bool),
) -> Result<()> {
    let registry = cx.orm.mappers.get(mapper).registry;
    map::configure_registry(cx, registry)?;
    check(cx, mapper)?;
    session::autoflush(cx, session)?;
    let tables = cx.orm.mappers.get(mapper).hierarchy.tables.clone();
    let connection = session::connection_for(cx, session, mapper, true)?;
    for table in &tables {
        let versioned = cx.orm.mappers.get(mapper).hierarchy.version.clone();
        let versioned = versioned.filter(|versions| table.has_column(&versions.column));
        let mut rows: Vec<(Params, Vec<Rc<str>>)> = Vec::new();
        for set in sets {
            check_version(cx, mapper, versioned.as_ref(), set)?;
            if let Some(mut row) = changed_row(cx, mapper, table, set)? {
                next_version(cx, mapper, table, set, &mut row)?;
                rows.push(row);
            }
        }
        let mut statement = unit::update_by_key(cx.orm, mapper, table)?;
        if by_statement {
            // A statement of the document's own is another one to the cache than a flush's.
            statement.tag = Some(Rc::from("by key"));
        }
        if let Some(versions) = &versioned {
            statement = statement.where_clause(unit::has_label(table, &versions.column)?);
        }
        let mut rest = rows.as_slice();
        while let Some(first) = rest.first() {
            let alike = rest.iter().take_while(|row| row.1 == first.1).count();
            let (group, later) = rest.split_at(alike);
            rest = later;
            let mut found = 0;
            for some in group.chunks(if versioned.is_some() { 1 } else { alike }) {
                let all = some.iter().map(|(params, _)| params.clone()).collect();
                let statement = Statement::from(statement.clone());
                found += db::execute(cx, connection, &statement, unit::given(all))?.rowcount;
            }
            if versioned.is_none() || !cx.orm.profile.has(Behaviour::UpdatesByVersionUnchecked) {
                unit::check_updated(table, alike, found)?;
            }
        }
    }
    if synchronize {
        for set in sets {
            follow(cx, session, mapper, set)?;
        }
    }
    Ok(())
}

/// Refuses a set that does not have the version by which its row is looked for.
fn check_version(cx: &Cx<'_>, mapper: MapperId, versioned: Option<&Versioning>, set: &Params) -> Result<()> {
    let key = versioned.and_then(|versions| cx.orm.mappers.get(mapper).key_of(&versions.column));
    match key {
        Some(key) if !set.contains_key(key) => Err(Error::new(ErrorKind::KeyError, &**key)),
        _ => Ok(()),
    }
}

/// A row's parameters, and the columns that it sets in order; none where it sets none of this table.
fn changed_row(
    cx: &Cx<'_>,
    mapper: MapperId,
    table: &Table,
    set: &Params,
) -> Result<Option<(Params, Vec<Rc<str>>)>> {
    let mapped = cx.orm.mappers.get(mapper);
    let key = table.primary_key();
    let mut params = Params::new();
    let mut names = Vec::new();
    for column in table.columns() {
        if let Some(attribute) = mapped.key_of(&column)
            && let Some(value) = set.get(attribute)
            && !key.contains(&column)
        {
            names.push(column.key());
            params.insert(column.key(), value.clone());
        }
    }
    if names.is_empty() {
        return Ok(None);
    }
    let value = |column: &Column| mapped.key_of(column).and_then(|attribute| set.get(attribute)).cloned();
    let missing: Vec<String> =
        key.iter().filter(|column| value(column).is_none()).map(ToString::to_string).collect();
    if !missing.is_empty() && cx.orm.profile.has(Behaviour::BulkUpdateChecked) {
        return Err(Error::new(
            ErrorKind::InvalidRequestError,
            format!(
                "No primary key value supplied for column(s) {}; per-row ORM Bulk UPDATE by Primary Key requires that \
                 records contain primary key values",
                missing.join(", ")
            ),
        )
        .with_code("bupq"));
    }
    for column in &key {
        params.insert(unit::label(table, column), value(column).unwrap_or(Value::Null));
    }
    Ok(Some((params, names)))
}

/// Adds to a row's parameters the version that it is looked for by, and the one that it gets.
fn next_version(
    cx: &mut Cx<'_>,
    mapper: MapperId,
    table: &Table,
    set: &Params,
    (params, names): &mut (Params, Vec<Rc<str>>),
) -> Result<()> {
    let mapped = cx.orm.mappers.get(mapper);
    let Some(versions) = mapped.hierarchy.version.clone().filter(|found| table.has_column(&found.column))
    else {
        return Ok(());
    };
    let Some(key) = mapped.key_of(&versions.column).cloned() else { return Ok(()) };
    let Some(old) = set.get(&key).cloned() else { return Ok(()) };
    let name = versions.column.key();
    if let Some(next) = &versions.next {
        let version = next(cx, &old)?;
        if params.insert(name.clone(), version).is_none() {
            names.push(name);
        }
    }
    params.insert(unit::label(table, &versions.column), old);
    Ok(())
}

/// Gives the session's object of a row what the row was given.
fn follow(cx: &mut Cx<'_>, session: SessionId, mapper: MapperId, set: &Params) -> Result<()> {
    let mapped = cx.orm.mappers.get(mapper);
    let mut values = Vec::new();
    for column in &mapped.primary_key {
        let Some(value) = mapped.key_of(column).and_then(|key| set.get(key)) else { return Ok(()) };
        values.push(value.clone());
    }
    let key = IdentityKey { mapper: cx.orm.mappers.base(mapper), values };
    let Some(object) = session::lookup(cx.orm, session, &key) else { return Ok(()) };
    session::note_flushed(cx.orm, session, object.id());
    for (name, value) in set {
        let is_column = cx.orm.mappers.get(mapper).column_of(name).is_some();
        if is_column && attr::is_loaded(cx.orm, object.id(), name) {
            attr::set_committed(cx, object.id(), name, NewValue::Value(value.clone()))?;
        }
    }
    Ok(())
}
