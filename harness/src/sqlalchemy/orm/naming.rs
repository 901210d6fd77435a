//! Which columns of a table a class is mapped to, and how their attributes are called: `include_properties`,
//! `exclude_properties` and `column_prefix` of `__mapper_args__`.

use super::declarative::column_of;
use crate::python::{Interp, PyResult, Stop, Value};
use backproof_engine::map::{Key, MapperSpec, PropertySpec};
use backproof_engine::schema::Column;
use std::rc::Rc;

/// Which columns of the table are mapped, and how their attributes are called.
#[derive(Default)]
pub(super) struct Naming {
    pub(super) included: Option<Vec<Rc<str>>>,
    pub(super) excluded: Vec<Rc<str>>,
    pub(super) prefix: Option<Rc<str>>,
}

/// Names, or columns by their keys.
pub(super) fn names(interp: &mut Interp, value: &Value) -> PyResult<Vec<Rc<str>>> {
    let mut found = Vec::new();
    for item in interp.iterate(value)? {
        match (item.as_str(), column_of(&item)) {
            (Some(name), _) => found.push(name.clone()),
            (None, Some(column)) => found.push(column.key()),
            (None, None) => return Err(Stop::unsupported("properties that are named by no string")),
        }
    }
    Ok(found)
}

impl Naming {
    /// What was given another name than its column's is mapped as it is.
    pub(super) fn apply(self, spec: &mut MapperSpec) {
        let is_out = |key: &Rc<str>| {
            self.excluded.contains(key) || self.included.as_ref().is_some_and(|all| !all.contains(key))
        };
        let named =
            |key: &Key, columns: &[Column]| columns.first().is_some_and(|column| column.key() == *key);
        spec.properties.retain(|(key, property)| match property {
            PropertySpec::Column { columns, .. } => !(named(key, columns) && is_out(key)),
            _ => true,
        });
        spec.left_out = spec.table.columns().into_iter().filter(|column| is_out(&column.key())).collect();
        let Some(prefix) = self.prefix else { return };
        for (key, property) in &mut spec.properties {
            if let PropertySpec::Column { columns, .. } = property
                && named(key, columns)
            {
                *key = format!("{prefix}{key}").into();
            }
        }
        let listed: Vec<Column> = spec
            .properties
            .iter()
            .filter_map(|(_, property)| match property {
                PropertySpec::Column { columns, .. } => Some(columns.clone()),
                _ => None,
            })
            .flatten()
            .collect();
        for column in spec.table.columns() {
            if !listed.contains(&column) && !spec.left_out.contains(&column) {
                let key = format!("{prefix}{}", column.key()).into();
                spec.properties.push((key, PropertySpec::column(column)));
            }
        }
    }
}
