//! Names of constraints and indexes by convention: patterns with tokens that stand for the table and its columns.
//!
//! A name is made as the constraint comes to its table, and is then the constraint's own. What a pattern asks of columns that
//! are not there is nothing.

use super::column::Column;
use super::constraint::Constraint;
use super::foreign_key::{ForeignKey, ForeignKeyConstraint};
use super::table::Table;
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Expr, ExprKind};
use indexmap::IndexMap;
use std::rc::Rc;

/// Patterns by the kind of what they name: `pk`, `fk`, `uq`, `ck`, `ix`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming(pub IndexMap<Rc<str>, Rc<str>>);

impl Default for Naming {
    fn default() -> Self {
        Naming(std::iter::once((Rc::from("ix"), Rc::from("ix_%(column_0_label)s"))).collect())
    }
}

/// What is to be named.
pub(crate) struct Named<'a> {
    pub(crate) table: &'a Table,
    pub(crate) kind: &'static str,
    pub(crate) given: Option<&'a str>,
    pub(crate) columns: Vec<Column>,
    pub(crate) keys: &'a [ForeignKey],
}

impl<'a> Named<'a> {
    pub(crate) fn new(table: &'a Table, kind: &'static str, given: Option<&'a str>) -> Self {
        Named { table, kind, given, columns: Vec::new(), keys: &[] }
    }

    /// The name by the convention of the table's collection; the given one where the convention does not speak of it.
    ///
    /// # Errors
    ///
    /// `InvalidRequestError` where a pattern asks for the given name and none is given, `KeyError` for an unknown token.
    pub(crate) fn name(&self) -> Result<Option<Rc<str>>> {
        let given = || self.given.map(Rc::from);
        if self.table.is_light() {
            return Ok(given());
        }
        let naming = self.table.metadata().naming();
        let Some(pattern) = naming.0.get(self.kind) else { return Ok(given()) };
        if self.given.is_some() && !pattern.contains("%(constraint_name)s") {
            return Ok(given());
        }
        self.filled(pattern).map(|name| Some(Rc::from(name)))
    }

    fn filled(&self, pattern: &str) -> Result<String> {
        let mut name = String::new();
        let mut rest = pattern;
        while let Some(at) = rest.find('%') {
            name.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('%') {
                name.push('%');
                rest = after;
                continue;
            }
            let Some((token, after)) = rest.strip_prefix('(').and_then(|inside| inside.split_once(")s"))
            else {
                return Err(Error::unsupported(format!("the naming convention {pattern}")));
            };
            name.push_str(&self.token(token)?);
            rest = after;
        }
        name.push_str(rest);
        Ok(name)
    }

    fn token(&self, token: &str) -> Result<String> {
        match token {
            "table_name" => return Ok(self.table.name().to_owned()),
            "referred_table_name" => {
                let target = self.keys.first().and_then(ForeignKey::target_table_name).unwrap_or_default();
                return Ok(target.rsplit('.').next().unwrap_or_default().to_owned());
            }
            "constraint_name" => {
                return self.given.map(str::to_owned).ok_or_else(|| {
                    Error::new(
                        ErrorKind::InvalidRequestError,
                        "Naming convention including %(constraint_name)s token requires that constraint is \
                         explicitly named.",
                    )
                });
            }
            _ => {}
        }
        let (referred, rest) = match token.strip_prefix("referred_column_") {
            Some(rest) => (true, Some(rest)),
            None => (false, token.strip_prefix("column_")),
        };
        self.of_columns(referred, rest.unwrap_or_default())
            .ok_or_else(|| Error::new(ErrorKind::KeyError, token))
    }

    /// `0_name`, `0N_name`, `0_N_name` and their like; nothing where it is something else.
    fn of_columns(&self, referred: bool, token: &str) -> Option<String> {
        let digits = token.find(|character: char| !character.is_ascii_digit())?;
        let (number, rest) = token.split_at(digits);
        let first: usize = number.parse().ok()?;
        let (separator, what) = match rest.strip_prefix("N_") {
            Some(what) => (Some(""), what),
            None => match rest.strip_prefix("_N_") {
                Some(what) => (Some("_"), what),
                None => (None, rest.strip_prefix('_')?),
            },
        };
        if !matches!(what, "name" | "key" | "label") {
            return None;
        }
        let shown = |at: usize| -> Option<String> {
            if referred {
                return self.keys.get(at).map(|key| referred_name(key, what));
            }
            let column = self.columns.get(at)?;
            Some(match what {
                "name" => column.name().to_string(),
                "key" => column.key().to_string(),
                _ => self.table.label_of(column),
            })
        };
        let Some(separator) = separator else { return Some(shown(first).unwrap_or_default()) };
        let parts: Vec<String> = (0..).map_while(shown).collect();
        Some(parts.join(separator))
    }
}

/// The column that a key refers to, which need not be there yet.
fn referred_name(key: &ForeignKey, what: &str) -> String {
    let target = key.target_fullname();
    let (table, column) = target.rsplit_once('.').unwrap_or(("", &target));
    match what {
        "label" => format!("{}_{column}", table.replace('.', "_")),
        _ => column.to_owned(),
    }
}

/// The columns that an expression names, in order.
pub(crate) fn columns_of(condition: &Expr) -> Vec<Column> {
    let mut found = Vec::new();
    condition.visit(&mut |expr| {
        if let ExprKind::Column(column) = expr.kind()
            && !found.contains(column)
        {
            found.push(column.clone());
        }
    });
    found
}

impl Table {
    /// The name of a foreign key constraint as its table's collection has it.
    pub(crate) fn name_of_key(
        &self,
        key: &ForeignKeyConstraint,
        columns: Vec<Column>,
    ) -> Result<Option<Rc<str>>> {
        let named = Named { columns, keys: &key.elements, ..Named::new(self, "fk", key.name.as_deref()) };
        named.name()
    }

    /// The name of the check that a column's type brings along.
    pub(crate) fn name_of_type_check(&self, column: &Column, given: Option<&str>) -> Result<Option<Rc<str>>> {
        Named { columns: vec![column.clone()], ..Named::new(self, "ck", given) }.name()
    }
}

impl Constraint {
    /// The name, once it has a table.
    pub fn name(&self) -> Option<Rc<str>> {
        match self {
            Constraint::PrimaryKey { name, .. } => name.clone(),
            Constraint::ForeignKey(key) => key.name.clone(),
            Constraint::Unique(unique) => unique.name.clone(),
            Constraint::Check(check) => check.name.clone(),
        }
    }
}
