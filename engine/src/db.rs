//! Database engines over in-memory SQLite, their log and limits. The only user of rusqlite.

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DatabaseId(pub(crate) u32);

/// All database engines of a world.
#[derive(Debug, Default)]
pub struct Databases {}
