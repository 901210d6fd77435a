//! Builtin functions, and the methods of builtin types.

use super::interp::Interp;

/// Defines every builtin name and method.
pub(super) fn install(interp: &mut Interp) {
    let _ = interp;
}
