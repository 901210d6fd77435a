//! What rows of subclasses bring beside what their base class has.
//!
//! A column that the statement does not select is left expired in a new object, so that its first access loads it.

use super::adapt::Adapter;
use super::options::{ColumnLoad, SubclassLoads, column_load, subclass_loads};
use super::plan::{Builder, EntityPlan, LaterLoad, Lost, ToJoin};
use super::query::{Query, any_of};
use super::rows::Below;
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::map::{Key, Lazy, Mapped, MapperId, PolymorphicLoad, Property, Relationship};
use crate::orm::Orm;
use crate::session::SessionId;
use crate::sql::Expr;
use crate::value::Value;
use crate::version::Behaviour;
use std::rc::Rc;

/// How many keys one `IN` has.
const CHUNK: usize = 500;

/// What objects of a subclass get from a row.
#[derive(Debug)]
pub(super) struct ClassPlan {
    pub mapper: MapperId,
    pub columns: Vec<(Key, usize)>,
    /// Attributes that are not in the row.
    pub expired: Vec<Key>,
    /// The classes by whose statements they are loaded for all objects at once.
    pub selectin: SubclassLoads,
}

impl Builder<'_> {
    /// Selects what these subclasses have, and says for all subclasses what of a row is theirs. `joins` takes the
    /// joined loads of their relationships; without it, relationships are left out.
    pub(super) fn add_classes(
        &mut self,
        plan: &mut EntityPlan,
        (owner, at): (Mapped, &[usize]),
        with: &[MapperId],
        adapter: &Adapter,
        mut joins: Option<&mut Vec<ToJoin>>,
        in_join: bool,
    ) -> Result<()> {
        let orm = self.orm;
        let below: Vec<MapperId> = orm.mappers.self_and_descendants(plan.mapper).split_off(1);
        let own = &orm.mappers.get(plan.mapper).properties;
        let base = plan.mapper;
        self.tell_class(plan, adapter, in_join);
        for mapper in with.iter().filter(|mapper| **mapper != base) {
            for (key, property) in &orm.mappers.get(*mapper).properties {
                match property {
                    Property::Column(property) => {
                        for expr in self.selected(&plan.path, (base, *mapper), property, adapter)? {
                            self.put(expr, in_join);
                        }
                    }
                    Property::Relationship(relationship) => {
                        if relationship.parent == *mapper
                            && !own.contains_key(key)
                            && let Some(joins) = joins.as_deref_mut()
                        {
                            let mut found = Vec::new();
                            self.choose(plan, relationship, owner, at, &mut found)?;
                            self.take_contained(plan, found, at, joins)?;
                        }
                    }
                }
            }
        }
        if (self.query.only.is_none() || self.query.partial)
            && plan.discriminator.is_none()
            && let Some(told) = orm.mappers.get(plan.mapper).discriminating()
        {
            let told = told
                .expr
                .as_ref()
                .map(|expr| adapter.expression(expr, &orm.mappers.get(plan.mapper).hierarchy.tables));
            plan.discriminator = told.transpose()?.map(|expr| self.put(expr, in_join));
        } else if (self.query.only.is_none() || self.query.partial)
            && plan.discriminator.is_none()
            && let Some(column) = &orm.mappers.get(plan.mapper).polymorphic_on
        {
            let expr = adapter.column(column)?;
            let property =
                orm.mappers.get(plan.mapper).column_properties().find(|one| one.columns.contains(column));
            let left = !orm.profile.has(Behaviour::DeferAllKeepsKey)
                && self.query.only.is_none()
                && property.is_some_and(|property| self.skips(&plan.path, (base, base), property));
            if left && !in_join && owner.alias.is_none() {
                self.lost.push(Lost { expr, column: column.clone(), of_key: None });
            } else if left && in_join && self.place_of(&expr, true).is_none() {
                self.lose_joined(&expr)?;
            } else {
                plan.discriminator = Some(self.put(expr, in_join));
            }
        }
        if joins.is_some() {
            self.choose_below(plan, with)?;
        }
        for mapper in below {
            let selectin = match self.query.only {
                None => subclass_loads(orm, &self.query.options, &plan.path, base, mapper),
                // What the options say was for the statement that this one follows.
                Some(_) if self.query.partial => subclass_loads(orm, &[], &plan.path, base, mapper),
                Some(_) => SubclassLoads::default(),
            };
            let mut class = ClassPlan { mapper, columns: Vec::new(), expired: Vec::new(), selectin };
            for property in orm.mappers.get(mapper).column_properties() {
                let key = &property.key;
                let inherited = own.contains_key(key) && !orm.mappers.get(mapper).hierarchy.concrete;
                let left_out = || property.ad_hoc || property.hidden;
                if inherited || left_out() || self.skips(&plan.path, (base, mapper), property) {
                    continue;
                }
                let found = match self.selected(&plan.path, (base, mapper), property, adapter) {
                    Ok(selected) => selected.iter().find_map(|expr| self.place_of(expr, in_join)),
                    // The statement does not have the class's own tables.
                    Err(_) => None,
                };
                match found {
                    Some(at) => class.columns.push((Rc::clone(key), at)),
                    None => class.expired.push(Rc::clone(key)),
                }
            }
            plan.classes.push(class);
        }
        Ok(())
    }

    /// Selects what tells the class of a row of a union.
    pub(super) fn tell_class(&mut self, plan: &mut EntityPlan, adapter: &Adapter, in_join: bool) {
        let tells = self.query.only.is_none() || self.query.partial || self.query.tells_class;
        if let Some(union) = self.orm.mappers.union(plan.mapper)
            && tells
            && let Some(column) = adapter.named(&union.discriminator)
        {
            plan.discriminator = Some(self.put(column, in_join));
        }
    }

    /// The relationships of subclasses whose columns do not come along.
    pub(super) fn choose_below(&mut self, plan: &mut EntityPlan, with: &[MapperId]) -> Result<()> {
        let mappers = &self.orm.mappers;
        let own = &mappers.get(plan.mapper).properties;
        for below in &mappers.self_and_descendants(plan.mapper)[1..] {
            if with.contains(below) {
                continue;
            }
            for relationship in mappers.get(*below).relationships() {
                if relationship.parent == *below && !own.contains_key(&relationship.key) {
                    self.choose_one_below(plan, relationship)?;
                }
            }
        }
        Ok(())
    }

    /// A subclass's objects get what needs no columns of theirs, and below another relationship also what further statements
    /// load.
    fn choose_one_below(&mut self, plan: &mut EntityPlan, relationship: &Rc<Relationship>) -> Result<()> {
        let at_root = plan.path.len() == self.query.path.len();
        let follows = !at_root && self.orm.profile.has(Behaviour::SubclassLoadsBelowJoined);
        match self.chosen(&plan.path, relationship).lazy {
            Lazy::Immediate | Lazy::NoLoad => {}
            Lazy::Selectin | Lazy::Subquery if follows => {}
            _ => return Ok(()),
        }
        let base = Mapped::from(plan.mapper);
        self.choose(plan, relationship, base, &[], &mut Vec::new())
    }

    fn put(&mut self, expr: Expr, in_join: bool) -> usize {
        if in_join { self.place_joined(expr) } else { self.place(expr) }
    }

    /// Where an expression is selected already.
    fn place_of(&self, expr: &Expr, in_join: bool) -> Option<usize> {
        let position = |exprs: &[Expr]| exprs.iter().position(|other| other.same(expr));
        if in_join {
            position(&self.secondary).map(|at| self.primary.len() + at)
        } else {
            position(&self.primary)
        }
    }
}

/// Whether an object of a class takes part in a load of a relationship: a concrete class may have one of its own under the
/// name, which only further statements for all objects fill.
pub(super) fn takes(orm: &Orm, class: MapperId, later: &LaterLoad) -> bool {
    let relationship = &later.relationship;
    orm.mappers.shares(class, relationship.parent, &relationship.key)
        || (later.lazy == Lazy::Selectin && orm.mappers.relationship(class, &relationship.key).is_some())
}

/// Whether what objects of a subclass have beyond the queried class comes with the rows that are read for it.
fn with_rows(orm: &Orm, query: &Query, load: &Below, name: &Key) -> bool {
    let mapper = orm.mappers.get(load.mapper);
    match mapper.properties.get(name) {
        Some(Property::Column(property)) => {
            let place = (load.base, load.mapper);
            column_load(orm, &query.options, &load.path, place, property) == ColumnLoad::WithRow
        }
        _ => true,
    }
}

/// Loads for objects of subclasses what their class has beyond the queried one.
pub(super) fn load_below(
    cx: &mut Cx<'_>,
    session: SessionId,
    loads: Vec<Below>,
    query: &Query,
) -> Result<()> {
    for load in loads {
        let mapper = cx.orm.mappers.get(load.mapper);
        let [key] = &mapper.primary_key[..] else {
            return Err(Error::unsupported("loading subclasses along by a key of several columns"));
        };
        let key = Expr::column(key);
        let lazy = query.loader.as_deref().filter(|loader| loader.starts_with("lazy")).unwrap_or_default();
        let root = if query.options.is_empty() && load.path.is_empty() { &None } else { &load.root };
        let outer = query.loader.as_deref().filter(|loader| loader.starts_with("below")).unwrap_or_default();
        let tag = format!("below {root:?} {:?} {lazy}{outer}", load.path);
        let mut keys: Vec<Value> = Vec::with_capacity(load.objects.len());
        for object in &load.objects {
            let identity = cx.orm.states.get(object.id()).key.as_ref();
            keys.extend(identity.and_then(|key| key.values.first()).cloned());
        }
        // Classes above it that are loaded so have no statement of their own for its objects.
        let mut above = mapper.inherits;
        let apart = cx.orm.profile.has(Behaviour::SubclassSelectinApart);
        while let Some(next) = above.filter(|next| apart && *next != load.base) {
            let next = cx.orm.mappers.get(next);
            if next.hierarchy.load != Some(PolymorphicLoad::Selectin) {
                break;
            }
            above = next.inherits;
        }
        let inherited = above.map(|above| cx.orm.mappers.get(above));
        let is_own = |name: &Key| {
            inherited.is_none_or(|above| !above.properties.contains_key(name))
                || mapper.primary_key.iter().any(|column| mapper.key_of(column) == Some(name))
                || mapper.polymorphic_on.as_ref().is_some_and(|column| mapper.key_of(column) == Some(name))
                || mapper.polymorphic_by.as_ref() == Some(name)
        };
        let profile = cx.orm.profile;
        let is_nested = !load.path.is_empty()
            || (!lazy.is_empty() && !profile.has(Behaviour::SubclassSelectinLazyPartial));
        let partial = !is_nested || profile.has(Behaviour::SubclassSelectinNestedPartial);
        let mut names: Vec<Key> = if partial {
            mapper.properties.keys().filter(|name| is_own(name)).cloned().collect()
        } else {
            mapper.column_properties().map(|property| property.key.clone()).collect()
        };
        for inline in cx.orm.mappers.polymorphic_mappers(load.mapper) {
            let properties = &cx.orm.mappers.get(inline).properties;
            names.extend(properties.keys().filter(|name| !mapper.properties.contains_key(*name)).cloned());
        }
        names.retain(|name| with_rows(cx.orm, query, &load, name));
        for chunk in keys.chunks(CHUNK) {
            let mut below = Query::loader(load.mapper, &tag);
            below.only = Some(names.clone());
            below.partial = true;
            below.labelled = true;
            below.path.clone_from(&load.path);
            below.options.clone_from(&query.options);
            below.autoflush = false;
            below.criteria.push(any_of(&key, chunk.to_vec())?);
            if !profile.has(Behaviour::SubclassSelectinUnordered) {
                below.order_by.push(key.clone());
            }
            below.run(cx, session)?;
        }
    }
    Ok(())
}
