//! Rows that a statement finds by their keys: what its parameters are called, and whether all were there.
//!
//! The values are the caller's; a parameter of a key never has the name of a column to set.

use crate::db::Given;
use crate::error::{Error, ErrorKind, Result};
use crate::map::MapperId;
use crate::orm::Orm;
use crate::schema::{Column, Table};
use crate::sql::{Expr, Op, Params, Update};
use std::rc::Rc;

/// The name of a parameter in a WHERE clause: the column's label, made to differ from the table's columns.
pub(crate) fn label(table: &Table, column: &Column) -> Rc<str> {
    let base = format!("{}_{}", table.name(), column.name());
    let mut name = base.clone();
    let mut count = 1;
    while table.column(&name).is_some() {
        name = format!("{base}_{count}");
        count += 1;
    }
    name.into()
}

/// A column equal to the parameter of its label.
pub(crate) fn has_label(table: &Table, column: &Column) -> Result<Expr> {
    column.expr().operate(Op::Eq, Expr::param(&label(table, column), column.ty()))
}

/// An update of rows of a class by primary key, as flushes of its hierarchy compile it.
pub(crate) fn update_by_key(orm: &Orm, mapper: MapperId, table: &Table) -> Result<Update> {
    let mut statement = Update::of(table);
    statement.tag = Some(Rc::from(orm.mappers.compiled_by(mapper)));
    for column in table.primary_key() {
        statement = statement.where_clause(has_label(table, &column)?);
    }
    Ok(statement)
}

/// One set of parameters is executed as such, several as one batch.
pub(crate) fn given(mut rows: Vec<Params>) -> Given {
    if rows.len() == 1 { Given::One(rows.remove(0)) } else { Given::Many(rows) }
}

/// Refuses an update that did not find as many rows as there should be.
pub(crate) fn check_updated(table: &Table, count: usize, found: i64) -> Result<()> {
    if found == count as i64 {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::StaleDataError,
        format!(
            "UPDATE statement on table '{}' expected to update {count} row(s); {found} were matched.",
            table.name()
        ),
    ))
}
