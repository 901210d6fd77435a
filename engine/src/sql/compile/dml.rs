//! The text of `INSERT`, `UPDATE` and `DELETE`.
//!
//! Which columns appear is decided here: those with values, those among the parameters, those with defaults.

use super::super::dml::{Delete, Insert, InsertValues, Update};
use super::super::expr::{Expr, ExprKind};
use super::super::from::FromItem;
use super::select::Place;
use super::{Bind, CompiledBind, CompiledColumn, Compiler, Enclosing, ROW, compile_error};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Column, ColumnDefault, Table};
use crate::value::Value;
use crate::version::Behaviour;
use std::fmt::Write as _;
use std::rc::Rc;

impl Compiler<'_> {
    /// A placeholder for a column's value, given under its key.
    fn column_bind(&mut self, column: &Column, name: Rc<str>, value: Option<Value>) -> String {
        self.place(CompiledBind {
            name,
            value,
            late: None,
            tuple: None,
            expanding: None,
            ty: column.ty(),
            token: None,
            for_column: true,
        })
    }

    /// A value's text; a bind made for the column keeps its identity, so that a cached statement takes new values.
    fn value(&mut self, column: &Column, expr: &Expr, suffix: &str) -> Result<String> {
        if let ExprKind::Bind(Bind { key, unique, value: Some(value), token, expanding: None, ty, .. }) =
            expr.kind()
            && (!unique || **key == *"param")
        {
            let ty = if ty.is_null() || *unique { column.ty() } else { ty.clone() };
            return Ok(self.place(CompiledBind {
                name: Rc::from(format!("{}{suffix}", column.key())),
                value: Some(value.clone()),
                late: None,
                tuple: None,
                expanding: None,
                ty,
                token: Some(token.clone()),
                for_column: true,
            }));
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
                self.column_bind(column, Rc::from(name), None)
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
            let names = self.column_names(columns)?;
            let table = self.table_name(&insert.table)?;
            return Ok(format!(
                "INSERT INTO {table} ({}) {}",
                names.join(", "),
                self.select(select, Place::Inside)?
            ));
        }
        let rows: Vec<Vec<(Column, Expr)>> = match &insert.values {
            InsertValues::Rows(rows) => rows.clone(),
            InsertValues::Row(row) => vec![row.clone()],
            InsertValues::FromParameters | InsertValues::Select(..) => vec![Vec::new()],
        };
        let several = matches!(insert.values, InsertValues::Rows(_));
        if several && !self.sqlite() && !self.has(Behaviour::MultirowInsertsPrinted) {
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
                    None if asked => self.column_bind(&column, column.key(), None),
                    None => {
                        if let Some(default) = column.default() {
                            self.default(&column, &default, &suffix)?
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
        for prefix in &insert.prefixes {
            super::check_text(prefix)?;
            text.push_str(prefix);
            text.push(' ');
        }
        text.push_str("INTO ");
        text.push_str(&self.table_name(&insert.table)?);
        let returning = self.returned_columns(insert);
        let brings_back =
            !returning.is_empty() || (insert.return_defaults && self.has(Behaviour::InsertManyValuesOrdered));
        let batched = self.sqlite() && self.many && brings_back && self.has(Behaviour::InsertManyValues);
        if names.is_empty() {
            match (self.sqlite(), insert.table.primary_key().first()) {
                (true, Some(key)) if batched => {
                    let key = self.ident(&key.name(), None)?;
                    let _ = write!(text, " ({key}) VALUES {ROW}(NULL){ROW}");
                }
                (true, _) => text.push_str(" DEFAULT VALUES"),
                (false, _) => text.push_str(" () VALUES ()"),
            }
        } else {
            let rows: Vec<String> = texts.into_iter().map(|row| format!("({row})")).collect();
            let _ = write!(text, " ({}) VALUES ", names.join(", "));
            if batched {
                let _ = write!(text, "{ROW}{}{ROW}", rows.join(", "));
            } else {
                text.push_str(&rows.join(", "));
            }
        }
        self.returning(&mut text, &returning)?;
        Ok(text)
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
        if !insert.returning.is_empty() || !insert.return_defaults {
            return insert.returning.clone();
        }
        if !self.sqlite() || !self.has(Behaviour::InsertManyValues) {
            return Vec::new();
        }
        let key = insert.table.primary_key();
        // A part of the key that the database does not generate is not asked for.
        let generates = |column: &Column| {
            column.server_default().is_some() || insert.table.autoincrement_column().as_ref() == Some(column)
        };
        let mut columns: Vec<Column> = key.iter().filter(|column| generates(column)).cloned().collect();
        columns.extend(self.postfetch.iter().cloned());
        if !self.many && self.postfetch.is_empty() {
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
        if returning.is_empty() {
            return Ok(());
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
            texts.push(match &name {
                Some(name) if column.written => format!("{element} AS {}", self.ident(name, None)?),
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
        Ok(())
    }

    fn column_names(&self, columns: &[Column]) -> Result<Vec<String>> {
        columns.iter().map(|column| self.ident(&column.name(), column.0.quote.get())).collect()
    }

    pub(super) fn update(&mut self, update: &Update) -> Result<String> {
        let table = FromItem::Table(update.table.clone());
        let others = other_froms(&update.where_, &table);
        if !others.is_empty() && self.sqlite() && !self.has(Behaviour::UpdateFrom) {
            return Err(Error::new(
                ErrorKind::NotImplementedError,
                "This backend does not support multiple-table criteria within UPDATE",
            ));
        }
        let mut nearest = vec![table];
        nearest.extend(others.iter().cloned());
        self.stack.push(Enclosing { correlate: nearest.clone(), nearest });
        let mut sets = Vec::new();
        for column in update.table.columns() {
            let given = update.values.iter().find(|(key, _)| *key == column).map(|(_, expr)| expr.clone());
            let asked = self.asked(&column.key(), !update.values.is_empty());
            let text = match given {
                Some(expr) => self.value(&column, &expr, "")?,
                None if asked => self.column_bind(&column, column.key(), None),
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
            sets.push(format!("{}={text}", self.ident(&column.name(), column.0.quote.get())?));
        }
        self.sets_elsewhere(update, &others, &mut sets)?;
        let mut text = format!("UPDATE {} SET {}", self.table_name(&update.table)?, sets.join(", "));
        if !others.is_empty() {
            let others = others.iter().map(|from| self.element(from)).collect::<Result<Vec<_>>>()?;
            text.push_str(" FROM ");
            text.push_str(&others.join(", "));
        }
        let condition = self.condition(&update.where_)?;
        if !condition.is_empty() {
            text.push_str(" WHERE ");
            text.push_str(&condition);
        }
        self.stack.pop();
        self.returning(&mut text, &update.returning)?;
        Ok(text)
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
        let others = other_froms(&delete.where_, &table);
        if !others.is_empty() && self.sqlite() {
            return Err(Error::new(
                ErrorKind::NotImplementedError,
                "This backend does not support multiple-table criteria within DELETE",
            ));
        }
        self.stack.push(Enclosing { correlate: vec![table.clone()], nearest: vec![table] });
        let mut text = format!("DELETE FROM {}", self.table_name(&delete.table)?);
        if !others.is_empty() {
            let others = others.iter().map(|from| self.element(from)).collect::<Result<Vec<_>>>()?;
            text.push_str(" , ");
            text.push_str(&others.join(", "));
        }
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
fn other_froms(conditions: &[Expr], table: &FromItem) -> Vec<FromItem> {
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
