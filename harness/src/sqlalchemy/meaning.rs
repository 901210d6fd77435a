//! Which of a program's names stand for the library, and which of its calls only make something.
//!
//! Nothing is run, and nothing is read that could run a program's own code: what is not known is taken to act.

use super::orm::mapped;
use crate::python::{Class, Interp, Meaning, Value};
use std::rc::Rc;

/// Functions that make an expression, a statement or an option of one.
const MAKERS: &[&str] = &[
    "aliased",
    "and_",
    "asc",
    "between",
    "bindparam",
    "case",
    "cast",
    "collate",
    "column",
    "contains_eager",
    "defaultload",
    "defer",
    "delete",
    "desc",
    "distinct",
    "except_",
    "exists",
    "extract",
    "false",
    "func",
    "immediateload",
    "insert",
    "intersect",
    "joinedload",
    "lateral",
    "lazyload",
    "literal",
    "literal_column",
    "load_only",
    "noload",
    "not_",
    "null",
    "nulls_first",
    "nulls_last",
    "or_",
    "outerjoin",
    "over",
    "raiseload",
    "select",
    "selectin_polymorphic",
    "selectinload",
    "subqueryload",
    "table",
    "text",
    "true",
    "tuple_",
    "type_coerce",
    "undefer",
    "union",
    "union_all",
    "update",
    "values",
    "with_polymorphic",
    "within_group",
];

/// Methods of expressions, statements and queries that make another one. `values()` of a query runs it, and is not here.
const REFINERS: &[&str] = &[
    "add_columns",
    "alias",
    "and_",
    "any",
    "asc",
    "between",
    "bindparams",
    "cast",
    "collate",
    "compile",
    "concat",
    "contains",
    "correlate",
    "correlate_except",
    "cte",
    "desc",
    "distinct",
    "endswith",
    "except_",
    "exists",
    "filter",
    "filter_by",
    "from_select",
    "group_by",
    "has",
    "having",
    "ilike",
    "in_",
    "intersect",
    "is_",
    "is_distinct_from",
    "is_not",
    "isnot",
    "join",
    "label",
    "lateral",
    "like",
    "limit",
    "match",
    "not_in",
    "notin_",
    "nulls_first",
    "nulls_last",
    "nullsfirst",
    "nullslast",
    "of_type",
    "offset",
    "on_conflict_do_nothing",
    "on_conflict_do_update",
    "op",
    "options",
    "order_by",
    "outerjoin",
    "over",
    "params",
    "prefix_with",
    "query",
    "regexp_match",
    "returning",
    "scalar_subquery",
    "select",
    "select_from",
    "startswith",
    "subquery",
    "suffix_with",
    "union",
    "union_all",
    "where",
    "with_entities",
    "with_for_update",
    "with_hint",
    "with_only_columns",
    "within_group",
];

/// Modules that have the makers.
const MODULES: &[&str] =
    &["sqlalchemy", "sqlalchemy.orm", "sqlalchemy.future", "sqlalchemy.sql", "sqlalchemy.sql.expression"];

/// What the names of a world stand for.
pub(crate) struct Names<'a> {
    interp: &'a Interp,
    /// Whether the program may listen to what making a statement sets off: the configuration of mappers.
    listens: bool,
}

impl<'a> Names<'a> {
    pub(crate) fn of(interp: &'a Interp, listens: bool) -> Self {
        Names { interp, listens }
    }

    /// What a path begins with: a global's value, or what a module of the library has by its next name; with the rest.
    fn head<'p>(&self, path: &'p [&'p str]) -> Option<(Value, &'p [&'p str])> {
        let (first, mut rest) = path.split_first()?;
        let mut value = self.interp.globals().get(first)?;
        while let Value::Module(module) = &value
            && let Some((next, after)) = rest.split_first()
            && is_library(&module.name)
        {
            let found = module.dict.get(next)?;
            (value, rest) = (found, after);
        }
        Some((value, rest))
    }

    /// Whether a loaded module has this very value by the name.
    fn has(&self, module: &str, name: &str, id: u64) -> bool {
        let module = self.interp.modules.get(module);
        module.and_then(|module| module.dict.get(name)).is_some_and(|value| value.identity() == id)
    }
}

impl Meaning for Names<'_> {
    fn is_of_library(&self, path: &[&str]) -> bool {
        match self.head(path) {
            Some((Value::Object(object), _)) => is_library(object.type_module()),
            Some((Value::Class(class), [attribute, ..])) => is_mapped_attribute(&class, attribute),
            _ => false,
        }
    }

    fn only_makes(&self, path: &[&str]) -> bool {
        if self.listens {
            return false;
        }
        match self.head(path) {
            Some((Value::Native(native), [])) => {
                let name = &*native.name;
                let id = Value::Native(native.clone()).identity();
                MAKERS.contains(&name) && MODULES.iter().any(|module| self.has(module, name, id))
            }
            Some((Value::Class(class), [])) => &*class.name() == "dialect" && is_library(&class.module()),
            // `func.anything()` makes an expression.
            Some((Value::Object(object), [_, ..])) => object.type_name() == "_FunctionGenerator",
            _ => false,
        }
    }

    fn only_refines(&self, method: &str) -> bool {
        !self.listens && REFINERS.contains(&method)
    }

    fn is_plain(&self, name: &str) -> bool {
        let plain = |value: &Value| {
            matches!(
                value,
                Value::List(_)
                    | Value::Tuple(_)
                    | Value::Dict(_)
                    | Value::Set(_)
                    | Value::FrozenSet(_)
                    | Value::Str(_)
                    | Value::Range(_)
            )
        };
        self.interp.globals().get(name).is_some_and(|value| plain(&value))
    }
}

fn is_library(module: &str) -> bool {
    module == "sqlalchemy" || module.starts_with("sqlalchemy.")
}

/// Whether a class is mapped, and its attribute of this name the library's.
fn is_mapped_attribute(class: &Rc<Class>, name: &str) -> bool {
    let found = class.lookup(name);
    mapped::mapper_of(class).is_some()
        && matches!(found, Some(Value::Object(object)) if is_library(object.type_module()))
}
