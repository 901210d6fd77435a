//! What a world has mapped, as plain data for reports and snapshots.

use serde::Serialize;

/// Tables, mapped classes and rows of one world.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Model {
    pub tables: Vec<TableModel>,
    pub classes: Vec<ClassModel>,
}

/// One table with the statement that creates it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableModel {
    pub name: String,
    /// The `CREATE TABLE` as SQLAlchemy emits it for SQLite, without the blank lines around it.
    pub create: String,
}

/// One mapped class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClassModel {
    pub name: String,
    pub table: String,
    pub relationships: Vec<RelationshipModel>,
}

/// One relationship of a mapped class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RelationshipModel {
    pub name: String,
    pub target: String,
    /// `ONETOMANY`, `MANYTOONE` or `MANYTOMANY`.
    pub direction: String,
    pub uselist: bool,
    /// The attribute on the other side that is kept in step, if any.
    pub back_populates: Option<String>,
    /// Whether a `backref` made it.
    pub from_backref: bool,
    /// The join condition as `print()` renders it.
    pub join: String,
}

/// The rows of one table when a case has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rows {
    pub table: String,
    pub columns: Vec<String>,
    /// Values as Python literals, in primary key order.
    pub rows: Vec<Vec<String>>,
}
