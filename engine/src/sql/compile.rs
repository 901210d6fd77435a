//! Statements to text.

use super::expr::Expr;
use super::select::Select;
use super::{Params, Statement};
use crate::error::{Error, Result};
use crate::schema::SqlType;
use crate::value::Value;
use crate::version::Profile;
use std::rc::Rc;

/// Whose SQL is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dialect {
    /// What `print(statement)` shows: `:name` parameters.
    #[default]
    Default,
    /// What is executed: `?` parameters.
    Sqlite,
}

/// A compiled statement.
#[derive(Debug, Clone)]
pub struct Compiled {
    pub text: String,
    /// Binds in the order of their placeholders (for `:name`, of first appearance).
    pub binds: Vec<CompiledBind>,
    /// Result columns: name, type, in order.
    pub columns: Vec<CompiledColumn>,
}

/// One bind of a compiled statement.
#[derive(Debug, Clone)]
pub struct CompiledBind {
    pub name: Rc<str>,
    pub value: Option<Value>,
    pub expanding: Option<Vec<Value>>,
    pub ty: SqlType,
}

/// One column of a compiled statement's rows.
#[derive(Debug, Clone)]
pub struct CompiledColumn {
    pub name: Rc<str>,
    pub ty: SqlType,
}

/// Compiles a statement that will be executed with parameters of these names.
pub fn compile(
    profile: Profile,
    dialect: Dialect,
    statement: &Statement,
    parameters: &[Rc<str>],
) -> Result<Compiled> {
    let _ = (profile, dialect, statement, parameters);
    Err(Error::unsupported("compiling"))
}

impl Expr {
    /// The text that `print(expression)` shows.
    pub fn to_text(&self, profile: Profile, dialect: Dialect) -> Result<String> {
        let _ = (profile, dialect);
        Err(Error::unsupported("compiling"))
    }

    /// The values that `expression.compile().params` shows.
    pub fn params(&self, profile: Profile) -> Result<Params> {
        let _ = profile;
        Ok(Params::new())
    }
}

/// Names of a select's columns as a query around it sees them.
pub(crate) fn result_names(select: &Select) -> Vec<Rc<str>> {
    select.columns.iter().map(|column| column.key().unwrap_or_else(|| Rc::from("anon_1"))).collect()
}
