//! A table's columns by key: `table.c`, its primary key, and what a constraint is about.

use super::schema::{SCHEMA_IDENTITY, column_value, table_value};
use super::selectable::collection;
use super::{errors, lend};
use crate::python::{Class, Interp, Iter, Object, PyResult, Signature, Value, fresh_identity};
use backproof_engine::schema::{Column, Table};
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// A collection of columns by key: `table.c`.
pub(crate) struct ColumnsObject {
    pub(crate) columns: Vec<Column>,
    kind: Kind,
    table: Option<Table>,
    id: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `table.c`, or some of it.
    Table,
    /// A primary key, which is a constraint.
    Key,
    /// The columns of a constraint.
    Constraint,
}

impl ColumnsObject {
    /// `table.c`.
    pub(crate) fn of_table(table: &Table) -> Self {
        let id = SCHEMA_IDENTITY | (table.identity() as u64 + 1);
        ColumnsObject { columns: table.columns(), kind: Kind::Table, table: Some(table.clone()), id }
    }

    /// `table.primary_key`.
    pub(crate) fn key(table: &Table) -> Self {
        let id = SCHEMA_IDENTITY | (table.identity() as u64 + 2);
        ColumnsObject { columns: table.primary_key(), kind: Kind::Key, table: Some(table.clone()), id }
    }

    /// The table whose primary key it is.
    pub(super) fn table_of_key(&self) -> Option<Table> {
        self.table.clone().filter(|_| self.kind == Kind::Key)
    }

    /// The columns of a constraint.
    pub(super) fn of_constraint(columns: Vec<Column>) -> Self {
        ColumnsObject { columns, kind: Kind::Constraint, table: None, id: fresh_identity() }
    }

    fn chosen(&self, columns: Vec<Column>) -> Self {
        let kind = if self.kind == Kind::Key { Kind::Constraint } else { Kind::Table };
        ColumnsObject { columns, kind, table: self.table.clone(), id: fresh_identity() }
    }

    fn class_name(&self, interp: &mut Interp) -> &'static str {
        let own = collection::read_only(interp);
        if self.kind == Kind::Table || own == "ReadOnlyColumnCollection" {
            return own;
        }
        if lend::has(interp, Behaviour::ConstraintColumnsDeduped) {
            "DedupeColumnCollection"
        } else {
            "ColumnCollection"
        }
    }
}

impl Object for ColumnsObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        let name = if self.kind == Kind::Key { self.type_name() } else { self.class_name(interp) };
        interp.foreign_class(self.type_module(), name)
    }

    fn type_name(&self) -> &'static str {
        if self.kind == Kind::Key { "PrimaryKeyConstraint" } else { "ReadOnlyColumnCollection" }
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.base"
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        if let (Kind::Key, Some(table)) = (self.kind, &self.table) {
            match name {
                "name" => return Ok(Some(table.primary_key_name().map_or(Value::None, Value::from))),
                "table" => return Ok(Some(table_value(table))),
                "deferrable" | "initially" => return Ok(Some(Value::None)),
                _ => {}
            }
        }
        if let Some(column) = self.columns.iter().find(|column| &*column.key() == name) {
            return Ok(Some(column_value(column)));
        }
        let columns = self.columns.clone();
        if self.kind == Kind::Key && matches!(name, "columns" | "c") {
            return Ok(Some(Value::object(ColumnsObject::chosen(self, columns))));
        }
        Ok(Some(match name {
            "keys" => Value::native(name, move |_, _| {
                Ok(Value::list(columns.iter().map(|column| Value::from(column.key())).collect()))
            }),
            "values" => {
                Value::native(name, move |_, _| Ok(Value::list(columns.iter().map(column_value).collect())))
            }
            "items" => Value::native(name, move |_, _| {
                let pairs = columns
                    .iter()
                    .map(|column| Value::tuple(vec![Value::from(column.key()), column_value(column)]));
                Ok(Value::list(pairs.collect()))
            }),
            "get" => Value::native(name, move |interp, args| {
                let mut bound = Signature::new("get", "key, default=").bind(interp, args)?;
                let key = bound.take(0).unwrap_or(Value::None);
                let found = key.as_str().and_then(|key| columns.iter().find(|column| column.key() == *key));
                Ok(found.map_or_else(|| bound.take(1).unwrap_or(Value::None), column_value))
            }),
            _ => return Ok(None),
        }))
    }

    fn repr(&self, interp: &mut Interp, this: &Value) -> PyResult<String> {
        if self.kind == Kind::Key {
            let mut shown = Vec::with_capacity(self.columns.len());
            for column in &self.columns {
                shown.push(interp.repr(&column_value(column))?);
            }
            return Ok(format!("PrimaryKeyConstraint({})", shown.join(", ")));
        }
        let kind = self.class_name(interp);
        let address = interp.address_of(this.identity());
        Ok(format!("<sqlalchemy.sql.base.{kind} object at {address}>"))
    }

    fn str(&self, interp: &mut Interp, this: &Value) -> PyResult<String> {
        if self.kind == Kind::Key {
            return self.repr(interp, this);
        }
        let kind = self.class_name(interp);
        let columns: Vec<Value> = self.columns.iter().map(column_value).collect();
        collection::shown(interp, kind, &columns)
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.columns.len()))
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        if let Value::Tuple(keys) = key {
            let mut columns = Vec::with_capacity(keys.len());
            for key in keys.iter() {
                match key.as_str().and_then(|name| self.columns.iter().find(|column| column.key() == *name)) {
                    Some(column) => columns.push(column.clone()),
                    None => return Err(interp.key_error(key)),
                }
            }
            return Ok(Value::object(ColumnsObject::chosen(self, columns)));
        }
        let found = match key {
            Value::Str(name) => self.columns.iter().find(|column| column.key() == *name),
            _ => self.columns.get(usize::try_from(interp.index(key)?).unwrap_or(usize::MAX)),
        };
        match found {
            Some(column) => Ok(column_value(column)),
            None => Err(interp.key_error(key)),
        }
    }

    fn contains(&self, interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        match item.as_str() {
            Some(name) => Ok(Some(self.columns.iter().any(|column| column.key() == *name))),
            None => {
                Err(errors::raise_named(interp, "ArgumentError", "__contains__ requires a string argument"))
            }
        }
    }

    fn iter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        Ok(Iter::from_values("list_iterator", self.columns.iter().map(column_value).collect()))
    }
}
