//! Queries inside a query that has further criteria of classes: the library gives those the criteria, too, which is not
//! done here and so refused.

use crate::error::{Error, Result};
use crate::load::query::{Purpose, Query};
use crate::orm::Orm;
use crate::schema::Table;
use crate::sql::{Body, Expr, ExprKind, FromItem, Select};
use crate::version::Behaviour;

/// The tables of the classes that have further criteria.
fn tables(orm: &Orm, query: &Query) -> Vec<Table> {
    let criteria = query.options.iter().filter_map(|option| option.criteria.as_ref());
    criteria
        .flat_map(|criteria| &criteria.of)
        .map(|(mapper, _)| orm.mappers.get(*mapper).table.clone())
        .collect()
}

/// Stops where a statement has a query inside that would have further criteria.
pub(super) fn refuse(orm: &Orm, query: &Query, select: &Select) -> Result<()> {
    let tables = tables(orm, query);
    // What a loader has inside is its own.
    if tables.is_empty() || query.purpose == Purpose::Relationship {
        return Ok(());
    }
    let lists = [&select.columns, &select.where_, &select.group_by, &select.having, &select.order_by];
    let mut found = false;
    for expr in lists.into_iter().flatten() {
        expr.visit(&mut |part| {
            let (body, is_exists) = match part.kind() {
                ExprKind::Exists(body) => (body, true),
                ExprKind::ScalarSelect(body) | ExprKind::SelectList(body) => (body, false),
                _ => return,
            };
            let plain = is_exists && !orm.profile.has(Behaviour::ExistsLimitsClassTwice);
            found |= touches(body, &tables, plain);
        });
    }
    for item in select.from.iter().flat_map(FromItem::leaves) {
        if let FromItem::Alias(alias) = &item
            && let Some(body) = alias.body()
        {
            found |= touches(body, &tables, false);
        }
    }
    if found {
        return Err(Error::unsupported("further criteria of a class in a query inside the query"));
    }
    Ok(())
}

/// Whether a body selects from one of the tables; with `queries` only where it is a query of its own.
fn touches(body: &Body, tables: &[Table], queries: bool) -> bool {
    let select = match body {
        Body::Select(select) => select,
        Body::Compound(compound) => {
            return compound.selects.iter().any(|body| touches(body, tables, queries));
        }
        Body::Textual(_) => return false,
    };
    if queries && select.tag.is_none() {
        return false;
    }
    let mut items: Vec<FromItem> = select.from.iter().flat_map(FromItem::leaves).collect();
    items.extend(select.columns.iter().flat_map(Expr::from_items));
    items.iter().any(|item| match item {
        FromItem::Table(table) => tables.contains(table),
        FromItem::Alias(alias) => match alias.body() {
            Some(body) => touches(body, tables, queries),
            None => alias.table().is_some_and(|table| tables.contains(table)),
        },
        _ => false,
    })
}
