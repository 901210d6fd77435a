//! One database in memory that several connections are open to, apart from one another.
//!
//! SQLite refuses to read such a database while a connection writes to it, where it would let a file be read: what was
//! last committed is kept aside for that.

use super::driver::{Driver, not_opened};
use crate::error::Result;
use rusqlite::{Connection, OpenFlags};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Names of databases in memory are one process's, so no two worlds may have the same.
static NAMES: AtomicU64 = AtomicU64::new(1);

/// A database that lives as long as this.
#[derive(Debug)]
pub(super) struct Store {
    name: String,
    /// Keeps the database while nothing else is open to it, and reads it as a whole.
    keeper: RefCell<Connection>,
    /// The database as it was before the last change began; empty where it had nothing.
    bytes: RefCell<Option<Vec<u8>>>,
    /// Those bytes as a database, once somebody read it.
    read: RefCell<Option<Rc<Driver>>>,
}

impl Store {
    pub(super) fn new() -> Result<Self> {
        let name = format!("backproof-{}", NAMES.fetch_add(1, Ordering::Relaxed));
        let keeper = open(&name).map_err(|error| not_opened(&error))?;
        let (bytes, read) = (RefCell::default(), RefCell::default());
        Ok(Store { name, keeper: RefCell::new(keeper), bytes, read })
    }

    /// Another connection.
    pub(super) fn connect(&self) -> rusqlite::Result<Connection> {
        open(&self.name)
    }

    /// Keeps what is committed, before a change to it begins; where one has begun, what was kept stays.
    pub(super) fn keep(&self) {
        let mut keeper = self.keeper.borrow_mut();
        let Ok(pages) = keeper.query_row("PRAGMA page_count", (), |row| row.get::<_, i64>(0)) else { return };
        let bytes = if pages == 0 {
            Some(Vec::new())
        } else {
            keeper.serialize("main").ok().map(|data| data.to_vec())
        };
        if bytes.is_some() {
            *self.bytes.borrow_mut() = bytes;
            *self.read.borrow_mut() = None;
        }
    }

    /// What was committed before the change that has begun.
    pub(super) fn committed(&self) -> Option<Rc<Driver>> {
        if let Some(read) = &*self.read.borrow() {
            return Some(Rc::clone(read));
        }
        let bytes = self.bytes.borrow();
        let bytes = bytes.as_ref()?;
        let mut connection = Connection::open_in_memory().ok()?;
        if !bytes.is_empty() {
            connection.deserialize_read_exact("main", bytes.as_slice(), bytes.len(), true).ok()?;
        }
        let read = Rc::new(Driver::over(connection, None).ok()?);
        *self.read.borrow_mut() = Some(Rc::clone(&read));
        Some(read)
    }
}

fn open(name: &str) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(format!("file:/{name}?vfs=memdb"), flags)?;
    connection.busy_timeout(std::time::Duration::ZERO)?;
    Ok(connection)
}
