//! What is called when an engine opens its database: the library's event `connect`.
//!
//! Listeners see the connection of the driver, whose statements are not logged.

use super::driver::Failure;
use super::engine::{DatabaseId, Databases};
use crate::error::{Error, Result};
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

    /// Ends the transaction of the driver's connection, as a document does that has it in its hands: nothing is logged.
    ///
    /// # Errors
    ///
    /// `Unsupported` where the driver refuses.
    pub fn end_on_driver(&self, database: DatabaseId, commit: bool) -> Result<()> {
        let driver = self.driver(database)?;
        match if commit { driver.commit() } else { driver.rollback() } {
            Ok(()) => Ok(()),
            Err(Failure::Other(error)) => Err(error),
            Err(Failure::Driver(error)) => {
                Err(Error::unsupported(format!("an error of the driver's own: {}", error.message)))
            }
        }
    }

    /// Executes a statement on the driver's connection, as a listener does: neither logged nor wrapped.
    ///
    /// # Errors
    ///
    /// `Unsupported` where the driver refuses: what it raises by itself is not known here.
    pub fn run_on_driver(
        &self,
        database: DatabaseId,
        text: &str,
        parameters: &[Value],
    ) -> Result<Vec<Vec<Value>>> {
        match self.driver(database)?.run(text, parameters) {
            Ok(fetched) => Ok(fetched.rows),
            Err(Failure::Other(error)) => Err(error),
            Err(Failure::Driver(error)) => {
                Err(Error::unsupported(format!("an error of the driver's own: {}", error.message)))
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
    if databases.driver(database).is_ok() {
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
    cx.orm.databases.close(connection)
}
