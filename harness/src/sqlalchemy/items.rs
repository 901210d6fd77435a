//! Constraints, indexes and defaults as Python shows them.

use super::expr::ExprObject;
use super::schema::{ColumnsObject, ItemObject, column_value};
use super::{convert, lend, names};
use crate::python::{Interp, Object, PyResult, Stop, Value};
use backproof_engine::schema::{Column, ColumnDefault, Constraint, ServerDefault};
use std::any::Any;

impl Object for ItemObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        match self {
            ItemObject::Constraint(_, name) => name,
            ItemObject::Index(_) => "Index",
        }
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.schema"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let (own, columns) = match self {
            ItemObject::Index(index) => (index.name.clone(), index.columns.clone()),
            ItemObject::Constraint(Constraint::Unique(unique), _) => {
                (unique.name.clone(), unique.columns.clone())
            }
            ItemObject::Constraint(Constraint::Check(check), _) => (check.name.clone(), Vec::new()),
            ItemObject::Constraint(..) => return Ok(None),
        };
        Ok(match (name, self) {
            ("name", _) => Some(own.map_or(Value::None, Value::from)),
            ("columns", ItemObject::Index(_) | ItemObject::Constraint(Constraint::Unique(_), _)) => {
                Some(Value::object(ColumnsObject { columns, is_key: false }))
            }
            ("unique", ItemObject::Index(index)) => Some(Value::Bool(index.unique)),
            _ => None,
        })
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let ItemObject::Index(index) = self else {
            return Err(Stop::unsupported("the repr of a constraint"));
        };
        if index.columns.iter().any(|column| column.table().is_none())
            || !index.column_keys.is_empty() && index.columns.is_empty()
        {
            return Err(Stop::unsupported("the repr of an index without a table"));
        }
        let mut parts = vec![interp.repr(&index.name.clone().map_or(Value::None, Value::from))?];
        for column in &index.columns {
            parts.push(interp.repr(&column_value(column))?);
        }
        if index.unique {
            parts.push("unique=True".to_owned());
        }
        Ok(format!("Index({})", parts.join(", ")))
    }
}

/// A column's plain default as Python shows it.
struct DefaultObject {
    value: Value,
    by_kind: bool,
}

impl Object for DefaultObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        if self.by_kind { "ScalarElementColumnDefault" } else { "ColumnDefault" }
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.schema"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "arg" => Some(self.value.clone()),
            "is_scalar" => Some(Value::Bool(true)),
            "is_callable" | "is_clause_element" | "is_sequence" => Some(Value::Bool(false)),
            _ => None,
        })
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let shown = interp.repr(&self.value)?;
        Ok(format!("{}({shown})", self.type_name()))
    }
}

/// `column.default` and `column.onupdate`, where a value or nothing was given.
pub(super) fn default_value(interp: &mut Interp, default: Option<ColumnDefault>) -> PyResult<Value> {
    match default {
        None => Ok(Value::None),
        Some(ColumnDefault::Value(value)) => {
            let by_kind = names::has(lend::profile(interp), "sqlalchemy", "Inspector");
            let value = convert::to_python(interp, &value)?;
            Ok(Value::object(DefaultObject { value, by_kind }))
        }
        Some(_) => Err(Stop::unsupported("the default of a column where it is called or SQL")),
    }
}

/// What the repr of a column says of its defaults.
pub(super) fn shown_defaults(interp: &mut Interp, column: &Column, parts: &mut Vec<String>) -> PyResult<()> {
    for (name, default) in [("onupdate", column.onupdate()), ("default", column.default())] {
        let Some(default) = default else { continue };
        let ColumnDefault::Value(_) = default else {
            return Err(Stop::unsupported("the repr of a column whose default is called or SQL"));
        };
        let default = default_value(interp, Some(default))?;
        parts.push(format!("{name}={}", interp.repr(&default)?));
    }
    match column.server_default() {
        None => {}
        Some(ServerDefault::Literal(text)) => {
            let text = interp.repr(&Value::from(text))?;
            parts.push(format!("server_default=DefaultClause({text}, for_update=False)"));
        }
        Some(ServerDefault::Sql(expr)) => {
            let shown = interp.repr(&ExprObject::value(expr))?;
            parts.push(format!("server_default=DefaultClause({shown}, for_update=False)"));
        }
        Some(ServerDefault::Fetched) => {
            return Err(Stop::unsupported("the repr of a column with a fetched value"));
        }
    }
    Ok(())
}
