//! Database engines over in-memory SQLite, their log and limits. The only user of rusqlite.
//!
//! A document never reaches a file: whatever its URL says, an engine is a private in-memory database, which lives
//! as long as the engine.

mod batch;
mod cache;
mod clock;
mod convert;
mod driver;
mod engine;
mod execute;
mod host_types;
mod listen;
mod log;
mod options;
mod parameters;
mod peek;
mod raw;
mod schema;

pub use clock::Clock;
pub use driver::DriverError;
pub use engine::{ConnectionId, DatabaseId, Databases, Echo};
pub(crate) use execute::execute_cached;
pub use execute::{ExecResult, Given, ResultColumn, execute};
pub use listen::{OnConnect, open};
pub use log::LogRecord;
pub use options::{Isolation, Options, unreadable_url};
pub use raw::{Raw, execute_raw};
