//! The `FROM` list of a query: what is joined to what, and on which condition.

use super::adapt::{Adapter, Sides, join_conditions, selectable};
use super::polymorphic::{apart, contains, limited, overlaps};
use super::query::{Entity, Join, JoinTarget, OnClause, Query};
use crate::error::{Error, Result};
use crate::map::{Key, Mapped, MapperId, natural_join};
use crate::orm::Orm;
use crate::schema::Table;
use crate::sql::{Alias, Expr, ExprKind, FromItem};
use crate::version::Behaviour;
use std::rc::Rc;

/// A class that a join had to write under other names, since its tables stand in the `FROM` list already.
#[derive(Debug, Clone)]
struct Renamed {
    mapper: MapperId,
    item: FromItem,
    adapter: Adapter,
}

/// A `FROM` list in the making.
#[derive(Debug, Default)]
pub(super) struct Froms {
    pub items: Vec<FromItem>,
    renamed: Vec<Renamed>,
}

impl Froms {
    /// An expression in which attributes of classes that were renamed are written by their new names.
    pub(super) fn rename(&self, orm: &Orm, expr: &Expr) -> Expr {
        if self.renamed.is_empty() {
            return expr.clone();
        }
        expr.rewrite(&mut |part| {
            let ExprKind::OfEntity { element, mapper, alias: None } = part.kind() else { return None };
            let column = element.as_column()?;
            let mapper = MapperId(*mapper);
            self.renamed.iter().find_map(|renamed| {
                let related = orm.mappers.is_a(mapper, renamed.mapper)
                    || (orm.profile.has(Behaviour::BaseRenamedWithSubclass)
                        && orm.mappers.is_a(renamed.mapper, mapper));
                if related { renamed.adapter.column(column).ok() } else { None }
            })
        })
    }

    /// Whether a class that is queried was renamed by a join.
    pub(super) fn renames(&self, orm: &Orm, mapped: Mapped) -> bool {
        mapped.alias.is_none()
            && self.renamed.iter().any(|renamed| {
                orm.mappers.is_a(mapped.mapper, renamed.mapper)
                    || orm.mappers.is_a(renamed.mapper, mapped.mapper)
            })
    }

    /// How a class that is joined from stands in the list.
    fn left(&self, orm: &Orm, mapped: Mapped) -> (FromItem, Adapter) {
        let renamed =
            self.renamed.iter().find(|renamed| mapped.alias.is_none() && renamed.mapper == mapped.mapper);
        match renamed {
            Some(renamed) => (renamed.item.clone(), renamed.adapter.clone()),
            None => (selectable(orm, mapped), Adapter::of(orm, mapped)),
        }
    }

    /// How a class is joined to: by other names where it is several tables, one of which the list has.
    fn right(&mut self, orm: &Orm, mapped: Mapped) -> (FromItem, Adapter) {
        let item = selectable(orm, mapped);
        let is_join = matches!(item, FromItem::Join(_));
        if mapped.alias.is_none() && is_join && self.items.iter().any(|from| overlaps(from, &item)) {
            let (item, adapter) = apart(orm, mapped.mapper);
            let (kept, name) = (item.clone(), adapter.clone());
            self.renamed.push(Renamed { mapper: mapped.mapper, item: kept, adapter: name });
            return (item, adapter);
        }
        (item, Adapter::of(orm, mapped))
    }
}

/// The explicit `FROM` list: what `select_from()` and the joins give.
pub(super) fn explicit(orm: &Orm, query: &Query) -> Result<Froms> {
    let mut froms = Froms { items: query.from_items.clone(), renamed: Vec::new() };
    for mapped in &query.select_from {
        let item = selectable(orm, *mapped);
        if !froms.items.contains(&item) {
            froms.items.push(item);
        }
    }
    for join in &query.joins {
        add_join(orm, query, join, &mut froms)?;
    }
    Ok(froms)
}

/// The index of the `FROM` element that holds `item`.
pub(super) fn position(froms: &[FromItem], item: &FromItem) -> Option<usize> {
    froms.iter().position(|from| contains(from, item))
}

fn add_join(orm: &Orm, query: &Query, join: &Join, froms: &mut Froms) -> Result<()> {
    match &join.target {
        JoinTarget::Relationship { from, key, to } => along(orm, join, *from, key, *to, froms),
        JoinTarget::Mapped(mapped) => {
            if froms.items.is_empty() {
                first_item(orm, query, join, &selectable(orm, *mapped), froms)?;
            }
            let (item, adapter) = froms.right(orm, *mapped);
            to_item(orm, join, item, froms, &|on| limited(orm, mapped.mapper, &adapter, on))
        }
        JoinTarget::Table(table) => {
            let item = FromItem::from(table);
            if froms.items.is_empty() {
                first_item(orm, query, join, &item, froms)?;
            }
            to_item(orm, join, item, froms, &Ok)
        }
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
    froms: &mut Froms,
) -> Result<()> {
    let Some(relationship) = orm.mappers.relationship(from.mapper, key) else {
        return Err(Error::unsupported(format!("joining along `{key}`, which is not a relationship")));
    };
    let resolved = relationship.resolved();
    let to = to.unwrap_or_else(|| Mapped::from(resolved.target));
    let (left, left_adapter) = froms.left(orm, from);
    let at = position(&froms.items, &left).unwrap_or_else(|| {
        froms.items.push(left);
        froms.items.len() - 1
    });
    let (right, right_adapter) = froms.right(orm, to);
    let secondary_alias = resolved.secondary.as_ref().map(|table| Alias::of_table(table, None));
    let sides = Sides {
        parent: &left_adapter,
        target: &right_adapter,
        secondary: &secondary_alias.clone().map_or(Adapter::Plain, Adapter::Alias),
    };
    let (primary, secondary) = join_conditions(orm, relationship.parent, resolved, &sides)?;
    let given = match &join.on {
        OnClause::Expr(expr) => Some(froms.rename(orm, expr).without_entities()),
        OnClause::Inferred => None,
    };
    match (secondary_alias, secondary) {
        // An outer join takes the secondary and the target together, or rows of the secondary alone would show.
        (Some(alias), Some(secondary)) if join.outer || join.full => {
            let on = limited(orm, to.mapper, &right_adapter, given.unwrap_or(secondary))?;
            let pair = FromItem::from(&alias).join(right, on, false);
            attach(&mut froms.items, at, pair, primary, join);
        }
        (Some(alias), Some(secondary)) => {
            let on = limited(orm, to.mapper, &right_adapter, given.unwrap_or(secondary))?;
            if join.outer && !join.full {
                let pair = FromItem::from(&alias).join(right, on, false);
                attach(&mut froms.items, at, pair, primary, join);
            } else {
                // Of a full join to the target, the secondary is joined inside.
                froms.items[at] = froms.items[at].clone().join(FromItem::from(&alias), primary, false);
                attach(&mut froms.items, at, right, on, join);
            }
        }
        _ => {
            let on = limited(orm, to.mapper, &right_adapter, given.unwrap_or(primary))?;
            attach(&mut froms.items, at, right, on, join);
        }
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
    let lefts = left.leaves();
    for right in right.leaves() {
        let Some(right_table) = table_of(&right) else { continue };
        for leaf in lefts.iter().rev() {
            let Some(left_table) = table_of(leaf) else { continue };
            let Some(condition) = natural_join(&left_table, &right_table)? else { continue };
            if left_table == right_table {
                return Err(Error::unsupported("joining a class to itself without a condition"));
            }
            let condition = adapter_of(leaf).adapt(&condition, &left_table)?;
            return adapter_of(&right).adapt(&condition, &right_table).map(Some);
        }
    }
    Ok(None)
}

/// Puts the queried entity into an empty list that a join without a left side begins from.
fn first_item(orm: &Orm, query: &Query, join: &Join, right: &FromItem, froms: &mut Froms) -> Result<()> {
    let candidates: Vec<FromItem> =
        entity_items(orm, query)?.into_iter().filter(|item| item != right).collect();
    let mut found = None;
    for candidate in &candidates {
        let fits = match &join.on {
            OnClause::Expr(on) => touches(candidate, on),
            OnClause::Inferred => inferred(candidate, right)?.is_some(),
        };
        if fits {
            found = Some(candidate.clone());
            break;
        }
    }
    let first = candidates.first().filter(|_| matches!(join.on, OnClause::Expr(_))).cloned();
    froms.items.extend(found.or(first));
    Ok(())
}

fn touches(candidate: &FromItem, on: &Expr) -> bool {
    let touched = on.from_items();
    candidate.leaves().iter().any(|leaf| touched.contains(leaf))
}

fn to_item(
    orm: &Orm,
    join: &Join,
    right: FromItem,
    froms: &mut Froms,
    limited: &dyn Fn(Expr) -> Result<Expr>,
) -> Result<()> {
    let mut found = None;
    for (index, candidate) in froms.items.iter().enumerate() {
        let on = match &join.on {
            OnClause::Expr(on) => touches(candidate, on).then(|| on.clone()),
            OnClause::Inferred => inferred(candidate, &right)?,
        };
        if let Some(on) = on {
            found = Some((index, on));
            break;
        }
    }
    if let (None, OnClause::Expr(on), false) = (&found, &join.on, froms.items.is_empty()) {
        found = Some((0, on.clone()));
    }
    let Some((at, on)) = found else {
        return Err(Error::unsupported("a join to a table that no foreign key links, without a condition"));
    };
    let on = limited(froms.rename(orm, &on).without_entities())?;
    attach(&mut froms.items, at, right, on, join);
    Ok(())
}

/// What the queried entities select from, in order.
pub(super) fn entity_items(orm: &Orm, query: &Query) -> Result<Vec<FromItem>> {
    let mut items: Vec<FromItem> = Vec::new();
    for entity in &query.entities {
        let found = match entity {
            Entity::Mapped(mapped) | Entity::Attribute(mapped, _) => vec![selectable(orm, *mapped)],
            Entity::Expr(expr) => {
                let mut found: Vec<FromItem> =
                    classes_of(expr).into_iter().map(|mapped| selectable(orm, mapped)).collect();
                for item in expr.from_items() {
                    if !found.iter().any(|whole| contains(whole, &item)) {
                        found.push(item);
                    }
                }
                found
            }
        };
        for item in found {
            if !items.contains(&item) {
                items.push(item);
            }
        }
    }
    Ok(items)
}

/// The classes whose attributes an expression names, as far as it tells.
pub(super) fn classes_of(expr: &Expr) -> Vec<Mapped> {
    let named = expr.entities().into_iter();
    named.map(|(mapper, alias)| Mapped { mapper: MapperId(mapper), alias }).collect()
}
