//! DDL by itself, as `print(CreateTable(table))` shows it.

use super::constraint::Index;
use super::table::Table;
use crate::error::Result;
use crate::sql::Dialect;
use crate::sql::compile::ddl;
use crate::version::Profile;

/// `CREATE TABLE`.
pub fn create_table(profile: Profile, dialect: Dialect, table: &Table) -> Result<String> {
    ddl::create_table(profile, dialect, table)
}

/// `DROP TABLE`.
pub fn drop_table(profile: Profile, dialect: Dialect, table: &Table) -> Result<String> {
    ddl::drop_table(profile, dialect, table)
}

/// `CREATE INDEX`.
pub fn create_index(profile: Profile, dialect: Dialect, table: &Table, index: &Index) -> Result<String> {
    ddl::create_index(profile, dialect, table, index)
}
