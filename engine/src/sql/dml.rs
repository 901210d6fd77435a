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

/// What the database generates for a row that a flush inserts, and the flush wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Generated {
    /// What the driver tells by itself: one row's key.
    #[default]
    Told,
    /// Keys and defaults. One row's key is the driver's to tell.
    Defaults,
    /// Keys and defaults, one row's key included.
    KeyAndDefaults,
    /// Keys alone: defaults are left for their access.
    Key,
}

/// `INSERT`.
#[derive(Debug, Clone)]
pub struct Insert {
    pub table: Table,
    pub values: InsertValues,
    /// `returning(…)`.
    pub returning: Vec<Expr>,
    /// What a flush's insert wants back of every row, with `RETURNING` where the version does so.
    pub generated: Generated,
    /// Columns of which a flush does not ask what the database generates.
    pub unasked: Vec<Column>,
    /// Whose statement it is, which keeps it apart in the cache.
    pub tag: Option<Rc<str>>,
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
    /// Wants what `onupdate` makes of a row back (a flush's update).
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
            generated: Generated::Told,
            unasked: Vec::new(),
            tag: None,
            sort_returning: false,
            inline: false,
            prefixes: Vec::new(),
            conflict: None,
            dialect: Dialect::Default,
        }
    }

    /// Keeps it apart from other statements of the same text in the cache.
    #[must_use]
    pub fn tagged(mut self, tag: &str) -> Self {
        self.tag = Some(Rc::from(tag));
        self
    }

    #[must_use]
    pub fn returning_generated(mut self, generated: Generated) -> Self {
        self.generated = generated;
        self
    }

    /// Whether it brings back what the database generates.
    pub(crate) fn returns_generated(&self) -> bool {
        self.generated != Generated::Told && self.returning.is_empty()
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
