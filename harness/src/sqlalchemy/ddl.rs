//! `CreateTable(table)` and its like: statements of the schema, to be printed.

use super::schema::TableObject;
use super::{errors, lend};
use crate::python::{Interp, Module, Object, PyResult, Stop, Value};
use backproof_engine::schema::{Table, ddl};
use backproof_engine::sql::Dialect;
use std::any::Any;

/// A statement of the schema.
struct DdlObject {
    table: Table,
    drops: bool,
    dialect: Dialect,
}

impl DdlObject {
    fn text(&self, interp: &mut Interp) -> PyResult<String> {
        let profile = lend::profile(interp);
        let text = if self.drops {
            ddl::drop_table(profile, self.dialect, &self.table)
        } else {
            ddl::create_table(profile, self.dialect, &self.table)
        };
        text.map_err(|error| errors::raise(interp, &error))
    }
}

impl Object for DdlObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        if self.drops { "DropTable" } else { "CreateTable" }
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.ddl"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let (table, drops) = (self.table.clone(), self.drops);
        Ok(match name {
            "compile" => Some(Value::native(name, move |_, args| {
                let bind = args.positional.first().or_else(|| {
                    args.keywords.iter().find(|(keyword, _)| &**keyword == "bind").map(|(_, value)| value)
                });
                let dialect = match bind {
                    None => Dialect::Default,
                    Some(bind) if super::engine::is_bind(bind) => Dialect::Sqlite,
                    Some(_) => return Err(Stop::unsupported("compile() for a named dialect")),
                };
                Ok(Value::object(DdlObject { table: table.clone(), drops, dialect }))
            })),
            _ => None,
        })
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        self.text(interp)
    }
}

/// Adds `CreateTable` and `DropTable`.
pub(super) fn install(module: &Module) {
    for (name, drops) in [("CreateTable", false), ("DropTable", true)] {
        module.dict.set(
            name,
            Value::native(name, move |_, args| match args.positional.as_slice() {
                [table] if args.keywords.is_empty() => match table.downcast::<TableObject>() {
                    Some(object) => Ok(Value::object(DdlObject {
                        table: object.table.clone(),
                        drops,
                        dialect: Dialect::Default,
                    })),
                    None => Err(Stop::unsupported(format!("{name} of something that is no table"))),
                },
                _ => Err(Stop::unsupported(format!("{name} with such arguments"))),
            }),
        );
    }
}
