//! From what SQLite says of a table to the table: columns with their types, keys, indexes.
//!
//! What a statement's text alone tells is read from the text, and refused where it is not plain.

use super::reflection::{Asked, Known, asking};
use super::{errors, types};
use crate::python::{Args, Interp, PyResult, Stop, Value};
use backproof_engine::schema::{
    Column, ColumnArgs, Constraint, ForeignKeyConstraint, ForeignKeyTarget, Index, MetaData,
    ReferentialActions, ServerDefault, SqlType, Table, TableArgs, TableItem, UniqueConstraint,
};
use backproof_engine::sql::Expr;
use backproof_engine::value::Value as SqlValue;
use std::rc::Rc;

/// A column as `table_xinfo` tells it.
pub(super) struct ColumnInfo {
    pub(super) name: String,
    /// As it was declared.
    pub(super) ty: String,
    pub(super) nullable: bool,
    pub(super) default: Option<String>,
    /// Its place in the key, from 1.
    pub(super) primary_key: i64,
}

pub(super) struct ForeignKeyInfo {
    pub(super) name: Option<String>,
    pub(super) columns: Vec<String>,
    pub(super) table: String,
    pub(super) referred: Vec<String>,
    pub(super) options: Vec<(&'static str, String)>,
}

pub(super) struct IndexInfo {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) unique: i64,
}

pub(super) fn columns(rows: &[Vec<SqlValue>]) -> PyResult<Vec<ColumnInfo>> {
    rows.iter()
        .map(|row| match &row[..] {
            [
                _,
                SqlValue::Text(name),
                SqlValue::Text(ty),
                SqlValue::Int(not_null),
                default,
                SqlValue::Int(primary_key),
                SqlValue::Int(0),
            ] => Ok(ColumnInfo {
                name: name.to_string(),
                ty: ty.to_string(),
                nullable: *not_null == 0,
                default: match default {
                    SqlValue::Text(text) => Some(text.to_string()),
                    _ => None,
                },
                primary_key: *primary_key,
            }),
            _ => Err(Stop::unsupported("reflecting a column that is computed")),
        })
        .collect()
}

/// The name in `CONSTRAINT name KIND`.
pub(super) fn name_before(text: &str, kind: &str) -> Option<String> {
    let at = text.to_uppercase().find(kind)?;
    let before = text.get(..at)?;
    let mut words = before.split_whitespace().rev();
    let name = words.next()?;
    words.next().filter(|word| word.eq_ignore_ascii_case("CONSTRAINT"))?;
    Some(name.trim_matches('"').to_owned())
}

/// Whether a UNIQUE of a table has a name.
pub(super) fn names_a_unique(text: &str) -> bool {
    name_before(text, "UNIQUE").is_some()
}

fn options(row: &[SqlValue]) -> Vec<(&'static str, String)> {
    [("onupdate", 5), ("ondelete", 6)]
        .into_iter()
        .filter_map(|(name, at)| match row.get(at) {
            Some(SqlValue::Text(text)) if &**text != "NO ACTION" => Some((name, text.to_string())),
            _ => None,
        })
        .collect()
}

/// Foreign keys in the order of the table's text, which has their names.
pub(super) fn foreign_keys(rows: &[Vec<SqlValue>], text: &str) -> PyResult<Vec<ForeignKeyInfo>> {
    let mut keys: Vec<(i64, ForeignKeyInfo)> = Vec::new();
    for row in rows {
        let [SqlValue::Int(id), _, SqlValue::Text(table), SqlValue::Text(from), SqlValue::Text(to), ..] =
            &row[..]
        else {
            return Err(Stop::unsupported("reflecting a foreign key to a table's own key"));
        };
        match keys.iter_mut().find(|(known, _)| known == id) {
            Some((_, key)) => {
                key.columns.push(from.to_string());
                key.referred.push(to.to_string());
            }
            None => {
                let key = ForeignKeyInfo {
                    name: None,
                    columns: vec![from.to_string()],
                    table: table.to_string(),
                    referred: vec![to.to_string()],
                    options: options(row),
                };
                keys.push((*id, key));
            }
        }
    }
    let mut sorted = Vec::with_capacity(keys.len());
    let upper = text.to_uppercase();
    let mut from = 0;
    while let Some(found) = upper.get(from..).and_then(|rest| rest.find("FOREIGN KEY")) {
        let at = from + found;
        let Some(inside) =
            text.get(at..).and_then(|rest| rest.split_once('(')).and_then(|(_, rest)| rest.split_once(')'))
        else {
            return Err(Stop::unsupported("reflecting such a foreign key"));
        };
        let columns: Vec<String> =
            inside.0.split(',').map(|column| column.trim().trim_matches('"').to_owned()).collect();
        let Some(place) = keys.iter().position(|(_, key)| key.columns == columns) else {
            return Err(Stop::unsupported("reflecting such a foreign key"));
        };
        let (_, mut key) = keys.remove(place);
        key.name =
            text.get(..at).and_then(|before| name_before(&format!("{before}FOREIGN KEY"), "FOREIGN KEY"));
        let rest = inside.1.split("FOREIGN KEY").next().unwrap_or_default().to_uppercase();
        if rest.contains("DEFERRABLE") || rest.contains("INITIALLY") {
            return Err(Stop::unsupported("reflecting a foreign key that is deferred"));
        }
        sorted.push(key);
        from = at + "FOREIGN KEY".len();
    }
    // Those that stand with their column have neither name nor options.
    sorted.extend(keys.into_iter().map(|(_, key)| ForeignKeyInfo { options: Vec::new(), ..key }));
    Ok(sorted)
}

/// The type that a declared name stands for.
pub(super) fn type_value(interp: &mut Interp, declared: &str) -> PyResult<Value> {
    let (name, arguments) = match declared.split_once('(') {
        Some((name, rest)) => (name.trim().to_uppercase(), rest.trim_end_matches(')')),
        None => (declared.trim().to_uppercase(), ""),
    };
    let own = match name.as_str() {
        "BIGINT" | "BLOB" | "CHAR" | "DATE" | "DATETIME" | "DECIMAL" | "FLOAT" | "INTEGER" | "JSON"
        | "NUMERIC" | "REAL" | "SMALLINT" | "TEXT" | "TIME" | "TIMESTAMP" | "VARCHAR" | "NVARCHAR"
        | "BOOLEAN" => &name,
        "BOOL" => "BOOLEAN",
        "INT" => "INTEGER",
        _ => return Err(Stop::unsupported(format!("reflecting a column of type {declared}"))),
    };
    let mut numbers = Vec::new();
    for number in arguments.split(',').map(str::trim).filter(|number| !number.is_empty()) {
        match number.parse::<i64>() {
            Ok(number) => numbers.push(Value::int(number)),
            Err(_) => return Err(Stop::unsupported(format!("reflecting a column of type {declared}"))),
        }
    }
    let module = interp.import("sqlalchemy.types")?;
    match module.dict.get(own) {
        Some(class) => interp.call(&class, Args::of(numbers)),
        None => Err(Stop::unsupported(format!("reflecting a column of type {declared}"))),
    }
}

fn type_of(interp: &mut Interp, declared: &str) -> PyResult<SqlType> {
    let value = type_value(interp, declared)?;
    Ok(types::of_value(interp, &value)?.unwrap_or_default())
}

/// `Table(name, metadata, …, autoload_with=bind)`.
pub(super) fn table(
    interp: &mut Interp,
    bind: &Value,
    metadata: &MetaData,
    name: &str,
    items: Vec<TableItem>,
    args: TableArgs,
) -> PyResult<Table> {
    if args.schema.is_some() {
        return Err(Stop::unsupported("reflecting a table of another schema"));
    }
    let known = Known::default();
    asking(interp, bind, &known, |interp, asked| load(interp, asked, metadata, name, items, args))
}

/// A table, and those that its foreign keys lead to.
fn load(
    interp: &mut Interp,
    asked: &Asked<'_>,
    metadata: &MetaData,
    name: &str,
    items: Vec<TableItem>,
    args: TableArgs,
) -> PyResult<Table> {
    let made = told(interp, asked, name)?;
    let (table, referred) = build(interp, metadata, name, made, items, args)?;
    for other in referred {
        if metadata.table(&other).is_none() {
            load(interp, asked, metadata, &other, Vec::new(), TableArgs::default())?;
        }
    }
    Ok(table)
}

/// What is told of one table.
struct Told {
    columns: Vec<ColumnInfo>,
    key: (Option<String>, Vec<String>),
    foreign_keys: Vec<ForeignKeyInfo>,
    indexes: Vec<IndexInfo>,
    uniques: Vec<IndexInfo>,
}

fn told(interp: &mut Interp, asked: &Asked<'_>, name: &str) -> PyResult<Told> {
    Ok(Told {
        columns: asked.columns(interp, name)?,
        key: asked.primary_key(interp, name)?,
        foreign_keys: asked.foreign_keys(interp, name)?,
        indexes: asked.indexes(interp, name)?,
        uniques: asked.uniques(interp, name)?,
    })
}

fn build(
    interp: &mut Interp,
    metadata: &MetaData,
    name: &str,
    told: Told,
    mut given: Vec<TableItem>,
    args: TableArgs,
) -> PyResult<(Table, Vec<String>)> {
    let mut items = Vec::new();
    for column in told.columns {
        let own = given
            .iter()
            .position(|item| matches!(item, TableItem::Column(own) if *own.name() == *column.name));
        if let Some(own) = own {
            items.push(given.remove(own));
            continue;
        }
        let ty = type_of(interp, &column.ty)?;
        items.push(TableItem::Column(Column::new(ColumnArgs {
            name: Some(Rc::from(column.name.as_str())),
            ty,
            primary_key: column.primary_key > 0,
            nullable: Some(column.nullable),
            server_default: column.default.map(|text| ServerDefault::Sql(Expr::text(&text))),
            ..ColumnArgs::default()
        })));
    }
    items.append(&mut given);
    let rc =
        |names: &[String]| -> Vec<Rc<str>> { names.iter().map(|name| Rc::from(name.as_str())).collect() };
    if let (Some(key_name), columns) = &told.key {
        items.push(TableItem::Constraint(Constraint::PrimaryKey {
            name: Some(Rc::from(key_name.as_str())),
            columns: Vec::new(),
            column_keys: rc(columns),
        }));
    }
    let mut referred = Vec::new();
    for key in told.foreign_keys {
        let targets = key
            .referred
            .iter()
            .map(|column| ForeignKeyTarget::Name(Rc::from(format!("{}.{column}", key.table))))
            .collect();
        let option = |name: &str| {
            key.options.iter().find(|(known, _)| *known == name).map(|(_, text)| Rc::from(text.as_str()))
        };
        let actions = ReferentialActions {
            onupdate: option("onupdate"),
            ondelete: option("ondelete"),
            ..ReferentialActions::default()
        };
        let columns: Vec<&str> = key.columns.iter().map(String::as_str).collect();
        let constraint = ForeignKeyConstraint::new(&columns, targets, key.name.as_deref(), actions);
        items.push(TableItem::Constraint(Constraint::ForeignKey(Rc::new(constraint))));
        if key.table != name && !referred.contains(&key.table) {
            referred.push(key.table);
        }
    }
    for index in told.indexes {
        items.push(TableItem::Index(Index {
            name: Some(Rc::from(index.name.as_str())),
            columns: Vec::new(),
            column_keys: rc(&index.columns),
            unique: index.unique != 0,
        }));
    }
    for index in told.uniques {
        items.push(TableItem::Constraint(Constraint::Unique(Rc::new(UniqueConstraint {
            name: None,
            columns: Vec::new(),
            column_keys: rc(&index.columns),
        }))));
    }
    let table = Table::new(name, metadata, items, args).map_err(|error| errors::raise(interp, &error))?;
    Ok((table, referred))
}

/// `MetaData.reflect(bind, only=[…])`: kind by kind, for all tables.
pub(super) fn reflect(
    interp: &mut Interp,
    metadata: &MetaData,
    bind: &Value,
    only: Option<Vec<String>>,
    and_views: bool,
) -> PyResult<()> {
    if and_views {
        return Err(Stop::unsupported("reflecting views"));
    }
    let known = Known::default();
    asking(interp, bind, &known, |interp, asked| {
        let mut names = asked.table_names(interp, "table", false)?;
        names.extend(asked.table_names(interp, "table", true)?);
        if let Some(only) = only {
            if only.iter().any(|name| !names.contains(name)) {
                return Err(Stop::unsupported("reflecting tables of which some are not there"));
            }
            names.retain(|name| only.contains(name));
        }
        names.retain(|name| metadata.table(name).is_none());
        for name in &names {
            asked.columns(interp, name)?;
        }
        for name in &names {
            asked.primary_key(interp, name)?;
        }
        for name in &names {
            asked.foreign_keys(interp, name)?;
        }
        for name in &names {
            asked.indexes(interp, name)?;
        }
        for name in &names {
            asked.uniques(interp, name)?;
        }
        // What is asked again has been told.
        for name in &names {
            if metadata.table(name).is_none() {
                load(interp, asked, metadata, name, Vec::new(), TableArgs::default())?;
            }
        }
        Ok(())
    })
}
