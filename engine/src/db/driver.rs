//! What Python's `sqlite3` module does, over rusqlite: implicit transactions, value adaption, its errors.
//!
//! Nothing leaves memory: attaching, pragmas that name files and extensions are refused, and time, memory and
//! results are bounded.

use super::store::Store;
use crate::error::{Error, Result};
use crate::value::Value;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::{Value as Stored, ValueRef};
use rusqlite::{Connection, ffi};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// An exception of the driver.
#[derive(Debug, Clone, Default)]
pub struct DriverError {
    /// `IntegrityError`, `OperationalError`…
    pub class: &'static str,
    pub message: String,
    /// The statement that it refused, where it was one.
    pub statement: Option<String>,
    /// Its parameters: one set, or those of many.
    pub parameters: Vec<Vec<Value>>,
    pub many: bool,
}

/// How an execution can fail.
#[derive(Debug)]
pub(super) enum Failure {
    /// The driver's exception, which the library wraps.
    Driver(DriverError),
    /// One that passes through unwrapped, or that the engine itself raises.
    Other(Error),
}

/// What an execution brought back.
#[derive(Debug, Default)]
pub(super) struct Fetched {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Value>>,
    pub(super) rowcount: i64,
    pub(super) lastrowid: i64,
}

/// Virtual machine steps between two calls of the progress handler.
const STEP: i32 = 10_000;
/// Calls after which a statement is interrupted: about a second of work.
const MAX_CALLS: u32 = 8_000;
const MAX_ROWS: usize = 200_000;
/// Bytes of values in one result.
const MAX_BYTES: usize = 64 << 20;
/// At most so many pages of 4096 bytes in a database.
const BOUND: &str = "PRAGMA max_page_count = 16384;";

/// One database in memory.
#[derive(Debug)]
pub(super) struct Driver {
    connection: Connection,
    /// Calls of the progress handler during a statement; the handler must be `Send`, so it is shared as such.
    calls: Arc<AtomicU32>,
    /// Whether it begins no transaction before a change (`isolation_level=None`).
    autocommit: Cell<bool>,
    /// Whether the transaction that is open has changed anything.
    writes: Cell<bool>,
    /// Whether the database's size is bounded for this connection.
    bounded: Cell<bool>,
    /// The database that it shares with others, where it does.
    store: Option<Rc<Store>>,
}

impl Driver {
    /// A connection to a database of its own, or to one that it shares.
    pub(super) fn open(store: Option<Rc<Store>>) -> Result<Self> {
        let opened = store.as_ref().map_or_else(Connection::open_in_memory, |store| store.connect());
        Driver::over(opened.map_err(|error| not_opened(&error))?, store)
    }

    /// A connection within its bounds.
    pub(super) fn over(mut connection: Connection, store: Option<Rc<Store>>) -> Result<Self> {
        let wrong = |error: rusqlite::Error| not_opened(&error);
        connection.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF;").map_err(wrong)?;
        // While another connection writes, this has to wait.
        let bounded = connection.execute_batch(BOUND).is_ok();
        for (limit, value) in [
            (Limit::SQLITE_LIMIT_LENGTH, 32 << 20),
            (Limit::SQLITE_LIMIT_SQL_LENGTH, 4 << 20),
            (Limit::SQLITE_LIMIT_ATTACHED, 0),
            (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
        ] {
            connection.set_limit(limit, value).map_err(wrong)?;
        }
        connection.authorizer(Some(authorize)).map_err(wrong)?;
        let calls = Arc::new(AtomicU32::new(0));
        let counted = calls.clone();
        connection
            .progress_handler(STEP, Some(move || counted.fetch_add(1, Ordering::Relaxed) >= MAX_CALLS))
            .map_err(wrong)?;
        let (autocommit, writes) = (Cell::new(false), Cell::new(false));
        Ok(Driver { connection, calls, autocommit, writes, bounded: Cell::new(bounded), store })
    }

    pub(super) fn set_autocommit(&self, autocommit: bool) {
        self.autocommit.set(autocommit);
    }

    /// The names of a text's placeholders, with the sign before each.
    pub(super) fn placeholders(&self, text: &str) -> Result<Vec<Option<String>>, Failure> {
        let statement = self.connection.prepare(text).map_err(|error| failure(&error))?;
        let count = statement.parameter_count();
        Ok((1..=count).map(|at| statement.parameter_name(at).map(str::to_owned)).collect())
    }

    /// Whether a transaction is open in the database.
    pub(super) fn begun(&self) -> bool {
        !self.connection.is_autocommit()
    }

    pub(super) fn commit(&self) -> Result<(), Failure> {
        self.end("COMMIT")
    }

    pub(super) fn rollback(&self) -> Result<(), Failure> {
        self.end("ROLLBACK")
    }

    fn end(&self, word: &str) -> Result<(), Failure> {
        if !self.begun() {
            return Ok(());
        }
        self.connection.execute_batch(word).map_err(|error| failure(&error))
    }

    /// Executes one statement with one set of parameters.
    pub(super) fn run(&self, text: &str, parameters: &[Value]) -> Result<Fetched, Failure> {
        let done = self.run_here(text, parameters);
        match (&self.store, &done) {
            // A file may be read while another connection writes: what is read is what was last committed.
            (Some(store), Err(Failure::Driver(error)))
                if error.message == LOCKED && !self.begun() && only_reads(text) =>
            {
                store.committed().map_or(done, |committed| committed.run(text, parameters))
            }
            _ => done,
        }
    }

    /// Makes ready for a change: what is committed is kept for those who read meanwhile.
    fn before_change(&self) {
        let Some(store) = &self.store else { return };
        if !self.bounded.get() {
            self.bounded.set(self.connection.execute_batch(BOUND).is_ok());
        }
        if !self.begun() {
            self.writes.set(false);
        }
        if !self.writes.replace(true) {
            store.keep();
        }
    }

    fn run_here(&self, text: &str, parameters: &[Value]) -> Result<Fetched, Failure> {
        let connection = &self.connection;
        self.calls.store(0, Ordering::Relaxed);
        let is_write = is_write(text);
        let mut statement = connection.prepare(text).map_err(|error| failure(&error))?;
        if !statement.readonly() {
            self.before_change();
        }
        if is_write && !self.begun() && !self.autocommit.get() {
            connection.execute_batch("BEGIN ").map_err(|error| failure(&error))?;
        }
        let wanted = statement.parameter_count();
        if wanted != parameters.len() {
            return Err(Failure::Driver(DriverError {
                class: "ProgrammingError",
                message: format!(
                    "Incorrect number of bindings supplied. The current statement uses {wanted}, and there are {} supplied.",
                    parameters.len()
                ),
                ..DriverError::default()
            }));
        }
        for (position, value) in parameters.iter().enumerate() {
            let stored = adapt(value, position + 1)?;
            statement.raw_bind_parameter(position + 1, stored).map_err(|error| failure(&error))?;
        }
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let width = columns.len();
        let before = connection.total_changes();
        let mut rows = statement.raw_query();
        let mut fetched = Vec::new();
        let mut bytes = 0;
        loop {
            let row = match rows.next() {
                Ok(Some(row)) => row,
                Ok(None) => break,
                Err(error) => return Err(failure(&error)),
            };
            let mut values = Vec::with_capacity(width);
            for (at, column) in columns.iter().enumerate() {
                let value = match row.get_ref(at).map_err(|error| failure(&error))? {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(number) => Value::Int(number),
                    ValueRef::Real(number) => Value::Float(number),
                    ValueRef::Text(text) => {
                        bytes += text.len();
                        match std::str::from_utf8(text) {
                            Ok(text) => Value::text(text),
                            Err(_) => {
                                return Err(Failure::Driver(DriverError {
                                    class: "OperationalError",
                                    message: format!(
                                        "Could not decode to UTF-8 column '{}' with text '{}'",
                                        column,
                                        String::from_utf8_lossy(text)
                                    ),
                                    ..DriverError::default()
                                }));
                            }
                        }
                    }
                    ValueRef::Blob(blob) => {
                        bytes += blob.len();
                        Value::Bytes(Rc::from(blob))
                    }
                };
                values.push(value);
            }
            fetched.push(values);
            if fetched.len() > MAX_ROWS || bytes > MAX_BYTES {
                return Err(Failure::Other(Error::unsupported(
                    "a result of more than 200000 rows or 64 MiB",
                )));
            }
        }
        drop(rows);
        let changed = connection.total_changes().saturating_sub(before);
        Ok(Fetched {
            columns,
            rows: fetched,
            rowcount: if is_write { changed as i64 } else { -1 },
            lastrowid: connection.last_insert_rowid(),
        })
    }
}

/// What SQLite says where another connection is in the way.
const LOCKED: &str = "database is locked";

/// Whether a statement can only read.
fn only_reads(text: &str) -> bool {
    let word: String =
        text.trim_start().chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_uppercase();
    match word.as_str() {
        "SELECT" | "WITH" | "VALUES" | "EXPLAIN" => true,
        "PRAGMA" => !text.contains('='),
        _ => false,
    }
}

pub(super) fn not_opened(error: &rusqlite::Error) -> Error {
    Error::unsupported(format!("SQLite could not be opened: {error}"))
}

/// Whether the driver begins a transaction before a statement.
pub(super) fn is_write(text: &str) -> bool {
    let word: String = text
        .trim_start()
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .collect::<String>()
        .to_ascii_uppercase();
    matches!(word.as_str(), "INSERT" | "UPDATE" | "DELETE" | "REPLACE")
}

/// Refuses what would leave memory or lift a bound.
fn authorize(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Attach { .. } | AuthAction::Detach { .. } => Authorization::Deny,
        AuthAction::Pragma { pragma_name, .. } => {
            let refused = [
                "temp_store",
                "temp_store_directory",
                "data_store_directory",
                "max_page_count",
                "page_size",
                "mmap_size",
                "hard_heap_limit",
                "soft_heap_limit",
                "cache_spill",
                "writable_schema",
                "threads",
            ];
            if refused.contains(&pragma_name.to_ascii_lowercase().as_str()) {
                Authorization::Deny
            } else {
                Authorization::Allow
            }
        }
        AuthAction::Function { function_name } if function_name.eq_ignore_ascii_case("load_extension") => {
            Authorization::Deny
        }
        _ => Authorization::Allow,
    }
}

/// A parameter as the driver stores it.
fn adapt(value: &Value, position: usize) -> Result<Stored, Failure> {
    let refuse = |name: &str| {
        Failure::Driver(DriverError {
            class: "ProgrammingError",
            message: format!("Error binding parameter {position}: type '{name}' is not supported"),
            ..DriverError::default()
        })
    };
    Ok(match value {
        Value::Null => Stored::Null,
        Value::Bool(value) => Stored::Integer(i64::from(*value)),
        Value::Int(number) => Stored::Integer(*number),
        Value::Float(number) => Stored::Real(*number),
        Value::Text(text) => Stored::Text(text.to_string()),
        Value::Bytes(bytes) => Stored::Blob(bytes.to_vec()),
        Value::Date(date) => Stored::Text(date.to_string()),
        Value::DateTime(moment) => Stored::Text(super::convert::iso(*moment)),
        Value::Time(_) => return Err(refuse("datetime.time")),
        Value::Decimal(_) => return Err(refuse("decimal.Decimal")),
        Value::Uuid(_) => return Err(refuse("UUID")),
        Value::Host(host) => {
            if let Some(number) = host.number() {
                return Ok(Stored::Integer(number));
            }
            let name = host.type_name();
            if name == "int" {
                return Err(Failure::Other(Error::new(
                    crate::error::ErrorKind::OverflowError,
                    "Python int too large to convert to SQLite INTEGER",
                )));
            }
            return Err(refuse(&name));
        }
    })
}

/// An error of SQLite as the driver's exception.
fn failure(error: &rusqlite::Error) -> Failure {
    let (code, message) = match error {
        rusqlite::Error::SqliteFailure(code, message) => (*code, message.clone()),
        rusqlite::Error::SqlInputError { error, msg, .. } => (*error, Some(msg.clone())),
        rusqlite::Error::MultipleStatement => {
            return Failure::Driver(DriverError {
                class: "ProgrammingError",
                message: "You can only execute one statement at a time.".to_owned(),
                ..DriverError::default()
            });
        }
        rusqlite::Error::NulError(_) => {
            return Failure::Other(Error::new(
                crate::error::ErrorKind::ValueError,
                "the query contains a null character",
            ));
        }
        other => return Failure::Other(Error::unsupported(format!("SQLite: {other}"))),
    };
    let primary = code.extended_code & 0xff;
    let message = message.unwrap_or_else(|| code.to_string());
    let class = match primary {
        ffi::SQLITE_INTERRUPT => {
            return Failure::Other(Error::unsupported("a statement that runs longer than the engine allows"));
        }
        ffi::SQLITE_AUTH => {
            return Failure::Other(Error::unsupported(
                "SQL that would leave the in-memory database (ATTACH, VACUUM and some PRAGMAs)",
            ));
        }
        ffi::SQLITE_NOMEM | ffi::SQLITE_FULL => {
            return Failure::Other(Error::unsupported("a database larger than 64 MiB"));
        }
        // The real library's own bound is some thirty times as high.
        ffi::SQLITE_TOOBIG => {
            return Failure::Other(Error::unsupported("a value of more than 32 MiB, or SQL of more than 4"));
        }
        ffi::SQLITE_CONSTRAINT | ffi::SQLITE_MISMATCH => "IntegrityError",
        ffi::SQLITE_MISUSE | ffi::SQLITE_RANGE => "InterfaceError",
        ffi::SQLITE_INTERNAL | ffi::SQLITE_NOTFOUND => "InternalError",
        ffi::SQLITE_ERROR
        | ffi::SQLITE_PERM
        | ffi::SQLITE_ABORT
        | ffi::SQLITE_BUSY
        | ffi::SQLITE_LOCKED
        | ffi::SQLITE_READONLY
        | ffi::SQLITE_IOERR
        | ffi::SQLITE_CANTOPEN
        | ffi::SQLITE_PROTOCOL
        | ffi::SQLITE_EMPTY
        | ffi::SQLITE_SCHEMA => "OperationalError",
        _ => "DatabaseError",
    };
    Failure::Driver(DriverError { class, message, ..DriverError::default() })
}
