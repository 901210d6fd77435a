//! Joined loads: where they stand in the `FROM` list, and how their classes are read from the same rows.
//!
//! Where rows count and a joined collection would repeat them, the entities go into a subquery, and what is loaded
//! along is joined to that.

use super::nested;
use super::{Builder, EntityPlan, JoinedPlan, MAX_DEPTH, Reader, ToJoin};
use crate::error::{Error, ErrorKind, Result};
use crate::load::adapt::{Adapter, Sides, join_conditions, selectable, target_tables};
use crate::load::from::{entity_items, position};
use crate::load::options::{criteria, refined};
use crate::load::polymorphic::{self, apart, between_apart, limited};
use crate::load::query::Entity;
use crate::load::within;
use crate::map::{InnerJoin, Key, Lazy, Mapped, MapperId, Property, Relationship};
use crate::sql::{Alias, Expr, ExprKind, FromItem, Select};
use crate::version::Behaviour;
use std::rc::Rc;

/// The plan of a class that an entity's row contains, by the places of contained loads that lead to it.
fn contained<'a>(plan: &'a mut EntityPlan, at: &[usize]) -> Option<&'a mut EntityPlan> {
    at.iter().try_fold(plan, |plan, index| plan.joined.get_mut(*index).map(|joined| &mut joined.entity))
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

impl Builder<'_> {
    /// Whether the entities go into a subquery: rows are counted, and a joined collection would multiply them.
    pub(super) fn must_nest(&self, pending: &[Vec<ToJoin>]) -> bool {
        let query = self.query;
        let counts =
            query.limit.is_some() || query.offset.is_some() || query.distinct || !query.group_by.is_empty();
        let joins = pending.iter().any(|joins| !joins.is_empty());
        let rows_count =
            (query.distinct || !query.group_by.is_empty()) && self.orm.profile.has(Behaviour::DistinctNests);
        if rows_count && joins {
            return true;
        }
        if counts && joins && self.contains_many && self.orm.profile.has(Behaviour::ContainedNests) {
            return true;
        }
        let many = |join: &ToJoin| self.has_collection(&join.relationship, &self.query.path, 0);
        counts && joins && (self.ends_many || pending.iter().flatten().any(many))
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
            let chosen = self.chosen(&path, next);
            (chosen.lazy == Lazy::Joined && self.has_collection(next, &path, depth + 1))
                || (chosen.cut == Some(Lazy::Joined) && next.resolved().uselist)
        })
    }

    /// Selects what joined loads hang on, also where the entity is read without it.
    pub(super) fn place_locals(&mut self, mapped: Mapped, joins: &[ToJoin]) -> Result<()> {
        for join in joins {
            let adapter = Adapter::of(self.orm, if join.at.is_empty() { mapped } else { join.owner });
            let parent = self.orm.mappers.get(join.relationship.parent);
            let mut columns = Vec::new();
            join.relationship.resolved().primaryjoin.visit(&mut |expr| {
                if let ExprKind::Column(column) = expr.kind()
                    && parent.has_column(column)
                {
                    columns.push(column.clone());
                }
            });
            for column in &columns {
                self.place(self.query.adapted(&adapter.column(column)?));
            }
        }
        Ok(())
    }

    /// Adds the joined loads of all entities to the `FROM` list; what they are joined to comes after everything else
    /// that is selected from.
    pub(super) fn extend(
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
                let root = within::source(self.query)
                    .unwrap_or_else(|| selectable(self.orm, if is_root { *mapped } else { join.owner }));
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
                let adapter =
                    if is_root { adapter.clone() } else { self.query.adapter(self.orm, join.owner) };
                self.begin_joins(*mapped, &wrapped[at], &adapter, &join);
                let (from, joined) = self.join(wrapped[at].clone(), &adapter, &plan.path, &join, false)?;
                wrapped[at] = from;
                plan.joined.push(joined);
            }
        }
        froms.append(&mut wrapped);
        Ok(())
    }

    /// Selects the entities in a subquery and joins the eager loads to it.
    pub(super) fn wrap(
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
            let (Reader::Entity(plan), Some(Some(adapter)), Some(Entity::Mapped(mapped))) =
                (&mut readers[index], adapters.get(index), self.query.entities.get(index))
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
                        self.query.adapter(self.orm, join.owner)
                    }),
                    selected: Rc::clone(&selected),
                    columns: Rc::clone(&columns),
                };
                // Places of joined columns are counted from the end of the entities' columns.
                self.primary = columns.to_vec();
                self.begin_joins(*mapped, &from, &adapter, &join);
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
            None => apart(orm, resolved.entity()),
        };
        let target = orm.mappers.get(to.mapper);
        let between = resolved.secondary.as_ref().map(between_apart);
        let inside = if join.chosen.inner == InnerJoin::Nested && under_outer && !self.root_is_outer {
            let sought = self.sought(&from, relationship.parent).cloned();
            Some(sought.ok_or_else(nested::nowhere)?)
        } else {
            None
        };
        let sides = Sides {
            parent: inside.as_ref().map_or(parent, |unit| &unit.adapter),
            target: &adapter,
            secondary: between.as_ref().map_or(&Adapter::Plain, |(_, adapter)| adapter),
        };
        let (primary, secondary) = join_conditions(orm, relationship.parent, resolved, &sides)?;
        let mut further = refined(orm, &self.query.options, path, relationship, &adapter)?;
        further.extend(criteria(orm, &self.query.options, Mapped::from(to.mapper), &adapter, true)?);
        let outer =
            inside.is_none() && (join.chosen.inner == InnerJoin::Outer || under_outer || self.root_is_outer);
        self.know(&right, resolved.target, &adapter);
        let left = inside.as_ref().map_or(&from, |unit| &unit.item);
        let made = match (&between, secondary) {
            (Some((between, _)), Some(secondary)) => {
                let secondary = limited(orm, to.mapper, &adapter, further, secondary)?;
                if outer {
                    let pair = between.join(right, secondary, false);
                    self.know(&pair, resolved.target, &adapter);
                    left.join(pair, primary, true)
                } else {
                    let left = left.join(between.clone(), primary, false);
                    match &inside {
                        Some(unit) => self.know(&left, unit.mapper, &unit.adapter),
                        None => self.know(&left, relationship.parent, parent),
                    }
                    left.join(right, secondary, false)
                }
            }
            _ => left.join(right, limited(orm, to.mapper, &adapter, further, primary)?, outer),
        };
        let mut from = match &inside {
            Some(unit) => self.spliced(&from, &unit.item, &made)?.ok_or_else(nested::nowhere)?,
            None => made,
        };
        let outer = outer || under_outer;
        for expr in &resolved.order_by {
            self.eager_order.push(adapter.adapt_all(expr, &target_tables(orm, resolved))?);
        }

        let mut path = path.to_vec();
        path.push((relationship.parent, Rc::clone(&relationship.key)));
        let mut plan = self.empty(to.mapper, path);
        for property in target.properties.values() {
            match property {
                Property::Column(property) => {
                    let mut places = Vec::with_capacity(property.columns.len());
                    for expr in self.selected(&plan.path, (to.mapper, to.mapper), property, &adapter)? {
                        places.push(self.place_joined(expr));
                    }
                    let Some(at) = places.first().filter(|_| !property.hidden) else { continue };
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
        let with = polymorphic::along(orm, to);
        self.tell_class(&mut plan, &adapter, true);
        for below in with.iter().copied().filter(|below| *below != to.mapper) {
            for (key, property) in &orm.mappers.get(below).properties {
                match property {
                    Property::Column(property) => {
                        for expr in self.selected(&plan.path, (to.mapper, below), property, &adapter)? {
                            self.place_joined(expr);
                        }
                    }
                    Property::Relationship(next) => {
                        if next.parent != below || target.properties.contains_key(key) {
                            continue;
                        }
                        let mut joins = Vec::new();
                        self.choose(&mut plan, next, Mapped::from(to.mapper), &[], &mut joins)?;
                        for next in joins {
                            let (joined_from, joined) =
                                self.join(from, &adapter, &plan.path, &next, outer)?;
                            from = joined_from;
                            plan.joined.push(joined);
                        }
                    }
                }
            }
        }
        self.choose_below(&mut plan, &with)?;
        self.add_classes(&mut plan, (to, &[]), &[], &adapter, None, true)?;
        let keeps_key = orm.profile.has(Behaviour::DeferAllKeepsKey);
        for column in &target.primary_key {
            let expr = adapter.column(column)?;
            let key = target.key_of(column).and_then(|key| target.properties.get(key));
            let left = matches!(key, Some(Property::Column(property)) if self.skips(&plan.path, (to.mapper, to.mapper), property));
            if left && !keeps_key && !self.secondary.iter().any(|other| other.same(&expr)) {
                plan.keyless = true;
                continue;
            }
            plan.primary_key.push(self.place_joined(expr));
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
            Adapter::Plain | Adapter::Itself => Err(Error::new(
                ErrorKind::InvalidRequestError,
                "Detected unaliased columns when generating joined load.  Make sure to use aliased=True or flat=True when using joined loading with with_polymorphic().",
            )),
            adapter => Ok(adapter),
        }
    }

    pub(in crate::load) fn place_joined(&mut self, expr: Expr) -> usize {
        let offset = self.primary.len();
        if let Some(at) = self.secondary.iter().position(|other| other.same(&expr)) {
            return offset + at;
        }
        self.secondary.push(expr);
        offset + self.secondary.len() - 1
    }
}
