//! What queries are asked for, and what they give back.

use super::attribute::AttributeObject;
use super::instance::wrap;
use super::{bundle, errors, hybrid::HybridClauseObject, mapped};
use crate::python::{Interp, PyResult, Stop, Value};
use crate::sqlalchemy::schema::{ColumnsObject, TableObject};
use crate::sqlalchemy::{convert, expr, lend, result, selectable};
use backproof_engine::load::{Bundle, Entity, Item, Query, Rows, Unread};
use backproof_engine::schema::SqlType;
use backproof_engine::sql::{Alias, Body, Expr};
use backproof_engine::version::Behaviour;
use std::rc::Rc;

/// What one argument of `query()` or `select()` asks for; a table gives its columns.
pub(super) fn entities(interp: &mut Interp, values: &[Value]) -> PyResult<Vec<Entity>> {
    let mut entities = Vec::with_capacity(values.len());
    for value in values {
        if let Some(mapped) = mapped::mapped_of(value) {
            entities.push(Entity::Mapped(mapped));
        } else if let Some(table) = value.downcast::<TableObject>() {
            entities.extend(table.table.columns().iter().map(|column| Entity::Expr(Expr::column(column))));
        } else if let Some(columns) = value.downcast::<ColumnsObject>() {
            entities.extend(columns.columns.iter().map(|column| Entity::Expr(Expr::column(column))));
        } else if let Some(attribute) = value.downcast::<AttributeObject>() {
            if attribute.is_relationship(interp)? {
                entities.push(Entity::Expr(attribute.expr(interp)?));
            } else {
                let key = attribute.name.as_ref().unwrap_or(&attribute.key).clone();
                entities.push(Entity::Attribute(attribute.mapped, key));
            }
        } else if value.downcast::<super::composite::CompositeObject>().is_some() {
            return Err(Stop::unsupported("a composite among what is queried"));
        } else if let Some(hybrid) = value.downcast::<HybridClauseObject>() {
            match hybrid.inner.as_ref().and_then(Value::downcast::<AttributeObject>) {
                Some(inner) => entities.push(Entity::Attribute(inner.mapped, inner.key.clone())),
                None => entities.push(Entity::Expr(hybrid.selected(interp))),
            }
        } else if let Some(item) = selectable::from_item(value) {
            let columns = item.columns_in(lend::profile(interp));
            entities.extend(columns.into_iter().map(Entity::Expr));
        } else if let Some(body) = selectable::body(interp, value)? {
            entities.extend(select_entity(interp, body)?);
        } else if let Some(expr) = expr::clause(interp, value)? {
            entities.push(Entity::Expr(expr));
        } else if let Some(number) = number(interp, value)? {
            entities.push(number);
        } else {
            return Err(not_an_entity(interp, value));
        }
    }
    Ok(entities)
}

/// A number among the columns of a select, which is written as it is.
fn number(interp: &mut Interp, value: &Value) -> PyResult<Option<Entity>> {
    if !matches!(value, Value::Int(_) | Value::Float(_))
        || !lend::has(interp, Behaviour::EntityErrorsAreArguments)
    {
        return Ok(None);
    }
    let text = interp.str(value)?;
    Ok(Some(Entity::Expr(Expr::literal_column(&text, SqlType::Null))))
}

/// What a select among the entities gives: its columns as those of a subquery.
fn select_entity(interp: &mut Interp, body: Body) -> PyResult<Vec<Entity>> {
    if lend::has(interp, Behaviour::SelectTakesColumns) {
        return Ok(Alias::of_select(body, None).columns().into_iter().map(Entity::Expr).collect());
    }
    Err(Stop::unsupported("a select among the columns of a select"))
}

/// What an argument raises that is no entity.
pub(crate) fn not_an_entity(interp: &mut Interp, value: &Value) -> Stop {
    if let Some(stop) = errors::waiting_class(interp, value) {
        return stop;
    }
    let are_arguments = lend::has(interp, Behaviour::EntityErrorsAreArguments);
    let is_plain = matches!(value, Value::Bool(_) | Value::None);
    if is_plain && are_arguments {
        return Stop::unsupported("a plain value where an entity belongs");
    }
    let shown = match interp.repr(value) {
        Ok(shown) => shown,
        Err(stop) => return stop,
    };
    if let Value::Str(_) = value {
        if !are_arguments {
            return Stop::unsupported("a string where an entity belongs");
        }
        let message = format!(
            "Textual column expression {shown} should be explicitly declared with text({shown}), or use \
             column({shown}) for more specificity"
        );
        return errors::argument_error(interp, message);
    }
    if matches!(value, Value::Instance(_)) && are_arguments {
        return Stop::unsupported("an instance where an entity belongs");
    }
    if !are_arguments {
        let message = format!("SQL expression, column, or mapped entity expected - got '{shown}'");
        return errors::invalid_request(interp, message);
    }
    if !lend::has(interp, Behaviour::ColumnsClauseNamed) {
        return errors::argument_error(
            interp,
            format!("Column expression or FROM clause expected, got {shown}."),
        );
    }
    let meant = match (value, shown.strip_prefix('[').and_then(|shown| shown.strip_suffix(']'))) {
        (Value::List(_), Some(inner)) => format!(" Did you mean to say select({inner})?"),
        _ => String::new(),
    };
    errors::argument_error(
        interp,
        format!(
            "Column expression, FROM clause, or other columns clause element expected, got {shown}.{meant}"
        ),
    )
}

/// One place of a row as Python sees it.
pub(super) fn item(interp: &mut Interp, item: &Item) -> PyResult<Value> {
    match item {
        Item::Value(value) => convert::to_python(interp, value),
        Item::Object(Some(object)) => wrap(interp, object),
        Item::Object(None) => Ok(Value::None),
    }
}

/// A row of a query as Python sees it: the object itself where the query is of one class.
pub(super) fn query_row(
    interp: &mut Interp,
    names: &result::Names,
    row: &[Item],
    bundles: &[Bundle],
    scalars: bool,
) -> PyResult<Value> {
    if let ([one], true) = (row, scalars) {
        return item(interp, one);
    }
    let mut values = bundle::values(interp, bundles, row)?;
    if bundle::is_single(interp, bundles, row.len())?
        && let Some(only) = values.pop()
    {
        return Ok(only);
    }
    Ok(result::row(interp, names, values))
}

/// All rows of a legacy query.
pub(super) fn query_rows(interp: &mut Interp, rows: &Rows) -> PyResult<Vec<Value>> {
    let names: result::Names = Rc::from(bundle::names(&rows.bundles, &rows.names));
    interp.charge_bytes(rows.rows.len() * 64)?;
    rows.rows.iter().map(|row| query_row(interp, &names, row, &rows.bundles, rows.scalars)).collect()
}

/// What the places of a query's rows are of; nothing where some are not single columns.
pub(super) fn places(interp: &mut Interp, query: &Query) -> PyResult<Vec<result::Place>> {
    lend::read(interp, |orm| {
        let place = |entity: &Entity| match entity {
            Entity::Mapped(mapped) => Some(result::Place::Mapped(*mapped)),
            Entity::Attribute(mapped, key) => {
                backproof_engine::load::attribute(orm, *mapped, key).ok().map(result::Place::Expr)
            }
            Entity::Expr(expr) => Some(result::Place::Expr(expr.clone())),
        };
        query.entities.iter().map(place).collect::<Option<Vec<_>>>().unwrap_or_default()
    })
}

/// The values of a query's rows.
pub(crate) fn row_values(interp: &mut Interp, rows: &Rows) -> PyResult<Vec<Vec<Value>>> {
    interp.charge_bytes(rows.rows.len() * 64)?;
    rows.rows.iter().map(|row| bundle::values(interp, &rows.bundles, row)).collect()
}

/// A `select()` that was executed, as a result that reads its rows when they are asked for.
pub(super) fn unread_result(interp: &mut Interp, unread: Unread, per: Option<usize>) -> PyResult<Value> {
    let result = select_result(interp, unread.blank())?;
    result::read_from(&result, unread, per);
    Ok(result)
}

/// The rows of a `select()` as a result.
pub(super) fn select_result(interp: &mut Interp, rows: &Rows) -> PyResult<Value> {
    let names: result::Names = Rc::from(bundle::names(&rows.bundles, &rows.names));
    let values = row_values(interp, rows)?;
    let result = result::result(interp, names, values, rows.of_mapped);
    if rows.needs_unique {
        result::require_unique(&result);
    }
    result::note_unhashable(&result, &rows.unhashable);
    Ok(result)
}
