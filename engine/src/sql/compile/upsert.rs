//! What an insert does where a row is there already, as each dialect that can says it.

use super::super::dml::{Insert, OnConflict, OnConflictTarget};
use super::{Compiler, Dialect};
use crate::error::{Error, Result};
use std::fmt::Write as _;

impl Compiler<'_> {
    /// Writes the clause, where the insert has one.
    pub(super) fn on_conflict(&mut self, text: &mut String, insert: &Insert) -> Result<()> {
        let Some(conflict) = &insert.conflict else { return Ok(()) };
        if conflict.duplicate_key {
            return self.on_duplicate_key(text, insert, conflict);
        }
        if !matches!(self.dialect, Dialect::Sqlite | Dialect::Postgresql) {
            return Err(Error::unsupported(format!("ON CONFLICT in the dialect `{}`", self.dialect.name())));
        }
        text.push_str(" ON CONFLICT");
        match &conflict.target {
            OnConflictTarget::Any if conflict.set.is_some() => text.push(' '),
            OnConflictTarget::Any => {}
            OnConflictTarget::Constraint(name) => {
                let _ = write!(text, " ON CONSTRAINT {}", self.ident(name, None)?);
            }
            OnConflictTarget::Columns(elements, condition) => {
                let bare = std::mem::replace(&mut self.bare_columns, true);
                let elements = self.list(elements, ", ");
                let condition = condition.as_ref().map(|condition| self.expr(condition)).transpose();
                self.bare_columns = bare;
                let _ = write!(text, " ({})", elements?);
                if let Some(condition) = condition? {
                    let _ = write!(text, " WHERE {condition}");
                }
            }
        }
        let Some(set) = &conflict.set else {
            text.push_str(" DO NOTHING");
            return Ok(());
        };
        let mut sets = Vec::new();
        for column in insert.table.columns() {
            let Some((_, value)) = set.iter().find(|(key, _)| *key == column) else { continue };
            let value = self.expr(&value.self_group(super::super::Op::Largest))?;
            sets.push(format!("{} = {value}", self.ident(&column.name(), column.0.quote.get())?));
        }
        let _ = write!(text, " DO UPDATE SET {}", sets.join(", "));
        if let Some(condition) = &conflict.condition {
            let _ = write!(text, " WHERE {}", self.expr(condition)?);
        }
        Ok(())
    }

    /// The clause of `mysql`: the columns in the order of the table, or in that of a list.
    fn on_duplicate_key(&mut self, text: &mut String, insert: &Insert, conflict: &OnConflict) -> Result<()> {
        if self.dialect != Dialect::Mysql {
            return Err(Error::unsupported(format!(
                "ON DUPLICATE KEY UPDATE in the dialect `{}`",
                self.dialect.name()
            )));
        }
        let mut set = conflict.set.clone().unwrap_or_default();
        if !conflict.ordered {
            let columns = insert.table.columns();
            set.sort_by_key(|(key, _)| columns.iter().position(|column| column == key));
        }
        let mut sets = Vec::new();
        for (column, value) in &set {
            let name = self.ident(&column.name(), column.0.quote.get())?;
            let inserted = match value.unannotated().kind() {
                super::super::ExprKind::AliasColumn(of) if of.alias.name() == Some("inserted") => {
                    Some(self.ident(&of.name, None)?)
                }
                _ => None,
            };
            let value = match inserted {
                Some(name) => format!("VALUES({name})"),
                None if value.from_items().is_empty() => {
                    self.expr(&value.self_group(super::super::Op::Largest))?
                }
                None => return Err(self.unknown("ON DUPLICATE KEY UPDATE with such a value")),
            };
            sets.push(format!("{name} = {value}"));
        }
        let _ = write!(text, " ON DUPLICATE KEY UPDATE {}", sets.join(", "));
        Ok(())
    }
}
