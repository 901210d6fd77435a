//! Engines and connections.

use super::clock::Clock;
use super::log::LogRecord;
use crate::error::{Error, Result};
use crate::version::Profile;

/// One engine (`create_engine()`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DatabaseId(pub(crate) u32);

/// One connection checked out of an engine's pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConnectionId(pub(crate) u32);

/// The `echo` argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Echo {
    #[default]
    Off,
    On,
    Debug,
}

/// All database engines of a world.
#[derive(Debug, Default)]
pub struct Databases {
    clock: Clock,
    log: Vec<LogRecord>,
}

impl Databases {
    /// Engines that read this clock.
    pub fn with_clock(clock: Clock) -> Self {
        Databases { clock, log: Vec::new() }
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// An engine for a URL.
    ///
    /// # Errors
    ///
    /// `ArgumentError` for what is no URL; `Unsupported` for dialects other than SQLite.
    pub fn create_engine(&mut self, profile: Profile, url: &str, echo: Echo) -> Result<DatabaseId> {
        let _ = (profile, url, echo);
        Err(Error::unsupported("engines"))
    }

    pub fn set_echo(&mut self, database: DatabaseId, echo: Echo) {
        let _ = (database, echo);
    }

    /// A connection of the engine.
    pub fn connect(&mut self, database: DatabaseId) -> Result<ConnectionId> {
        let _ = database;
        Err(Error::unsupported("engines"))
    }

    /// Gives a connection back; a transaction that is open is rolled back, with the log line it has.
    pub fn close(&mut self, connection: ConnectionId) -> Result<()> {
        let _ = connection;
        Ok(())
    }

    pub fn database_of(&self, connection: ConnectionId) -> DatabaseId {
        let _ = connection;
        DatabaseId(0)
    }

    /// Begins a transaction: `BEGIN (implicit)` in the log.
    pub fn begin(&mut self, connection: ConnectionId) -> Result<()> {
        let _ = connection;
        Ok(())
    }

    pub fn in_transaction(&self, connection: ConnectionId) -> bool {
        let _ = connection;
        false
    }

    pub fn commit(&mut self, connection: ConnectionId) -> Result<()> {
        let _ = connection;
        Ok(())
    }

    pub fn rollback(&mut self, connection: ConnectionId) -> Result<()> {
        let _ = connection;
        Ok(())
    }

    /// A savepoint, named `sa_savepoint_1` and so on; answers its number.
    pub fn savepoint(&mut self, connection: ConnectionId) -> Result<u32> {
        let _ = connection;
        Ok(0)
    }

    pub fn release_savepoint(&mut self, connection: ConnectionId, savepoint: u32) -> Result<()> {
        let _ = (connection, savepoint);
        Ok(())
    }

    pub fn rollback_to_savepoint(&mut self, connection: ConnectionId, savepoint: u32) -> Result<()> {
        let _ = (connection, savepoint);
        Ok(())
    }

    /// The log since the last call, oldest first.
    pub fn take_log(&mut self) -> Vec<LogRecord> {
        std::mem::take(&mut self.log)
    }
}
