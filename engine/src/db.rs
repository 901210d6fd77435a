//! Database engines over in-memory SQLite, their log and limits. The only user of rusqlite.
//!
//! A document never reaches a file: whatever its URL says, a database is in memory. That of a file lives as long as the
//! world, and another as long as its engine.

mod batch;
mod cache;
mod clock;
mod convert;
mod driver;
mod engine;
mod execute;
mod files;
mod host_types;
mod listen;
mod log;
mod options;
mod parameters;
mod peek;
mod raw;
mod schema;
mod store;

pub use clock::Clock;
pub use driver::DriverError;
pub use engine::{ConnectionId, DatabaseId, Databases, Echo};
pub(crate) use execute::execute_cached;
pub use execute::{ExecResult, Given, ResultColumn, execute};
pub use files::Pool;
pub use listen::{Held, OnConnect, open};
pub use log::LogRecord;
pub use options::{Isolation, Options, unreadable_url};
pub use raw::{Raw, execute_raw};
