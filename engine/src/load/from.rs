//! The `FROM` list of a query: what is joined to what, and on which condition.

use super::adapt::{Adapter, Sides, join_conditions, selectable};
use super::query::{Entity, Join, JoinTarget, OnClause, Query};
use crate::error::{Error, Result};
use crate::map::{Key, Mapped, natural_join};
use crate::orm::Orm;
use crate::schema::Table;
use crate::sql::{Alias, Expr, FromItem};
use std::rc::Rc;

/// The explicit `FROM` list: what `select_from()` and the joins give.
pub(super) fn explicit(orm: &Orm, query: &Query) -> Result<Vec<FromItem>> {
    let mut froms: Vec<FromItem> = query.from_items.clone();
    for mapped in &query.select_from {
        let item = selectable(orm, *mapped);
        if !froms.contains(&item) {
            froms.push(item);
        }
    }
    for join in &query.joins {
        add_join(orm, query, join, &mut froms)?;
    }
    Ok(froms)
}

/// The index of the `FROM` element that holds `item`.
pub(super) fn position(froms: &[FromItem], item: &FromItem) -> Option<usize> {
    froms.iter().position(|from| from.leaves().contains(item))
}

fn add_join(orm: &Orm, query: &Query, join: &Join, froms: &mut Vec<FromItem>) -> Result<()> {
    match &join.target {
        JoinTarget::Relationship { from, key, to } => along(orm, join, *from, key, *to, froms),
        JoinTarget::Mapped(mapped) => to_item(orm, query, join, selectable(orm, *mapped), froms),
        JoinTarget::Table(table) => to_item(orm, query, join, FromItem::from(table), froms),
    }
}

fn attach(froms: &mut [FromItem], at: usize, right: FromItem, on: Expr, join: &Join) {
    let left = froms[at].clone();
    let outer = join.outer || join.full;
    froms[at] = FromItem::Join(Rc::new(crate::sql::Join::new(left, right, on, outer, join.full)));
}

fn along(
    orm: &Orm,
    join: &Join,
    from: Mapped,
    key: &Key,
    to: Option<Mapped>,
    froms: &mut Vec<FromItem>,
) -> Result<()> {
    let Some(relationship) = orm.mappers.relationship(from.mapper, key) else {
        return Err(Error::unsupported(format!("joining along `{key}`, which is not a relationship")));
    };
    let resolved = relationship.resolved();
    let to = to.unwrap_or_else(|| Mapped::from(resolved.target));
    let left = selectable(orm, from);
    let at = position(froms, &left).unwrap_or_else(|| {
        froms.push(left);
        froms.len() - 1
    });
    let secondary_alias = resolved.secondary.as_ref().map(|table| Alias::of_table(table, None));
    let sides = Sides {
        parent: &Adapter::of(orm, from),
        target: &Adapter::of(orm, to),
        secondary: &secondary_alias.clone().map_or(Adapter::Plain, Adapter::Alias),
    };
    let (primary, secondary) = join_conditions(orm, relationship.parent, resolved, &sides)?;
    let right = selectable(orm, to);
    let given = match &join.on {
        OnClause::Expr(expr) => Some(expr.clone()),
        OnClause::Inferred => None,
    };
    match (secondary_alias, secondary) {
        (Some(alias), Some(secondary)) => {
            attach(froms, at, FromItem::from(&alias), primary, join);
            attach(froms, at, right, given.unwrap_or(secondary), join);
        }
        _ => attach(froms, at, right, given.unwrap_or(primary), join),
    }
    Ok(())
}

fn table_of(item: &FromItem) -> Option<Table> {
    match item {
        FromItem::Table(table) => Some(table.clone()),
        FromItem::Alias(alias) => alias.table().cloned(),
        FromItem::Join(_) | FromItem::Text(_) => None,
    }
}

fn adapter_of(item: &FromItem) -> Adapter {
    match item {
        FromItem::Alias(alias) => Adapter::Alias(alias.clone()),
        _ => Adapter::Plain,
    }
}

/// The condition that the foreign keys between two `FROM` elements give.
fn inferred(left: &FromItem, right: &FromItem) -> Result<Option<Expr>> {
    let Some(right_table) = table_of(right) else { return Ok(None) };
    for leaf in left.leaves().iter().rev() {
        let Some(left_table) = table_of(leaf) else { continue };
        let Some(condition) = natural_join(&left_table, &right_table)? else { continue };
        if left_table == right_table {
            return Err(Error::unsupported("joining a class to itself without a condition"));
        }
        let condition = adapter_of(leaf).adapt(&condition, &left_table)?;
        return adapter_of(right).adapt(&condition, &right_table).map(Some);
    }
    Ok(None)
}

fn to_item(orm: &Orm, query: &Query, join: &Join, right: FromItem, froms: &mut Vec<FromItem>) -> Result<()> {
    let from_joins = !froms.is_empty();
    let candidates: Vec<FromItem> = if from_joins {
        froms.clone()
    } else {
        entity_items(orm, query)?.into_iter().filter(|item| *item != right).collect()
    };
    let mut found = None;
    for (index, candidate) in candidates.iter().enumerate() {
        match &join.on {
            OnClause::Expr(on) => {
                let touched = on.from_items();
                if candidate.leaves().iter().any(|leaf| touched.contains(leaf)) {
                    found = Some((index, on.clone()));
                    break;
                }
            }
            OnClause::Inferred => {
                if let Some(on) = inferred(candidate, &right)? {
                    found = Some((index, on));
                    break;
                }
            }
        }
    }
    if let (None, OnClause::Expr(on), false) = (&found, &join.on, candidates.is_empty()) {
        found = Some((0, on.clone()));
    }
    let Some((index, on)) = found else {
        return Err(Error::unsupported("a join to a table that no foreign key links, without a condition"));
    };
    let at = if from_joins {
        index
    } else {
        froms.push(candidates[index].clone());
        froms.len() - 1
    };
    attach(froms, at, right, on, join);
    Ok(())
}

/// What the queried entities select from, in order.
pub(super) fn entity_items(orm: &Orm, query: &Query) -> Result<Vec<FromItem>> {
    let mut items: Vec<FromItem> = Vec::new();
    for entity in &query.entities {
        let found = match entity {
            Entity::Mapped(mapped) | Entity::Attribute(mapped, _) => vec![selectable(orm, *mapped)],
            Entity::Expr(expr) => expr.from_items(),
        };
        for item in found {
            if !items.contains(&item) {
                items.push(item);
            }
        }
    }
    Ok(items)
}
