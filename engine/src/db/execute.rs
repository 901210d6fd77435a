//! Executing statements: defaults, parameters, log, rows.

use super::batch;
use super::cache::Entry;
use super::convert::{self, Refusal};
use super::driver::Fetched;
use super::engine::{ConnectionId, DatabaseId, Databases, Echo, Mark, failed_with, sent};
use super::host_types;
use super::parameters;
use crate::error::{Error, ErrorKind, Result};
use crate::event::{self, Happening, Sent};
use crate::host::Cx;
use crate::schema::{Column, ColumnDefault, SqlType, Table, Uncached};
use crate::sql::compile::{self, Piece};
use crate::sql::key::cache_key;
use crate::sql::{
    Bind, Compiled, CompiledBind, Dialect, Execution, InsertValues, Late, Params, Statement, Token,
};
use crate::value::Value;
use crate::version::{Behaviour, Profile};
use crate::warning::Warning;
use std::fmt::Write as _;
use std::rc::Rc;

/// Parameters of an execution.
#[derive(Debug, Clone, Default)]
pub enum Given {
    #[default]
    None,
    /// None, which a session hands on as one set of none.
    Empty,
    One(Params),
    /// A list of parameter sets.
    Many(Vec<Params>),
}

/// One column of a result.
#[derive(Debug, Clone)]
pub struct ResultColumn {
    pub name: Rc<str>,
    pub ty: SqlType,
}

/// What an execution brought back.
#[derive(Debug, Clone, Default)]
pub struct ExecResult {
    pub columns: Vec<ResultColumn>,
    /// Rows, their values read as their columns' types say.
    pub rows: Vec<Vec<Value>>,
    pub returns_rows: bool,
    /// `None` where several sets of parameters were executed.
    pub lastrowid: Option<i64>,
    pub rowcount: i64,
    /// For an insert: each row's primary key, in the order of the table's key. `Null` where it is not known.
    pub inserted_primary_keys: Vec<Vec<Value>>,
    /// For an insert or update: each parameter set with what defaults were worked out before execution.
    pub written: Vec<Params>,
    /// For a flush's insert or update: what the database generated for each row, by column key.
    pub returned: Vec<Params>,
    /// Columns whose value the database worked out and did not return: to be read when next needed.
    pub postfetch: Vec<Column>,
}

/// A statement ready to run: what it was compiled to, and the binds it has in the compiled one's places.
pub(super) struct Prepared {
    pub(super) entry: Rc<Entry>,
    pub(super) binds: Vec<Bind>,
    pub(super) mark: Mark,
    /// Whether errors before it runs tell of the parameters that it was given, where it was given none.
    tells_of_none: bool,
    /// Values that were worked out for this execution.
    late: Vec<(Token, Value)>,
    /// Types that kept it out of the cache.
    uncached: Vec<Uncached>,
    /// Lists of values that the host has converted, by their parameter's name.
    pub(super) converted: Vec<(Rc<str>, Vec<Value>)>,
}

/// Executes a statement on a connection, beginning a transaction where none is and the version does so.
///
/// # Errors
///
/// What the driver says, wrapped as the library wraps it.
pub fn execute(
    cx: &mut Cx<'_>,
    connection: ConnectionId,
    statement: &Statement,
    given: Given,
) -> Result<ExecResult> {
    execute_cached(cx, connection, statement, given, true)
}

/// As [`execute`]; without the statement cache where `caches` is false.
///
/// # Errors
///
/// As for [`execute`].
pub(crate) fn execute_cached(
    cx: &mut Cx<'_>,
    connection: ConnectionId,
    statement: &Statement,
    given: Given,
    caches: bool,
) -> Result<ExecResult> {
    cx.orm.databases.check_open(connection)?;
    cx.orm.databases.check_block(connection)?;
    cx.orm.databases.check_log()?;
    let database = cx.orm.databases.database_of(connection);
    let profile = cx.orm.databases.profile(database);
    let tells_of_none = matches!(given, Given::Empty);
    let mut sets = match given {
        Given::None | Given::Empty => vec![Params::new()],
        Given::One(set) => vec![set],
        Given::Many(sets) if sets.is_empty() => vec![Params::new()],
        Given::Many(sets) => sets,
    };
    let many = sets.len() > 1;
    let mut prepared = prepare(&mut cx.orm.databases, database, statement, &sets[0], (many, caches))?;
    prepared.tells_of_none = tells_of_none;
    for uncached in std::mem::take(&mut prepared.uncached) {
        if let Uncached::Unsaid { kind, shown } = uncached {
            let warning = Warning::type_uncached(profile, kind, &shown);
            // The library comes to the type twice.
            cx.warn(warning.clone())?;
            cx.warn(warning)?;
        }
    }
    work_out_late(cx, &mut prepared)?;
    work_out_defaults(cx, statement, &prepared.entry.compiled, &mut sets)?;
    let bound = host_types::bind(cx, &mut prepared, &sets)?;
    let databases = &cx.orm.databases;
    let autocommits = databases.autocommits(database) && !databases.in_transaction(connection);
    let asked = Asked { bound: bound.as_deref().unwrap_or(&sets), given: &sets, many };
    let done = run_sets(cx, connection, profile, statement, &prepared, &asked);
    let databases = &mut cx.orm.databases;
    match done {
        Ok(mut result) => {
            if autocommits && is_change(statement) {
                databases.autocommit(connection)?;
            }
            host_types::read(cx, &mut result)?;
            finish(&mut result, statement, &prepared.entry.compiled, sets);
            Ok(result)
        }
        Err(error) => {
            if autocommits && error.kind() != ErrorKind::Unsupported {
                databases.autorollback(connection)?;
            }
            Err(error)
        }
    }
}

/// Compiles a statement, or finds it in the cache.
fn prepare(
    databases: &mut Databases,
    database: DatabaseId,
    statement: &Statement,
    first: &Params,
    (many, asked): (bool, bool),
) -> Result<Prepared> {
    let profile = databases.profile(database);
    let mut names: Vec<Rc<str>> = first.keys().cloned().collect();
    names.sort();
    let is_upsert = matches!(statement, Statement::Insert(insert) if insert.conflict.is_some());
    let caches = asked
        && profile.has(Behaviour::CompiledCache)
        && (!is_upsert || profile.has(Behaviour::UpsertsCached));
    let mut keyed = if caches { cache_key(statement, &names, many) } else { None };
    let uncached = match &mut keyed {
        Some(found) => std::mem::take(&mut found.uncached),
        None => Vec::new(),
    };
    if !uncached.is_empty() {
        keyed = None;
    }
    if let Some(keyed) = &keyed
        && let Some(entry) = databases.cache_mut(database).get(&keyed.key)
    {
        let mark = Mark::Cached { made: entry.made, extra: String::new() };
        return Ok(Prepared {
            entry,
            binds: keyed.binds.clone(),
            mark,
            tells_of_none: false,
            late: Vec::new(),
            uncached: Vec::new(),
            converted: Vec::new(),
        });
    }
    let execution = Execution { parameters: Some(&names), many, literal_binds: false };
    let compiled = compile::compile(profile, Dialect::Sqlite, statement, execution)?;
    let made = databases.clock().microseconds();
    Ok(match keyed {
        Some(keyed) => {
            let entry = Rc::new(Entry { compiled, binds: keyed.binds.clone(), made });
            databases.cache_mut(database).insert(keyed.key, entry.clone());
            Prepared {
                entry,
                binds: keyed.binds,
                mark: Mark::Generated { made, extra: String::new() },
                tells_of_none: false,
                late: Vec::new(),
                uncached: Vec::new(),
                converted: Vec::new(),
            }
        }
        None => Prepared {
            entry: Rc::new(Entry { compiled, binds: Vec::new(), made }),
            binds: Vec::new(),
            mark: if asked { Mark::NoKey { made } } else { Mark::TooDeep { made } },
            tells_of_none: false,
            late: Vec::new(),
            uncached,
            converted: Vec::new(),
        },
    })
}

/// Works out the values that are known only now.
fn work_out_late(cx: &mut Cx<'_>, prepared: &mut Prepared) -> Result<()> {
    let current = prepared.binds.iter().map(|bind| (Some(bind.token.clone()), bind.late.clone()));
    let compiled = prepared.entry.compiled.binds.iter().map(|bind| (bind.token.clone(), bind.late.clone()));
    let all: Vec<(Option<Token>, Option<Late>)> =
        if prepared.binds.is_empty() { compiled.collect() } else { current.collect() };
    for (token, late) in all {
        let (Some(token), Some(late)) = (token, late) else { continue };
        if prepared.late.iter().any(|(known, _)| *known == token) {
            continue;
        }
        let value = (late.0)(cx).map_err(|error| of_late(cx, error, &prepared.entry.compiled.text))?;
        prepared.late.push((token, value));
    }
    Ok(())
}

/// An error of working out a parameter, as the library wraps it: of what another statement's error says, without that
/// statement.
fn of_late(cx: &Cx<'_>, error: Error, text: &str) -> Error {
    let driver = error.payload().and_then(|payload| payload.downcast_ref::<super::DriverError>());
    let (class, message) = match (error.kind(), driver) {
        (ErrorKind::InvalidRequestError, _) => {
            ("sqlalchemy.exc.InvalidRequestError".to_owned(), error.detail().to_owned())
        }
        (ErrorKind::ObjectDeletedError, _) => {
            ("sqlalchemy.orm.exc.ObjectDeletedError".to_owned(), error.detail().to_owned())
        }
        (ErrorKind::NotImplementedError, _) => {
            ("builtins.NotImplementedError".to_owned(), error.detail().to_owned())
        }
        (kind, Some(driver)) if !cx.orm.profile.has(Behaviour::LateDriverErrorsPlain) => {
            (format!("sqlalchemy.exc.{kind:?}"), format!("(sqlite3.{}) {}", driver.class, driver.message))
        }
        _ => return error,
    };
    let frozen = cx.orm.profile.has(Behaviour::UnsetParametersFrozen);
    let empty = if frozen { "immutabledict({})" } else { "{}" };
    let detail = format!("({class}) {message}\n[SQL: {text}]\n[parameters: [{empty}]]");
    let wrapped = Error::new(ErrorKind::StatementError, detail);
    match error.code() {
        Some(code) => wrapped.with_code(code),
        None => wrapped,
    }
}

/// Calls the defaults of columns that no parameter was given for, set by set.
fn work_out_defaults(
    cx: &mut Cx<'_>,
    statement: &Statement,
    compiled: &Compiled,
    sets: &mut [Params],
) -> Result<()> {
    if compiled.prefetch.is_empty() {
        return Ok(());
    }
    let is_update = matches!(statement, Statement::Update(_));
    for set in sets {
        for column in &compiled.prefetch {
            let default = if is_update { column.onupdate() } else { column.default() };
            // Several rows of one statement have a parameter each.
            let prefix = format!("{}_m", column.key());
            let names: Vec<Rc<str>> = compiled
                .binds
                .iter()
                .filter(|bind| bind.for_column && bind.token.is_none())
                .map(|bind| bind.name.clone())
                .filter(|name| {
                    **name == *column.key()
                        || name.strip_prefix(prefix.as_str()).is_some_and(|rest| rest.parse::<u32>().is_ok())
                })
                .collect();
            for name in names {
                if set.contains_key(&name) {
                    continue;
                }
                let value = match &default {
                    Some(ColumnDefault::Value(value)) => value.clone(),
                    Some(ColumnDefault::Callable(callable)) => callable(cx)?,
                    Some(ColumnDefault::Sql(_)) | None => continue,
                };
                set.insert(name, value);
            }
        }
    }
    Ok(())
}

/// A bind's value in one parameter set, before its type has formatted it.
pub(super) fn raw_value<'a>(
    prepared: &'a Prepared,
    bind: &'a CompiledBind,
    set: &'a Params,
) -> Option<std::borrow::Cow<'a, Value>> {
    use std::borrow::Cow;
    if let Some(value) = set.get(&bind.name) {
        return Some(Cow::Borrowed(value));
    }
    let current = bind.token.as_ref().and_then(|token| {
        let place = prepared.entry.binds.iter().position(|known| known.token == *token)?;
        prepared.binds.get(place)
    });
    let token = current.map(|current| &current.token).or(bind.token.as_ref());
    if let Some((_, value)) = prepared.late.iter().find(|(known, _)| Some(known) == token) {
        return Some(Cow::Borrowed(value));
    }
    match current {
        Some(current) => current.value.as_ref().map(Cow::Borrowed),
        None => bind.value.as_ref().map(Cow::Borrowed),
    }
}

/// The values of an `IN` in this execution.
pub(super) fn expanded(prepared: &Prepared, bind: &CompiledBind) -> Option<Vec<Value>> {
    let own = bind.expanding.clone()?;
    if let Some((_, values)) = prepared.converted.iter().find(|(name, _)| *name == bind.name) {
        return Some(values.clone());
    }
    let current = bind.token.as_ref().and_then(|token| {
        let place = prepared.entry.binds.iter().position(|known| known.token == *token)?;
        prepared.binds.get(place)?.expanding.clone()
    });
    Some(current.unwrap_or(own))
}

/// The text of one execution and the values of one parameter set, in the order of the placeholders.
pub(super) fn fill(
    prepared: &Prepared,
    pieces: &[Piece],
    set: &Params,
    sets: &[Params],
    group: Option<usize>,
) -> Result<(String, Vec<Value>)> {
    let compiled = &prepared.entry.compiled;
    let mut text = String::new();
    let mut values = Vec::new();
    for piece in pieces {
        let number = match piece {
            Piece::Text(piece) => {
                text.push_str(piece);
                continue;
            }
            Piece::Bind(number) => *number,
        };
        let bind = &compiled.binds[number];
        if let Some(items) = expanded(prepared, bind) {
            if let Some(types) = &bind.tuple {
                let rows = items.len().checked_div(types.len()).unwrap_or(0);
                let row = format!("({})", vec!["?"; types.len()].join(", "));
                if rows == 0 {
                    let ones = vec!["1"; types.len()].join(", ");
                    let _ = write!(text, "(SELECT {ones} FROM (SELECT {ones}) WHERE 1!=1)");
                } else {
                    let _ = write!(text, "(VALUES {})", vec![row.as_str(); rows].join(", "));
                }
                for (item, ty) in items.iter().zip(types.iter().cycle()) {
                    values
                        .push(convert::bind(ty, item).map_err(|refusal| refused(&refusal, prepared, sets))?);
                }
                continue;
            }
            text.push('(');
            if items.is_empty() {
                text.push_str("SELECT 1 FROM (SELECT 1) WHERE 1!=1");
            }
            for (position, item) in items.iter().enumerate() {
                text.push_str(if position == 0 { "" } else { ", " });
                match &bind.around {
                    Some((before, after)) => {
                        let _ = write!(text, "{before}?{after}");
                    }
                    None => text.push('?'),
                }
                values.push(
                    convert::bind(&bind.ty, item).map_err(|refusal| refused(&refusal, prepared, sets))?,
                );
            }
            text.push(')');
            continue;
        }
        text.push('?');
        let Some(value) = raw_value(prepared, bind, set) else {
            let mut message = format!("A value is required for bind parameter '{}'", bind.name);
            if let Some(group) = group.filter(|group| *group > 0) {
                let _ = write!(message, ", in parameter group {group}");
            }
            let refusal = Refusal { class: "sqlalchemy.exc.InvalidRequestError".into(), message };
            return Err(refused(&refusal, prepared, sets).with_code("cd3x"));
        };
        values.push(convert::bind(&bind.ty, &value).map_err(|refusal| refused(&refusal, prepared, sets))?);
    }
    Ok((text, values))
}

/// An error of preparing parameters, as the library wraps it.
pub(super) fn refused(refusal: &Refusal, prepared: &Prepared, sets: &[Params]) -> Error {
    let compiled = &prepared.entry.compiled;
    let given = sets.iter().any(|set| !set.is_empty());
    let none = || prepared.tells_of_none.then(|| none_given(compiled).to_owned());
    let named = if given { Some(parameters::named(sets)) } else { none() };
    let sent = sent(compiled.profile, &compiled.text, named.as_deref());
    Error::new(ErrorKind::StatementError, format!("({}) {}{sent}", refusal.class, refusal.message))
}

/// How an error before execution shows that a statement was given no parameters.
fn none_given(compiled: &Compiled) -> &'static str {
    let frozen = compiled.profile.has(Behaviour::UnsetParametersFrozen);
    if frozen { "[immutabledict({})]" } else { "[{}]" }
}

/// The parameter sets of one execution.
struct Asked<'a> {
    /// With what the host has converted.
    bound: &'a [Params],
    given: &'a [Params],
    many: bool,
}

/// Begins the transaction that a statement is part of, where none is under way and the connection has one at all.
pub(super) fn begin(cx: &mut Cx<'_>, connection: ConnectionId) -> Result<()> {
    if cx.orm.databases.autocommits(cx.orm.databases.database_of(connection)) {
        return Ok(());
    }
    if !cx.orm.databases.in_transaction(connection) {
        event::tell_connection(cx, "begin", connection)?;
    }
    cx.orm.databases.begin(connection)
}

/// Runs a prepared statement with its parameter sets.
fn run_sets(
    cx: &mut Cx<'_>,
    connection: ConnectionId,
    profile: Profile,
    statement: &Statement,
    prepared: &Prepared,
    asked: &Asked<'_>,
) -> Result<ExecResult> {
    let (sets, many) = (asked.bound, asked.many);
    let heard =
        event::is_heard(cx.orm, "before_cursor_execute") || event::is_heard(cx.orm, "after_cursor_execute");
    let database = cx.orm.databases.database_of(connection);
    let compiled = &prepared.entry.compiled;
    if many && compiled.values_row.is_some() {
        let fetched = batch::run(cx, connection, profile, statement, prepared, (sets, heard))?;
        return collect(&mut cx.orm.databases, connection, Some(compiled), fetched);
    }
    let mut rows = Vec::with_capacity(sets.len());
    let mut text = String::new();
    for (group, set) in sets.iter().enumerate() {
        let (filled, values) = fill(prepared, &compiled.pieces, set, asked.given, many.then_some(group))?;
        text = filled;
        rows.push(values);
    }
    begin(cx, connection)?;
    let told = heard.then(|| Happening::Cursor {
        connection,
        text: Rc::from(text.as_str()),
        sent: if many { Sent::Sets(rows.clone()) } else { Sent::One(rows[0].clone()) },
        many,
    });
    if let Some(told) = &told {
        event::tell(cx, "before_cursor_execute", told.clone())?;
    }
    let databases = &mut cx.orm.databases;
    let shown = databases.shown(database, || {
        if many { parameters::many(profile, &rows) } else { parameters::one(profile, &rows[0]) }
    });
    databases.write(connection, "INFO", text.clone());
    let mark = databases.mark(database, &prepared.mark);
    databases.write(connection, "INFO", format!("{mark}{shown}"));
    let driver = databases.driver(connection)?;
    let mut fetched = Fetched::default();
    for (position, row) in rows.iter().enumerate() {
        match driver.run(&text, row) {
            Ok(mut one) if position > 0 => {
                one.rowcount += fetched.rowcount;
                fetched = one;
            }
            Ok(one) => fetched = one,
            Err(failure) => {
                let shown = (many || !rows[0].is_empty()).then_some(shown.as_str());
                return Err(failed_with(failure, (profile, &text, shown), rows.clone(), many));
            }
        }
    }
    if let Some(told) = told {
        event::tell(cx, "after_cursor_execute", told)?;
    }
    let mut result = collect(&mut cx.orm.databases, connection, Some(compiled), fetched)?;
    if many {
        result.lastrowid = None;
    }
    Ok(result)
}

/// Rows as their columns' types read them.
pub(super) fn collect(
    databases: &mut Databases,
    connection: ConnectionId,
    compiled: Option<&Compiled>,
    fetched: Fetched,
) -> Result<ExecResult> {
    let known = compiled.map(|compiled| compiled.columns.as_slice()).unwrap_or_default();
    let by_name = compiled.is_some_and(|compiled| compiled.by_name);
    let by_position = known.len() == fetched.columns.len() && !by_name;
    let columns: Vec<ResultColumn> = fetched
        .columns
        .iter()
        .enumerate()
        .map(|(at, name)| match known.get(at).filter(|_| by_position) {
            Some(column) => ResultColumn { name: column.name.clone(), ty: column.ty.clone() },
            None => {
                let named = known.iter().find(|column| by_name && *column.name == **name);
                let ty = named.map(|column| column.ty.clone()).unwrap_or_default();
                ResultColumn { name: Rc::from(name.as_str()), ty }
            }
        })
        .collect();
    write_rows(databases, connection, &fetched);
    let mut rows = Vec::with_capacity(fetched.rows.len());
    for row in fetched.rows {
        let row = row
            .into_iter()
            .zip(&columns)
            .map(|(value, column)| convert::result(&column.ty, value))
            .collect::<std::result::Result<Vec<_>, Refusal>>()
            .map_err(|refusal| {
                let kind = match &*refusal.class {
                    "builtins.TypeError" => ErrorKind::TypeError,
                    _ => ErrorKind::ValueError,
                };
                Error::new(kind, refusal.message)
            })?;
        rows.push(row);
    }
    Ok(ExecResult {
        returns_rows: !columns.is_empty(),
        columns,
        rows,
        lastrowid: Some(fetched.lastrowid),
        rowcount: fetched.rowcount,
        ..ExecResult::default()
    })
}

/// Logs rows as the driver gave them, where the engine echoes as for debugging.
pub(super) fn write_rows(databases: &mut Databases, connection: ConnectionId, fetched: &Fetched) {
    let database = databases.database_of(connection);
    if databases.echo(database) != Echo::Debug || fetched.columns.is_empty() {
        return;
    }
    let names: Vec<Value> = fetched.columns.iter().map(|name| Value::text(name.as_str())).collect();
    let profile = databases.profile(database);
    databases.write(connection, "DEBUG", format!("Col {}", parameters::one(profile, &names)));
    for row in &fetched.rows {
        databases.write(connection, "DEBUG", format!("Row {}", parameters::one(profile, row)));
    }
}

/// What an insert or update tells besides its rows.
fn finish(result: &mut ExecResult, statement: &Statement, compiled: &Compiled, sets: Vec<Params>) {
    result.postfetch.clone_from(&compiled.postfetch);
    match statement {
        Statement::Insert(insert) if insert.returns_generated() => take_generated(result, &insert.table),
        Statement::Update(update) if update.return_defaults => take_generated(result, &update.table),
        _ => {}
    }
    if let Statement::Insert(insert) = statement {
        let is_inline = insert.inline || matches!(insert.values, InsertValues::Select(..));
        result.inserted_primary_keys = primary_keys(result, &insert.table, compiled, &sets, is_inline);
    }
    result.written = sets;
}

/// Takes rows that came back for what the database generated.
fn take_generated(result: &mut ExecResult, table: &Table) {
    if !result.returns_rows {
        return;
    }
    let key_of = |name: &Rc<str>| {
        let by_name = table.columns().into_iter().find(|own| own.name() == *name);
        by_name.map_or_else(|| name.clone(), |own| own.key())
    };
    let names: Vec<Rc<str>> = result.columns.iter().map(|column| key_of(&column.name)).collect();
    result.returned = std::mem::take(&mut result.rows)
        .into_iter()
        .map(|row| names.iter().cloned().zip(row).collect())
        .collect();
    result.returns_rows = false;
    result.columns.clear();
    result.postfetch.retain(|column| !names.contains(&column.key()));
}

/// Each inserted row's key: from the parameters, from what came back, or from the driver for a single row.
fn primary_keys(
    result: &ExecResult,
    table: &Table,
    compiled: &Compiled,
    sets: &[Params],
    is_inline: bool,
) -> Vec<Vec<Value>> {
    let generated = table.autoincrement_column();
    let single = sets.len() == 1 && !is_inline;
    sets.iter()
        .enumerate()
        .map(|(row, set)| {
            table
                .primary_key()
                .iter()
                .map(|column| {
                    let key = column.key();
                    if let Some(value) = set.get(&key)
                        && (!value.is_null() || generated.as_ref() != Some(column))
                    {
                        return value.clone();
                    }
                    if let Some(value) = result.returned.get(row).and_then(|returned| returned.get(&key)) {
                        return value.clone();
                    }
                    let bound = compiled.binds.iter().find(|bind| bind.for_column && *bind.name == *key);
                    if let Some(value) = bound.and_then(|bind| bind.value.clone()) {
                        return value;
                    }
                    if single && generated.as_ref() == Some(column) {
                        return result.lastrowid.map_or(Value::Null, Value::Int);
                    }
                    Value::Null
                })
                .collect()
        })
        .collect()
}

/// Whether a statement outside a transaction commits by itself, in the versions where some do.
fn is_change(statement: &Statement) -> bool {
    match statement {
        Statement::Insert(_) | Statement::Update(_) | Statement::Delete(_) | Statement::Ddl(_) => true,
        Statement::Select(_) | Statement::Compound(_) | Statement::Textual(_) => false,
        Statement::Text(text) => is_change_text(&text.text),
    }
}

pub(super) fn is_change_text(text: &str) -> bool {
    let word: String = text.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    ["UPDATE", "INSERT", "CREATE", "DELETE", "DROP", "ALTER"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(&word))
}
