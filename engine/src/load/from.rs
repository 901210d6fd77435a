//! The `FROM` list of a query: what is joined to what, and on which condition.

use super::adapt::{Adapter, Sides, join_conditions, selectable, target_tables};
use super::options;
use super::polymorphic::{apart, between_apart, contains, limited, overlaps};
use super::query::{Entity, Join, JoinLeft, JoinTarget, OnClause, Purpose, Query, Style};
use crate::error::{Error, ErrorKind, Result};
use crate::map::{Key, Mapped, MapperId};
use crate::orm::Orm;
use crate::sql::{Expr, ExprKind, FromItem, can_link, link};
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
            let mapper = MapperId(*mapper);
            if let ExprKind::AliasColumn(column) = element.kind() {
                let renamed = self.renamed.iter().find(|renamed| renamed.mapper == mapper)?;
                let union = orm.mappers.union(mapper).filter(|union| union.alias == column.alias);
                return union.and_then(|_| renamed.adapter.named(&column.key));
            }
            let column = element.as_column()?;
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
    fn right(&mut self, orm: &Orm, mapped: Mapped, purpose: Purpose) -> (FromItem, Adapter) {
        let item = selectable(orm, mapped);
        let is_join = matches!(item, FromItem::Join(_));
        let place = &orm.mappers.get(mapped.mapper).hierarchy;
        let reads_union = place.union.is_some() && place.reads.is_none();
        let apart_from = is_join && self.items.iter().any(|from| overlaps(from, &item));
        let apart_as_union =
            purpose != Purpose::Relationship && reads_union && orm.profile.has(Behaviour::UnionJoinedApart);
        if mapped.alias.is_none() && (apart_from || apart_as_union) {
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
    let mut froms = Froms::default();
    let mut source = super::within::source(query);
    let mut given = query.from_items.iter().cloned();
    let mut taken = 0;
    for (mapped, after) in query.select_from.iter().zip(&query.after_items) {
        froms.items.extend(given.by_ref().take(after.saturating_sub(taken)));
        taken = *after;
        froms.items.extend(source.take());
        let item = selectable(orm, *mapped);
        if !froms.items.contains(&item) {
            froms.items.push(item);
        }
    }
    froms.items.extend(given);
    froms.items.extend(source);
    for join in &query.joins {
        add_join(orm, query, join, &mut froms)?;
    }
    Ok(froms)
}

impl Query {
    /// The one element of the `FROM` list that `select_from()` and the joins give.
    ///
    /// # Errors
    ///
    /// As for [`Query::select`].
    pub fn element(&self, orm: &Orm) -> Result<FromItem> {
        let froms = explicit(orm, self)?;
        match <[FromItem; 1]>::try_from(froms.items) {
            Ok([item]) => Ok(item),
            Err(_) => Err(Error::unsupported("a join that is not one element")),
        }
    }
}

/// The index of the `FROM` element that holds `item`.
pub(super) fn position(froms: &[FromItem], item: &FromItem) -> Option<usize> {
    froms.iter().position(|from| contains(from, item))
}

fn add_join(orm: &Orm, query: &Query, join: &Join, froms: &mut Froms) -> Result<()> {
    match &join.target {
        JoinTarget::Relationship { from, key, to } => along(orm, query, join, *from, key, *to, froms),
        JoinTarget::Mapped(mapped) => {
            let plain = selectable(orm, *mapped);
            let at = left_side(orm, query, join, &plain, froms)?;
            let (item, adapter) = froms.right(orm, *mapped, query.purpose);
            to_item(orm, join, item, at, froms, &|on| {
                let further = options::criteria(orm, &query.options, *mapped, &adapter, false)?;
                limited(orm, mapped.mapper, &adapter, further, on)
            })
        }
        JoinTarget::Item(item) => {
            let at = left_side(orm, query, join, item, froms)?;
            to_item(orm, join, item.clone(), at, froms, &Ok)
        }
    }
}

/// Which element of the list a join begins from.
fn left_side(orm: &Orm, query: &Query, join: &Join, right: &FromItem, froms: &mut Froms) -> Result<usize> {
    let left = match &join.left {
        None => return implicit_left(orm, query, join, right, froms),
        Some(JoinLeft::Mapped(mapped)) => froms.left(orm, *mapped).0,
        Some(JoinLeft::Item(item)) => item.clone(),
    };
    Ok(place_of(&mut froms.items, left))
}

/// Where the list has an element, which is put there if it has not.
fn place_of(items: &mut Vec<FromItem>, item: FromItem) -> usize {
    position(items, &item).unwrap_or_else(|| {
        items.push(item);
        items.len() - 1
    })
}

/// What a join without a left side begins from: the one element that it can be joined to.
fn implicit_left(
    orm: &Orm,
    query: &Query,
    join: &Join,
    right: &FromItem,
    froms: &mut Froms,
) -> Result<usize> {
    if !froms.items.is_empty() {
        return match candidates(&froms.items, right, &join.on)?[..] {
            [one] => Ok(one),
            [] => Err(no_left(orm, join)),
            [first, ..] if query.style == Style::Loader => Ok(first),
            _ => Err(several_left(orm)),
        };
    }
    let mut items: Vec<FromItem> = match super::within::source(query) {
        Some(source) => vec![source],
        None => entity_items(orm, query)?,
    };
    let is_core = !query.entities.iter().any(|entity| !matches!(entity, Entity::Expr(_)))
        && !matches!(join.target, JoinTarget::Mapped(_));
    if is_core {
        for item in query.criteria.iter().flat_map(Expr::from_items) {
            if !items.contains(&item) {
                items.push(item);
            }
        }
    } else {
        items.retain(|item| item != right);
    }
    match candidates(&items, right, &join.on)?[..] {
        [one] => {
            froms.items.push(items.swap_remove(one));
            Ok(0)
        }
        [] => Err(no_left(orm, join)),
        _ => Err(several_left(orm)),
    }
}

/// The elements that a join to `right` can begin from.
fn candidates(items: &[FromItem], right: &FromItem, on: &OnClause) -> Result<Vec<usize>> {
    let rights = all_elements(right);
    let mut found = Vec::new();
    let columns = match on {
        OnClause::Expr(on) if items.len() > 1 => columns_of(on),
        _ => Vec::new(),
    };
    for (index, item) in items.iter().enumerate() {
        for side in rights.iter().filter(|side| *side != item) {
            let fits = if columns.is_empty() {
                matches!(on, OnClause::Expr(_)) || can_link(item, side)?
            } else {
                let mut known = item.columns();
                known.extend(side.columns());
                columns.iter().all(|column| known.iter().any(|own| own.same(column)))
            };
            if fits {
                found.push(index);
                break;
            }
        }
    }
    if found.len() > 1 {
        let hidden: Vec<FromItem> = items
            .iter()
            .filter(|item| matches!(item, FromItem::Join(_)))
            .flat_map(|item| all_elements(item).into_iter().filter(|part| *part != *item).collect::<Vec<_>>())
            .collect();
        found.retain(|index| !hidden.contains(&items[*index]));
    }
    if found.is_empty() && matches!(on, OnClause::Expr(_)) {
        return Ok((0..items.len()).collect());
    }
    Ok(found)
}

/// An element, and all that a join has inside.
fn all_elements(item: &FromItem) -> Vec<FromItem> {
    let mut found = vec![item.clone()];
    if let FromItem::Join(join) = item {
        found.extend(all_elements(&join.left));
        found.extend(all_elements(&join.right));
    }
    found
}

/// The columns in an expression, of tables and aliases.
fn columns_of(expr: &Expr) -> Vec<Expr> {
    let mut found = Vec::new();
    expr.visit(&mut |part| {
        if matches!(part.kind(), ExprKind::Column(_) | ExprKind::AliasColumn(_)) {
            found.push(part.clone());
        }
    });
    found
}

/// What a join that has no left side, or several, is advised.
const ADVICE: &str = "Please use the .select_from() method to establish an explicit left side, as well as providing an \
                      explicit ON clause if not present already to help resolve the ambiguity.";

/// The advice as the release words it; `None` where it words it otherwise.
fn advice(orm: &Orm) -> Option<String> {
    if orm.profile.has(Behaviour::JoinAdviceMisspelled) {
        return Some(ADVICE.replace("explicit ON", "explcit ON"));
    }
    orm.profile.has(Behaviour::JoinsNameMappers).then(|| ADVICE.to_owned())
}

fn several_left(orm: &Orm) -> Error {
    let Some(advice) = advice(orm) else {
        return Error::unsupported("a join that several elements could be the left side of");
    };
    Error::new(
        ErrorKind::InvalidRequestError,
        format!(
            "Can't determine which FROM clause to join from, there are multiple FROMS which can join to this entity. \
             {advice}"
        ),
    )
}

fn no_left(orm: &Orm, join: &Join) -> Error {
    match (&join.shown, advice(orm)) {
        (Some(shown), Some(advice)) => {
            Error::new(ErrorKind::InvalidRequestError, format!("Don't know how to join to {shown}. {advice}"))
        }
        _ => Error::unsupported("a join to what nothing can be joined to"),
    }
}

fn attach(froms: &mut [FromItem], at: usize, right: FromItem, on: Expr, join: &Join) {
    let left = froms[at].clone();
    let outer = join.outer || join.full;
    froms[at] = FromItem::Join(Rc::new(crate::sql::Join::new(left, right, on, outer, join.full)));
}

fn along(
    orm: &Orm,
    query: &Query,
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
    let elsewhere = to.is_some_and(|to| resolved.alias.is_some() && to != resolved.entity());
    let to = to.unwrap_or_else(|| resolved.entity());
    if to == from && from.alias.is_none() {
        let text = orm.mappers.get(from.mapper).text(orm.profile);
        let message = format!("Can't construct a join from {text} to {text}, they are the same entity");
        return Err(Error::new(ErrorKind::InvalidRequestError, message));
    }
    let (mut left, mut left_adapter) = froms.left(orm, from);
    if let (Some(within), Some(source)) = (&query.within, super::within::source(query)) {
        (left, left_adapter) = (source, within.adapter(left_adapter));
    }
    let at = place_of(&mut froms.items, left);
    let (right, right_adapter) = froms.right(orm, to, query.purpose);
    let own_adapter = Adapter::of(orm, resolved.entity());
    let between = resolved.secondary.as_ref().map(between_apart);
    let sides = Sides {
        parent: &left_adapter,
        // The condition goes on speaking of the alias that the relationship leads to.
        target: if elsewhere { &own_adapter } else { &right_adapter },
        secondary: between.as_ref().map_or(&Adapter::Plain, |(_, adapter)| adapter),
    };
    let (primary, secondary) = join_conditions(orm, relationship.parent, resolved, &sides)?;
    let given = match &join.on {
        OnClause::Expr(expr) => Some(froms.rename(orm, expr).without_entities()),
        OnClause::Inferred => None,
    };
    let target_tables = target_tables(orm, resolved);
    let mut criteria = Vec::with_capacity(join.criteria.len());
    for expr in &join.criteria {
        criteria.push(right_adapter.adapt_all(&expr.without_entities(), &target_tables)?);
    }
    let further = options::criteria(orm, &query.options, to, &right_adapter, false)?;
    let refined = |on: Expr| {
        if criteria.is_empty() { on } else { Expr::and(std::iter::once(on).chain(criteria.clone())) }
    };
    match (between.map(|(item, _)| item), secondary) {
        // An outer join takes the secondary and the target together, or rows of the secondary alone would show.
        (Some(between), Some(secondary)) if join.outer || join.full => {
            let on = refined(given.unwrap_or(secondary));
            let on = limited(orm, to.mapper, &right_adapter, further, on)?;
            let pair = between.join(right, on, false);
            attach(&mut froms.items, at, pair, primary, join);
        }
        (Some(between), Some(secondary)) => {
            let on = refined(given.unwrap_or(secondary));
            let on = limited(orm, to.mapper, &right_adapter, further, on)?;
            if join.outer && !join.full {
                let pair = between.join(right, on, false);
                attach(&mut froms.items, at, pair, primary, join);
            } else {
                // Of a full join to the target, the secondary is joined inside.
                froms.items[at] = froms.items[at].clone().join(between, primary, false);
                attach(&mut froms.items, at, right, on, join);
            }
        }
        _ => {
            let on = refined(given.unwrap_or(primary));
            let on = limited(orm, to.mapper, &right_adapter, further, on)?;
            attach(&mut froms.items, at, right, on, join);
        }
    }
    Ok(())
}

fn to_item(
    orm: &Orm,
    join: &Join,
    right: FromItem,
    at: usize,
    froms: &mut Froms,
    limited: &dyn Fn(Expr) -> Result<Expr>,
) -> Result<()> {
    let on = match &join.on {
        OnClause::Expr(on) => on.clone(),
        OnClause::Inferred => link(&froms.items[at], &right)
            .map_err(|reason| reason.error(orm.profile, &froms.items[at], &right))?,
    };
    let on = limited(froms.rename(orm, &on).without_entities())?;
    attach(&mut froms.items, at, right, on, join);
    Ok(())
}

/// What the queried entities select from, in order.
pub(super) fn entity_items(orm: &Orm, query: &Query) -> Result<Vec<FromItem>> {
    let mut items: Vec<FromItem> = Vec::new();
    if let Some(source) = super::within::source(query) {
        return Ok(vec![source]);
    }
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

/// The tables of the classes that a query is about, in its order.
pub(super) fn class_items(orm: &Orm, query: &Query) -> Vec<FromItem> {
    let mut items: Vec<FromItem> = Vec::new();
    for entity in &query.entities {
        let classes = match entity {
            Entity::Mapped(mapped) | Entity::Attribute(mapped, _) => vec![*mapped],
            Entity::Expr(expr) => classes_of(expr),
        };
        for item in classes.into_iter().map(|mapped| selectable(orm, mapped)) {
            if !items.contains(&item) {
                items.push(item);
            }
        }
    }
    items
}

/// The classes whose attributes an expression names, as far as it tells.
pub(super) fn classes_of(expr: &Expr) -> Vec<Mapped> {
    let named = expr.entities().into_iter();
    named.map(|(mapper, alias)| Mapped { mapper: MapperId(mapper), alias }).collect()
}
