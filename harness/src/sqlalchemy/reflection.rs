//! What a database says of its own tables: `inspect(engine)`, `Table(…, autoload_with=…)`, `MetaData.reflect()`.
//!
//! The statements are the library's, in its order; an inspector asks once for what it has been told.

use super::connection::ConnectionObject;
use super::engine::EngineObject;
use super::lend::{self, with_cx};
use super::{errors, reflected};
use crate::python::{Args, Class, Interp, Map, Object, PyResult, Signature, Stop, Value};
use backproof_engine::db::{self, ConnectionId};
use backproof_engine::value::Value as SqlValue;
use backproof_engine::version::Behaviour;
use reflected::{CheckInfo, ColumnInfo, ForeignKeyInfo, IndexInfo};
use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

type Rows = Rc<Vec<Vec<SqlValue>>>;

/// Whether one kind of thing is asked of all tables, and then the next; before, one table is asked for all.
pub(super) fn by_kind(interp: &mut Interp) -> bool {
    lend::has(interp, Behaviour::ReflectionByKind)
}

/// What an inspector or a reflection asks on, with what it has been told.
#[derive(Default)]
pub(super) struct Known {
    told: RefCell<HashMap<(&'static str, String), Rows>>,
}

/// A connection that is asked.
pub(super) struct Asked<'a> {
    pub(super) connection: ConnectionId,
    pub(super) known: &'a Known,
}

/// `PRAGMA` or `SELECT` as the library sends it.
fn rows(interp: &mut Interp, connection: ConnectionId, text: &str, given: Vec<SqlValue>) -> PyResult<Rows> {
    let result = with_cx(interp, |cx| db::execute_raw(cx, connection, text, &db::Raw::One(given)))?;
    Ok(Rc::new(result.rows))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Asked<'_> {
    fn once(
        &self,
        interp: &mut Interp,
        what: &'static str,
        name: &str,
        ask: impl FnOnce(&Self, &mut Interp) -> PyResult<Rows>,
    ) -> PyResult<Rows> {
        let key = (what, name.to_owned());
        if let Some(rows) = self.known.told.borrow().get(&key) {
            return Ok(rows.clone());
        }
        let rows = ask(self, interp)?;
        self.known.told.borrow_mut().insert(key, rows.clone());
        Ok(rows)
    }

    /// A pragma of `main`, then of temporary tables where that says nothing.
    fn pragma(&self, interp: &mut Interp, pragma: &str, name: &str) -> PyResult<Rows> {
        if !lend::has(interp, Behaviour::TablesProbedBySchema) {
            return rows(interp, self.connection, &format!("PRAGMA {pragma}({})", quoted(name)), Vec::new());
        }
        let found =
            rows(interp, self.connection, &format!("PRAGMA main.{pragma}({})", quoted(name)), Vec::new())?;
        if !found.is_empty() {
            return Ok(found);
        }
        rows(interp, self.connection, &format!("PRAGMA temp.{pragma}({})", quoted(name)), Vec::new())
    }

    fn column_rows(&self, interp: &mut Interp, name: &str) -> PyResult<Rows> {
        let hidden = lend::has(interp, Behaviour::HiddenColumnsReflected);
        self.pragma(interp, if hidden { "table_xinfo" } else { "table_info" }, name)
    }

    pub(super) fn exists(&self, interp: &mut Interp, name: &str) -> PyResult<bool> {
        Ok(!self.pragma(interp, "table_info", name)?.is_empty())
    }

    fn sql(&self, interp: &mut Interp, what: &'static str, name: &str) -> PyResult<String> {
        let found = self.once(interp, what, name, |asked, interp| {
            let kinds =
                if by_kind(interp) { "type in ('table', 'view')" } else { "type = 'table'" };
            let text = format!(
                "SELECT sql FROM  (SELECT * FROM sqlite_master UNION ALL   SELECT * FROM sqlite_temp_master) WHERE \
                 name = ? AND {kinds}"
            );
            rows(interp, asked.connection, &text, vec![SqlValue::text(name)])
        })?;
        match found.first().and_then(|row| row.first()) {
            Some(SqlValue::Text(text)) => Ok(text.to_string()),
            _ => Ok(String::new()),
        }
    }

    /// Columns; in 1.x, none of a table that is not there.
    fn columns_told(&self, interp: &mut Interp, name: &str) -> PyResult<Vec<ColumnInfo>> {
        let found = self.once(interp, "columns", name, |asked, interp| asked.column_rows(interp, name))?;
        if found.is_empty() && !by_kind(interp) {
            return Ok(Vec::new());
        }
        self.columns(interp, name)
    }

    pub(super) fn columns(&self, interp: &mut Interp, name: &str) -> PyResult<Vec<ColumnInfo>> {
        let found = self.once(interp, "columns", name, |asked, interp| asked.column_rows(interp, name))?;
        if found.is_empty() {
            if lend::has(interp, Behaviour::MissingTablesAskedFor) {
                self.exists(interp, name)?;
            }
            return Err(errors::raise_named(interp, "NoSuchTableError", name.to_owned()));
        }
        reflected::columns(&found)
    }

    pub(super) fn primary_key(
        &self,
        interp: &mut Interp,
        name: &str,
    ) -> PyResult<(Option<String>, Vec<String>)> {
        let text = self.sql(interp, "sql of the key", name)?;
        let mut columns = self.columns(interp, name)?;
        columns.retain(|column| column.primary_key > 0);
        columns.sort_by_key(|column| column.primary_key);
        let names = columns.into_iter().map(|column| column.name).collect();
        Ok((reflected::name_before(&text, "PRIMARY KEY"), names))
    }

    pub(super) fn foreign_keys(&self, interp: &mut Interp, name: &str) -> PyResult<Vec<ForeignKeyInfo>> {
        let found = self.once(interp, "foreign keys", name, |asked, interp| {
            asked.pragma(interp, "foreign_key_list", name)
        })?;
        let text = self.sql(interp, "sql of foreign keys", name)?;
        reflected::foreign_keys(&found, &text)
    }

    fn index_list(&self, interp: &mut Interp, what: &'static str, name: &str) -> PyResult<Rows> {
        self.once(interp, what, name, |asked, interp| {
            let found = asked.pragma(interp, "index_list", name)?;
            let is_own = |row: &Vec<SqlValue>| {
                !matches!(row.get(1), Some(SqlValue::Text(name)) if name.starts_with("sqlite_autoindex"))
            };
            let nothing = found.iter().all(|row| what == "indexes" && !is_own(row));
            if nothing && by_kind(interp) && !asked.exists(interp, name)? {
                return Err(errors::raise_named(interp, "NoSuchTableError", name.to_owned()));
            }
            Ok(found)
        })
    }

    fn index(&self, interp: &mut Interp, what: &'static str, row: &[SqlValue]) -> PyResult<IndexInfo> {
        let (name, unique) = match row {
            [_, SqlValue::Text(name), SqlValue::Int(unique), ..] => (name.to_string(), *unique),
            _ => return Err(Stop::unsupported("an index of this shape")),
        };
        let found = self.once(interp, what, &name, |asked, interp| {
            rows(interp, asked.connection, &format!("PRAGMA main.index_info({})", quoted(&name)), Vec::new())
        })?;
        let columns = found.iter().map(|row| match row.get(2) {
            Some(SqlValue::Text(column)) => Ok(column.to_string()),
            _ => Err(Stop::unsupported("an index on an expression")),
        });
        Ok(IndexInfo { columns: columns.collect::<PyResult<_>>()?, name, unique })
    }

    pub(super) fn indexes(&self, interp: &mut Interp, name: &str) -> PyResult<Vec<IndexInfo>> {
        let list = self.index_list(interp, "indexes", name)?;
        let mut found = Vec::new();
        for row in list.iter() {
            let is_own =
                !matches!(row.get(1), Some(SqlValue::Text(name)) if name.starts_with("sqlite_autoindex"));
            if matches!(row.get(4), Some(SqlValue::Int(1))) {
                return Err(Stop::unsupported("an index of a part of the rows"));
            }
            if is_own {
                found.push(self.index(interp, "index", row)?);
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    pub(super) fn uniques(&self, interp: &mut Interp, name: &str) -> PyResult<Vec<IndexInfo>> {
        let list = self.index_list(interp, "indexes of constraints", name)?;
        let mut found = Vec::new();
        for row in list.iter() {
            let index = self.index(interp, "index of a constraint", row)?;
            if matches!(row.get(3), Some(SqlValue::Text(origin)) if &**origin == "u") {
                found.push(index);
            }
        }
        let text = self.sql(interp, "sql of constraints", name)?;
        reflected::named_uniques(found, &text)
    }

    pub(super) fn checks(&self, interp: &mut Interp, name: &str) -> PyResult<Vec<CheckInfo>> {
        let text = self.sql(interp, "sql of constraints", name)?;
        reflected::checks(&text)
    }

    pub(super) fn table_names(
        &self,
        interp: &mut Interp,
        what: &str,
        temporary: bool,
    ) -> PyResult<Vec<String>> {
        let master = if temporary { "sqlite_temp_master" } else { "sqlite_master" };
        let own = if by_kind(interp) { " AND name NOT LIKE 'sqlite~_%' ESCAPE '~'" } else { "" };
        let text = format!("SELECT name FROM {master} WHERE type='{what}'{own} ORDER BY name");
        let key = if temporary { "temporary names" } else { "names" };
        let found =
            self.once(interp, key, what, |asked, interp| rows(interp, asked.connection, &text, Vec::new()))?;
        Ok(found.iter().filter_map(|row| text_of(row.first())).collect())
    }

    fn schemas(&self, interp: &mut Interp) -> PyResult<Vec<String>> {
        let found = rows(interp, self.connection, "PRAGMA database_list", Vec::new())?;
        Ok(found.iter().filter_map(|row| text_of(row.get(1))).filter(|name| name != "temp").collect())
    }
}

fn text_of(value: Option<&SqlValue>) -> Option<String> {
    match value {
        Some(SqlValue::Text(text)) => Some(text.to_string()),
        _ => None,
    }
}

/// Does some asking on an engine's own connection, which is given back, or on a connection.
pub(super) fn asking<T>(
    interp: &mut Interp,
    bind: &Value,
    known: &Known,
    work: impl FnOnce(&mut Interp, &Asked<'_>) -> PyResult<T>,
) -> PyResult<T> {
    if let Some(held) = bind.downcast::<ConnectionObject>() {
        return work(interp, &Asked { connection: held.connection, known });
    }
    let Some(engine) = bind.downcast::<EngineObject>() else {
        return Err(Stop::unsupported("reflection on something that is no engine"));
    };
    let database = engine.database;
    super::event::open(interp, database)?;
    let connection = with_cx(interp, |cx| cx.orm.databases.connect(database))?;
    let done = work(interp, &Asked { connection, known });
    with_cx(interp, |cx| cx.orm.databases.close(connection))?;
    done
}

/// `inspect(engine)`.
pub(super) struct InspectorObject {
    bind: Value,
    known: Rc<Known>,
}

/// The inspector of an engine or connection, where the value is one.
pub(super) fn inspector(_interp: &mut Interp, value: &Value) -> PyResult<Option<Value>> {
    if !super::engine::is_bind(value) {
        return Ok(None);
    }
    Ok(Some(Value::object(InspectorObject { bind: value.clone(), known: Rc::new(Known::default()) })))
}

/// The class `Inspector`, with the way to make one that 1.x has.
pub(super) fn inspector_class(interp: &mut Interp) -> Rc<Class> {
    let class = interp.foreign_class("sqlalchemy.engine.reflection", "Inspector");
    if !class.dict.contains("from_engine") {
        let make = Value::native("from_engine", |interp, args| {
            let [bind] = args.exactly(interp, "from_engine")?;
            match inspector(interp, &bind)? {
                Some(made) => Ok(made),
                None => Err(Stop::unsupported("Inspector.from_engine() of something that is no engine")),
            }
        });
        class.dict.set("from_engine", Value::StaticMethod(Rc::new(make)));
    }
    class
}

/// A dictionary of named values.
pub(super) fn dict(pairs: Vec<(&str, Value)>) -> Value {
    let mut map = Map::default();
    for (name, value) in pairs {
        map.set_str(name, value);
    }
    Value::dict(map)
}

fn texts(values: &[String]) -> Value {
    Value::list(values.iter().map(|text| Value::from(text.as_str())).collect())
}

fn maybe(text: Option<&String>) -> Value {
    text.map_or(Value::None, |text| Value::from(text.as_str()))
}

impl Object for InspectorObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Inspector"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.engine.reflection"
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let (bind, known) = (self.bind.clone(), self.known.clone());
        Ok(Some(match name {
            "default_schema_name" => Value::from("main"),
            "engine" | "bind" if bind.downcast::<EngineObject>().is_some() => bind,
            "clear_cache" => Value::native(name, move |_, _| {
                known.told.borrow_mut().clear();
                Ok(Value::None)
            }),
            "get_table_names"
            | "get_view_names"
            | "get_schema_names"
            | "get_columns"
            | "get_pk_constraint"
            | "get_foreign_keys"
            | "get_indexes"
            | "get_unique_constraints"
            | "get_check_constraints"
            | "get_table_options"
            | "get_table_comment"
            | "has_table" => {
                if name == "has_table" && !lend::has(interp, Behaviour::InspectorHasTable) {
                    return Ok(None);
                }
                let method = name.to_owned();
                Value::native(name, move |interp, args| answer(interp, &bind, &known, &method, args))
            }
            _ => return Err(Stop::unsupported(format!("`{name}` of an Inspector"))),
        }))
    }
}

/// What is told of a column, as a dictionary.
pub(super) fn column_told(interp: &mut Interp, column: &ColumnInfo) -> PyResult<Value> {
    let ty = reflected::type_value(interp, &column.ty)?;
    let mut told = vec![
        ("name", Value::from(column.name.as_str())),
        ("type", ty),
        ("nullable", Value::Bool(column.nullable)),
        ("default", maybe(column.default.as_ref())),
    ];
    if !by_kind(interp) {
        told.push(("autoincrement", Value::from("auto")));
    }
    told.push(("primary_key", Value::int(column.primary_key)));
    Ok(dict(told))
}

fn answer(interp: &mut Interp, bind: &Value, known: &Known, method: &str, args: Args) -> PyResult<Value> {
    let of_all = matches!(method, "get_table_names" | "get_view_names" | "get_schema_names");
    let parameters = if of_all { "schema=" } else { "table_name, schema=" };
    let mut bound = Signature::new(method, parameters).bind(interp, args)?;
    if bound.take(usize::from(!of_all)).is_some_and(|schema| !schema.is_none()) {
        return Err(Stop::unsupported("reflection of another schema"));
    }
    let table = if of_all { String::new() } else { interp.str(&bound.take(0).unwrap_or(Value::None))? };
    asking(interp, bind, known, |interp, asked| {
        Ok(match method {
            "get_table_names" => texts(&asked.table_names(interp, "table", false)?),
            "get_view_names" => texts(&asked.table_names(interp, "view", false)?),
            "get_schema_names" => texts(&asked.schemas(interp)?),
            "has_table" => Value::Bool(asked.exists(interp, &table)?),
            "get_columns" => {
                let mut shown = Vec::new();
                for column in asked.columns_told(interp, &table)? {
                    shown.push(column_told(interp, &column)?);
                }
                Value::list(shown)
            }
            "get_pk_constraint" => {
                let (name, columns) = asked.primary_key(interp, &table)?;
                dict(vec![("constrained_columns", texts(&columns)), ("name", maybe(name.as_ref()))])
            }
            "get_foreign_keys" => {
                let shown = asked.foreign_keys(interp, &table)?.into_iter().map(|key| {
                    let options = key.options.iter().map(|(name, text)| (*name, Value::from(text.as_str())));
                    dict(vec![
                        ("name", maybe(key.name.as_ref())),
                        ("constrained_columns", texts(&key.columns)),
                        ("referred_schema", Value::None),
                        ("referred_table", Value::from(key.table.as_str())),
                        ("referred_columns", texts(&key.referred)),
                        ("options", dict(options.collect())),
                    ])
                });
                Value::list(shown.collect())
            }
            "get_indexes" => {
                let options = lend::has(interp, Behaviour::IndexesHaveOptions);
                let shown = asked.indexes(interp, &table)?.into_iter().map(|index| {
                    let mut told = vec![
                        ("name", Value::from(index.name.as_str())),
                        ("column_names", texts(&index.columns)),
                        ("unique", Value::int(index.unique)),
                    ];
                    if options {
                        told.push(("dialect_options", dict(Vec::new())));
                    }
                    dict(told)
                });
                Value::list(shown.collect())
            }
            "get_check_constraints" => {
                let shown = asked.checks(interp, &table)?.into_iter().map(|check| {
                    dict(vec![
                        ("sqltext", Value::from(check.text.as_str())),
                        ("name", maybe(check.name.as_ref())),
                    ])
                });
                Value::list(shown.collect())
            }
            "get_table_options" => dict(Vec::new()),
            "get_table_comment" => return Err(interp.raise("NotImplementedError", "")),
            _ => {
                let shown = asked.uniques(interp, &table)?.into_iter().map(|unique| {
                    let name = Some(unique.name).filter(|name| !name.is_empty());
                    dict(vec![("name", maybe(name.as_ref())), ("column_names", texts(&unique.columns))])
                });
                Value::list(shown.collect())
            }
        })
    })
}
