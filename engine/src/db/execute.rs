//! Executing statements: defaults, parameters, log, rows.

use super::engine::ConnectionId;
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::schema::{Column, SqlType};
use crate::sql::{Params, Statement};
use crate::value::Value;
use std::rc::Rc;

/// Parameters of an execution.
#[derive(Debug, Clone, Default)]
pub enum Given {
    #[default]
    None,
    One(Params),
    /// A list of parameter sets: executemany, even for one.
    Many(Vec<Params>),
}

/// One column of a result.
#[derive(Debug, Clone)]
pub struct ResultColumn {
    pub name: Rc<str>,
    pub ty: SqlType,
}

/// What an execution brought back.
#[derive(Debug, Clone, Default)]
pub struct ExecResult {
    pub columns: Vec<ResultColumn>,
    /// Rows, their values read as their columns' types say.
    pub rows: Vec<Vec<Value>>,
    pub returns_rows: bool,
    pub lastrowid: i64,
    pub rowcount: i64,
    /// For an insert: each row's primary key, in the order of the table's key.
    pub inserted_primary_keys: Vec<Vec<Value>>,
    /// For an insert or update: each parameter set with what defaults were worked out before execution.
    pub written: Vec<Params>,
    /// Columns whose value the database worked out: to be read when next needed.
    pub postfetch: Vec<Column>,
}

/// Executes a statement on a connection, beginning a transaction where none is.
///
/// # Errors
///
/// What the driver says, wrapped as the library wraps it.
pub fn execute(
    cx: &mut Cx<'_>,
    connection: ConnectionId,
    statement: &Statement,
    given: Given,
) -> Result<ExecResult> {
    let _ = (cx, connection, statement, given);
    Err(Error::unsupported("execution"))
}

/// Executes a text as the driver would be given it (`exec_driver_sql`).
pub fn execute_raw(
    cx: &mut Cx<'_>,
    connection: ConnectionId,
    text: &str,
    given: Vec<Value>,
) -> Result<ExecResult> {
    let _ = (cx, connection, text, given);
    Err(Error::unsupported("execution"))
}
