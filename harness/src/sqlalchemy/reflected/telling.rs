//! The event `column_reflect`: listeners are shown what was found of each column, and may change it before the column is made.
//!
//! The table that they are given is not made yet: it has its name.

use super::ColumnInfo;
use crate::python::{Args, Interp, Object, PyResult, Stop, Unavailable, Value, fresh_identity};
use crate::sqlalchemy::metadata::metadata_value;
use crate::sqlalchemy::{ddl_events, reflection, types};
use backproof_engine::schema::{ColumnArgs, MetaData, ServerDefault};
use backproof_engine::sql::Expr;
use std::any::Any;
use std::rc::Rc;

/// A table whose columns are being read.
struct ReflectedObject {
    name: Rc<str>,
    metadata: MetaData,
    id: u64,
}

impl Object for ReflectedObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Table"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.schema"
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(Some(match name {
            "name" | "key" | "fullname" | "description" => Value::Str(self.name.clone()),
            "schema" => Value::None,
            "metadata" => metadata_value(&self.metadata),
            _ if name.starts_with("__") => return Ok(None),
            _ => return Err(Stop::unsupported(format!("`{name}` of a table whose columns are being read"))),
        }))
    }

    fn str(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(self.name.to_string())
    }
}

/// What listeners have made of the columns that were found; nothing where nobody listens.
pub(super) fn columns(
    interp: &mut Interp,
    metadata: &MetaData,
    table: &str,
    found: &[ColumnInfo],
) -> PyResult<Vec<(String, ColumnArgs)>> {
    let listeners = ddl_events::of_columns(interp, metadata);
    let mut changed = Vec::new();
    if listeners.is_empty() {
        return Ok(changed);
    }
    for column in found {
        changed.push((column.name.clone(), told(interp, metadata, table, column, &listeners)?));
    }
    Ok(changed)
}

fn told(
    interp: &mut Interp,
    metadata: &MetaData,
    table: &str,
    found: &ColumnInfo,
    listeners: &[Value],
) -> PyResult<ColumnArgs> {
    let told = reflection::column_told(interp, found)?;
    let object = ReflectedObject { name: Rc::from(table), metadata: metadata.clone(), id: fresh_identity() };
    let object = Value::object(object);
    for listener in listeners {
        let inspector = Unavailable::value("the inspector that a listener of `column_reflect` is given");
        interp.call(listener, Args::of(vec![inspector, object.clone(), told.clone()]))?;
    }
    read(interp, &told, found)
}

fn read(interp: &mut Interp, told: &Value, found: &ColumnInfo) -> PyResult<ColumnArgs> {
    let mut args = ColumnArgs::default();
    for (key, value) in interp.mapping_items(told)?.unwrap_or_default() {
        let Some(key) = key.as_str().cloned() else {
            return Err(Stop::unsupported("what a listener of `column_reflect` adds to a column"));
        };
        match &*key {
            "name" => args.name = value.as_str().cloned(),
            "key" => args.key = value.as_str().cloned(),
            "type" => match types::of_value(interp, &value)? {
                Some(ty) => args.ty = ty,
                None => {
                    return Err(Stop::unsupported("a listener that makes a column's type something else"));
                }
            },
            "nullable" => args.nullable = Some(interp.truth(&value)?),
            "primary_key" => args.primary_key = interp.truth(&value)?,
            "default" => {
                args.server_default = value.as_str().map(|text| ServerDefault::Sql(Expr::text(text)));
            }
            "comment" => args.comment = value.as_str().cloned(),
            "autoincrement" if value.as_str().is_some_and(|how| &**how == "auto") => {}
            other => {
                return Err(Stop::unsupported(format!("`{other}` among what a listener makes of a column")));
            }
        }
    }
    if args.name.as_deref() != Some(&*found.name) {
        return Err(Stop::unsupported("a listener that renames a column of a table"));
    }
    Ok(args)
}
