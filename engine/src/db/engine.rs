//! Engines, connections and their transactions, with the messages these log.

use super::cache::Cache;
use super::clock::Clock;
use super::driver::{Driver, Failure};
use super::files::{Files, Pool, file_of};
use super::log::LogRecord;
use super::options::{HIDDEN, Isolation, Options};
use crate::error::{Error, ErrorKind, Result};
use crate::value::Value;
use crate::version::{Behaviour, Profile};
use std::collections::VecDeque;
use std::rc::Rc;

/// One engine (`create_engine()`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DatabaseId(pub(crate) u32);

/// One connection checked out of an engine's pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConnectionId(pub(crate) u32);

/// The `echo` argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Echo {
    #[default]
    Off,
    On,
    Debug,
}

/// Engines a world may have.
pub(super) const MAX_ENGINES: usize = 4096;
/// Messages that may wait to be taken.
const MAX_LOG: usize = 100_000;

/// All database engines of a world.
#[derive(Debug, Default)]
pub struct Databases {
    clock: Clock,
    log: Vec<LogRecord>,
    /// What the host's own logging asks of every engine, whatever its echo.
    level: Echo,
    pub(super) engines: Vec<Database>,
    pub(super) connections: Vec<Connection>,
    pub(super) listeners: super::listen::Listeners,
    pub(super) files: Files,
}

#[derive(Debug)]
pub(super) struct Database {
    pub(super) profile: Profile,
    /// The engine whose pool and cache it shares, where it is that engine with other options.
    pub(super) shares: Option<DatabaseId>,
    /// What it was made with.
    pub(super) options: Options,
    /// The file that it stands for, where it is one.
    pub(super) file: Option<Rc<str>>,
    pub(super) pool: Pool,
    /// Opened with the first connection; of a file, what was checked out last.
    pub(super) driver: Option<Rc<Driver>>,
    /// Of a file, what was given back and is kept open, oldest first.
    pub(super) idle: VecDeque<Rc<Driver>>,
    /// Whether it was ever connected to.
    pub(super) met: bool,
    pub(super) echo: Echo,
    /// Whether a statement outside a transaction commits at once, as up to 1.4 without `future`.
    pub(super) autocommit: bool,
    /// What the connection in use logs: the echo when it was checked out.
    pub(super) logging: Echo,
    pub(super) cache: Cache,
    /// Connections checked out.
    pub(super) checked_out: u32,
}

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) database: DatabaseId,
    /// What it talks to, while it is open.
    pub(super) driver: Option<Rc<Driver>>,
    pub(super) open: bool,
    begun: bool,
    /// How its transactions are isolated, where that was asked for.
    pub(super) isolation: Option<Isolation>,
    /// What its messages begin with.
    pub(super) token: Option<Rc<str>>,
    /// Transactions begun so far: the number of the one that is open.
    transaction: u32,
    /// Savepoints set so far: their names are counted.
    savepoints: u32,
    /// Savepoints that are open, outermost first.
    nested: Vec<u32>,
    /// What the `with` blocks of its transactions stand for, outermost first.
    blocks: Vec<Block>,
}

/// What a `with` block keeps open.
#[derive(Debug, Clone, Copy)]
enum Block {
    /// The transaction of this number.
    Transaction(u32),
    Savepoint(u32),
}

impl Connection {
    fn of(database: DatabaseId, options: &Options) -> Self {
        Connection {
            database,
            isolation: options.isolation,
            token: options.token.clone(),
            driver: None,
            open: true,
            begun: false,
            transaction: 0,
            savepoints: 0,
            nested: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// Ends the transaction with its savepoints; says whether there was one.
    fn end(&mut self) -> bool {
        self.nested.clear();
        std::mem::replace(&mut self.begun, false)
    }

    /// Ends a savepoint, and those within it.
    fn leave(&mut self, savepoint: u32) {
        if let Some(at) = self.nested.iter().position(|open| *open == savepoint) {
            self.nested.truncate(at);
        }
    }
}

impl Databases {
    /// Engines that read this clock.
    pub fn with_clock(clock: Clock) -> Self {
        Databases { clock, ..Databases::default() }
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// An engine for a URL. Its database is in memory, whatever file the URL names; engines for one file share it.
    ///
    /// # Errors
    ///
    /// `ArgumentError` for what is no URL; `Unsupported` for dialects other than SQLite.
    pub fn create_engine(&mut self, profile: Profile, url: &str, echo: Echo) -> Result<DatabaseId> {
        let Some((scheme, _)) = url.split_once("://") else {
            return Err(super::options::unreadable_url(profile, url));
        };
        if !matches!(scheme, "sqlite" | "sqlite+pysqlite") {
            return Err(Error::unsupported(format!(
                "the database dialect `{scheme}`: engines are SQLite in memory (`sqlite://`)"
            )));
        }
        if self.engines.len() >= MAX_ENGINES {
            return Err(Error::unsupported(format!("more than {MAX_ENGINES} engines in one document")));
        }
        let file = file_of(url);
        let pool = match &file {
            None => Pool::Shared,
            Some(_) if profile.has(Behaviour::FilesArePooled) => Pool::Queue,
            Some(_) => Pool::Nothing,
        };
        self.engines.push(Database {
            profile,
            shares: None,
            options: Options::default(),
            file,
            pool,
            driver: None,
            idle: VecDeque::new(),
            met: false,
            echo,
            autocommit: profile.has(Behaviour::Autocommit),
            logging: echo,
            cache: Cache::default(),
            checked_out: 0,
        });
        Ok(DatabaseId(self.engines.len() as u32 - 1))
    }

    /// `create_engine(future=True)` of 1.4: connections behave as those of 2.0.
    pub fn set_future(&mut self, database: DatabaseId) {
        self.database_mut(database).autocommit = false;
    }

    /// Whether a statement outside a transaction commits at once; else it begins one.
    pub fn autocommits(&self, database: DatabaseId) -> bool {
        self.database(database).autocommit
    }

    pub fn set_echo(&mut self, database: DatabaseId, echo: Echo) {
        self.database_mut(database).echo = echo;
    }

    /// What the host's own logging asks of every engine from now on.
    pub fn set_level(&mut self, level: Echo) {
        self.level = level;
    }

    pub fn echo(&self, database: DatabaseId) -> Echo {
        self.database(database).logging
    }

    /// What the engine was asked to log, whatever its connections do.
    pub fn asked_echo(&self, database: DatabaseId) -> Echo {
        self.database(database).echo
    }

    /// What the engine was made with.
    pub fn options(&self, database: DatabaseId) -> &Options {
        &self.database(database).options
    }

    pub fn profile(&self, database: DatabaseId) -> Profile {
        self.database(database).profile
    }

    pub(super) fn database(&self, database: DatabaseId) -> &Database {
        &self.engines[database.0 as usize]
    }

    pub(super) fn database_mut(&mut self, database: DatabaseId) -> &mut Database {
        &mut self.engines[database.0 as usize]
    }

    pub(super) fn connection(&self, connection: ConnectionId) -> &Connection {
        &self.connections[connection.0 as usize]
    }

    /// A connection of the engine.
    pub fn connect(&mut self, database: DatabaseId) -> Result<ConnectionId> {
        let level = self.level;
        let entry = self.database_mut(database);
        entry.logging = entry.echo.max(level);
        let mut connection = Connection::of(database, &entry.options);
        let owner = self.owner(database);
        connection.driver = Some(self.check_out(owner)?);
        if !std::mem::replace(&mut self.database_mut(owner).met, true)
            && self.database(database).profile.has(Behaviour::ConnectProbes)
        {
            for what in ["plain", "unicode"] {
                let text = format!("SELECT CAST('test {what} returns' AS VARCHAR(60)) AS anon_1");
                self.write_for(owner, None, "INFO", text);
                self.write_for(owner, None, "INFO", "()".to_owned());
            }
        }
        self.database_mut(owner).checked_out += 1;
        // A place whose connection is closed is used again, so that a loop of connections does not grow.
        if let Some(free) =
            self.connections.iter().rposition(|old| !old.open && self.connections.len() > 4096)
        {
            self.connections[free] = connection;
            return self.isolated(ConnectionId(free as u32));
        }
        self.connections.push(connection);
        self.isolated(ConnectionId(self.connections.len() as u32 - 1))
    }

    /// Gives a connection back; a transaction that is open is rolled back, with the log line it has.
    pub fn close(&mut self, connection: ConnectionId) -> Result<()> {
        self.close_and_keep(connection, false)
    }

    /// Gives a connection back; `kept` says that the next one has what it talked to, whatever the pool keeps.
    pub(super) fn close_and_keep(&mut self, connection: ConnectionId, kept: bool) -> Result<()> {
        if !self.connection(connection).open {
            return Ok(());
        }
        if self.connection(connection).begun {
            self.rollback(connection)?;
        }
        let database = self.connection(connection).database;
        self.connections[connection.0 as usize].open = false;
        self.reset_isolation(connection)?;
        let Some(driver) = self.connections[connection.0 as usize].driver.take() else { return Ok(()) };
        let owner = self.owner(database);
        let entry = self.database_mut(owner);
        entry.checked_out = entry.checked_out.saturating_sub(1);
        if entry.checked_out == 0 || entry.pool != Pool::Shared {
            // The pool resets what comes back, silently.
            driver.rollback().map_err(|failure| failed(failure, None))?;
        }
        self.check_in(owner, driver, kept);
        Ok(())
    }

    pub fn is_closed(&self, connection: ConnectionId) -> bool {
        !self.connection(connection).open
    }

    pub fn database_of(&self, connection: ConnectionId) -> DatabaseId {
        self.connection(connection).database
    }

    /// What a connection talks to.
    pub(super) fn driver(&self, connection: ConnectionId) -> Result<Rc<Driver>> {
        self.connection(connection)
            .driver
            .clone()
            .ok_or_else(|| Error::new(ErrorKind::ResourceClosedError, "This Connection is closed"))
    }

    /// Refuses a connection that was given back.
    pub(super) fn check_open(&self, connection: ConnectionId) -> Result<()> {
        if self.connection(connection).open {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::ResourceClosedError, "This Connection is closed"))
        }
    }

    /// A `with` block begins: of the savepoint, or of the transaction that is open.
    pub fn enter_block(&mut self, connection: ConnectionId, savepoint: Option<u32>) {
        let entry = &mut self.connections[connection.0 as usize];
        entry.blocks.push(savepoint.map_or(Block::Transaction(entry.transaction), Block::Savepoint));
    }

    /// The innermost `with` block ends.
    pub fn leave_block(&mut self, connection: ConnectionId) {
        self.connections[connection.0 as usize].blocks.pop();
    }

    /// Refuses to work in a `with` block whose transaction was ended within it.
    ///
    /// # Errors
    ///
    /// `InvalidRequestError`, in the versions that refuse.
    pub fn check_block(&self, connection: ConnectionId) -> Result<()> {
        let entry = self.connection(connection);
        let ended = match entry.blocks.last() {
            None => false,
            Some(Block::Transaction(number)) => self.transaction(connection) != Some(*number),
            Some(Block::Savepoint(savepoint)) => !entry.nested.contains(savepoint),
        };
        if ended && self.profile(entry.database).has(Behaviour::ClosedBlocksEndQuietly) {
            return Err(crate::session::ended_in_block());
        }
        Ok(())
    }

    /// Begins a transaction: `BEGIN (implicit)` in the log.
    ///
    /// # Errors
    ///
    /// `ResourceClosedError` on a connection that was given back; `InvalidRequestError` in a `with` block of a
    /// transaction that was ended.
    pub fn begin(&mut self, connection: ConnectionId) -> Result<()> {
        if !self.in_transaction(connection) {
            self.check_block(connection)?;
            // The library logs this before it finds that the connection was given back.
            let text = if self.tells_autocommit(connection) {
                "BEGIN (implicit; DBAPI should not BEGIN due to autocommit mode)"
            } else {
                "BEGIN (implicit)"
            };
            self.write(connection, "INFO", text.to_owned());
            self.check_open(connection)?;
            let entry = &mut self.connections[connection.0 as usize];
            entry.begun = true;
            entry.transaction += 1;
        }
        Ok(())
    }

    pub fn in_transaction(&self, connection: ConnectionId) -> bool {
        self.connection(connection).begun
    }

    /// The number of the transaction that is open; each begun on the connection has one of its own.
    pub fn transaction(&self, connection: ConnectionId) -> Option<u32> {
        let entry = self.connection(connection);
        entry.begun.then_some(entry.transaction)
    }

    /// The innermost savepoint that is open.
    pub fn innermost_savepoint(&self, connection: ConnectionId) -> Option<u32> {
        self.connection(connection).nested.last().copied()
    }

    /// Whether a savepoint was neither released nor rolled back, nor its transaction ended.
    pub fn is_savepoint_open(&self, connection: ConnectionId, savepoint: u32) -> bool {
        self.connection(connection).nested.contains(&savepoint)
    }

    pub fn commit(&mut self, connection: ConnectionId) -> Result<()> {
        self.check_open(connection)?;
        if self.connections[connection.0 as usize].end() {
            self.write_end(connection, "COMMIT");
            self.driver(connection)?.commit().map_err(|failure| failed(failure, None))?;
        }
        Ok(())
    }

    pub fn rollback(&mut self, connection: ConnectionId) -> Result<()> {
        self.check_open(connection)?;
        if self.connections[connection.0 as usize].end() {
            self.write_end(connection, "ROLLBACK");
            self.driver(connection)?.rollback().map_err(|failure| failed(failure, None))?;
        }
        Ok(())
    }

    /// The `COMMIT` of a statement outside a transaction, in the versions that have it.
    pub(super) fn autocommit(&mut self, connection: ConnectionId) -> Result<()> {
        self.write_end(connection, "COMMIT");
        self.driver(connection)?.commit().map_err(|failure| failed(failure, None))
    }

    pub(super) fn autorollback(&mut self, connection: ConnectionId) -> Result<()> {
        self.write_end(connection, "ROLLBACK");
        self.driver(connection)?.rollback().map_err(|failure| failed(failure, None))
    }

    /// A savepoint, named `sa_savepoint_1` and so on; answers its number.
    pub fn savepoint(&mut self, connection: ConnectionId) -> Result<u32> {
        self.check_block(connection)?;
        self.begin(connection)?;
        let entry = &mut self.connections[connection.0 as usize];
        entry.savepoints += 1;
        let number = entry.savepoints;
        self.unprepared(connection, &format!("SAVEPOINT sa_savepoint_{number}"))?;
        self.connections[connection.0 as usize].nested.push(number);
        Ok(number)
    }

    pub fn release_savepoint(&mut self, connection: ConnectionId, savepoint: u32) -> Result<()> {
        self.connections[connection.0 as usize].leave(savepoint);
        self.unprepared(connection, &format!("RELEASE SAVEPOINT sa_savepoint_{savepoint}"))
    }

    pub fn rollback_to_savepoint(&mut self, connection: ConnectionId, savepoint: u32) -> Result<()> {
        self.connections[connection.0 as usize].leave(savepoint);
        self.unprepared(connection, &format!("ROLLBACK TO SAVEPOINT sa_savepoint_{savepoint}"))
    }

    /// Executes a statement that is never cached and has no parameters.
    pub(super) fn unprepared(&mut self, connection: ConnectionId, text: &str) -> Result<()> {
        self.check_open(connection)?;
        let database = self.database_of(connection);
        let made = self.clock.microseconds();
        self.write(connection, "INFO", text.to_owned());
        let mark = self.mark(database, &Mark::NoKey { made });
        let shown = self.shown(database, || "()".to_owned());
        self.write(connection, "INFO", format!("{mark}{shown}"));
        let profile = self.profile(database);
        self.driver(connection)?
            .run(text, &[])
            .map_err(|failure| failed(failure, Some((profile, text, None))))?;
        Ok(())
    }

    /// The log since the last call, oldest first.
    pub fn take_log(&mut self) -> Vec<LogRecord> {
        std::mem::take(&mut self.log)
    }

    /// Refuses to go on where nobody takes the log.
    pub(super) fn check_log(&self) -> Result<()> {
        if self.log.len() > MAX_LOG {
            return Err(Error::unsupported("more than 100000 log messages in one step"));
        }
        Ok(())
    }

    /// Logs a message of a connection.
    pub(super) fn write(&mut self, connection: ConnectionId, level: &'static str, message: String) {
        let Connection { database, token, .. } = self.connection(connection);
        let (database, token) = (*database, token.clone());
        self.write_for(database, token.as_deref(), level, message);
    }

    fn write_for(&mut self, database: DatabaseId, token: Option<&str>, level: &'static str, message: String) {
        let message = match token {
            Some(token) if self.profile(database).has(Behaviour::LogTokens) => format!("[{token}] {message}"),
            _ => message,
        };
        let entry = self.database(database);
        let echo = entry.echo.max(self.level);
        let echoed = if level == "DEBUG" { entry.echo == Echo::Debug } else { entry.echo != Echo::Off };
        let shown = match level {
            "DEBUG" => entry.logging == Echo::Debug && echo == Echo::Debug,
            // What a connection logs is settled when it is checked out; an engine that echoes no longer is silent.
            _ => entry.logging != Echo::Off && echo != Echo::Off,
        };
        let logger = if entry.profile.has(Behaviour::EngineLoggerNamed) {
            "sqlalchemy.engine.Engine"
        } else if entry.shares.is_some() {
            // A logger of its own, whose level nobody but `echo` sets.
            if !shown {
                return;
            }
            "sqlalchemy.engine.base.OptionEngine"
        } else {
            "sqlalchemy.engine.base.Engine"
        };
        let logger = match &entry.options.logging_name {
            Some(name) => Rc::from(format!("{logger}.{name}")),
            None => Rc::from(logger),
        };
        // A named logger hands its messages on to the one that engines without a name print with.
        let twice = entry.options.logging_name.is_some()
            && echoed
            && self.engines.iter().any(|other| {
                other.options.logging_name.is_none() && other.shares.is_none() && other.echo != Echo::Off
            });
        let time = self.clock.now();
        self.log.push(LogRecord { time, level, logger, message, shown, echoed, twice });
    }

    /// A statement's mark with a space after it; nothing in the versions without marks.
    pub(super) fn mark(&self, database: DatabaseId, mark: &Mark) -> String {
        if !self.database(database).profile.has(Behaviour::StatementMarks) {
            return String::new();
        }
        let since = |made: i64| (self.clock.microseconds() - made) as f64 / 1e6;
        match mark {
            Mark::Raw => "[raw sql] ".to_owned(),
            Mark::NoKey { made } => format!("[no key {:.5}s] ", since(*made)),
            Mark::TooDeep { made } if !self.database(database).profile.has(Behaviour::UncachedExplained) => {
                format!("[caching disabled {:.5}s] ", since(*made))
            }
            Mark::TooDeep { made } => {
                format!("[caching disabled (excess depth for ORM loader options) {:.5}s ] ", since(*made))
            }
            Mark::Generated { made, extra } => format!("[generated in {:.5}s{extra}] ", since(*made)),
            Mark::Cached { made, extra } => format!("[cached since {}s ago{extra}] ", general(since(*made))),
            Mark::Batch { extra } => format!("[insertmanyvalues{extra}] "),
        }
    }
}

/// How a statement came to be.
#[derive(Debug, Clone)]
pub(super) enum Mark {
    Raw,
    NoKey {
        made: i64,
    },
    /// It was not looked for in the cache.
    TooDeep {
        made: i64,
    },
    Generated {
        made: i64,
        extra: String,
    },
    Cached {
        made: i64,
        extra: String,
    },
    /// A batch of an insert after the first.
    Batch {
        extra: String,
    },
}

/// Four significant digits, as `%.4g`.
fn general(number: f64) -> String {
    rustpython_literal::float::format_general(
        4,
        number,
        rustpython_literal::format::Case::Lower,
        false,
        false,
    )
}

/// What was sent, as the message of its failure ends: in lines of its own, or within the line before 1.3.
pub(super) fn sent(profile: Profile, text: &str, parameters: Option<&str>) -> String {
    let (mut shown, gap) = if profile.has(Behaviour::StatementErrorsInLines) {
        (format!("\n[SQL: {text}]"), '\n')
    } else {
        (format!(" [SQL: {}]", crate::value::repr::text(text)), ' ')
    };
    if let Some(parameters) = parameters {
        if parameters == HIDDEN {
            shown.push_str(&format!("{gap}{HIDDEN}"));
        } else {
            shown.push_str(&format!("{gap}[parameters: {parameters}]"));
        }
    }
    shown
}

/// As [`failed`], of a statement with these parameters: one set, or those of many.
pub(super) fn failed_with(
    failure: Failure,
    statement: (Profile, &str, Option<&str>),
    parameters: Vec<Vec<Value>>,
    many: bool,
) -> Error {
    let failure = match failure {
        Failure::Driver(error) => Failure::Driver(super::driver::DriverError { parameters, many, ..error }),
        other @ Failure::Other(_) => other,
    };
    failed(failure, Some(statement))
}

/// A failure of the driver as the library reports it: wrapped, with the statement and its parameters.
pub(super) fn failed(failure: Failure, statement: Option<(Profile, &str, Option<&str>)>) -> Error {
    let error = match failure {
        Failure::Other(error) => return error,
        Failure::Driver(error) => error,
    };
    let error =
        super::driver::DriverError { statement: statement.map(|(_, text, _)| text.to_owned()), ..error };
    let (kind, code) = match error.class {
        "IntegrityError" => (ErrorKind::IntegrityError, "gkpj"),
        "OperationalError" => (ErrorKind::OperationalError, "e3q8"),
        "ProgrammingError" => (ErrorKind::ProgrammingError, "f405"),
        "InterfaceError" => (ErrorKind::InterfaceError, "rvf5"),
        "DataError" => (ErrorKind::DataError, "9h9h"),
        "InternalError" => (ErrorKind::InternalError, "2j85"),
        _ => (ErrorKind::DatabaseError, "4xp6"),
    };
    let mut detail = format!("(sqlite3.{}) {}", error.class, error.message);
    if let Some((profile, text, parameters)) = statement {
        detail.push_str(&sent(profile, text, parameters));
    }
    Error::new(kind, detail).with_code(code).with_payload(Rc::new(error))
}
