//! Modules inside the library's packages, by which documents import what its packages show.
//!
//! They have nothing of their own: each name is that of the package. Others that the real modules have are unsupported.

use super::{lend, names, orm};
use crate::python::{Interp, PyResult};
use std::rc::Rc;

/// A module, the package that shows its names, and the names.
type Inside = (&'static str, &'static str, &'static [&'static str]);

const INSIDE: &[Inside] = &[
    ("sqlalchemy.engine.base", "sqlalchemy.engine", &["Connection", "Engine"]),
    ("sqlalchemy.inspection", "sqlalchemy", &["inspect"]),
    ("sqlalchemy.orm.base", "sqlalchemy.orm", &["Mapped"]),
    ("sqlalchemy.orm.scoping", "sqlalchemy.orm", &["scoped_session"]),
    (
        "sqlalchemy.orm.util",
        "sqlalchemy.orm",
        &[
            "aliased",
            "class_mapper",
            "join",
            "object_mapper",
            "outerjoin",
            "was_deleted",
            "with_parent",
            "with_polymorphic",
        ],
    ),
    (
        "sqlalchemy.sql.schema",
        "sqlalchemy.schema",
        &[
            "CheckConstraint",
            "Column",
            "ColumnDefault",
            "Computed",
            "Constraint",
            "DefaultClause",
            "FetchedValue",
            "ForeignKey",
            "ForeignKeyConstraint",
            "Identity",
            "Index",
            "MetaData",
            "PrimaryKeyConstraint",
            "Sequence",
            "Table",
            "UniqueConstraint",
        ],
    ),
    ("sqlalchemy.sql.functions", "sqlalchemy.sql", &["func"]),
];

const SQLTYPES: &str = "sqlalchemy.sql.sqltypes";

/// Makes them importable.
pub(super) fn register(interp: &mut Interp) {
    for (name, package, shown) in INSIDE {
        interp.register_module(name, move |interp| {
            let module = orm::module(interp, name);
            copy(interp, &module, (name, package), |key| shown.contains(&key))?;
            Ok(Rc::new(module))
        });
    }
    interp.register_module(SQLTYPES, |interp| {
        let module = orm::module(interp, SQLTYPES);
        copy(interp, &module, (SQLTYPES, "sqlalchemy.types"), |key| {
            key.starts_with(|letter: char| letter.is_ascii_uppercase())
        })?;
        Ok(Rc::new(module))
    });
}

/// Gives a module those names of a package that the module has in this release.
fn copy(
    interp: &mut Interp,
    module: &crate::python::Module,
    (name, package): (&str, &str),
    wanted: impl Fn(&str) -> bool,
) -> PyResult<()> {
    let profile = lend::profile(interp);
    for (key, value) in interp.import(package)?.dict.items() {
        if wanted(&key) && names::offers(profile, name, &key) {
            module.dict.set(&key, value);
        }
    }
    Ok(())
}
