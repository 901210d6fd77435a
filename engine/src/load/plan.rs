//! From a query to its statement, and to how each row of it is read.
//!
//! Columns of the queried entities come first, those of joined eager loads after them; both are read by
//! position. Where a limit meets a joined collection, the entities are selected in a subquery and the
//! collections are joined to that.

use super::adapt::{Adapter, Sides, join_conditions, selectable};
use super::classes::ClassPlan;
use super::from::{classes_of, entity_items, explicit, position};
use super::options::{Chosen, Path, chosen, is_deferred};
use super::polymorphic::{apart, limit, limited};
use super::query::{Entity, JoinTarget, OnClause, Query, Style};
use crate::error::{Error, Result};
use crate::map::{Key, Lazy, Mapped, MapperId, Property, Relationship};
use crate::orm::Orm;
use crate::sql::{Alias, Expr, FromItem, LabelStyle, Select};
use crate::version::Behaviour;
use std::fmt::Write as _;
use std::rc::Rc;

/// A statement and how its rows are read.
#[derive(Debug)]
pub(super) struct Plan {
    pub select: Select,
    pub readers: Vec<Reader>,
    pub names: Vec<Key>,
    /// A collection is loaded by a join: rows repeat their objects.
    pub multiplies: bool,
}

/// How one place of a row is read.
#[derive(Debug)]
pub(super) enum Reader {
    Entity(EntityPlan),
    Value(usize),
}

/// How an object is read from a row.
#[derive(Debug)]
pub(super) struct EntityPlan {
    /// Tells apart the occurrences of entities in this plan.
    pub id: usize,
    pub mapper: MapperId,
    pub path: Path,
    pub columns: Vec<(Key, usize)>,
    pub primary_key: Vec<usize>,
    /// The place that tells the class of the row, where classes inherit from this one.
    pub discriminator: Option<usize>,
    /// What rows of subclasses have beside what all have.
    pub classes: Vec<ClassPlan>,
    pub joined: Vec<JoinedPlan>,
    pub later: Vec<LaterLoad>,
}

/// A relationship that is read from the same row.
#[derive(Debug)]
pub(super) struct JoinedPlan {
    /// The class whose relationship it is.
    pub parent: MapperId,
    pub key: Key,
    pub uselist: bool,
    pub entity: EntityPlan,
}

/// A relationship that is loaded for all objects once the rows are read.
#[derive(Debug)]
pub(super) struct LaterLoad {
    pub relationship: Rc<Relationship>,
    pub lazy: Lazy,
    pub of_type: Option<Mapped>,
}

/// Joined loads may nest this deep at most, whatever options ask for.
const MAX_DEPTH: usize = 30;

pub(super) struct Builder<'a> {
    pub orm: &'a Orm,
    pub query: &'a Query,
    pub primary: Vec<Expr>,
    pub secondary: Vec<Expr>,
    eager_order: Vec<Expr>,
    /// Where attributes were placed.
    attributes: Vec<(Mapped, usize)>,
    entities: usize,
    multiplies: bool,
}

/// A joined load that is still to be added.
pub(super) struct ToJoin {
    relationship: Rc<Relationship>,
    chosen: Chosen,
    /// The class that it is joined to, and where among the contained loads of the entity that stands.
    owner: Mapped,
    at: Vec<usize>,
}

/// The plan of a class that an entity's row contains, by the places of contained loads that lead to it.
fn contained<'a>(plan: &'a mut EntityPlan, at: &[usize]) -> Option<&'a mut EntityPlan> {
    at.iter().try_fold(plan, |plan, index| plan.joined.get_mut(*index).map(|joined| &mut joined.entity))
}

impl Plan {
    /// The plan of a query. With `eager` false, relationships are left out, as in `count()`.
    pub(super) fn new(orm: &Orm, query: &Query, eager: bool) -> Result<Self> {
        let mut builder = Builder {
            orm,
            query,
            primary: Vec::new(),
            secondary: Vec::new(),
            eager_order: Vec::new(),
            attributes: Vec::new(),
            entities: 0,
            multiplies: false,
        };
        let mut readers = Vec::new();
        let mut names = Vec::new();
        let mut pending: Vec<Vec<ToJoin>> = Vec::new();
        for entity in &query.entities {
            let (reader, name, joins) = builder.entity(entity, eager)?;
            readers.push(reader);
            names.push(name);
            pending.push(joins);
        }
        let nested = builder.must_nest(&pending);
        let explicit = explicit(orm, query)?;
        for entity in &query.entities {
            if let Entity::Mapped(mapped) | Entity::Attribute(mapped, _) = entity
                && explicit.renames(orm, *mapped)
                && query.joins.iter().any(|join| joined_to(orm, join) == Some(*mapped))
            {
                return Err(Error::unsupported("a query of a class whose tables a join names anew"));
            }
        }
        let named = |exprs: &[Expr]| -> Vec<Expr> {
            exprs.iter().map(|expr| explicit.rename(orm, expr).without_entities()).collect()
        };
        let mut where_ = named(&query.criteria);
        where_.extend(limits(orm, query)?);
        let (group_by, having, order_by) =
            (named(&query.group_by), named(&query.having), named(&query.order_by));
        let mut froms = explicit.items;
        if froms.is_empty() && !query.own_tables {
            let items = entity_items(orm, query)?;
            if items.iter().any(|item| matches!(item, FromItem::Join(_))) {
                froms = items;
            }
        }
        let mut select = Select {
            label_style: query.label_style(orm.profile),
            where_,
            group_by,
            having,
            order_by,
            limit: query.limit.clone(),
            offset: query.offset.clone(),
            distinct: query.distinct,
            tag: query.tag(),
            ..Select::default()
        };
        let adapters: Vec<Option<Adapter>> = query
            .entities
            .iter()
            .map(|entity| match entity {
                Entity::Mapped(mapped) => Some(Adapter::of(orm, *mapped)),
                Entity::Attribute(..) | Entity::Expr(_) => None,
            })
            .collect();
        if nested {
            builder.wrap(&mut select, &mut froms, &mut readers, pending, adapters)?;
        } else {
            builder.extend(&mut froms, &mut readers, pending, adapters)?;
            select.from = froms;
            select.columns = builder.primary;
            select.order_by.append(&mut builder.eager_order);
        }
        select.columns.append(&mut builder.secondary);
        Ok(Plan { select, readers, names, multiplies: builder.multiplies })
    }
}

impl Builder<'_> {
    pub(super) fn place(&mut self, expr: Expr) -> usize {
        if let Some(at) = self.primary.iter().position(|other| other.same(&expr)) {
            return at;
        }
        self.primary.push(expr);
        self.primary.len() - 1
    }

    /// Selects an attribute. One column as an attribute of two classes is selected for each.
    fn place_attribute(&mut self, mapped: Mapped, expr: Expr) -> usize {
        let apart = self.orm.profile.has(Behaviour::DisambiguatedNames);
        let other = self.attributes.iter().any(|(known, at)| {
            *known != mapped && self.primary.get(*at).is_some_and(|placed| placed.same(&expr))
        });
        let own = self.attributes.iter().any(|(known, at)| {
            *known == mapped && self.primary.get(*at).is_some_and(|placed| placed.same(&expr))
        });
        let at = if apart && other && !own {
            self.primary.push(expr);
            self.primary.len() - 1
        } else {
            self.place(expr)
        };
        self.attributes.push((mapped, at));
        at
    }

    fn entity(&mut self, entity: &Entity, eager: bool) -> Result<(Reader, Key, Vec<ToJoin>)> {
        match entity {
            Entity::Expr(expr) => {
                let name = expr.key().unwrap_or_else(|| Rc::from(""));
                let at = self.place(expr.without_entities());
                Ok((Reader::Value(at), name, Vec::new()))
            }
            Entity::Attribute(mapped, key) => {
                let expr = super::adapt::attribute(self.orm, *mapped, key)?;
                let at = self.place_attribute(*mapped, expr);
                Ok((Reader::Value(at), Rc::clone(key), Vec::new()))
            }
            Entity::Mapped(mapped) => {
                let orm = self.orm;
                let mapper = orm.mappers.get(mapped.mapper);
                let adapter = Adapter::of(orm, *mapped);
                let path = self.query.path.clone();
                let name = super::adapt::alias_name(orm, *mapped)
                    .map_or_else(|| Rc::clone(&mapper.class_name), |name| Rc::from(name.as_str()));
                let mut plan = self.empty(mapped.mapper, path);
                let mut joins = Vec::new();
                for property in mapper.properties.values() {
                    match property {
                        Property::Column(property) => {
                            if self.skips(&plan.path, mapped.mapper, &property.key, property.deferred) {
                                continue;
                            }
                            let mut places = Vec::with_capacity(property.columns.len());
                            for column in &property.columns {
                                places.push(self.place(adapter.column(column)?));
                            }
                            let Some(at) = places.first() else { continue };
                            plan.columns.push((Rc::clone(&property.key), *at));
                        }
                        Property::Relationship(relationship) if eager => {
                            let mut found = Vec::new();
                            self.choose(&mut plan, relationship, *mapped, &[], &mut found)?;
                            self.take_contained(&mut plan, found, &[], &mut joins)?;
                        }
                        Property::Relationship(_) => {}
                    }
                }
                let with = super::polymorphic::along(orm, *mapped);
                self.add_classes(&mut plan, &with, &adapter, eager.then_some(&mut joins), false)?;
                // A partial load knows its object: the key is selected only where nothing else is.
                if self.query.only.is_none() || self.query.partial || plan.columns.is_empty() {
                    for column in &mapper.primary_key {
                        let at = self.place(adapter.column(column)?);
                        plan.primary_key.push(at);
                    }
                }
                Ok((Reader::Entity(plan), name, joins))
            }
        }
    }

    /// Reads what the statement contains already from its own columns, and leaves the other loads to be joined.
    fn take_contained(
        &mut self,
        plan: &mut EntityPlan,
        found: Vec<ToJoin>,
        at: &[usize],
        joins: &mut Vec<ToJoin>,
    ) -> Result<()> {
        let orm = self.orm;
        for join in found {
            if !join.chosen.contained {
                joins.push(join);
                continue;
            }
            let relationship = join.relationship;
            let target = Mapped::from(relationship.resolved().target);
            let mapper = orm.mappers.get(target.mapper);
            let adapter = Adapter::of(orm, target);
            self.multiplies |= relationship.resolved().uselist;
            let mut path = plan.path.clone();
            path.push((relationship.parent, Rc::clone(&relationship.key)));
            let mut child = self.empty(target.mapper, path);
            let mut place = at.to_vec();
            place.push(plan.joined.len());
            for property in mapper.properties.values() {
                match property {
                    Property::Column(property) => {
                        if self.skips(&child.path, target.mapper, &property.key, property.deferred) {
                            continue;
                        }
                        let Some(column) = property.columns.first() else { continue };
                        let at = self.place(adapter.column(column)?);
                        child.columns.push((Rc::clone(&property.key), at));
                    }
                    Property::Relationship(next) => {
                        let mut found = Vec::new();
                        self.choose(&mut child, next, target, &place, &mut found)?;
                        self.take_contained(&mut child, found, &place, joins)?;
                    }
                }
            }
            for column in &mapper.primary_key {
                let at = self.place(adapter.column(column)?);
                child.primary_key.push(at);
            }
            plan.joined.push(JoinedPlan {
                parent: relationship.parent,
                key: Rc::clone(&relationship.key),
                uselist: relationship.resolved().uselist,
                entity: child,
            });
        }
        Ok(())
    }

    fn empty(&mut self, mapper: MapperId, path: Path) -> EntityPlan {
        self.entities += 1;
        EntityPlan {
            id: self.entities,
            mapper,
            path,
            columns: Vec::new(),
            primary_key: Vec::new(),
            discriminator: None,
            classes: Vec::new(),
            joined: Vec::new(),
            later: Vec::new(),
        }
    }

    /// Whether a column of the root entity, or of a joined one, is not selected.
    pub(super) fn skips(
        &self,
        path: &[(MapperId, Key)],
        mapper: MapperId,
        key: &Key,
        deferred: bool,
    ) -> bool {
        if path.len() == self.query.path.len()
            && let Some(only) = &self.query.only
        {
            return !only.contains(key);
        }
        let owner = self.orm.mappers.owner(mapper, key);
        let of_class = self.orm.mappers.get(mapper);
        let is_key = of_class.column_of(key).is_some_and(|column| of_class.primary_key.contains(column));
        is_deferred(&self.query.options, path, owner, key, deferred, is_key)
    }

    pub(super) fn choose(
        &mut self,
        plan: &mut EntityPlan,
        relationship: &Rc<Relationship>,
        owner: Mapped,
        at: &[usize],
        joins: &mut Vec<ToJoin>,
    ) -> Result<()> {
        if plan.path.len() == self.query.path.len()
            && let Some(only) = &self.query.only
            && !only.contains(&relationship.key)
        {
            return Ok(());
        }
        let mut chosen = chosen(self.orm, &self.query.options, &plan.path, relationship);
        if relationship.is_queried() && !matches!(chosen.lazy, Lazy::Dynamic | Lazy::WriteOnly | Lazy::Select)
        {
            return Err(Error::unsupported("eager loading of a collection that is queried"));
        }
        if self.query.joins_afresh && chosen.cut == Some(Lazy::Joined) {
            let below = &plan.path[self.query.path.len().min(plan.path.len())..];
            chosen = super::options::chosen(self.orm, &[], below, relationship);
        }
        self.multiplies |= chosen.cut == Some(Lazy::Joined) && relationship.resolved().uselist;
        // A refresh loads for the object itself what a query would not come back to.
        let at_root = plan.path.len() == self.query.path.len();
        let lazy = match chosen.cut {
            Some(cut @ (Lazy::Selectin | Lazy::Subquery)) if self.query.refreshing && at_root => cut,
            _ if matches!(chosen.lazy, Lazy::Select | Lazy::Raise | Lazy::RaiseOnSql)
                && self.query.asked_for
                && at_root =>
            {
                Lazy::Immediate
            }
            _ => chosen.lazy,
        };
        match lazy {
            Lazy::Joined if plan.path.len() >= MAX_DEPTH => {
                let what = format!("joined loading more than {MAX_DEPTH} relationships deep");
                return Err(Error::unsupported(what));
            }
            Lazy::Joined => {
                joins.push(ToJoin { relationship: Rc::clone(relationship), chosen, owner, at: at.to_vec() });
            }
            Lazy::Selectin | Lazy::Subquery | Lazy::Immediate | Lazy::NoLoad => {
                plan.later.push(LaterLoad {
                    relationship: Rc::clone(relationship),
                    lazy,
                    of_type: chosen.of_type,
                });
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether the entities go into a subquery: rows are counted, and a joined collection would multiply them.
    fn must_nest(&self, pending: &[Vec<ToJoin>]) -> bool {
        let query = self.query;
        let counts =
            query.limit.is_some() || query.offset.is_some() || query.distinct || !query.group_by.is_empty();
        counts
            && pending
                .iter()
                .flatten()
                .any(|join| self.has_collection(&join.relationship, &self.query.path, 0))
    }

    fn has_collection(&self, relationship: &Relationship, path: &[(MapperId, Key)], depth: usize) -> bool {
        let resolved = relationship.resolved();
        if resolved.uselist {
            return true;
        }
        if depth > MAX_DEPTH {
            return false;
        }
        let mut path = path.to_vec();
        path.push((relationship.parent, Rc::clone(&relationship.key)));
        self.orm.mappers.get(resolved.target).relationships().any(|next| {
            chosen(self.orm, &self.query.options, &path, next).lazy == Lazy::Joined
                && self.has_collection(next, &path, depth + 1)
        })
    }

    /// Adds the joined loads of all entities to the `FROM` list; what they are joined to comes after everything else
    /// that is selected from.
    fn extend(
        &mut self,
        froms: &mut Vec<FromItem>,
        readers: &mut [Reader],
        pending: Vec<Vec<ToJoin>>,
        adapters: Vec<Option<Adapter>>,
    ) -> Result<()> {
        if pending.iter().all(Vec::is_empty) {
            return Ok(());
        }
        for item in entity_items(self.orm, self.query)? {
            if position(froms, &item).is_none() {
                froms.push(item);
            }
        }
        for item in self.primary.iter().flat_map(Expr::from_items) {
            if position(froms, &item).is_none() {
                froms.push(item);
            }
        }
        // What is joined to comes last.
        let mut wrapped: Vec<FromItem> = Vec::new();
        for (index, joins) in pending.into_iter().enumerate() {
            let (Reader::Entity(plan), Some(Some(adapter)), Some(Entity::Mapped(mapped))) =
                (&mut readers[index], adapters.get(index), self.query.entities.get(index))
            else {
                continue;
            };
            for join in joins {
                let Some(plan) = contained(plan, &join.at) else { continue };
                let is_root = join.at.is_empty();
                let root = selectable(self.orm, if is_root { *mapped } else { join.owner });
                let at = position(&wrapped, &root).map(Ok).or_else(|| position(froms, &root).map(Err));
                let at = match at {
                    Some(Ok(at)) => at,
                    Some(Err(at)) => {
                        wrapped.push(froms.remove(at));
                        wrapped.len() - 1
                    }
                    None => {
                        return Err(Error::unsupported(
                            "an eager join of an entity that is not selected from",
                        ));
                    }
                };
                let adapter = if is_root { adapter.clone() } else { Adapter::of(self.orm, join.owner) };
                let (from, joined) = self.join(wrapped[at].clone(), &adapter, &plan.path, &join, false)?;
                wrapped[at] = from;
                plan.joined.push(joined);
            }
        }
        froms.append(&mut wrapped);
        Ok(())
    }

    /// Selects the entities in a subquery and joins the eager loads to it.
    fn wrap(
        &mut self,
        select: &mut Select,
        froms: &mut Vec<FromItem>,
        readers: &mut [Reader],
        pending: Vec<Vec<ToJoin>>,
        adapters: Vec<Option<Adapter>>,
    ) -> Result<()> {
        for expr in &select.order_by.clone() {
            for column in ordered_columns(expr) {
                self.place(column);
            }
        }
        let mut inner = std::mem::take(select);
        select.label_style = inner.label_style;
        select.tag = inner.tag.take();
        let order_by = inner.order_by.clone();
        inner.columns.clone_from(&self.primary);
        inner.from = std::mem::take(froms);
        let alias = Alias::of_select(inner, None);
        let columns: Rc<[Expr]> = alias.columns().into();
        let selected: Rc<[Expr]> = std::mem::take(&mut self.primary).into();
        let mut from = FromItem::from(&alias);
        for (index, joins) in pending.into_iter().enumerate() {
            let (Reader::Entity(plan), Some(Some(adapter))) = (&mut readers[index], adapters.get(index))
            else {
                continue;
            };
            for join in joins {
                let Some(plan) = contained(plan, &join.at) else { continue };
                let is_root = join.at.is_empty();
                let adapter = Adapter::Wrapped {
                    inner: Box::new(if is_root {
                        adapter.clone()
                    } else {
                        Adapter::of(self.orm, join.owner)
                    }),
                    selected: Rc::clone(&selected),
                    columns: Rc::clone(&columns),
                };
                // Places of joined columns are counted from the end of the entities' columns.
                self.primary = columns.to_vec();
                let (joined_from, joined) = self.join(from, &adapter, &plan.path, &join, false)?;
                from = joined_from;
                plan.joined.push(joined);
            }
        }
        select.columns = columns.to_vec();
        select.from = vec![from];
        select.order_by = order_by
            .iter()
            .map(|expr| {
                expr.rewrite(&mut |part| {
                    let at = selected.iter().position(|expr| expr.same(part))?;
                    columns.get(at).cloned()
                })
            })
            .collect();
        select.order_by.append(&mut self.eager_order);
        Ok(())
    }

    /// Joins one relationship and reads its class, with what is joined to that in turn.
    fn join(
        &mut self,
        from: FromItem,
        parent: &Adapter,
        path: &[(MapperId, Key)],
        join: &ToJoin,
        under_outer: bool,
    ) -> Result<(FromItem, JoinedPlan)> {
        let orm = self.orm;
        let relationship = &join.relationship;
        let resolved = relationship.resolved();
        self.multiplies |= resolved.uselist;
        let to = join.chosen.of_type.unwrap_or_else(|| Mapped::from(resolved.target));
        let (right, adapter) = match join.chosen.of_type {
            Some(_) => (selectable(orm, to), self.unmistakable(to)?),
            None => apart(orm, resolved.target),
        };
        let target = orm.mappers.get(to.mapper);
        let secondary_alias = resolved.secondary.as_ref().map(|table| Alias::of_table(table, None));
        let sides = Sides {
            parent,
            target: &adapter,
            secondary: &secondary_alias.clone().map_or(Adapter::Plain, Adapter::Alias),
        };
        let (primary, secondary) = join_conditions(orm, relationship.parent, resolved, &sides)?;
        let outer = !join.chosen.inner || under_outer;
        let mut from = match (&secondary_alias, secondary) {
            (Some(secondary_alias), Some(secondary)) => {
                let secondary = limited(orm, to.mapper, &adapter, secondary)?;
                let pair = FromItem::from(secondary_alias).join(right, secondary, false);
                from.join(pair, primary, outer)
            }
            _ => from.join(right, limited(orm, to.mapper, &adapter, primary)?, outer),
        };
        for expr in &resolved.order_by {
            self.eager_order.push(adapter.adapt_all(expr, &target.hierarchy.tables)?);
        }

        let mut path = path.to_vec();
        path.push((relationship.parent, Rc::clone(&relationship.key)));
        let mut plan = self.empty(to.mapper, path);
        for property in target.properties.values() {
            match property {
                Property::Column(property) => {
                    if self.skips(&plan.path, to.mapper, &property.key, property.deferred) {
                        continue;
                    }
                    let mut places = Vec::with_capacity(property.columns.len());
                    for column in &property.columns {
                        places.push(self.place_joined(adapter.column(column)?));
                    }
                    let Some(at) = places.first() else { continue };
                    plan.columns.push((Rc::clone(&property.key), *at));
                }
                Property::Relationship(next) => {
                    let mut joins = Vec::new();
                    self.choose(&mut plan, next, Mapped::from(resolved.target), &[], &mut joins)?;
                    for next in joins {
                        let (joined_from, joined) = self.join(from, &adapter, &plan.path, &next, outer)?;
                        from = joined_from;
                        plan.joined.push(joined);
                    }
                }
            }
        }
        let with = super::polymorphic::along(orm, to);
        let mut joins = Vec::new();
        self.add_classes(&mut plan, &with, &adapter, Some(&mut joins), true)?;
        for next in joins {
            let (joined_from, joined) = self.join(from, &adapter, &plan.path, &next, outer)?;
            from = joined_from;
            plan.joined.push(joined);
        }
        for column in &target.primary_key {
            let at = self.place_joined(adapter.column(column)?);
            plan.primary_key.push(at);
        }
        let joined = JoinedPlan {
            parent: relationship.parent,
            key: Rc::clone(&relationship.key),
            uselist: resolved.uselist,
            entity: plan,
        };
        Ok((from, joined))
    }

    /// How an alias writes its columns, where none of them is written as the table's own.
    fn unmistakable(&self, to: Mapped) -> Result<Adapter> {
        match Adapter::of(self.orm, to) {
            Adapter::Plain => Err(Error::new(
                crate::error::ErrorKind::InvalidRequestError,
                "Detected unaliased columns when generating joined load.  Make sure to use aliased=True or flat=True when using joined loading with with_polymorphic().",
            )),
            adapter => Ok(adapter),
        }
    }

    pub(super) fn place_joined(&mut self, expr: Expr) -> usize {
        let offset = self.primary.len();
        if let Some(at) = self.secondary.iter().position(|other| other.same(&expr)) {
            return offset + at;
        }
        self.secondary.push(expr);
        offset + self.secondary.len() - 1
    }
}

/// The class that a join leads to.
fn joined_to(orm: &Orm, join: &super::Join) -> Option<Mapped> {
    match &join.target {
        JoinTarget::Relationship { from, key, to } => match to {
            Some(to) => Some(*to),
            None => {
                let relationship = orm.mappers.relationship(from.mapper, key)?;
                Some(Mapped::from(relationship.resolved().target))
            }
        },
        JoinTarget::Mapped(mapped) => Some(*mapped),
        JoinTarget::Table(_) => None,
    }
}

/// What limits the rows of tables that classes share to those of the queried classes. A class that is joined to is
/// limited by the join's condition.
fn limits(orm: &Orm, query: &Query) -> Result<Vec<Expr>> {
    let mut classes: Vec<Mapped> = Vec::new();
    if query.own_tables {
        return Ok(Vec::new());
    }
    for entity in &query.entities {
        match entity {
            Entity::Mapped(mapped) | Entity::Attribute(mapped, _) => classes.push(*mapped),
            Entity::Expr(expr) => classes.extend(classes_of(expr)),
        }
    }
    classes.extend(&query.select_from);
    let joined: Vec<Mapped> = query.joins.iter().filter_map(|join| joined_to(orm, join)).collect();
    let mut found = Vec::new();
    for (at, mapped) in classes.iter().enumerate() {
        let is_part = mapped.alias.is_some_and(|alias| {
            super::adapt::alias_of(orm, alias as usize).is_some_and(|alias| alias.mapper != mapped.mapper)
        });
        if is_part && orm.profile.has(Behaviour::PolymorphicPartsUnlimited) {
            continue;
        }
        if !joined.contains(mapped) && !classes[..at].contains(mapped) {
            found.extend(limit(orm, mapped.mapper, &Adapter::of(orm, *mapped))?);
        }
    }
    Ok(found)
}

/// The columns that an `ORDER BY` element orders by.
fn ordered_columns(expr: &Expr) -> Vec<Expr> {
    let mut columns = Vec::new();
    expr.visit(&mut |expr| {
        if matches!(expr.kind(), crate::sql::ExprKind::Column(_) | crate::sql::ExprKind::AliasColumn(_)) {
            columns.push(expr.clone());
        }
    });
    columns
}

impl Query {
    /// How the statement labels its columns.
    pub(super) fn label_style(&self, profile: crate::version::Profile) -> LabelStyle {
        let loader = self.style == Style::Loader;
        if self.labelled {
            return LabelStyle::TableColumn;
        }
        if self.style == Style::Legacy || (loader && profile.has(Behaviour::LegacyColumnLabels)) {
            LabelStyle::TableColumn
        } else if loader && self.bare {
            LabelStyle::None
        } else {
            LabelStyle::Disambiguate
        }
    }

    /// What the statement cache sees of a query beside its text: how entities and joins were spelled, options.
    fn tag(&self) -> Option<Key> {
        let mut tag = String::new();
        if let Some(loader) = &self.loader {
            tag.push_str(loader);
            // Classes that share a table can have statements of one text.
            for entity in &self.entities {
                if let Entity::Mapped(mapped) = entity {
                    let _ = write!(tag, " {:?}", mapped.mapper);
                }
            }
            if !self.options.is_empty() {
                let _ = write!(tag, " {:?}", self.options);
            }
            return Some(Rc::from(tag));
        }
        for entity in &self.entities {
            match entity {
                Entity::Mapped(mapped) => {
                    let _ = write!(tag, "{:?} ", mapped.mapper);
                }
                Entity::Attribute(..) => tag.push_str("attribute "),
                Entity::Expr(_) => tag.push_str("expression "),
            }
        }
        for join in &self.joins {
            let along = matches!(join.target, JoinTarget::Relationship { .. });
            let given = matches!(join.on, OnClause::Expr(_));
            tag.push_str(if along { "along " } else { "to " });
            let aliased = match &join.target {
                JoinTarget::Relationship { to, .. } => to.is_some_and(|to| to.alias.is_some()),
                JoinTarget::Mapped(mapped) => mapped.alias.is_some(),
                JoinTarget::Table(_) => false,
            };
            tag.push_str(if aliased { "aliased " } else { "" });
            tag.push_str(if given { "on " } else { "" });
        }
        if !self.options.is_empty() {
            let _ = write!(tag, "{:?}", self.options);
        }
        Some(Rc::from(tag))
    }
}
