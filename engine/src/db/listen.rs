//! What is called when an engine opens its database: the library's event `connect`.
//!
//! Listeners see the connection of the driver, whose statements are not logged.

use super::driver::{Driver, Failure};
use super::engine::{ConnectionId, DatabaseId, Databases};
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::value::Value;
use std::fmt;
use std::rc::Rc;

/// What is called with an engine whose database has been opened.
pub type OnConnect = Rc<dyn Fn(&mut Cx<'_>, DatabaseId) -> Result<()>>;

/// The listeners of a world.
#[derive(Default)]
pub(super) struct Listeners(Vec<(Option<DatabaseId>, OnConnect)>);

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} listeners>", self.0.len())
    }
}

impl Databases {
    /// Has `call` called when one engine, or any, opens its database.
    pub fn on_connect(&mut self, database: Option<DatabaseId>, call: OnConnect) {
        self.listeners.0.push((database, call));
    }

    /// What an engine was last connected by.
    ///
    /// # Errors
    ///
    /// `ResourceClosedError` where it never was.
    pub fn held(&self, database: DatabaseId) -> Result<Held> {
        let driver = self.database(self.owner(database)).driver.clone();
        driver
            .map(Held)
            .ok_or_else(|| Error::new(ErrorKind::ResourceClosedError, "This Connection is closed"))
    }

    /// What a connection talks to.
    ///
    /// # Errors
    ///
    /// `ResourceClosedError` where it was closed.
    pub fn held_by(&self, connection: ConnectionId) -> Result<Held> {
        self.driver(connection).map(Held)
    }
}

/// The driver's connection, as a document has it in its hands: nothing that it does is logged.
#[derive(Debug, Clone)]
pub struct Held(Rc<Driver>);

impl Held {
    /// Ends the transaction that is open.
    ///
    /// # Errors
    ///
    /// `Unsupported` where the driver refuses.
    pub fn end(&self, commit: bool) -> Result<()> {
        let ended = if commit { self.0.commit() } else { self.0.rollback() };
        ended.map_err(Held::refused)
    }

    /// Executes a statement, neither logged nor wrapped.
    ///
    /// # Errors
    ///
    /// `Unsupported` where the driver refuses: what it raises by itself is not known here.
    pub fn run(&self, text: &str, parameters: &[Value]) -> Result<Vec<Vec<Value>>> {
        self.0.run(text, parameters).map(|fetched| fetched.rows).map_err(Held::refused)
    }

    fn refused(failure: Failure) -> Error {
        match failure {
            Failure::Other(error) => error,
            Failure::Driver(error) => {
                Error::unsupported(format!("an error of the driver's own: {}", error.message))
            }
        }
    }
}

/// Opens an engine's database where that has not been done, and tells who listens.
///
/// # Errors
///
/// What a listener raises.
pub fn open(cx: &mut Cx<'_>, database: DatabaseId) -> Result<()> {
    let databases = &mut cx.orm.databases;
    if !databases.would_open(database) {
        return Ok(());
    }
    let called: Vec<OnConnect> = databases
        .listeners
        .0
        .iter()
        .filter(|(of, _)| of.is_none_or(|of| databases.is_of(database, of)))
        .map(|(_, call)| Rc::clone(call))
        .collect();
    if called.is_empty() {
        return Ok(());
    }
    let connection = databases.connect(database)?;
    for call in called {
        call(cx, database)?;
    }
    cx.orm.databases.close_and_keep(connection, true)
}
