//! `INSERT`, `UPDATE`, `DELETE`.
//!
//! Which columns are written is known when a statement is executed: those in `values`, those among the parameters,
//! and those with a default.

use super::compile::Dialect;
use super::expr::Expr;
use super::select::Select;
use crate::schema::{Column, Table};
use std::rc::Rc;

/// What an insert writes.
#[derive(Debug, Clone, Default)]
pub enum InsertValues {
    /// What the parameters say, and defaults.
    #[default]
    FromParameters,
    /// `values(…)`; parameters may add columns.
    Row(Vec<(Column, Expr)>),
    /// `values([…, …])`: one statement with several rows.
    Rows(Vec<Vec<(Column, Expr)>>),
    /// `INSERT … SELECT`; the columns beyond those of the select have defaults that it writes too.
    Select(Vec<Column>, Rc<Select>),
}

/// `INSERT`.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a wish of its own")]
pub struct Insert {
    pub table: Table,
    pub values: InsertValues,
    /// `returning(…)`.
    pub returning: Vec<Expr>,
    /// Wants generated keys of every row back, with `RETURNING` where the version does so (a flush's insert).
    pub return_defaults: bool,
    /// The key is asked for of one row too, where the driver could tell it.
    pub return_key: bool,
    /// `returning(…, sort_by_parameter_order=True)`: rows come back in the order of the parameters.
    pub sort_returning: bool,
    /// Do not ask for the generated key (`inline()`).
    pub inline: bool,
    pub prefixes: Vec<Rc<str>>,
    /// What it does where a row is there already.
    pub conflict: Option<Rc<OnConflict>>,
    /// Whose `insert()` made it: what its text is without a dialect.
    pub dialect: Dialect,
}

/// What an insert does where a row is there already.
#[derive(Debug, Clone)]
pub struct OnConflict {
    pub target: OnConflictTarget,
    /// What is written then; `None` where nothing is.
    pub set: Option<Vec<(Column, Expr)>>,
    pub condition: Option<Expr>,
    /// `ON DUPLICATE KEY UPDATE` of `mysql`.
    pub duplicate_key: bool,
    /// In the order in which it was given, not in the table's.
    pub ordered: bool,
}

/// Which rows count as there already.
#[derive(Debug, Clone)]
pub enum OnConflictTarget {
    Any,
    Constraint(Rc<str>),
    /// The columns of an index, with the index's own condition.
    Columns(Vec<Expr>, Option<Expr>),
}

/// `UPDATE`.
#[derive(Debug, Clone)]
pub struct Update {
    pub table: Table,
    /// `values(…)`, in order; parameters may add columns.
    pub values: Vec<(Column, Expr)>,
    /// In the order of `values`, not in that of the table's columns.
    pub ordered: bool,
    pub where_: Vec<Expr>,
    pub returning: Vec<Expr>,
    pub return_defaults: bool,
    pub prefixes: Vec<Rc<str>>,
    /// What the statement cache tells it apart by, besides what it says.
    pub tag: Option<Rc<str>>,
}

/// `DELETE`.
#[derive(Debug, Clone)]
pub struct Delete {
    pub table: Table,
    pub where_: Vec<Expr>,
    pub returning: Vec<Expr>,
    /// As for [`Update`].
    pub tag: Option<Rc<str>>,
}

impl Insert {
    pub fn into(table: &Table) -> Self {
        Insert {
            table: table.clone(),
            values: InsertValues::default(),
            returning: Vec::new(),
            return_defaults: false,
            return_key: false,
            sort_returning: false,
            inline: false,
            prefixes: Vec::new(),
            conflict: None,
            dialect: Dialect::Default,
        }
    }

    pub fn return_defaults(mut self) -> Self {
        self.return_defaults = true;
        self
    }

    /// As [`Insert::return_defaults`], the key included whatever else is asked for.
    #[must_use]
    pub fn return_key(mut self) -> Self {
        self.return_defaults = true;
        self.return_key = true;
        self
    }
}

impl Update {
    pub fn of(table: &Table) -> Self {
        Update {
            table: table.clone(),
            values: Vec::new(),
            ordered: false,
            where_: Vec::new(),
            returning: Vec::new(),
            return_defaults: false,
            prefixes: Vec::new(),
            tag: None,
        }
    }

    pub fn where_clause(mut self, condition: Expr) -> Self {
        self.where_.push(condition);
        self
    }
}

impl Delete {
    pub fn from(table: &Table) -> Self {
        Delete { table: table.clone(), where_: Vec::new(), returning: Vec::new(), tag: None }
    }

    pub fn where_clause(mut self, condition: Expr) -> Self {
        self.where_.push(condition);
        self
    }
}
