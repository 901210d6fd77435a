//! `values()`: rows written into a statement; `table()`: a name with columns.

use super::FromObject;
use crate::python::{Args, Interp, Module, PyResult, Stop, Value};
use crate::sqlalchemy::expr;
use crate::sqlalchemy::{define, errors, lend, names, schema};
use backproof_engine::schema::{Column, Table};
use backproof_engine::sql::{Alias, AliasElement, AliasKind, Expr, ExprKind, Operand, ValuesTable};
use std::rc::Rc;

/// The columns among arguments, each with its own name.
fn columns(interp: &mut Interp, values: &[Value]) -> PyResult<Vec<Column>> {
    let mut columns = Vec::with_capacity(values.len());
    for value in values {
        match expr::clause(interp, value)?.as_ref().map(Expr::kind) {
            Some(ExprKind::Column(column)) => columns.push(column.clone()),
            _ => return Err(Stop::unsupported("something other than column() where a column belongs")),
        }
    }
    Ok(columns)
}

/// `values(column, …, name=…, literal_binds=…)`.
pub(super) fn values(interp: &mut Interp, mut args: Args) -> PyResult<Value> {
    let name = args.take_keyword("name").as_ref().and_then(Value::as_str).cloned();
    let literal_binds = match args.take_keyword("literal_binds") {
        Some(value) => interp.truth(&value)?,
        None => false,
    };
    if !args.keywords.is_empty() {
        return Err(Stop::unsupported("values() with such keywords"));
    }
    let columns = columns(interp, &args.positional)?;
    let columns = columns.iter().map(|column| (column.name(), column.ty())).collect();
    let table = ValuesTable { columns, rows: Vec::new(), literal_binds, wrong: None };
    Ok(made(interp, table, name.as_deref()))
}

fn made(interp: &mut Interp, table: ValuesTable, name: Option<&str>) -> Value {
    let alias = Alias::new(AliasElement::Values(Rc::new(table)), name, AliasKind::Values);
    FromObject::alias(interp, &alias)
}

/// `values(…).data(rows)`.
pub(super) fn data_method(alias: &Alias) -> Value {
    let alias = alias.clone();
    Value::native("data", move |interp: &mut Interp, args: Args| {
        let AliasElement::Values(table) = alias.element() else {
            return Err(Stop::unsupported("data() of something that is no values()"));
        };
        let [rows] = args.exactly(interp, "data")?;
        let mut table = (**table).clone();
        for row in interp.iterate(&rows)? {
            let items = interp.iterate(&row)?;
            if items.len() != table.columns.len() {
                // The library finds it when the statement is written.
                let shown = interp.repr(&row)?;
                table.wrong.get_or_insert(Rc::from(shown));
                continue;
            }
            let mut exprs = Vec::with_capacity(items.len());
            for (value, (_, ty)) in items.iter().zip(&table.columns) {
                exprs.push(match expr::operand(interp, value)? {
                    Operand::Value(value) => Expr::bind_typed(value, ty.clone()),
                    _ => expr::coerce(interp, value)?,
                });
            }
            table.rows.push(exprs);
        }
        Ok(made(interp, table, alias.name()))
    })
}

/// `table(name, column, …, schema=…)`.
pub(super) fn table(interp: &mut Interp, mut args: Args) -> PyResult<Value> {
    let schema = args.take_keyword("schema").as_ref().and_then(Value::as_str).cloned();
    let Some(Value::Str(name)) = args.positional.first().cloned() else {
        return Err(Stop::unsupported("table() without a name"));
    };
    let columns = columns(interp, &args.positional[1..])?;
    let table = Table::light(&name, schema.as_deref(), columns);
    let table = table.map_err(|error| errors::raise(interp, &error))?;
    Ok(schema::table_value(&table))
}

/// Makes the classes `Values` and `TableClause` callable.
pub(super) fn install(interp: &mut Interp, module: &Module) {
    if !names::offers(lend::profile(interp), &module.name, "Values") {
        return;
    }
    let class = interp.foreign_class("sqlalchemy.sql.selectable", "Values");
    if class.construct.borrow().is_none() {
        define::construct(&class, values);
    }
    module.dict.set("Values", Value::Class(class));
}
