//! Constraints and indexes of a table.

use super::column::Column;
use super::foreign_key::ForeignKeyConstraint;
use crate::sql::Expr;
use std::rc::Rc;

/// `UNIQUE (a, b)`.
#[derive(Debug, Clone)]
pub struct UniqueConstraint {
    pub name: Option<Rc<str>>,
    pub columns: Vec<Column>,
    /// Keys of columns that the table will have; looked up when the table is made.
    pub column_keys: Vec<Rc<str>>,
}

/// `CHECK (…)`.
#[derive(Debug, Clone)]
pub struct CheckConstraint {
    pub name: Option<Rc<str>>,
    pub condition: Expr,
    /// Whether the name is final: given as such, or made by a convention.
    pub is_named: bool,
}

/// One of the expressions of an index, in order.
#[derive(Debug, Clone)]
pub enum IndexPart {
    Column(Column),
    /// A column that the table will have, by its key.
    Key(Rc<str>),
    Expr(Expr),
}

/// An index.
#[derive(Debug, Clone, Default)]
pub struct Index {
    pub name: Option<Rc<str>>,
    pub columns: Vec<Column>,
    /// Keys of columns that the table will have; looked up when the table is made.
    pub column_keys: Vec<Rc<str>>,
    pub unique: bool,
    /// What it is on, where that is more than columns; `columns` has those that its expressions name.
    pub parts: Vec<IndexPart>,
    /// Conditions of its rows, by the dialect that has them.
    pub conditions: Vec<(Rc<str>, Expr)>,
    /// The method that a database is to use (`postgresql_using`).
    pub using: Option<Rc<str>>,
}

/// A constraint of a table. The primary key is the table's own.
#[derive(Debug, Clone)]
pub enum Constraint {
    /// Sets the primary key to these columns, and names it.
    PrimaryKey {
        name: Option<Rc<str>>,
        columns: Vec<Column>,
        column_keys: Vec<Rc<str>>,
    },
    ForeignKey(Rc<ForeignKeyConstraint>),
    Unique(Rc<UniqueConstraint>),
    Check(Rc<CheckConstraint>),
}
