//! The modules of the standard library that documents use.
//!
//! A module is built at its first import. What a module has beyond what stands here is unsupported, and so is
//! every module that would reach outside the world.

mod abstract_classes;
pub(crate) mod clock;
mod collections;
mod context;
mod copy;
mod dataclasses;
pub(crate) mod datetime;
pub(crate) mod decimal;
mod enums;
mod environ;
mod files;
mod functools;
pub(crate) mod future;
mod itertools;
mod json;
pub(crate) mod logging;
mod math;
mod operator;
pub(crate) mod pickle;
mod pprint;
mod random;
mod regex;
mod system;
mod textual;
pub(crate) mod typing;
pub(crate) mod uuid;
pub(crate) mod warnings;

pub(crate) use datetime::ordered as datetime_ordered;

use super::args::Args;
use super::error::PyResult;
use super::interp::Interp;
use super::module::Module;
use super::value::Value;

/// Registers every module.
pub(super) fn install(interp: &mut Interp) {
    let clock = interp.clock.clone();
    abstract_classes::install(interp);
    collections::install(interp);
    context::install(interp);
    dataclasses::install(interp);
    datetime::install(interp, &clock);
    decimal::install(interp);
    enums::install(interp);
    functools::install(interp);
    future::install(interp);
    itertools::install(interp);
    json::install(interp);
    logging::install(interp);
    math::install(interp);
    operator::install(interp);
    pprint::install(interp);
    random::install(interp);
    regex::install(interp);
    system::install(interp, &clock);
    textual::install(interp);
    typing::install(interp);
    uuid::install(interp);
    warnings::install(interp);
}

/// Puts a function in a module.
fn add(module: &Module, name: &'static str, body: fn(&mut Interp, Args) -> PyResult<Value>) {
    module.dict.set(name, Value::native(name, body));
}
