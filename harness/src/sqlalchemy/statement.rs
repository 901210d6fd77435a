//! Statements on tables: `insert()`, `update()`, `delete()`, and the table methods that make them.

use super::expr::{clause, coerce, operand};
use super::functions::condition;
use super::schema::TableObject;
use super::{errors, lend};
use crate::python::{Args, Interp, Module, Object, PyResult, Signature, Stop, Value, fresh_identity};
use backproof_engine::schema::{Column, Table};
use backproof_engine::sql::{Delete, Dialect, Expr, Insert, InsertValues, Operand, Statement, Update};
use backproof_engine::version::Behaviour;
use std::any::Any;

/// An insert, update or delete of a table, or SQL given as text.
pub(crate) struct StatementObject {
    kind: Kind,
    /// Whether it was made of a mapped class: objects of a session follow what it changes.
    of_class: bool,
    id: u64,
}

#[derive(Clone)]
enum Kind {
    Insert(Insert),
    Update(Update),
    Delete(Delete),
}

impl StatementObject {
    fn value(kind: Kind) -> Value {
        Value::object(StatementObject { kind, of_class: false, id: fresh_identity() })
    }

    /// Whether executing it in a session changes objects of the session too.
    pub(crate) fn changes_objects(&self) -> bool {
        self.of_class && !matches!(self.kind, Kind::Insert(_))
    }

    /// The engine's statement.
    pub(crate) fn statement(&self) -> Statement {
        match self.kind.clone() {
            Kind::Insert(insert) => insert.into(),
            Kind::Update(update) => update.into(),
            Kind::Delete(delete) => delete.into(),
        }
    }

    fn table(&self) -> &Table {
        match &self.kind {
            Kind::Insert(insert) => &insert.table,
            Kind::Update(update) => &update.table,
            Kind::Delete(delete) => &delete.table,
        }
    }
}

impl Object for StatementObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        match &self.kind {
            Kind::Insert(_) => "Insert",
            Kind::Update(_) => "Update",
            Kind::Delete(_) => "Delete",
        }
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.dml"
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, _interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        if name == "compile" {
            let this = this.clone();
            return Ok(Some(Value::native(name, move |interp, args| {
                super::compiled::compile(interp, &this, args)
            })));
        }
        let (kind, of_class) = (self.kind.clone(), self.of_class);
        let table = self.table().clone();
        let known = match name {
            "values" => !matches!(kind, Kind::Delete(_)),
            "where" => !matches!(kind, Kind::Insert(_)),
            "returning" => true,
            _ => false,
        };
        if !known {
            return Ok(None);
        }
        let method = name.to_owned();
        Ok(Some(Value::native(name, move |interp, args| {
            let mut kind = kind.clone();
            match method.as_str() {
                "values" => set_values(interp, &mut kind, &table, args)?,
                "where" => {
                    for value in &args.positional {
                        let condition = condition(interp, value)?;
                        match &mut kind {
                            Kind::Update(update) => update.where_.push(condition),
                            Kind::Delete(delete) => delete.where_.push(condition),
                            Kind::Insert(_) => {}
                        }
                    }
                }
                _ => {
                    for value in &args.positional {
                        let columns = match value.downcast::<TableObject>() {
                            Some(object) => object.table.columns().iter().map(Expr::column).collect(),
                            None => vec![coerce(interp, value)?],
                        };
                        match &mut kind {
                            Kind::Insert(insert) => insert.returning.extend(columns),
                            Kind::Update(update) => update.returning.extend(columns),
                            Kind::Delete(delete) => delete.returning.extend(columns),
                        }
                    }
                }
            }
            Ok(Value::object(StatementObject { kind, of_class, id: fresh_identity() }))
        })))
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let profile = lend::profile(interp);
        self.statement().to_text(profile, Dialect::Default).map_err(|error| errors::raise(interp, &error))
    }
}

/// One row of `values()`: a dict of keys or columns, or keywords.
fn row(interp: &mut Interp, table: &Table, pairs: Vec<(Value, Value)>) -> PyResult<Vec<(Column, Expr)>> {
    let mut row = Vec::with_capacity(pairs.len());
    for (key, value) in pairs {
        let column = match key.as_str() {
            Some(name) => table.column(name),
            None => clause(interp, &key)?.as_ref().and_then(Expr::as_column).cloned(),
        };
        let Some(column) = column else {
            let shown = interp.str(&key)?;
            let message = format!("Unconsumed column names: {shown}");
            return Err(errors::raise_named(interp, "CompileError", message));
        };
        let expr = match operand(interp, &value)? {
            Operand::Value(value) => Expr::bind_named(&column.key(), false, Some(value), column.ty()),
            _ => coerce(interp, &value)?,
        };
        row.push((column, expr));
    }
    Ok(row)
}

fn set_values(interp: &mut Interp, kind: &mut Kind, table: &Table, args: Args) -> PyResult<()> {
    let keywords: Vec<(Value, Value)> =
        args.keywords.into_iter().map(|(name, value)| (Value::from(name), value)).collect();
    let mut rows = Vec::new();
    let mut many = false;
    for value in &args.positional {
        match value {
            Value::Dict(dict) => {
                let entries = dict.map.borrow().items();
                rows.push(row(interp, table, entries)?);
            }
            Value::List(_) => {
                many = true;
                for item in interp.iterate(value)? {
                    let Value::Dict(dict) = &item else {
                        return Err(Stop::unsupported("values() with rows that are not dicts"));
                    };
                    let entries = dict.map.borrow().items();
                    rows.push(row(interp, table, entries)?);
                }
            }
            _ => return Err(Stop::unsupported("values() by position")),
        }
    }
    if !keywords.is_empty() {
        rows.push(row(interp, table, keywords)?);
    }
    match kind {
        Kind::Insert(insert) if many => insert.values = InsertValues::Rows(rows),
        Kind::Insert(insert) => {
            let mut known = match std::mem::take(&mut insert.values) {
                InsertValues::Row(known) => known,
                _ => Vec::new(),
            };
            known.extend(rows.into_iter().flatten());
            insert.values = InsertValues::Row(known);
        }
        Kind::Update(update) => update.values.extend(rows.into_iter().flatten()),
        Kind::Delete(_) => {}
    }
    Ok(())
}

/// Methods of a table that make statements.
pub(super) fn table_member(
    _interp: &mut Interp,
    _this: &Value,
    table: &Table,
    name: &str,
) -> PyResult<Option<Value>> {
    let kind = match name {
        "insert" => Kind::Insert(Insert::into(table)),
        "update" => Kind::Update(Update::of(table)),
        "delete" => Kind::Delete(Delete::from(table)),
        _ => return Ok(None),
    };
    let name = name.to_owned();
    Ok(Some(Value::native(name.clone(), move |interp, args| {
        let older = lend::has(interp, Behaviour::StatementArguments);
        if older && !(args.positional.is_empty() && args.keywords.is_empty()) {
            return Err(Stop::unsupported(format!("{name}() with arguments")));
        }
        Signature::new(&format!("TableClause.{name}"), "self").bind(
            interp,
            Args { positional: [vec![Value::None], args.positional].concat(), keywords: args.keywords },
        )?;
        Ok(StatementObject::value(kind.clone()))
    })))
}

/// Adds `insert`, `update` and `delete`.
pub(crate) fn install(module: &Module) {
    type Make = fn(&Table) -> Kind;
    let makers: [(&'static str, Make); 3] = [
        ("insert", |table| Kind::Insert(Insert::into(table))),
        ("update", |table| Kind::Update(Update::of(table))),
        ("delete", |table| Kind::Delete(Delete::from(table))),
    ];
    for (name, make) in makers {
        module.dict.set(
            name,
            Value::native(name, move |interp, args| {
                let [table] = args.exactly(interp, name)?;
                if let Some(object) = table.downcast::<TableObject>() {
                    return Ok(StatementObject::value(make(&object.table)));
                }
                match super::orm::mapped_table(interp, &table)? {
                    Some(table) => {
                        let (kind, id) = (make(&table), fresh_identity());
                        Ok(Value::object(StatementObject { kind, of_class: true, id }))
                    }
                    None => Err(Stop::unsupported(format!("{name}() of something that is no table"))),
                }
            }),
        );
    }
}
