//! DDL by itself, as `print(CreateTable(table))` shows it.

use super::column::Column;
use super::constraint::{Constraint, Index};
use super::generated::Sequence;
use super::table::Table;
use super::types::SqlType;
use crate::error::Result;
use crate::sql::Dialect;
use crate::sql::compile::ddl_text;
use crate::version::Profile;
use std::rc::Rc;

/// A statement of the schema.
#[derive(Debug, Clone)]
pub enum Ddl {
    CreateTable {
        table: Table,
        if_not_exists: bool,
    },
    DropTable {
        table: Table,
        if_exists: bool,
    },
    CreateIndex {
        table: Table,
        index: Index,
        if_not_exists: bool,
    },
    DropIndex {
        table: Table,
        index: Index,
        if_exists: bool,
    },
    CreateSequence {
        sequence: Rc<Sequence>,
        if_not_exists: bool,
    },
    DropSequence {
        sequence: Rc<Sequence>,
        if_exists: bool,
    },
    CreateSchema {
        name: Rc<str>,
        if_not_exists: bool,
    },
    DropSchema {
        name: Rc<str>,
        cascade: bool,
        if_exists: bool,
    },
    AddConstraint {
        table: Table,
        constraint: Constraint,
    },
    DropConstraint {
        table: Table,
        constraint: Constraint,
        cascade: bool,
    },
    /// A column as `CREATE TABLE` has it.
    CreateColumn {
        table: Table,
        column: Column,
    },
    /// `COMMENT ON TABLE`, with the table's comment or with none.
    TableComment {
        table: Table,
        drop: bool,
    },
    ColumnComment {
        table: Table,
        column: Column,
        drop: bool,
    },
    /// Text that stands for itself.
    Text(Rc<str>),
}

/// A type as DDL names it.
///
/// # Errors
///
/// As [`Ddl::text`].
pub fn type_text(profile: Profile, dialect: Dialect, ty: &SqlType) -> Result<String> {
    ddl_text::type_text(profile, dialect, ty)
}

impl Ddl {
    /// The text in a dialect.
    ///
    /// # Errors
    ///
    /// `CompileError` for what the library does not write; `Unsupported` for what this engine does not.
    pub fn text(&self, profile: Profile, dialect: Dialect) -> Result<String> {
        ddl_text::text(profile, dialect, self)
    }
}
