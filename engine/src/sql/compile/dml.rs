//! The text of `INSERT`, `UPDATE` and `DELETE`.
//!
//! Which columns appear is decided here: those with values, those among the parameters, those with defaults.

use super::super::dml::{Delete, Generated, Insert, InsertValues, Update};
use super::super::expr::{Expr, ExprKind};
use super::super::from::FromItem;
use super::select::Place;
use super::{Bind, CompiledBind, CompiledColumn, Compiler, Dialect, Enclosing, ROW, compile_error};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Column, ColumnDefault, ServerDefault, Table};
use crate::value::Value;
use crate::version::Behaviour;
use std::fmt::Write as _;
use std::rc::Rc;

impl Compiler<'_> {
    /// A placeholder for a column's value, given under its key.
    fn column_bind(&mut self, column: &Column, name: Rc<str>, value: Option<Value>) -> Result<String> {
        let text = self.place(CompiledBind {
            around: None,
            name,
            value,
            late: None,
            tuple: None,
            expanding: None,
            ty: column.ty(),
            token: None,
            for_column: true,
        })?;
        self.around_bind(&column.ty(), text)
    }

    /// A value's text; a bind made for the column keeps its identity, so that a cached statement takes new values.
    fn value(&mut self, column: &Column, expr: &Expr, suffix: &str) -> Result<String> {
        if let ExprKind::Bind(Bind { key, unique, value: Some(value), token, expanding: None, ty, .. }) =
            expr.kind()
            && (!unique || **key == *"param")
        {
            let ty = if ty.is_null() || *unique { column.ty() } else { ty.clone() };
            let text = self.place(CompiledBind {
                around: None,
                name: Rc::from(format!("{}{suffix}", column.key())),
                value: Some(value.clone()),
                late: None,
                tuple: None,
                expanding: None,
                ty: ty.clone(),
                token: Some(token.clone()),
                for_column: true,
            })?;
            return self.around_bind(&ty, text);
        }
        let grouped = expr.self_group(super::super::Op::Largest);
        self.expr(&grouped)
    }

    /// What a default writes into the statement.
    fn default(&mut self, column: &Column, default: &ColumnDefault, suffix: &str) -> Result<String> {
        Ok(match default {
            ColumnDefault::Value(_) | ColumnDefault::Callable(_) => {
                if !self.prefetch.contains(column) {
                    self.prefetch.push(column.clone());
                }
                let name = format!("{}{suffix}", column.key());
                self.column_bind(column, Rc::from(name), None)?
            }
            ColumnDefault::Sql(expr) => {
                if !column.is_primary_key() {
                    self.postfetch.push(column.clone());
                }
                self.expr(expr)?
            }
        })
    }

    pub(super) fn insert(&mut self, insert: &Insert) -> Result<String> {
        if let InsertValues::Select(columns, select) = &insert.values {
            return self.insert_from_select(insert, columns, select);
        }
        let rows: Vec<Vec<(Column, Expr)>> = match &insert.values {
            InsertValues::Rows(rows) => rows.clone(),
            InsertValues::Row(row) => vec![row.clone()],
            InsertValues::FromParameters | InsertValues::Select(..) => vec![Vec::new()],
        };
        let several = matches!(insert.values, InsertValues::Rows(_));
        if several && matches!(self.dialect, Dialect::Oracle | Dialect::Mssql) {
            return Err(self.unknown("an insert of several rows"));
        }
        if several && self.dialect == Dialect::Default && !self.has(Behaviour::MultirowInsertsPrinted) {
            return Err(compile_error(
                "The 'default' dialect with current database version settings does not support in-place \
                 multirow inserts.",
            ));
        }
        let mut names: Vec<String> = Vec::new();
        let mut texts: Vec<String> = Vec::new();
        let mut written: Vec<Column> = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            let suffix = if several { format!("_m{number}") } else { String::new() };
            let mut values = Vec::new();
            for column in insert.table.columns() {
                // The first row says which columns are written.
                if number > 0 && !written.contains(&column) {
                    continue;
                }
                let given = row.iter().find(|(key, _)| *key == column).map(|(_, expr)| expr.clone());
                let asked = self.asked(&column.key(), !row.is_empty());
                let text = match given {
                    Some(expr) => self.value(&column, &expr, &suffix)?,
                    None if asked => self.column_bind(&column, column.key(), None)?,
                    None => {
                        if let Some(default) = column.default() {
                            let suffix = if number > 0 { suffix.as_str() } else { "" };
                            self.default(&column, &default, suffix)?
                        } else if number > 0 {
                            return Err(Error::unsupported(
                                "a row of values() that lacks what the first row has",
                            ));
                        } else {
                            if column.server_default().is_some() && !column.is_primary_key() {
                                self.postfetch.push(column.clone());
                            }
                            continue;
                        }
                    }
                };
                if number == 0 {
                    names.push(self.ident(&column.name(), column.0.quote.get())?);
                    written.push(column.clone());
                }
                values.push(text);
            }
            texts.push(values.join(", "));
        }
        check_consumed(&insert.table, &rows)?;
        let mut text = "INSERT ".to_owned();
        push_prefixes(&mut text, &insert.prefixes)?;
        text.push_str("INTO ");
        text.push_str(&self.table_name(&insert.table)?);
        let returning = if self.dialect.is_foreign() {
            self.returned_by_dialect(insert, &written)?
        } else {
            self.returned_columns(insert)
        };
        let brings_back = !returning.is_empty()
            || (insert.generated != Generated::Told && self.has(Behaviour::InsertManyValuesOrdered));
        let batched = self.sqlite() && self.many && brings_back && self.has(Behaviour::InsertManyValues);
        if names.is_empty() {
            let defaults = matches!(self.dialect, Dialect::Sqlite | Dialect::Postgresql);
            if matches!(self.dialect, Dialect::Oracle | Dialect::Mssql) {
                return Err(self.unknown("an insert of no columns"));
            }
            match (defaults, insert.table.columns().first()) {
                (true, Some(first)) if batched => {
                    let first = self.ident(&first.name(), first.0.quote.get())?;
                    let _ = write!(text, " ({first}) VALUES {ROW}(NULL){ROW}");
                }
                (true, _) => text.push_str(" DEFAULT VALUES"),
                (false, _) => text.push_str(" () VALUES ()"),
            }
        } else {
            let rows: Vec<String> = texts.into_iter().map(|row| format!("({row})")).collect();
            let _ = write!(text, " ({}) ", names.join(", "));
            self.output(&mut text, "inserted", &returning)?;
            text.push_str("VALUES ");
            if batched {
                let _ = write!(text, "{ROW}{}{ROW}", rows.join(", "));
            } else {
                text.push_str(&rows.join(", "));
            }
        }
        self.on_conflict(&mut text, insert)?;
        self.returning(&mut text, &returning)?;
        Ok(text)
    }

    /// `INSERT … SELECT`.
    fn insert_from_select(
        &mut self,
        insert: &Insert,
        columns: &[Column],
        select: &Rc<super::super::Select>,
    ) -> Result<String> {
        let names = self.column_names(columns)?;
        let mut text = "INSERT ".to_owned();
        push_prefixes(&mut text, &insert.prefixes)?;
        let table = self.table_name(&insert.table)?;
        let _ = write!(text, "INTO {table} ({}) {}", names.join(", "), self.select(select, Place::Inside)?);
        self.on_conflict(&mut text, insert)?;
        if !insert.returning.is_empty() && self.dialect == Dialect::Mssql {
            return Err(self.unknown("what an INSERT … SELECT returns"));
        }
        self.returning(&mut text, &insert.returning)?;
        Ok(text)
    }

    /// What another database's insert brings back: what was asked for, or the key that it generates.
    fn returned_by_dialect(&self, insert: &Insert, written: &[Column]) -> Result<Vec<Expr>> {
        if !insert.returning.is_empty() || self.dialect == Dialect::Mysql || insert.inline {
            return Ok(insert.returning.clone());
        }
        let key = insert.table.primary_key();
        let missing: Vec<&Column> = key.iter().filter(|column| !written.contains(column)).collect();
        if missing.is_empty() || matches!(insert.values, InsertValues::Rows(_)) {
            return Ok(Vec::new());
        }
        // Up to 1.3, keys came from sequences before the insert.
        if !self.has(Behaviour::DisambiguatedNames) {
            return Err(self.unknown("an insert without a primary key in this release"));
        }
        let generated = insert.table.autoincrement_column();
        match (self.dialect, missing[..] == generated.iter().collect::<Vec<_>>()[..]) {
            (Dialect::Postgresql | Dialect::Mssql, true) => {
                Ok(missing.into_iter().map(Expr::column).collect())
            }
            _ => Err(self.unknown("an insert without a primary key")),
        }
    }

    /// `OUTPUT` of `mssql`, which stands in the middle of a statement.
    fn output(&mut self, text: &mut String, of: &str, returning: &[Expr]) -> Result<()> {
        if self.dialect != Dialect::Mssql || returning.is_empty() {
            return Ok(());
        }
        let mut names = Vec::new();
        for expr in returning {
            let Some(column) = expr.as_column() else { return Err(self.unknown("such a RETURNING")) };
            names.push(format!("{of}.{}", self.ident(&column.name(), column.0.quote.get())?));
        }
        let _ = write!(text, "OUTPUT {} ", names.join(", "));
        Ok(())
    }

    /// Whether a parameter of this name will be given. A statement printed without parameters has every column.
    fn asked(&self, key: &str, has_values: bool) -> bool {
        match self.parameters {
            Some(parameters) => parameters.iter().any(|name| **name == *key),
            None => !has_values && !self.values_given,
        }
    }

    /// What `RETURNING` brings back: what was asked for or, for a flush, what the database generates.
    fn returned_columns(&self, insert: &Insert) -> Vec<Expr> {
        if !insert.returns_generated() {
            return insert.returning.clone();
        }
        if !self.sqlite() || !self.has(Behaviour::InsertManyValues) {
            return Vec::new();
        }
        let key = insert.table.primary_key();
        // A part of the key that the database does not generate is not asked for.
        let computed = |column: &Column| matches!(column.default(), Some(ColumnDefault::Sql(_)));
        let generates = |column: &Column| {
            column.server_default().is_some()
                || computed(column)
                || insert.table.autoincrement_column().as_ref() == Some(column)
        };
        let mut columns: Vec<Column> = key.iter().filter(|column| generates(column)).cloned().collect();
        if insert.generated != Generated::Key {
            columns.extend(self.postfetch.iter().filter(|column| !insert.unasked.contains(column)).cloned());
            let order = insert.table.columns();
            columns.sort_by_key(|column| order.iter().position(|other| other == column));
        }
        let identity = |column: &&Column| matches!(column.server_default(), Some(ServerDefault::Identity(_)));
        let numbered = columns.iter().any(|column| identity(&column) || computed(column));
        let keys = insert.generated == Generated::KeyAndDefaults || !self.postfetch.is_empty();
        if !self.many && !keys && !numbered {
            // One row's key comes from the driver.
            return Vec::new();
        }
        let no_key = !columns.iter().any(|column| key.contains(column));
        if self.many && no_key && !columns.is_empty() && self.has(Behaviour::InsertManyValuesOrdered) {
            columns.extend(key);
        }
        columns.iter().map(Expr::column).collect()
    }

    fn returning(&mut self, text: &mut String, returning: &[Expr]) -> Result<()> {
        if returning.is_empty() || self.dialect == Dialect::Mssql {
            return Ok(());
        }
        if self.dialect == Dialect::Mysql {
            return Err(self.unknown("a RETURNING"));
        }
        if self.sqlite() && !self.has(Behaviour::Returning) {
            return Err(compile_error("RETURNING is not supported by this dialect's statement compiler."));
        }
        let select = super::super::Select::new(returning.to_vec());
        let labelled = self.labelled_columns(&select);
        let sqlite = self.sqlite();
        let bare = std::mem::replace(&mut self.bare_columns, sqlite);
        let mut texts = Vec::new();
        for column in &labelled {
            let element = match column.expr.unannotated().kind() {
                ExprKind::Label { element, .. } => self.expr(element)?,
                _ => self.expr(&column.expr)?,
            };
            let name = self.name_text(&column.name);
            let wrapped = self.around_column(&column.expr.ty(), &element)?;
            let written = column.written || wrapped.is_some();
            let element = wrapped.unwrap_or(element);
            texts.push(match &name {
                Some(name) if written => format!("{element} AS {}", self.ident(name, None)?),
                _ => element.clone(),
            });
            self.columns.push(CompiledColumn {
                name: name.unwrap_or_else(|| Rc::from(element)),
                ty: column.expr.ty(),
            });
        }
        self.bare_columns = bare;
        text.push_str(" RETURNING ");
        text.push_str(&texts.join(", "));
        if self.dialect == Dialect::Oracle {
            let into: Vec<String> = (0..texts.len()).map(|number| format!(":ret_{number}")).collect();
            let _ = write!(text, " INTO {}", into.join(", "));
        }
        Ok(())
    }

    fn column_names(&self, columns: &[Column]) -> Result<Vec<String>> {
        columns.iter().map(|column| self.ident(&column.name(), column.0.quote.get())).collect()
    }

    pub(super) fn update(&mut self, update: &Update) -> Result<String> {
        let table = FromItem::Table(update.table.clone());
        let set = if self.has(Behaviour::UpdateFrom) {
            update.values.iter().map(|(_, value)| value).collect()
        } else {
            Vec::new()
        };
        let mut others = other_froms(update.where_.iter().chain(set), &table);
        if self.dialect == Dialect::Mysql {
            for (column, _) in &update.values {
                if let Some(other) = column.table().map(FromItem::Table)
                    && other != table
                    && !others.contains(&other)
                {
                    others.push(other);
                }
            }
        }
        if !others.is_empty() && self.sqlite() && !self.has(Behaviour::UpdateFrom) {
            return Err(Error::new(
                ErrorKind::NotImplementedError,
                "This backend does not support multiple-table criteria within UPDATE",
            ));
        }
        let mut nearest = vec![table.clone()];
        nearest.extend(others.iter().cloned());
        self.stack.push(Enclosing { correlate: nearest.clone(), nearest });
        let (beside, after) = self.several_tables("UPDATE", &table, &others)?;
        // MySQL has one list for all tables, and so columns with their tables.
        let qualified = !beside.is_empty();
        let sets = self.sets(update, &others, qualified)?;
        let mut text = "UPDATE ".to_owned();
        push_prefixes(&mut text, &update.prefixes)?;
        let _ = write!(text, "{}{beside} SET {}", self.table_name(&update.table)?, sets.join(", "));
        if self.dialect == Dialect::Mssql && !update.returning.is_empty() {
            text.push(' ');
            self.output(&mut text, "inserted", &update.returning)?;
            text.truncate(text.trim_end().len());
        }
        text.push_str(&after);
        let condition = self.condition(&update.where_)?;
        if !condition.is_empty() {
            text.push_str(" WHERE ");
            text.push_str(&condition);
        }
        self.stack.pop();
        if update.return_defaults && self.has(Behaviour::Returning) {
            let generated: Vec<Expr> = self.postfetch.iter().map(Expr::column).collect();
            self.returning(&mut text, &generated)?;
        }
        self.returning(&mut text, &update.returning)?;
        Ok(text)
    }

    /// `column=value` for each column that is written.
    fn sets(&mut self, update: &Update, others: &[FromItem], qualified: bool) -> Result<Vec<String>> {
        let mut sets = Vec::new();
        let mut columns = update.table.columns();
        if update.ordered {
            let place = |column: &Column| {
                update.values.iter().position(|(key, _)| key == column).unwrap_or(usize::MAX)
            };
            columns.sort_by_key(place);
        }
        if qualified {
            for other in others {
                let FromItem::Table(other) = other else { continue };
                for column in other.columns() {
                    let Some((_, value)) = update.values.iter().find(|(key, _)| *key == column) else {
                        continue;
                    };
                    let value = self.value(&column, value, "")?;
                    sets.push(format!("{}={value}", self.column(&column)?));
                }
            }
            let known = |column: &Column| {
                column.table().is_some_and(|table| others.contains(&FromItem::Table(table)))
            };
            let own: Vec<(Column, Expr)> =
                update.values.iter().filter(|(column, _)| !known(column)).cloned().collect();
            check_consumed(&update.table, std::slice::from_ref(&own))?;
        } else if self.dialect.is_foreign()
            && !self.has(Behaviour::SetOfOneTable)
            && update.values.iter().any(|(column, _)| !update.table.has_column(column))
        {
            return Err(self.unknown("columns of other tables in SET"));
        }
        for column in columns {
            let given = update.values.iter().find(|(key, _)| *key == column).map(|(_, expr)| expr.clone());
            let asked = self.asked(&column.key(), !update.values.is_empty());
            let text = match given {
                Some(expr) => self.value(&column, &expr, "")?,
                None if asked => self.column_bind(&column, column.key(), None)?,
                None => {
                    if let Some(default) = column.onupdate() {
                        self.default(&column, &default, "")?
                    } else {
                        if column.server_onupdate().is_some() {
                            self.postfetch.push(column.clone());
                        }
                        continue;
                    }
                }
            };
            let name = if qualified {
                self.column(&column)?
            } else {
                self.ident(&column.name(), column.0.quote.get())?
            };
            sets.push(format!("{name}={text}"));
        }
        if !qualified {
            self.sets_elsewhere(update, others, &mut sets)?;
        }
        Ok(sets)
    }

    /// Columns of other tables in `SET`: refused, but for some releases those of tables that the conditions name.
    fn sets_elsewhere(&mut self, update: &Update, others: &[FromItem], sets: &mut Vec<String>) -> Result<()> {
        let (mut tables, mut strange) = (Vec::new(), Vec::new());
        for (column, expr) in &update.values {
            if update.table.has_column(column) {
                continue;
            }
            match column.table() {
                Some(table) if self.has(Behaviour::SetOfOneTable) => {
                    let name = format!("'{}'", table.name());
                    if !tables.contains(&name) {
                        tables.push(name);
                    }
                }
                Some(table) if others.contains(&FromItem::from(&table)) => {
                    let text = self.value(column, expr, "")?;
                    sets.push(format!("{}={text}", self.ident(&column.name(), column.0.quote.get())?));
                }
                _ => strange.push((column.clone(), expr.clone())),
            }
        }
        if !tables.is_empty() {
            return Err(compile_error(format!(
                "Backend does not support additional tables in the SET clause; cannot include columns from table(s) {} in \
                 SET clause",
                tables.join(", ")
            )));
        }
        check_consumed(&update.table, &[strange])
    }

    pub(super) fn delete(&mut self, delete: &Delete) -> Result<String> {
        let table = FromItem::Table(delete.table.clone());
        let others = other_froms(delete.where_.iter(), &table);
        if !others.is_empty() && self.sqlite() {
            return Err(Error::new(
                ErrorKind::NotImplementedError,
                "This backend does not support multiple-table criteria within DELETE",
            ));
        }
        self.stack.push(Enclosing { correlate: vec![table.clone()], nearest: vec![table.clone()] });
        let mut text = format!("DELETE FROM {}", self.table_name(&delete.table)?);
        if self.dialect == Dialect::Mssql && !delete.returning.is_empty() {
            text.push(' ');
            self.output(&mut text, "deleted", &delete.returning)?;
            text.truncate(text.trim_end().len());
        }
        let (_, after) = self.several_tables("DELETE", &table, &others)?;
        text.push_str(&after);
        let condition = self.condition(&delete.where_)?;
        if !condition.is_empty() {
            text.push_str(" WHERE ");
            text.push_str(&condition);
        }
        self.stack.pop();
        self.returning(&mut text, &delete.returning)?;
        Ok(text)
    }
}

/// Words before a statement's `INTO` or table.
fn push_prefixes(text: &mut String, prefixes: &[Rc<str>]) -> Result<()> {
    for prefix in prefixes {
        super::check_text(prefix)?;
        text.push_str(prefix);
        text.push(' ');
    }
    Ok(())
}

/// Refuses values for columns that the table does not have.
fn check_consumed(table: &Table, rows: &[Vec<(Column, Expr)>]) -> Result<()> {
    let strange: Vec<String> = rows
        .iter()
        .flatten()
        .filter(|(column, _)| !table.has_column(column))
        .map(|(column, _)| column.key().to_string())
        .collect();
    if strange.is_empty() {
        return Ok(());
    }
    Err(compile_error(format!("Unconsumed column names: {}", strange.join(", "))))
}

/// What conditions read besides the statement's own table.
fn other_froms<'a>(conditions: impl Iterator<Item = &'a Expr>, table: &FromItem) -> Vec<FromItem> {
    let mut others: Vec<FromItem> = Vec::new();
    for condition in conditions {
        for item in condition.from_items() {
            if item != *table && !others.contains(&item) {
                others.push(item);
            }
        }
    }
    others
}
