//! The engine shown to documents as SQLAlchemy's Python modules. The only room that sees both the evaluator and
//! the engine.
//!
//! The Core half (types, schema, expressions, engines) stands in the files here, the ORM half in `orm`, which
//! adds itself to expressions through [`mapped_clause`] and [`core_select`].

mod absent;
mod coercing;
pub(crate) mod compiled;
mod connection;
pub(crate) mod convert;
mod ddl;
mod ddl_events;
mod define;
mod dialects;
mod driver_parameters;
pub(crate) mod engine;
pub(crate) mod errors;
mod event;
mod execution_options;
pub(crate) mod expr;
pub(crate) mod functions;
mod future;
mod generated;
pub(crate) mod host_types;
mod items;
pub(crate) mod json;
pub(crate) mod lend;
pub(crate) mod meaning;
pub(crate) mod metadata;
mod mock;
pub(crate) mod model;
mod modules;
mod names;
pub(crate) mod operators;
pub(crate) mod orm;
mod own_types;
mod reflected;
mod reflection;
pub(crate) mod result;
pub(crate) mod schema;
pub(crate) mod selectable;
pub(crate) mod statement;
mod table_columns;
mod table_valued;
mod transaction;
pub(crate) mod types;
mod url;
pub(crate) mod warning;
mod within;

use crate::python::{Interp, PyResult, Value};
use backproof_engine::sql::{Expr, Select, Statement};
use backproof_engine::version::Profile;

/// Puts an engine of this profile in place, and makes the library's modules importable.
pub(crate) fn install(interp: &mut Interp, profile: Profile) {
    lend::install(interp, profile);
    modules::register(interp);
}

/// The expression that a mapped attribute, hybrid or other ORM construct stands for.
pub(crate) fn mapped_clause(interp: &mut Interp, value: &Value) -> PyResult<Option<Expr>> {
    orm::clause(interp, value)
}

/// The select that a `select()` value stands for inside another statement.
pub(crate) fn core_select(interp: &mut Interp, value: &Value) -> PyResult<Option<Select>> {
    orm::core_select(interp, value)
}

/// The statement that a `select()` value, or selects put together, stand for when they are executed on a connection.
pub(crate) fn select_statement(interp: &mut Interp, value: &Value) -> PyResult<Option<Statement>> {
    Ok(selectable::body(interp, value)?.map(Statement::from))
}
