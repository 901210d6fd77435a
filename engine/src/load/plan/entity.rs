//! What of a queried class goes into the statement, and how each of its relationships is loaded from there.
//!
//! Chooses the strategy of every relationship on the way; what is to be joined is handed back and joined by
//! `joined`. A column is selected once, however many attributes read it.

use super::{Builder, EntityPlan, JoinedPlan, LaterLoad, Lost, MAX_DEPTH, Reader, ToJoin};
use crate::error::{Error, ErrorKind, Result};
use crate::load::adapt::{self, Adapter};
use crate::load::classes::ClassPlan;
use crate::load::options::{self, Chosen, ColumnLoad, Path, SubclassLoads, chosen, column_load};
use crate::load::polymorphic;
use crate::load::query::Entity;
use crate::map::{ColumnProperty, Key, Lazy, Mapped, MapperId, Property, Relationship};
use crate::schema::Column;
use crate::sql::{Expr, ExprKind, Op};
use crate::version::Behaviour;
use std::rc::Rc;

impl Builder<'_> {
    /// An expression without the classes of its columns.
    pub(super) fn bare(&self, expr: &Expr) -> Expr {
        expr.rewrite(&mut |part| match part.kind() {
            ExprKind::OfEntity { element, .. } => Some(element.clone()),
            ExprKind::Label { .. } => {
                let mut known = self.bare.borrow_mut();
                let found = known.iter().find(|(label, _)| Rc::ptr_eq(&label.0, &part.0));
                let found = found.map(|(_, bare)| bare.clone());
                Some(found.unwrap_or_else(|| {
                    let bare = part.without_entities();
                    known.push((part.clone(), bare.clone()));
                    bare
                }))
            }
            _ => None,
        })
    }

    pub(in crate::load) fn place(&mut self, expr: Expr) -> usize {
        if let Some(at) = self.primary.iter().position(|other| other.same(&expr)) {
            return at;
        }
        self.primary.push(expr);
        self.primary.len() - 1
    }

    /// Selects a column that was asked for by itself: in the versions that tell names apart, as often as it was; in
    /// the others, a column or one expression once.
    fn place_again(&mut self, expr: Expr) -> usize {
        let is_column = matches!(expr.kind(), ExprKind::Column(_) | ExprKind::AliasColumn(_));
        let is_known = |other: &Expr| Rc::ptr_eq(&other.0, &expr.0) || (is_column && other.same(&expr));
        if !self.orm.profile.has(Behaviour::DisambiguatedNames)
            && let Some(at) = self.primary.iter().position(is_known)
        {
            return at;
        }
        self.primary.push(expr);
        self.primary.len() - 1
    }

    /// Selects what `DISTINCT` rows are ordered by.
    pub(super) fn place_ordered(&mut self, order_by: &[Expr]) {
        for expr in order_by {
            let mut element = expr;
            while let ExprKind::Unary {
                op: Op::Desc | Op::Asc | Op::NullsFirst | Op::NullsLast,
                operand,
                ..
            } = element.kind()
            {
                element = operand;
            }
            if !matches!(element.kind(), ExprKind::LabelReference(_) | ExprKind::Text(_)) {
                self.place(element.without_entities());
            }
        }
    }

    pub(super) fn entity(&mut self, entity: &Entity, eager: bool) -> Result<(Reader, Key, Vec<ToJoin>)> {
        match entity {
            Entity::Expr(expr) => {
                let name = expr.key().unwrap_or_else(|| Rc::from(""));
                let at = self.place_again(self.query.adapted(&self.bare(expr)));
                Ok((Reader::Value(at), name, Vec::new()))
            }
            Entity::Attribute(mapped, key) => {
                let expr = self.query.adapted(&adapt::attribute(self.orm, *mapped, key)?);
                let at = self.place_again(expr);
                Ok((Reader::Value(at), Rc::clone(key), Vec::new()))
            }
            Entity::Mapped(mapped) => {
                let orm = self.orm;
                let mapper = orm.mappers.get(mapped.mapper);
                let mut absent = Vec::new();
                let adapter = self.query.adapter(orm, *mapped);
                let path = self.query.path.clone();
                let name = adapt::alias_name(orm, *mapped)
                    .map_or_else(|| Rc::clone(&mapper.class_name), |name| Rc::from(name.as_str()));
                let mut plan = self.empty(mapped.mapper, path);
                let mut joins = Vec::new();
                for property in mapper.properties.values() {
                    match property {
                        Property::Column(property) => {
                            let mut places = Vec::with_capacity(property.columns.len());
                            // What an alias is of may lack some columns.
                            let skipped = property.expr.is_some()
                                || self.skips(&plan.path, (mapped.mapper, mapped.mapper), property);
                            match self.selected(
                                &plan.path,
                                (mapped.mapper, mapped.mapper),
                                property,
                                &adapter,
                            ) {
                                Ok(exprs) => {
                                    for expr in exprs {
                                        places.push(self.place(expr));
                                    }
                                }
                                Err(_) if mapped.alias.is_some() => {}
                                Err(error) => return Err(error),
                            }
                            match places.first() {
                                _ if property.hidden => {}
                                Some(at) => plan.columns.push((Rc::clone(&property.key), *at)),
                                None if skipped || mapped.alias.is_none() => {}
                                None => absent.push(Rc::clone(&property.key)),
                            }
                        }
                        Property::Relationship(relationship) if eager => {
                            let mut found = Vec::new();
                            self.choose(&mut plan, relationship, *mapped, &[], &mut found)?;
                            self.take_contained(&mut plan, found, &[], &mut joins)?;
                        }
                        Property::Relationship(_) => {}
                    }
                }
                let keeps_key = orm.profile.has(Behaviour::DeferAllKeepsKey) || self.query.only.is_some();
                let all_left = !orm.profile.has(Behaviour::DeferAllKeepsKey)
                    && self.query.options.iter().any(options::LoaderOption::defers_everything);
                if all_left && self.query.only.is_none() {
                    if !plan.columns.is_empty() {
                        return Err(Error::unsupported("columns of a class without its primary key"));
                    }
                    return Err(Error::new(
                        ErrorKind::InvalidRequestError,
                        "Query contains no columns with which to SELECT from.",
                    ));
                }
                let lost = |column: &Column| {
                    let key = mapper.key_of(column).and_then(|key| mapper.properties.get(key));
                    matches!(key, Some(Property::Column(property)) if self.skips(&plan.path, (mapped.mapper, mapped.mapper), property))
                };
                let lost: Vec<&Column> =
                    mapper.primary_key.iter().filter(|column| !keeps_key && lost(column)).collect();
                if !lost.is_empty() && mapped.alias.is_some() {
                    return Err(Error::unsupported(
                        "rows of an alias without the primary key, which an option leaves out",
                    ));
                }
                if !absent.is_empty() {
                    let (mapper, columns, selectin) = (mapped.mapper, Vec::new(), SubclassLoads::default());
                    plan.classes.push(ClassPlan { mapper, columns, expired: absent, selectin });
                }
                let with = polymorphic::along(orm, *mapped);
                let place = (*mapped, &[][..]);
                self.add_classes(&mut plan, place, &with, &adapter, eager.then_some(&mut joins), false)?;
                // A partial load knows its object: the key is selected only where nothing else is.
                let alone = plan.columns.is_empty()
                    && (joins.is_empty() || orm.profile.has(Behaviour::RefreshesRelationshipsAlone));
                if self.query.only.is_none() || self.query.partial || alone {
                    for (place, column) in mapper.primary_key.iter().enumerate() {
                        let expr = adapter.column(column)?;
                        if lost.contains(&column) {
                            plan.primary_key.push(0);
                            self.lost.push(Lost { expr, column: column.clone(), of_key: Some(place) });
                            continue;
                        }
                        let key = mapper.key_of(column).filter(|_| self.selects_keys_once());
                        let known = plan.columns.iter().find(|(own, _)| key == Some(own)).map(|(_, at)| *at);
                        let at = known.unwrap_or_else(|| self.place(expr));
                        plan.primary_key.push(at);
                    }
                }
                Ok((Reader::Entity(plan), name, joins))
            }
        }
    }

    /// Reads what the statement contains already from its own columns, and leaves the other loads to be joined.
    pub(in crate::load) fn take_contained(
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
            let target = join.chosen.of_type.unwrap_or_else(|| Mapped::from(relationship.resolved().target));
            let mapper = orm.mappers.get(target.mapper);
            let adapter = Adapter::of(orm, target);
            self.multiplies |= relationship.resolved().uselist;
            self.contains_many |= relationship.resolved().uselist;
            let mut path = plan.path.clone();
            path.push((relationship.parent, Rc::clone(&relationship.key)));
            let mut child = self.empty(target.mapper, path);
            let mut place = at.to_vec();
            place.push(plan.joined.len());
            for property in mapper.properties.values() {
                match property {
                    Property::Column(property) => {
                        let selected =
                            self.selected(&child.path, (target.mapper, target.mapper), property, &adapter)?;
                        let places: Vec<usize> = selected.into_iter().map(|expr| self.place(expr)).collect();
                        let Some(&at) = places.first().filter(|_| !property.hidden) else { continue };
                        child.columns.push((Rc::clone(&property.key), at));
                    }
                    Property::Relationship(next) => {
                        let mut found = Vec::new();
                        self.choose(&mut child, next, target, &place, &mut found)?;
                        self.take_contained(&mut child, found, &place, joins)?;
                    }
                }
            }
            let with = polymorphic::along(orm, target);
            self.add_classes(&mut child, (target, &place), &with, &adapter, Some(joins), false)?;
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

    pub(super) fn empty(&mut self, mapper: MapperId, path: Path) -> EntityPlan {
        self.entities += 1;
        EntityPlan::empty(self.entities, mapper, path)
    }

    /// What is selected for a column attribute of a class that comes with the root entity, or with a joined one; nothing where it
    /// is left for later.
    pub(in crate::load) fn selected(
        &self,
        path: &[(MapperId, Key)],
        (entity, mapper): (MapperId, MapperId),
        property: &ColumnProperty,
        adapter: &Adapter,
    ) -> Result<Vec<Expr>> {
        let orm = self.orm;
        if self.skips(path, (entity, mapper), property) {
            return Ok(Vec::new());
        }
        let Some(expr) = &property.expr else {
            let columns = property.columns.iter().take(if self.selects_keys_once() { 1 } else { usize::MAX });
            return columns.map(|column| adapter.column(column)).collect();
        };
        let given = options::ad_hoc(orm, &self.query.options, path, mapper, &property.key);
        let expr = match given {
            Some(given) if property.ad_hoc => given.without_entities(),
            _ if matches!(expr.kind(), ExprKind::Null) => {
                return Ok(Vec::new());
            }
            _ => expr.clone(),
        };
        let tables = &orm.mappers.get(mapper).hierarchy.tables;
        Ok(vec![adapter.expression(&expr, tables)?])
    }

    /// Whether one column of a subquery stands for an attribute of several.
    fn selects_keys_once(&self) -> bool {
        self.query.within.is_some() && self.orm.profile.has(Behaviour::UnionsSelectKeyOnce)
    }

    /// Whether a column attribute is left for later.
    pub(in crate::load) fn skips(
        &self,
        path: &[(MapperId, Key)],
        (entity, mapper): (MapperId, MapperId),
        property: &ColumnProperty,
    ) -> bool {
        if path.len() == self.query.path.len()
            && let Some(only) = &self.query.only
        {
            return !only.contains(&property.key);
        }
        let renders = self.within && self.orm.profile.has(Behaviour::DeferredWithinStatements);
        if renders && property.expr.is_none() {
            return false;
        }
        column_load(self.orm, &self.query.options, path, (entity, mapper), property) != ColumnLoad::WithRow
    }

    /// Whether an option is followed for a collection that is queried: one that would populate it is only to be refused.
    fn takes_queried(&mut self, relationship: &Rc<Relationship>, lazy: Lazy) -> Result<bool> {
        match lazy {
            Lazy::Joined | Lazy::Selectin | Lazy::Subquery => {
                let class = &self.orm.mappers.get(relationship.parent).class_name;
                self.refused.get_or_insert_with(|| {
                    format!(
                        "'{class}.{}' does not support object population - eager loading cannot be applied.",
                        relationship.key
                    )
                });
                Ok(lazy == Lazy::Joined)
            }
            Lazy::Immediate => Ok(self.orm.profile.has(Behaviour::ImmediateLoadsQueried)),
            Lazy::NoLoad => Ok(relationship.resolved().lazy == Lazy::Dynamic
                && self.orm.profile.has(Behaviour::NoloadMindsDynamic)),
            _ => Ok(false),
        }
    }

    /// How a relationship is loaded that `path` leads to. Joined loads may come back to a class that led to this query.
    pub(in crate::load) fn chosen(&self, path: &[(MapperId, Key)], relationship: &Relationship) -> Chosen {
        let query = self.query;
        let found = chosen(self.orm, &query.options, (&query.prior, path), relationship);
        if found.cut == Some(Lazy::Joined) {
            let below = &path[query.path.len().min(path.len())..];
            let everywhere: Vec<_> =
                query.options.iter().filter(|option| option.is_everywhere()).cloned().collect();
            return chosen(self.orm, &everywhere, (&[], below), relationship);
        }
        found
    }

    pub(in crate::load) fn choose(
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
        let chosen = self.chosen(&plan.path, relationship);
        if chosen.recursion.is_some() && relationship.resolved().target != relationship.parent {
            let class = &self.orm.mappers.get(relationship.parent).class_name;
            self.refused.get_or_insert_with(|| {
                format!(
                    "recursion_depth option on relationship {class}.{} not valid for non-self-referential relationship",
                    relationship.key
                )
            });
            return Ok(());
        }
        let beyond = chosen.lazy == Lazy::Immediate && relationship.resolved().lazy == Lazy::NoLoad;
        if beyond && !self.orm.profile.has(Behaviour::ImmediateLoadsQueried) {
            return Ok(());
        }
        if relationship.is_queried() && !self.takes_queried(relationship, chosen.lazy)? {
            return Ok(());
        }
        let ends_many = chosen.cut == Some(Lazy::Joined) && relationship.resolved().uselist;
        self.multiplies |= ends_many;
        self.ends_many |= ends_many;
        // A refresh loads what a query would not come back to.
        let at_root = plan.path.len() == self.query.path.len();
        let whole = self.query.refreshing && self.orm.profile.has(Behaviour::RefreshLoadsSingly);
        let lazy = match chosen.cut {
            Some(cut @ (Lazy::Selectin | Lazy::Subquery)) if whole => cut,
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
                    returns: chosen.returns,
                    recursion: chosen.recursion,
                });
            }
            _ => {}
        }
        Ok(())
    }
}
