//! What engines and connections are told besides their URL: how transactions are isolated, and how they log.
//!
//! An engine with other options shares its origin's database and statement cache; what it logs and how is its own.

use super::cache::Cache;
use super::engine::{ConnectionId, DatabaseId, Databases, failed};
use crate::error::{Error, ErrorKind, Result};
use crate::version::{Behaviour, Profile};
use std::rc::Rc;

/// What the log and errors have in place of parameters that are not to be shown.
pub(super) const HIDDEN: &str = "[SQL parameters hidden due to hide_parameters=True]";

/// How the transactions of a connection are isolated (`isolation_level`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    Serializable,
    ReadUncommitted,
    /// The driver begins no transaction: each statement stands when it has run.
    Autocommit,
}

/// What an engine was made with, besides its URL.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How its connections begin (`execution_options`).
    pub isolation: Option<Isolation>,
    /// How the database's own connections are (`create_engine(isolation_level=)`).
    pub default_isolation: Option<Isolation>,
    /// What its messages begin with (`logging_token`).
    pub token: Option<Rc<str>>,
    /// The end of its logger's name.
    pub logging_name: Option<Rc<str>>,
    /// Whether the log and errors do not show parameters.
    pub hides_parameters: bool,
}

/// The error of what is no URL.
pub fn unreadable_url(profile: Profile, url: &str) -> Error {
    let quoted = crate::value::repr::text(url);
    let message = if profile.has(Behaviour::UrlNotQuoted) {
        "Could not parse SQLAlchemy URL from given URL string".to_owned()
    } else if profile.has(Behaviour::UrlOfSqlalchemy) {
        format!("Could not parse SQLAlchemy URL from string {quoted}")
    } else {
        format!("Could not parse rfc1738 URL from string {quoted}")
    };
    Error::new(ErrorKind::ArgumentError, message)
}

impl Databases {
    /// Changes what an engine was made with.
    pub fn set_options(&mut self, database: DatabaseId, change: impl FnOnce(&mut Options)) {
        change(&mut self.database_mut(database).options);
    }

    /// An engine with other options on the same database (`engine.execution_options()`).
    ///
    /// # Errors
    ///
    /// `Unsupported` where a document makes too many.
    pub fn with_options(
        &mut self,
        database: DatabaseId,
        change: impl FnOnce(&mut Options),
    ) -> Result<DatabaseId> {
        if self.engines.len() >= super::engine::MAX_ENGINES {
            return Err(Error::unsupported("more engines in one document than it may have"));
        }
        let origin = self.database(database);
        let mut options = origin.options.clone();
        change(&mut options);
        let made = super::engine::Database {
            profile: origin.profile,
            shares: Some(database),
            options,
            file: None,
            pool: origin.pool,
            driver: None,
            idle: std::collections::VecDeque::new(),
            met: false,
            echo: origin.echo,
            autocommit: origin.autocommit,
            logging: origin.logging,
            cache: Cache::default(),
            checked_out: 0,
        };
        self.engines.push(made);
        Ok(DatabaseId(self.engines.len() as u32 - 1))
    }

    /// The engine that has the database and the cache.
    pub(super) fn owner(&self, database: DatabaseId) -> DatabaseId {
        let mut owner = database;
        while let Some(origin) = self.database(owner).shares {
            owner = origin;
        }
        owner
    }

    /// Whether an engine is another, or that one with other options.
    pub fn is_of(&self, database: DatabaseId, other: DatabaseId) -> bool {
        let mut known = Some(database);
        while let Some(one) = known {
            if one == other {
                return true;
            }
            known = self.database(one).shares;
        }
        false
    }

    pub(super) fn cache_mut(&mut self, database: DatabaseId) -> &mut Cache {
        let owner = self.owner(database);
        &mut self.database_mut(owner).cache
    }

    /// Parameters as they are shown, or what stands in their place.
    pub(super) fn shown(&self, database: DatabaseId, show: impl FnOnce() -> String) -> String {
        if self.database(database).options.hides_parameters { HIDDEN.to_owned() } else { show() }
    }

    /// Sets how a connection's transactions are isolated from now on.
    ///
    /// # Errors
    ///
    /// What the driver says.
    pub fn set_isolation(&mut self, connection: ConnectionId, isolation: Isolation) -> Result<()> {
        self.connections[connection.0 as usize].isolation = Some(isolation);
        self.isolate(connection, isolation)
    }

    /// Has the log take a connection's transactions for the driver's own, as after a level that was refused.
    pub fn forget_isolation(&mut self, connection: ConnectionId) {
        self.connections[connection.0 as usize].isolation = Some(Isolation::Serializable);
    }

    /// Sets what a connection's messages begin with.
    pub fn set_token(&mut self, connection: ConnectionId, token: Option<Rc<str>>) {
        self.connections[connection.0 as usize].token = token;
    }

    /// The level that the database tells: `SERIALIZABLE` in autocommit mode, too.
    ///
    /// # Errors
    ///
    /// What the driver says.
    pub fn isolation_level(&self, connection: ConnectionId) -> Result<&'static str> {
        self.check_open(connection)?;
        let driver = self.driver(connection)?;
        let fetched = driver.run("PRAGMA read_uncommitted", &[]).map_err(|failure| failed(failure, None))?;
        let is_set = fetched.rows.first().and_then(|row| row.first()) == Some(&crate::value::Value::Int(1));
        Ok(if is_set { "READ UNCOMMITTED" } else { "SERIALIZABLE" })
    }

    /// Has a connection that was just checked out begin as its engine's options say.
    pub(super) fn isolated(&mut self, connection: ConnectionId) -> Result<ConnectionId> {
        let database = self.database_of(connection);
        let options = &self.database(database).options;
        if let Some(isolation) = options.isolation.or(options.default_isolation) {
            self.isolate(connection, isolation)?;
        }
        Ok(connection)
    }

    /// Takes back what a connection was isolated by.
    pub(super) fn reset_isolation(&mut self, connection: ConnectionId) -> Result<()> {
        if self.connection(connection).isolation.is_none() {
            return Ok(());
        }
        let database = self.database_of(connection);
        let usual = self.database(database).options.default_isolation.unwrap_or(Isolation::Serializable);
        self.isolate(connection, usual)
    }

    fn isolate(&mut self, connection: ConnectionId, isolation: Isolation) -> Result<()> {
        let driver = self.driver(connection)?;
        driver.set_autocommit(isolation == Isolation::Autocommit);
        let text = match isolation {
            Isolation::Autocommit => return Ok(()),
            Isolation::ReadUncommitted => "PRAGMA read_uncommitted = 1",
            Isolation::Serializable => "PRAGMA read_uncommitted = 0",
        };
        driver.run(text, &[]).map_err(|failure| failed(failure, None))?;
        Ok(())
    }

    /// Whether the log says of a connection's transactions that the driver has none.
    pub(super) fn tells_autocommit(&self, connection: ConnectionId) -> bool {
        let entry = self.connection(connection);
        let options = &self.database(entry.database).options;
        let isolation = entry.isolation.or(options.default_isolation);
        isolation == Some(Isolation::Autocommit)
            && self.profile(entry.database).has(Behaviour::AutocommitTold)
    }

    /// Logs the end of a transaction.
    pub(super) fn write_end(&mut self, connection: ConnectionId, word: &str) {
        let text = if self.tells_autocommit(connection) {
            let call = word.to_lowercase();
            let told = self.profile(self.database_of(connection)).has(Behaviour::AutocommitEndsTold);
            let why = match (told, word) {
                (false, _) => ", DBAPI should ignore due to autocommit mode",
                (true, "COMMIT") => ", has no effect due to autocommit mode",
                (true, _) => "; set skip_autocommit_rollback to prevent fully",
            };
            format!("{word} using DBAPI connection.{call}(){why}")
        } else {
            word.to_owned()
        };
        self.write(connection, "INFO", text);
    }
}
