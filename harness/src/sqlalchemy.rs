//! The engine shown to documents as SQLAlchemy's Python modules. The only room that sees both the evaluator and
//! the engine.
//!
//! The Core half (types, schema, expressions, engines) stands in the files here; the ORM half adds itself
//! through [`mapped_clause`] and [`core_select`].

mod compiled;
pub(crate) mod convert;
mod engine;
pub(crate) mod errors;
pub(crate) mod expr;
pub(crate) mod functions;
pub(crate) mod lend;
pub(crate) mod schema;
mod statement;
pub(crate) mod types;

use crate::python::{Interp, PyResult, Value};
use backproof_engine::sql::{Expr, Select};

/// The expression that a mapped attribute, hybrid or other ORM construct stands for.
pub(crate) fn mapped_clause(interp: &mut Interp, value: &Value) -> PyResult<Option<Expr>> {
    let _ = (interp, value);
    Ok(None)
}

/// The select that a `select()` value stands for inside another statement.
pub(crate) fn core_select(interp: &mut Interp, value: &Value) -> PyResult<Option<Select>> {
    let _ = (interp, value);
    Ok(None)
}
