//! The modules of the standard library that documents use.
//!
//! A module is built at its first import. What a module has beyond what stands here is unsupported; modules that
//! would reach outside the world are known by name and say why they are not run.

pub(crate) mod clock;
mod collections;
mod copy;
pub(crate) mod datetime;
pub(crate) mod decimal;
mod functools;
mod gc;
mod itertools;
pub(crate) mod logging;
mod math;
mod operator;
mod pprint;
mod system;
pub(crate) mod typing;

pub(crate) use datetime::ordered as datetime_ordered;

use super::args::Args;
use super::error::PyResult;
use super::interp::Interp;
use super::module::Module;
use super::value::Value;

/// Registers every module.
pub(super) fn install(interp: &mut Interp) {
    let clock = clock::Clock::default();
    datetime::install(interp, &clock);
    decimal::install(interp);
    pprint::install(interp);
    typing::install(interp);
    collections::install(interp);
    functools::install(interp);
    gc::install(interp);
    itertools::install(interp);
    operator::install(interp);
    system::install(interp, &clock);
    logging::install(interp);
    math::install(interp);
}

/// Puts a function in a module.
fn add(module: &Module, name: &'static str, body: fn(&mut Interp, Args) -> PyResult<Value>) {
    module.dict.set(name, Value::native(name, body));
}
