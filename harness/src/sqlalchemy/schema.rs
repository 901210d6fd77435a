//! `Column`, `Table`, `MetaData` and constraints as Python values.
//!
//! Each is a handle on the engine's own; two handles on one column are the same Python object.

mod calls;

use calls::copy_table;
pub(crate) use calls::{install, read_column, table_args};
pub(super) use calls::{target, text, truth};

use super::expr;
use super::items::{ItemObject, table_item};
use super::metadata;
use super::selectable::collection;
pub(crate) use super::table_columns::ColumnsObject;
use super::{errors, lend, own_types};
use crate::python::{Args, BinaryOp, CompareOp, Interp, Object, PyResult, Signature, Stop, UnaryOp, Value};
use backproof_engine::schema::{Column, Constraint, ForeignKey, Table, TableItem};
use std::any::Any;
use std::rc::Rc;

/// Marks identities that come from the engine's own, so that they never meet the evaluator's.
pub(super) const SCHEMA_IDENTITY: u64 = 3 << 60;

/// A column.
pub(crate) struct ColumnObject {
    pub(crate) column: Column,
}

/// A table.
pub(crate) struct TableObject {
    pub(crate) table: Table,
}

fn maybe(text: Option<&Rc<str>>) -> Value {
    text.map_or(Value::None, |text| Value::from(text.clone()))
}

/// `ForeignKey("user.id")`.
pub(crate) struct ForeignKeyObject {
    pub(crate) key: ForeignKey,
}

pub(crate) fn column_value(column: &Column) -> Value {
    Value::object(ColumnObject { column: column.clone() })
}

pub(crate) fn table_value(table: &Table) -> Value {
    Value::object(TableObject { table: table.clone() })
}

impl Object for ColumnObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Column"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.schema"
    }

    fn identity(&self) -> u64 {
        SCHEMA_IDENTITY | self.column.identity() as u64
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        let column = &self.column;
        Ok(Some(match name {
            "name" if column.name().is_empty() => Value::None,
            "name" => Value::from(column.name()),
            "key" => Value::from(column.key()),
            "table" => column.table().map_or(Value::None, |table| table_value(&table)),
            "primary_key" => Value::Bool(column.is_primary_key()),
            "nullable" => Value::Bool(column.nullable()),
            "unique" => column.unique().map_or(Value::None, Value::Bool),
            "index" => column.index().map_or(Value::None, Value::Bool),
            "comment" => column.comment().map_or(Value::None, Value::from),
            "doc" => column.doc().map_or(Value::None, Value::from),
            "default" if column.sequence().is_none() => {
                super::items::default_value(interp, column.default())?
            }
            "onupdate" => super::items::default_value(interp, column.onupdate())?,
            "foreign_keys" => {
                let keys = column.foreign_keys().into_iter();
                set_of(interp, keys.map(|key| Value::object(ForeignKeyObject { key })).collect())?
            }
            _ => {
                if let Some(found) = super::generated::default_value(column, name) {
                    return Ok(Some(found));
                }
                let expr = column.expr();
                if let Some(found) = own_types::member(interp, this, &expr, name)? {
                    return Ok(Some(found));
                }
                let found = expr::member(interp, this, &expr, name)?;
                if found.is_none() {
                    expr::no_attribute(interp, "Column", name)?;
                }
                return Ok(found);
            }
        }))
    }

    fn binary(
        &self,
        interp: &mut Interp,
        this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        if let Some(made) = own_types::binary(interp, this, &self.column.expr(), op, other, reflected)? {
            return Ok(Some(made));
        }
        expr::binary(interp, &self.column.expr(), op, other, reflected)
    }

    fn compare(
        &self,
        interp: &mut Interp,
        this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        if let Some(made) = own_types::compare(interp, this, &self.column.expr(), op, other)? {
            return Ok(Some(made));
        }
        expr::compare(interp, &self.column.expr(), op, other)
    }

    fn unary(&self, interp: &mut Interp, this: &Value, op: UnaryOp) -> PyResult<Value> {
        if let Some(made) = own_types::unary(interp, this, &self.column.expr(), op)? {
            return Ok(made);
        }
        expr::unary(interp, &self.column.expr(), op)
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        super::json::item(interp, &self.column.expr(), key)
    }

    fn hash(&self, _interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Ok(self.identity() as i64)
    }

    fn truth(&self, interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        expr::truth(interp, &self.column.expr())
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let column = &self.column;
        if column.table().is_some_and(|table| table.is_light()) {
            let address = interp.address_of(self.identity());
            return Ok(format!("<sqlalchemy.sql.elements.ColumnClause at {address}; {}>", column.name()));
        }
        let mut parts = vec![if column.name().is_empty() {
            "None".to_owned()
        } else {
            interp.repr(&Value::from(column.name()))?
        }];
        parts.push(column.ty().repr());
        for key in column.foreign_keys() {
            parts.push(foreign_key_repr(interp, &key)?);
        }
        parts.push(match column.table() {
            Some(table) => format!("table=<{}>", table.name()),
            None => "table=None".to_owned(),
        });
        if column.key() != column.name() {
            parts.push(format!("key={}", interp.repr(&Value::from(column.key()))?));
        }
        if column.is_primary_key() {
            parts.push("primary_key=True".to_owned());
        }
        if !column.nullable() {
            parts.push("nullable=False".to_owned());
        }
        super::items::shown_defaults(interp, column, &mut parts)?;
        if let Some(comment) = column.comment() {
            parts.push(format!("comment={}", interp.repr(&Value::from(comment))?));
        }
        Ok(format!("Column({})", parts.join(", ")))
    }

    fn str(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(self.column.to_string())
    }
}

/// A Python set of values.
fn set_of(interp: &mut Interp, items: Vec<Value>) -> PyResult<Value> {
    let set = interp.builtin_class("set");
    interp.call(&Value::Class(set), Args::of(vec![Value::list(items)]))
}

fn foreign_key_repr(interp: &mut Interp, key: &ForeignKey) -> PyResult<String> {
    let target = interp.repr(&Value::from(key.target_fullname()))?;
    Ok(format!("ForeignKey({target})"))
}

impl Object for ForeignKeyObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "ForeignKey"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.schema"
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(Some(match name {
            "column" => {
                let column = self.key.column().map_err(|error| errors::raise(interp, &error))?;
                column_value(&column)
            }
            "parent" => self.key.parent().map_or(Value::None, |column| column_value(&column)),
            "target_fullname" => Value::from(self.key.target_fullname()),
            "constraint" => {
                let table = self.key.parent().and_then(|column| column.table());
                let found = table.and_then(|table| {
                    let constraint = table.constraints().into_iter().find(
                        |found| matches!(found, Constraint::ForeignKey(found) if found.elements.contains(&self.key)),
                    )?;
                    Some(ItemObject::of(&table, TableItem::Constraint(constraint)))
                });
                found.unwrap_or(Value::None)
            }
            "name" => self.key.name().map_or(Value::None, Value::from),
            "ondelete" => maybe(self.key.actions().ondelete.as_ref()),
            "onupdate" => maybe(self.key.actions().onupdate.as_ref()),
            "initially" => maybe(self.key.actions().initially.as_ref()),
            "deferrable" => self.key.actions().deferrable.map_or(Value::None, Value::Bool),
            "use_alter" => Value::Bool(self.key.use_alter()),
            "link_to_name" => Value::Bool(false),
            _ => return Ok(None),
        }))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        foreign_key_repr(interp, &self.key)
    }
}

impl Object for TableObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        if self.table.is_light() { "TableClause" } else { "Table" }
    }

    fn type_module(&self) -> &'static str {
        if self.table.is_light() { "sqlalchemy.sql.selectable" } else { "sqlalchemy.sql.schema" }
    }

    fn identity(&self) -> u64 {
        SCHEMA_IDENTITY | self.table.identity() as u64
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        let table = &self.table;
        Ok(Some(match name {
            "c" | "columns" => Value::object(ColumnsObject::of_table(table)),
            "name" | "description" => Value::from(table.name()),
            "fullname" | "key" => Value::from(table.full_name()),
            "schema" => table.schema().map_or(Value::None, Value::from),
            "metadata" => metadata::metadata_value(table.metadata()),
            "primary_key" if table.is_light() => {
                let item = backproof_engine::sql::FromItem::from(table);
                collection::CollectionObject::key_of_item(&item)
            }
            "primary_key" => Value::object(ColumnsObject::key(table)),
            "indexes" => {
                let items =
                    table.indexes().into_iter().map(|index| ItemObject::of(table, TableItem::Index(index)));
                set_of(interp, items.collect())?
            }
            "constraints" | "foreign_key_constraints" => {
                let only_keys = name == "foreign_key_constraints";
                if !only_keys && table.has_checks_of_types(lend::profile(interp)) {
                    return Err(Stop::unsupported("the constraints of a table with a type that brings one"));
                }
                let constraints = table.constraints().into_iter();
                let found = constraints
                    .filter(|found| !only_keys || matches!(found, Constraint::ForeignKey(_)))
                    .map(|found| ItemObject::of(table, TableItem::Constraint(found)));
                let key = (!only_keys).then(|| Value::object(ColumnsObject::key(table)));
                set_of(interp, key.into_iter().chain(found).collect())?
            }
            "comment" => table.args().comment.clone().map_or(Value::None, Value::from),
            "foreign_keys" => {
                let items =
                    table.foreign_keys().into_iter().map(|key| Value::object(ForeignKeyObject { key }));
                set_of(interp, items.collect())?
            }
            "to_metadata" | "tometadata" => {
                if !super::names::has_member(interp, "Table", name) {
                    return Ok(None);
                }
                let table = table.clone();
                Value::native(name, move |interp, args| copy_table(interp, &table, args))
            }
            "append_constraint" | "append_column" => {
                let table = table.clone();
                Value::native(name, move |interp, args| {
                    let given = args.positional.clone();
                    for value in &given {
                        let added = match table_item(interp, value)? {
                            TableItem::Column(column) => table.append_column(&column),
                            TableItem::Constraint(constraint) => table.append_constraint(constraint),
                            TableItem::Index(index) => table.append_index(index),
                        };
                        added.map_err(|error| errors::raise(interp, &error))?;
                    }
                    Ok(Value::None)
                })
            }
            "create" | "drop" => {
                let (table, drop) = (table.clone(), name == "drop");
                Value::native(name, move |interp, args| {
                    let what = format!("Table object '{}'", table.full_name());
                    let args = metadata::with_bind(interp, args, table.metadata(), &what)?;
                    let name = if drop { "Table.drop" } else { "Table.create" };
                    let mut bound = Signature::new(name, "bind, checkfirst=").bind(interp, args)?;
                    let bind = bound.take(0).unwrap_or(Value::None);
                    let check = bound.take(1).unwrap_or(Value::Bool(false));
                    let check = interp.truth(&check)?;
                    super::engine::emit_schema(interp, &bind, std::slice::from_ref(&table), check, drop, None)
                })
            }
            _ => {
                let item = backproof_engine::sql::FromItem::from(table);
                return match super::selectable::from_member(interp, &item, name)? {
                    Some(found) => Ok(Some(found)),
                    None => super::statement::table_member(interp, this, table, name),
                };
            }
        }))
    }

    fn truth(&self, interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        Err(interp.raise("TypeError", "Boolean value of this clause is not defined"))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        if self.table.is_light() {
            let address = interp.address_of(self.identity());
            let name = self.table.full_name();
            return Ok(format!("<sqlalchemy.sql.selectable.TableClause at {address}; {name}>"));
        }
        let mut parts =
            vec![interp.repr(&Value::from(self.table.name()))?, metadata::shown_metadata(interp).to_owned()];
        for column in self.table.columns() {
            parts.push(interp.repr(&column_value(&column))?);
        }
        parts.push(match self.table.schema() {
            Some(schema) => format!("schema={}", interp.repr(&Value::from(schema))?),
            None => "schema=None".to_owned(),
        });
        Ok(format!("Table({})", parts.join(", ")))
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        if self.table.is_light() && !lend::has(interp, backproof_engine::version::Behaviour::LightTablesShown)
        {
            return Ok(String::new());
        }
        Ok(self.table.full_name().to_string())
    }
}
