//! The modules of the standard library that documents use.
//!
//! A module is built at its first import. What a module has beyond what stands here is unsupported; modules that
//! would reach outside the world are known by name and say why they are not run.

pub(crate) mod clock;
pub(crate) mod datetime;
pub(crate) mod decimal;
mod pprint;

pub(crate) use datetime::ordered as datetime_ordered;

use super::interp::Interp;

/// Registers every module.
pub(super) fn install(interp: &mut Interp) {
    let clock = clock::Clock::default();
    datetime::install(interp, &clock);
    decimal::install(interp);
    pprint::install(interp);
}
