//! The modules of the standard library that documents use.

use super::interp::Interp;

/// Registers every module.
pub(super) fn install(interp: &mut Interp) {
    let _ = interp;
}
