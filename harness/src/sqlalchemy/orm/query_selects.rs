//! What a `Query` gives as part of another: subqueries, CTEs, unions, and queries that read from themselves.

use super::query::QueryObject;
use super::{builder, bundle, mapped};
use crate::python::{Class, Interp, PyResult, Stop, Value};
use crate::sqlalchemy::expr::ExprObject;
use crate::sqlalchemy::{define, lend, names, selectable};
use backproof_engine::load::{Query, Within};
use backproof_engine::sql::{Alias, Body, Expr, FromItem, LabelStyle, Select};
use backproof_engine::version::Behaviour;
use std::rc::Rc;

/// The query as a select inside another statement.
fn core(interp: &mut Interp, query: &Query, labelled: bool) -> PyResult<Select> {
    mapped::configure_query(interp, query)?;
    let mut select = lend::with_cx(interp, |cx| query.to_select(cx))?;
    if labelled {
        select.label_style = LabelStyle::TableColumn;
    }
    Ok(select)
}

fn name_of(value: Option<Value>) -> Option<Rc<str>> {
    value.as_ref().and_then(Value::as_str).cloned()
}

/// Adds the methods to the class.
pub(super) fn install(interp: &mut Interp, class: &Rc<Class>) {
    use define::method;
    let has = |interp: &mut Interp, name: &str| names::has_member(interp, "Query", name);
    method::<QueryObject>(
        class,
        "subquery",
        "name=, with_labels=, reduce_columns=",
        |interp, query, _, mut bound| {
            let name = name_of(bound.take(0));
            let labelled = define::flag(interp, &mut bound, 1, false)?;
            if define::flag(interp, &mut bound, 2, false)? {
                return Err(Stop::unsupported("subquery() with `reduce_columns`"));
            }
            let select = core(interp, &query.query, labelled)?;
            Ok(selectable::subquery(interp, select.into(), name.as_deref()))
        },
    );
    method::<QueryObject>(class, "cte", "name=, recursive=, nesting=", |interp, query, _, mut bound| {
        let name = name_of(bound.take(0));
        let recursive = define::flag(interp, &mut bound, 1, false)?;
        if define::flag(interp, &mut bound, 2, false)? {
            return Err(Stop::unsupported("a CTE that nests"));
        }
        let select = core(interp, &query.query, false)?;
        Ok(selectable::FromObject::alias(interp, &Alias::cte(select, name.as_deref(), recursive)))
    });
    for name in ["scalar_subquery", "as_scalar"] {
        if !has(interp, name) {
            continue;
        }
        method::<QueryObject>(class, name, "", |interp, query, _, _| {
            Ok(ExprObject::value(Expr::scalar_select(core(interp, &query.query, false)?)))
        });
    }
    define::getter::<QueryObject>(class, "column_descriptions", |interp, query, _| {
        builder::descriptions(interp, &query.query)
    });
    method::<QueryObject>(class, "label", "name", |interp, query, _, mut bound| {
        let name = name_of(bound.take(0));
        let scalar = Expr::scalar_select(core(interp, &query.query, false)?);
        Ok(ExprObject::value(match name {
            Some(name) => scalar.label(&name),
            None => scalar.label_anonymous(),
        }))
    });
    method::<QueryObject>(class, "from_statement", "statement", |interp, query, this, mut bound| {
        let statement = bound.take(0).unwrap_or(Value::None);
        let query = builder::from_statement(interp, &query.query, &statement)?;
        QueryObject::like(interp, this, query)
    });
    for name in ["union", "union_all", "intersect", "intersect_all", "except_", "except_all"] {
        method::<QueryObject>(class, name, "*q", move |interp, query, this, bound| {
            let Some(kind) = selectable::kind_of(name) else {
                return Err(Stop::unsupported("this way to put queries together"));
            };
            mapped::configure_query(interp, &query.query)?;
            let mut others = Vec::with_capacity(bound.varargs.len());
            for value in &bound.varargs {
                let Some(other) = define::receiver::<QueryObject>(value) else {
                    return Err(Stop::unsupported("putting a query together with something else"));
                };
                mapped::configure_query(interp, &other.query)?;
                others.push(other.query.clone());
            }
            let made = lend::with_cx(interp, |cx| query.query.combined(cx, kind, &others))?;
            QueryObject::like(interp, this, made)
        });
    }
    if !has(interp, "from_self") {
        return;
    }
    method::<QueryObject>(class, "from_self", "*entities", |interp, query, this, bound| {
        mapped::configure_query(interp, &query.query)?;
        let mut made = lend::with_cx(interp, |cx| query.query.from_self(cx))?;
        if !bound.varargs.is_empty() {
            made.entities.clear();
            made.bundles.clear();
            made.renames.clear();
            bundle::ask(interp, &mut made, &bound.varargs)?;
            mapped::configure_query(interp, &made)?;
        }
        QueryObject::like(interp, this, made)
    });
    method::<QueryObject>(class, "select_entity_from", "from_obj", |interp, query, this, mut bound| {
        let from = bound.take(0).unwrap_or(Value::None);
        let FromItem::Alias(alias) = selectable::joinable(interp, &from)? else {
            return Err(Stop::unsupported("select_entity_from() of something that is no subquery"));
        };
        let mut query = query.query.clone();
        query.within = Some(Rc::new(Within::of_alias(&alias)));
        QueryObject::like(interp, this, query)
    });
}

/// The select that a query stands for.
pub(super) fn body(interp: &mut Interp, query: &Query) -> PyResult<Body> {
    let labelled = lend::has(interp, Behaviour::QueriesKeepLabels);
    Ok(core(interp, query, labelled)?.into())
}
