//! Names that the library has and this room does not: importing one is fine, using it is unsupported.

use super::{lend, names};
use crate::python::{Interp, Module, Unavailable};

/// Gives a module a stand-in for each name that the real one of this release has and it lacks.
pub(super) fn complete(interp: &mut Interp, module: &Module) {
    let profile = lend::profile(interp);
    for name in names::all(profile, &module.name) {
        if !module.dict.contains(name) {
            let what = format!("`{name}` of module `{}`", module.name);
            module.dict.set(name, Unavailable::value(what));
        }
    }
}
