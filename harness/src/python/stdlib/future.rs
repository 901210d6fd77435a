//! `__future__`: features by name, as values that say since when they are there.
//!
//! A session that has imported one keeps it: what is typed later is read with it, too.

use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::module::Module;
use crate::python::object::Object;
use crate::python::value::Value;
use std::any::Any;
use std::rc::Rc;

/// Each feature with how CPython shows it.
const FEATURES: [(&str, &str); 10] = [
    ("nested_scopes", "(2, 1, 0, 'beta', 1), (2, 2, 0, 'alpha', 0), 16"),
    ("generators", "(2, 2, 0, 'alpha', 1), (2, 3, 0, 'final', 0), 0"),
    ("division", "(2, 2, 0, 'alpha', 2), (3, 0, 0, 'alpha', 0), 131072"),
    ("absolute_import", "(2, 5, 0, 'alpha', 1), (3, 0, 0, 'alpha', 0), 262144"),
    ("with_statement", "(2, 5, 0, 'alpha', 1), (2, 6, 0, 'alpha', 0), 524288"),
    ("print_function", "(2, 6, 0, 'alpha', 2), (3, 0, 0, 'alpha', 0), 1048576"),
    ("unicode_literals", "(2, 6, 0, 'alpha', 2), (3, 0, 0, 'alpha', 0), 2097152"),
    ("barry_as_FLUFL", "(3, 1, 0, 'alpha', 2), (4, 0, 0, 'alpha', 0), 4194304"),
    ("generator_stop", "(3, 5, 0, 'beta', 1), (3, 7, 0, 'alpha', 0), 8388608"),
    (ANNOTATIONS, "(3, 7, 0, 'beta', 1), None, 16777216"),
];

/// The feature that keeps annotations as text.
pub(crate) const ANNOTATIONS: &str = "annotations";

pub(super) fn install(interp: &mut Interp) {
    interp.register_module("__future__", |_| {
        let module = Module::new("__future__");
        for (name, shown) in FEATURES {
            module.dict.set(name, Value::object(Feature { name, shown }));
        }
        module
            .dict
            .set("all_feature_names", Value::list(FEATURES.map(|(name, _)| Value::from(name)).to_vec()));
        Ok(Rc::new(module))
    });
}

/// Whether a name of that feature stands for the feature.
pub(crate) fn is_feature(value: &Value, name: &str) -> bool {
    value.downcast::<Feature>().is_some_and(|feature| feature.name == name)
}

struct Feature {
    name: &'static str,
    shown: &'static str,
}

impl Object for Feature {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "_Feature"
    }

    fn type_module(&self) -> &'static str {
        "__future__"
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(format!("_Feature({})", self.shown))
    }
}
