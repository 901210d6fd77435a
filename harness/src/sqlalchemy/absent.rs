//! Names that the library has and this room does not: importing one is fine, using it is unsupported.

use super::{lend, names};
use crate::python::{Interp, Module, Unavailable, Value};
use backproof_engine::version::{Asked, Behaviour};

/// Names that `from module import *` leaves out up to 1.4: modules, mostly.
const LEFT: &[(&str, &[&str])] = &[
    (
        "sqlalchemy",
        &[
            "cimmutabledict",
            "cprocessors",
            "cresultproxy",
            "cutils",
            "dialects",
            "engine",
            "event",
            "events",
            "exc",
            "inspection",
            "interfaces",
            "log",
            "pool",
            "processors",
            "schema",
            "sql",
            "types",
            "util",
        ],
    ),
    (
        "sqlalchemy.orm",
        &[
            "attributes",
            "base",
            "clsregistry",
            "collections",
            "context",
            "decl_api",
            "decl_base",
            "dependency",
            "deprecated_interfaces",
            "descriptor_props",
            "dynamic",
            "evaluator",
            "events",
            "exc",
            "identity",
            "instrumentation",
            "interfaces",
            "loading",
            "mapperlib",
            "path_registry",
            "persistence",
            "properties",
            "query",
            "relationships",
            "scoping",
            "session",
            "state",
            "strategies",
            "strategy_options",
            "sync",
            "unitofwork",
            "util",
        ],
    ),
    (
        "sqlalchemy.types",
        &[
            "MatchType",
            "NULLTYPE",
            "NullType",
            "STRINGTYPE",
            "SchemaType",
            "Variant",
            "adapt_type",
            "to_instance",
        ],
    ),
];

/// Gives a module that tells of what is read of it a stand-in for each name that the real one of this release has and
/// it lacks.
pub(super) fn complete(interp: &mut Interp, module: &Module) {
    let profile = lend::profile(interp);
    for name in names::all(profile, &module.name) {
        if !module.dict.contains(name) {
            let what = format!("`{name}` of module `{}`", module.name);
            module.dict.set(name, Unavailable::value(what));
        }
    }
    let left = LEFT.iter().find(|(name, _)| **name == *module.name);
    let leaves = Asked::unnoted(|| profile.has(Behaviour::StarLeavesModules));
    if let (true, Some((_, left))) = (leaves, left) {
        let names = module.dict.keys().into_iter();
        let names = names.filter(|name| !name.starts_with('_') && !left.contains(&&**name)).map(Value::from);
        module.dict.set("__all__", Value::list(names.collect()));
    }
}
