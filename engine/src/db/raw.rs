//! Texts that the driver is given as they are (`exec_driver_sql`, strings in 1.x), with parameters as the driver takes them.

use super::driver::{DriverError, Failure, Fetched};
use super::engine::{ConnectionId, Mark, failed_with};
use super::execute::{ExecResult, collect, is_change_text};
use super::parameters;
use crate::error::{ErrorKind, Result};
use crate::host::Cx;
use crate::sql::Params;
use crate::value::Value;
use crate::version::Profile;

/// Parameters as the driver takes them.
#[derive(Debug, Clone)]
pub enum Raw {
    One(Vec<Value>),
    Named(Params),
    /// Several sets; whether a tuple holds them, which the log shows.
    Many(Vec<Vec<Value>>, bool),
    ManyNamed(Vec<Params>, bool),
}

impl Raw {
    fn is_many(&self) -> bool {
        matches!(self, Raw::Many(..) | Raw::ManyNamed(..))
    }

    /// As the log shows them.
    fn show(&self, profile: Profile) -> String {
        match self {
            Raw::One(values) => parameters::one(profile, values),
            Raw::Named(set) => parameters::named_one(set),
            Raw::Many(sets, is_tuple) => {
                parameters::sets(sets.iter().map(|set| parameters::one(profile, set)).collect(), *is_tuple)
            }
            Raw::ManyNamed(sets, is_tuple) => {
                parameters::sets(sets.iter().map(parameters::named_one).collect(), *is_tuple)
            }
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Raw::One(values) => values.is_empty(),
            Raw::Named(set) => set.is_empty(),
            Raw::Many(sets, _) => sets.is_empty(),
            Raw::ManyNamed(sets, _) => sets.is_empty(),
        }
    }

    /// Each set by position, as the text's placeholders are named.
    fn placed(&self, names: &[Option<String>]) -> Result<Vec<Vec<Value>>, Failure> {
        let place = |set: &Params| {
            let values = names.iter().enumerate().map(|(at, name)| {
                let given = name.as_deref().and_then(|name| set.get(name.get(1..).unwrap_or_default()));
                given.cloned().ok_or_else(|| {
                    let message = match name {
                        Some(name) => {
                            let name = name.get(1..).unwrap_or_default();
                            format!("You did not supply a value for binding parameter :{name}.")
                        }
                        None => format!(
                            "Binding {} has no name, but you supplied a dictionary (which has only names).",
                            at + 1
                        ),
                    };
                    Failure::Driver(DriverError {
                        class: "ProgrammingError",
                        message,
                        ..DriverError::default()
                    })
                })
            });
            values.collect::<Result<Vec<_>, _>>()
        };
        match self {
            Raw::One(values) => Ok(vec![values.clone()]),
            Raw::Named(set) => Ok(vec![place(set)?]),
            Raw::Many(sets, _) => Ok(sets.clone()),
            Raw::ManyNamed(sets, _) => sets.iter().map(place).collect(),
        }
    }
}

/// Executes a text as the driver would be given it (`exec_driver_sql`).
///
/// # Errors
///
/// What the driver says, wrapped as the library wraps it.
pub fn execute_raw(cx: &mut Cx<'_>, connection: ConnectionId, text: &str, given: &Raw) -> Result<ExecResult> {
    let databases = &mut cx.orm.databases;
    databases.check_open(connection)?;
    databases.check_block(connection)?;
    databases.check_log()?;
    let database = databases.database_of(connection);
    let profile = databases.profile(database);
    let autocommits = databases.autocommits(database) && !databases.in_transaction(connection);
    if !autocommits {
        databases.begin(connection)?;
    }
    let shown = databases.shown(database, || given.show(profile));
    databases.write(connection, "INFO", text.to_owned());
    let mark = databases.mark(database, &Mark::Raw);
    databases.write(connection, "INFO", format!("{mark}{shown}"));
    let driver = databases.driver(connection)?;
    let run = || {
        if given.is_many() && !super::driver::is_write(text) {
            return Err(Failure::Driver(DriverError {
                class: "ProgrammingError",
                message: "executemany() can only execute DML statements.".to_owned(),
                ..DriverError::default()
            }));
        }
        let names = match given {
            Raw::Named(_) | Raw::ManyNamed(..) => driver.placeholders(text)?,
            Raw::One(_) | Raw::Many(..) => Vec::new(),
        };
        let mut fetched = Fetched::default();
        for (at, set) in given.placed(&names)?.iter().enumerate() {
            let mut one = driver.run(text, set)?;
            if at > 0 {
                one.rowcount += fetched.rowcount;
            }
            fetched = one;
        }
        Ok(fetched)
    };
    match run() {
        Ok(fetched) => {
            if autocommits && is_change_text(text) {
                databases.autocommit(connection)?;
            }
            let mut result = collect(databases, connection, None, fetched)?;
            if given.is_many() {
                result.lastrowid = None;
            }
            Ok(result)
        }
        Err(failure) => {
            let shown = (!given.is_empty()).then_some(shown.as_str());
            let values = match given {
                Raw::One(values) => vec![values.clone()],
                Raw::Many(sets, _) => sets.clone(),
                Raw::Named(_) | Raw::ManyNamed(..) => Vec::new(),
            };
            let error = failed_with(failure, (profile, text, shown), values, given.is_many());
            if autocommits && error.kind() != ErrorKind::Unsupported {
                databases.autorollback(connection)?;
            }
            Err(error)
        }
    }
}
