//! From what SQLite says of a table to the table: columns with their types, keys, indexes.
//!
//! What a statement's text alone tells is read from the text, and refused where it is not plain.

mod telling;

use super::reflection::{Asked, Known, asking, by_kind};
use super::{errors, lend, types};
use crate::python::{Args, Interp, PyResult, Stop, Value};
use backproof_engine::schema::{
    CheckConstraint, Column, ColumnArgs, Constraint, ForeignKeyConstraint, ForeignKeyTarget, Index, MetaData,
    ReferentialActions, ServerDefault, SqlType, Table, TableArgs, TableItem, UniqueConstraint,
};
use backproof_engine::sql::Expr;
use backproof_engine::value::Value as SqlValue;
use backproof_engine::version::Behaviour;
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
                // Whether it is hidden, where that was asked for.
                ..,
            ] if matches!(row[6..], [] | [SqlValue::Int(0)]) => Ok(ColumnInfo {
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

/// A `CHECK` as the table's text has it.
pub(super) struct CheckInfo {
    pub(super) name: Option<String>,
    pub(super) text: String,
}

/// The constraints of a table's text that begin with a word and go on in parentheses: name, what is within, and whether they
/// stand by themselves, not with a column.
fn constraints(text: &str, kind: &str) -> PyResult<Vec<(Option<String>, String, bool)>> {
    let Some(body) = text.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')')).map(|(body, _)| body)
    else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for part in parts(body) {
        let upper = part.to_uppercase();
        let Some(at) = word(&upper, kind) else { continue };
        let before = part.get(..at).unwrap_or_default().trim();
        let after = part.get(at + kind.len()..).unwrap_or_default().trim();
        let words: Vec<&str> = before.split_whitespace().collect();
        let named = words.len().checked_sub(2).and_then(|at| words.get(at));
        let name = named
            .filter(|word| word.eq_ignore_ascii_case("CONSTRAINT"))
            .and(words.last())
            .map(|name| name.trim_matches('"').to_owned());
        let alone = words.is_empty() || (words.len() == 2 && name.is_some());
        let inside = match after.strip_prefix('(') {
            Some(rest) => match rest.rsplit_once(')') {
                Some((inside, rest)) if rest.trim().is_empty() => inside.trim().to_owned(),
                _ => return Err(Stop::unsupported(format!("reflecting such a {kind}"))),
            },
            None => String::new(),
        };
        found.push((name, inside, alone));
    }
    Ok(found)
}

/// Where a word stands by itself.
fn word(upper: &str, kind: &str) -> Option<usize> {
    let is_part = |character: char| character.is_alphanumeric() || character == '_' || character == '"';
    upper.match_indices(kind).map(|(at, _)| at).find(|at| {
        let before = upper.get(..*at).and_then(|text| text.chars().next_back());
        let after = upper.get(at + kind.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// What commas outside parentheses and quotes part.
fn parts(body: &str) -> Vec<&str> {
    let (mut depth, mut quote, mut from) = (0_usize, None, 0);
    let mut parts = Vec::new();
    for (at, character) in body.char_indices() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '\'' | '"') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                parts.push(body.get(from..at).unwrap_or_default().trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(body.get(from..).unwrap_or_default().trim());
    parts
}

/// The checks of a table's text.
pub(super) fn checks(text: &str) -> PyResult<Vec<CheckInfo>> {
    let found = constraints(text, "CHECK")?;
    Ok(found.into_iter().map(|(name, text, _)| CheckInfo { name, text }).collect())
}

/// Unique constraints in the order of the table's text, with their names: those of several columns, then those that stand with
/// their column.
pub(super) fn named_uniques(mut known: Vec<IndexInfo>, text: &str) -> PyResult<Vec<IndexInfo>> {
    let mut sorted = Vec::with_capacity(known.len());
    let told = constraints(text, "UNIQUE")?;
    for (name, inside, _) in told.into_iter().filter(|(_, inside, alone)| *alone && !inside.is_empty()) {
        let columns: Vec<String> =
            inside.split(',').map(|column| column.trim().trim_matches('"').to_owned()).collect();
        let Some(at) = known.iter().position(|index| index.columns == columns) else { continue };
        let index = known.remove(at);
        sorted.push(IndexInfo { name: name.unwrap_or_default(), ..index });
    }
    sorted.extend(known.into_iter().map(|index| IndexInfo { name: String::new(), ..index }));
    Ok(sorted)
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

/// How a table is reflected.
#[derive(Default)]
pub(super) struct Wishes {
    /// Only these columns.
    pub(super) only: Option<Vec<String>>,
    /// Whether tables that foreign keys lead to are left alone.
    pub(super) alone: bool,
}

/// `Table(name, metadata, …, autoload_with=bind)`.
pub(super) fn table(
    interp: &mut Interp,
    bind: &Value,
    metadata: &MetaData,
    name: &str,
    (items, args): (Vec<TableItem>, TableArgs),
    wishes: &Wishes,
) -> PyResult<Table> {
    if args.schema.is_some() || metadata.schema().is_some() {
        return Err(Stop::unsupported("reflecting a table of another schema"));
    }
    if wishes.only.is_some() && !lend::has(interp, Behaviour::InspectorHasTable) {
        return Err(Stop::unsupported("`include_columns` in this release"));
    }
    let known = Known::default();
    asking(interp, bind, &known, |interp, asked| load(interp, asked, metadata, name, (items, args), wishes))
}

/// A table, and those that its foreign keys lead to.
fn load(
    interp: &mut Interp,
    asked: &Asked<'_>,
    metadata: &MetaData,
    name: &str,
    (items, args): (Vec<TableItem>, TableArgs),
    wishes: &Wishes,
) -> PyResult<Table> {
    let mut gathered = Vec::new();
    gather(interp, asked, metadata, name, wishes, &mut gathered)?;
    let mut own = Some((items, args));
    let mut made = None;
    for (name, told) in gathered {
        let Some(mut told) = told else { continue };
        let (items, args) = own.take().unwrap_or_default();
        if made.is_none()
            && let Some(only) = &wishes.only
        {
            told.keep(only);
        }
        let table = build(interp, metadata, &name, told, items, args)?;
        made.get_or_insert(table);
    }
    made.ok_or_else(|| Stop::unsupported("reflecting no table"))
}

/// Asks of a table, and of those that its foreign keys lead to; in the order in which they are found.
fn gather(
    interp: &mut Interp,
    asked: &Asked<'_>,
    metadata: &MetaData,
    name: &str,
    wishes: &Wishes,
    gathered: &mut Vec<(String, Option<Told>)>,
) -> PyResult<()> {
    if gathered.len() > 500 {
        return Err(Stop::unsupported("reflecting more than 500 tables"));
    }
    let place = gathered.len();
    gathered.push((name.to_owned(), None));
    let by_kind = by_kind(interp);
    let columns = asked.columns(interp, name)?;
    let changed = if by_kind { None } else { Some(telling::columns(interp, metadata, name, &columns)?) };
    let key = asked.primary_key(interp, name)?;
    let foreign_keys = asked.foreign_keys(interp, name)?;
    let mut referred: Vec<String> = Vec::new();
    for other in &foreign_keys {
        let wanted =
            wishes.only.as_ref().is_none_or(|only| other.columns.iter().all(|column| only.contains(column)));
        if wanted && !wishes.alone && other.table != name && !referred.contains(&other.table) {
            referred.push(other.table.clone());
        }
    }
    let follow = |interp: &mut Interp, gathered: &mut Vec<(String, Option<Told>)>| -> PyResult<()> {
        for other in &referred {
            if metadata.table(other).is_none() && !gathered.iter().any(|(known, _)| known == other) {
                gather(interp, asked, metadata, other, &Wishes::default(), gathered)?;
            }
        }
        Ok(())
    };
    if !by_kind {
        follow(interp, gathered)?;
    }
    let told = Told {
        columns,
        changed,
        key,
        foreign_keys,
        indexes: asked.indexes(interp, name)?,
        uniques: asked.uniques(interp, name)?,
        checks: asked.checks(interp, name)?,
    };
    if by_kind {
        follow(interp, gathered)?;
    }
    if let Some(place) = gathered.get_mut(place) {
        place.1 = Some(told);
    }
    Ok(())
}

/// What is told of one table.
struct Told {
    columns: Vec<ColumnInfo>,
    /// What listeners have made of columns, where they were told as the columns were found.
    changed: Option<Vec<(String, ColumnArgs)>>,
    key: (Option<String>, Vec<String>),
    foreign_keys: Vec<ForeignKeyInfo>,
    indexes: Vec<IndexInfo>,
    uniques: Vec<IndexInfo>,
    checks: Vec<CheckInfo>,
}

impl Told {
    /// Leaves only some columns, and what is about them alone.
    fn keep(&mut self, only: &[String]) {
        let within = |columns: &[String]| columns.iter().all(|column| only.contains(column));
        self.columns.retain(|column| only.contains(&column.name));
        self.foreign_keys.retain(|key| within(&key.columns));
        self.indexes.retain(|index| within(&index.columns));
        self.uniques.retain(|index| within(&index.columns));
    }
}

fn build(
    interp: &mut Interp,
    metadata: &MetaData,
    name: &str,
    told: Told,
    mut given: Vec<TableItem>,
    args: TableArgs,
) -> PyResult<Table> {
    let mut items = Vec::new();
    // A table that is extended keeps its columns, and what is about them.
    let existing = metadata.table(name).filter(|_| args.extend_existing);
    let kept: Vec<String> =
        existing.iter().flat_map(Table::columns).map(|column| column.name().to_string()).collect();
    let mut changed = match told.changed {
        Some(changed) => changed,
        None => telling::columns(interp, metadata, name, &told.columns)?,
    };
    for column in told.columns {
        if kept.contains(&column.name) {
            continue;
        }
        let own = given
            .iter()
            .position(|item| matches!(item, TableItem::Column(own) if *own.name() == *column.name));
        if let Some(own) = own {
            items.push(given.remove(own));
            continue;
        }
        if let Some(at) = changed.iter().position(|(name, _)| *name == column.name) {
            items.push(TableItem::Column(Column::new(changed.remove(at).1)));
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
    // Constraints find columns by key, which a column of the program's own may have.
    let keys: Vec<(Rc<str>, Rc<str>)> = items
        .iter()
        .filter_map(|item| match item {
            TableItem::Column(column) => Some((column.name(), column.key())),
            _ => None,
        })
        .collect();
    let key_of = |name: &str| -> Rc<str> {
        keys.iter().find(|(known, _)| **known == *name).map_or_else(|| Rc::from(name), |(_, key)| key.clone())
    };
    let rc = |names: &[String]| -> Vec<Rc<str>> { names.iter().map(|name| key_of(name)).collect() };
    let (key_name, columns) = &told.key;
    if key_name.is_some() || (!kept.is_empty() && !columns.is_empty()) {
        items.push(TableItem::Constraint(Constraint::PrimaryKey {
            name: key_name.as_deref().map(Rc::from),
            columns: Vec::new(),
            column_keys: rc(columns),
        }));
    }
    for key in told.foreign_keys {
        if key.columns.iter().any(|column| kept.contains(column)) {
            continue;
        }
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
        let columns = rc(&key.columns);
        let columns: Vec<&str> = columns.iter().map(|key| &**key).collect();
        let constraint = ForeignKeyConstraint::new(&columns, targets, key.name.as_deref(), actions);
        items.push(TableItem::Constraint(Constraint::ForeignKey(Rc::new(constraint))));
    }
    for index in told.indexes {
        items.push(TableItem::Index(Index {
            name: Some(Rc::from(index.name.as_str())),
            columns: Vec::new(),
            column_keys: rc(&index.columns),
            unique: index.unique != 0,
            ..Index::default()
        }));
    }
    for index in told.uniques {
        items.push(TableItem::Constraint(Constraint::Unique(Rc::new(UniqueConstraint {
            name: Some(index.name.as_str()).filter(|name| !name.is_empty()).map(Rc::from),
            columns: Vec::new(),
            column_keys: rc(&index.columns),
        }))));
    }
    for check in told.checks {
        items.push(TableItem::Constraint(Constraint::Check(Rc::new(CheckConstraint {
            name: check.name.as_deref().map(Rc::from),
            condition: Expr::text(&check.text),
            is_named: true,
        }))));
    }
    Table::new(name, metadata, items, args).map_err(|error| errors::raise(interp, &error))
}

/// `MetaData.reflect(bind, extend_existing=True, autoload_replace=False)`.
pub(super) fn reflect_anew(interp: &mut Interp, metadata: &MetaData, bind: &Value) -> PyResult<()> {
    reflect_tables(interp, metadata, bind, None, true)
}

/// What the database has of these tables, added to what they have already.
pub(super) fn extend(
    interp: &mut Interp,
    metadata: &MetaData,
    bind: &Value,
    names: &[String],
) -> PyResult<()> {
    if by_kind(interp) {
        let only = Value::list(names.iter().map(|name| Value::from(name.as_str())).collect());
        return reflect_tables(interp, metadata, bind, Some(&only), true);
    }
    let known = Known::default();
    asking(interp, bind, &known, |interp, asked| {
        for name in names {
            let of = (Vec::new(), TableArgs { extend_existing: true, ..TableArgs::default() });
            load(interp, asked, metadata, name, of, &Wishes::default())?;
        }
        Ok(())
    })
}

/// `MetaData.reflect(bind, only=[…])`.
pub(super) fn reflect(
    interp: &mut Interp,
    metadata: &MetaData,
    bind: &Value,
    only: Option<&Value>,
    and_views: bool,
) -> PyResult<()> {
    if and_views {
        return Err(Stop::unsupported("reflecting views"));
    }
    reflect_tables(interp, metadata, bind, only, false)
}

fn reflect_tables(
    interp: &mut Interp,
    metadata: &MetaData,
    bind: &Value,
    only: Option<&Value>,
    extends: bool,
) -> PyResult<()> {
    if metadata.schema().is_some() {
        return Err(Stop::unsupported("reflecting another schema"));
    }
    let known = Known::default();
    asking(interp, bind, &known, |interp, asked| {
        let by_kind = by_kind(interp);
        let mut names = asked.table_names(interp, "table", false)?;
        if let Some(only) = only.filter(|only| !interp.is_callable(only)) {
            let mut wanted = Vec::new();
            for name in interp.iterate(only)? {
                wanted.push(interp.str(&name)?);
            }
            let missing: Vec<String> = wanted.iter().filter(|name| !names.contains(name)).cloned().collect();
            if !missing.is_empty() {
                let shown = interp.repr(bind)?;
                let missing = missing.join(", ");
                let message =
                    format!("Could not reflect: requested table(s) not available in {shown}: ({missing})");
                return Err(errors::raise_named(interp, "InvalidRequestError", message));
            }
            names.retain(|name| wanted.contains(name));
        }
        if let Some(choose) = only.filter(|only| interp.is_callable(only)) {
            let mut chosen = Vec::new();
            for name in names {
                let own = super::metadata::metadata_value(metadata);
                let said = interp.call(choose, Args::of(vec![Value::from(name.as_str()), own]))?;
                if interp.truth(&said)? {
                    chosen.push(name);
                }
            }
            names = chosen;
        }
        names.retain(|name| extends || metadata.table(name).is_none());
        let known: Vec<String> =
            metadata.tables().iter().map(|table| table.full_name().to_string()).collect();
        if by_kind {
            asked.table_names(interp, "table", true)?;
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
        }
        // What is asked again has been told.
        for name in &names {
            if metadata.table(name).is_none() || known.contains(name) {
                let of = (Vec::new(), TableArgs { extend_existing: extends, ..TableArgs::default() });
                load(interp, asked, metadata, name, of, &Wishes::default())?;
            }
        }
        Ok(())
    })
}
