//! From a query to its statement, and to how each row of it is read.
//!
//! Columns of the queried entities come first, those of joined eager loads after them; both are read by
//! position.

mod entity;
mod inside;
mod joined;
mod linked;
mod nested;
mod tag;

use super::LoaderOption;
use super::adapt::Adapter;
use super::classes::ClassPlan;
use super::from::{class_items, classes_of, entity_items, explicit};
use super::options::{Chosen, Path, Recursion, Strategy, criteria};
use super::polymorphic::limit;
use super::query::{Entity, JoinLeft, JoinTarget, Query, Style};
use crate::error::{Error, ErrorKind, Result};
use crate::map::{Key, Lazy, Mapped, MapperId, Relationship};
use crate::orm::Orm;
use crate::schema::{Column, SqlType};
use crate::sql::{Expr, ExprKind, FromItem, Select};
use crate::version::Behaviour;
use nested::Unit;
use std::cell::RefCell;
use std::rc::Rc;

/// A statement and how its rows are read.
#[derive(Debug)]
pub(super) struct Plan {
    pub select: Select,
    pub readers: Vec<Reader>,
    pub names: Vec<Key>,
    /// A collection is loaded by a join: rows repeat their objects.
    pub multiplies: bool,
    /// The places of rows whose values have no hash.
    pub unhashable: Vec<usize>,
    /// What is said of a load that its relationship does not take, once the statement has run.
    pub refused: Option<String>,
    /// A column that rows cannot be read without, and that the statement does not have.
    pub lost: Option<Column>,
    /// How errors name a column that further loads go by and that the statement does not have.
    pub unlinked: Option<String>,
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
    /// The rows lack what tells objects apart: none is read from them.
    pub keyless: bool,
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
    /// It leads back to a class that the path has passed.
    pub returns: bool,
    pub recursion: Option<Recursion>,
}

/// Joined loads may nest this deep at most, whatever options ask for.
const MAX_DEPTH: usize = 30;

#[expect(clippy::struct_excessive_bools, reason = "each is known of the statement by itself")]
pub(super) struct Builder<'a> {
    pub orm: &'a Orm,
    pub query: &'a Query,
    pub primary: Vec<Expr>,
    pub secondary: Vec<Expr>,
    eager_order: Vec<Expr>,
    /// The statement is to stand within another, and so has what its rows would leave for later.
    within: bool,
    entities: usize,
    multiplies: bool,
    /// A collection would be joined, if that did not lead back.
    ends_many: bool,
    /// The statement has a collection already.
    contains_many: bool,
    refused: Option<String>,
    /// What rows are read by, and an option leaves out: where the statement has it for another reason, it is read there.
    pub lost: Vec<Lost>,
    /// Labels of what names attributes, and what stands for each: one label stays one wherever the statement has it.
    bare: RefCell<Vec<(Expr, Expr)>>,
    /// How errors name what tells the class of joined objects, where the rows lack it.
    unlinked_joined: Option<String>,
    /// What joins to what: where inner joins below outer ones may stand.
    units: Vec<Unit>,
    /// The entity that loads are joined to is an outer join itself.
    root_is_outer: bool,
}

/// A column that rows are read by, which an option leaves out.
pub(super) struct Lost {
    pub expr: Expr,
    pub column: Column,
    /// Where among the key's columns it stands; nowhere where it tells the class.
    pub of_key: Option<usize>,
}

/// A joined load that is still to be added.
pub(super) struct ToJoin {
    relationship: Rc<Relationship>,
    chosen: Chosen,
    /// The class that it is joined to, and where among the contained loads of the entity that stands.
    owner: Mapped,
    at: Vec<usize>,
}

impl EntityPlan {
    /// A plan that reads nothing yet.
    pub(super) fn empty(id: usize, mapper: MapperId, path: Path) -> Self {
        EntityPlan {
            id,
            mapper,
            path,
            columns: Vec::new(),
            primary_key: Vec::new(),
            discriminator: None,
            classes: Vec::new(),
            joined: Vec::new(),
            later: Vec::new(),
            keyless: false,
        }
    }
}

impl Plan {
    /// Notes the places of rows whose values have no hash.
    pub(super) fn note_unhashable(&mut self) {
        let columns = &self.select.columns;
        let is_json =
            |at: usize| columns.get(at).is_some_and(|column| *column.ty().generic() == SqlType::Json);
        let found = self.readers.iter().enumerate().filter_map(|(place, reader)| match reader {
            Reader::Value(at) if is_json(*at) => Some(place),
            _ => None,
        });
        self.unhashable = found.collect();
    }

    /// The plan of a query. With `eager` false, relationships are left out, as in `count()`.
    pub(super) fn new(orm: &Orm, query: &Query, eager: bool) -> Result<Self> {
        Self::build(orm, query, eager, !eager)
    }

    /// What the `RETURNING` of a statement brings, which is no statement within another.
    pub(super) fn returning(orm: &Orm, query: &Query) -> Result<Self> {
        Self::build(orm, query, false, false)
    }

    fn build(orm: &Orm, query: &Query, eager: bool, within: bool) -> Result<Self> {
        let mut builder = Builder {
            orm,
            query,
            primary: Vec::new(),
            secondary: Vec::new(),
            eager_order: Vec::new(),
            within,
            entities: 0,
            multiplies: false,
            ends_many: false,
            contains_many: false,
            refused: None,
            lost: Vec::new(),
            bare: RefCell::default(),
            unlinked_joined: None,
            units: Vec::new(),
            root_is_outer: false,
        };
        let mut readers = Vec::new();
        let mut names = Vec::new();
        let mut pending: Vec<Vec<ToJoin>> = Vec::new();
        let mut lost: Vec<(usize, Lost)> = Vec::new();
        for entity in &query.entities {
            let (reader, name, joins) = builder.entity(entity, eager)?;
            lost.extend(builder.lost.drain(..).map(|lost| (readers.len(), lost)));
            readers.push(reader);
            let renamed = query.renames.iter().find(|(at, _)| *at == names.len());
            names.push(renamed.map_or(name, |(_, name)| Rc::clone(name)));
            pending.push(joins);
        }
        for (entity, joins) in query.entities.iter().zip(&pending) {
            if let Entity::Mapped(mapped) = entity {
                builder.place_locals(*mapped, joins)?;
            }
        }
        let adds = query.distinct
            && (query.distinct_orders
                || (query.style == Style::Legacy && orm.profile.has(Behaviour::DistinctOrderSelected)));
        if adds {
            builder.place_ordered(&query.order_by);
        }
        let mut unread = None;
        for (index, lost) in lost {
            let found = builder.primary.iter().position(|expr| expr.same(&lost.expr));
            let (Some(at), Reader::Entity(plan)) = (found, &mut readers[index]) else {
                unread.get_or_insert(lost.column);
                continue;
            };
            match lost.of_key {
                Some(place) => plan.primary_key[place] = at,
                None => plan.discriminator = Some(at),
            }
        }
        if builder.primary.is_empty() && query.only.is_none() && !orm.profile.has(Behaviour::DeferAllKeepsKey)
        {
            let message = "Query contains no columns with which to SELECT from.";
            return Err(Error::new(ErrorKind::InvalidRequestError, message));
        }
        let unlinked = builder.unlinked(&readers)?;
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
            exprs.iter().map(|expr| query.adapted(&builder.bare(&explicit.rename(orm, expr)))).collect()
        };
        let mut where_ = named(&query.criteria);
        where_.extend(limits(orm, query)?);
        let (group_by, having, order_by) =
            (named(&query.group_by), named(&query.having), named(&query.order_by));
        let mut froms = explicit.items;
        if froms.is_empty() && !query.own_tables {
            let items = entity_items(orm, query)?;
            // What comes along in the rows is selected first, but is not what is selected from first.
            let contains = query.options.iter().any(|option| option.strategy == Strategy::Contained)
                && orm.profile.has(Behaviour::ContainedTablesFollow);
            if contains || query.within.is_some() {
                froms = items;
            } else if items.iter().any(|item| matches!(item, FromItem::Join(_))) {
                // Tables and subqueries that columns come from by themselves follow.
                froms = class_items(orm, query);
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
            correlate: query.correlate.clone(),
            for_update: query.for_update,
            prefixes: query.prefixes.clone(),
            suffixes: query.suffixes.clone(),
            tag: query.tag(),
            ..Select::default()
        };
        let adapters: Vec<Option<Adapter>> = query
            .entities
            .iter()
            .map(|entity| match entity {
                Entity::Mapped(mapped) => Some(query.adapter(orm, *mapped)),
                Entity::Attribute(..) | Entity::Expr(_) => None,
            })
            .collect();
        let own = Select { columns: builder.primary.clone(), from: froms.clone(), ..select.clone() };
        inside::refuse(orm, query, &own)?;
        if nested {
            builder.wrap(&mut select, &mut froms, &mut readers, pending, adapters)?;
        } else {
            builder.extend(&mut froms, &mut readers, pending, adapters)?;
            select.from = froms;
            select.columns = builder.primary;
            select.order_by.append(&mut builder.eager_order);
        }
        select.columns.append(&mut builder.secondary);
        if query.only.is_none() {
            for reader in &readers {
                if let Reader::Entity(plan) = reader {
                    linked::refuse_joined(orm, plan)?;
                }
            }
        }
        Ok(Plan {
            select,
            readers,
            names,
            multiplies: builder.multiplies,
            unhashable: Vec::new(),
            refused: builder.refused,
            lost: unread,
            unlinked: unlinked.or(builder.unlinked_joined),
        })
    }
}

/// The class that a join leads to.
fn joined_to(orm: &Orm, join: &super::Join) -> Option<Mapped> {
    match &join.target {
        JoinTarget::Relationship { from, key, to } => match to {
            Some(to) => Some(*to),
            None => {
                let relationship = orm.mappers.relationship(from.mapper, key)?;
                Some(relationship.resolved().entity())
            }
        },
        JoinTarget::Mapped(mapped) => Some(*mapped),
        JoinTarget::Item(_) => None,
    }
}

/// The classes with further criteria whose columns an expression names, where it does not tell by itself.
fn classes_within(orm: &Orm, options: &[LoaderOption], expr: &Expr) -> Vec<Mapped> {
    let items = expr.from_items();
    let mut found = Vec::new();
    for criteria in options.iter().filter_map(|option| option.criteria.as_ref()) {
        for (mapper, _) in &criteria.of {
            let aliases = orm.mappers.aliases.iter().enumerate();
            let aliases = aliases.filter(|(_, alias)| alias.mapper == *mapper && items.contains(&alias.item));
            for mapped in aliases.map(|(at, _)| Mapped { mapper: *mapper, alias: u32::try_from(at).ok() }) {
                found.push(mapped);
            }
            let place = orm.mappers.get(*mapper);
            if place.inherits.is_none() && items.contains(&FromItem::from(&place.table)) {
                found.push(Mapped::from(*mapper));
            }
        }
    }
    found
}

/// What limits the rows of tables that classes share to those of the queried classes. A class that is joined to is
/// limited by the join's condition.
fn limits(orm: &Orm, query: &Query) -> Result<Vec<Expr>> {
    let mut classes: Vec<Mapped> = Vec::new();
    if query.own_tables || query.limited {
        return Ok(Vec::new());
    }
    for entity in &query.entities {
        match entity {
            Entity::Mapped(mapped) | Entity::Attribute(mapped, _) => classes.push(*mapped),
            Entity::Expr(expr) => {
                classes.extend(classes_of(expr));
                // A column by itself is a table's: a class's is an attribute.
                let bare = matches!(expr.kind(), ExprKind::Column(_));
                if !bare && query.options.iter().any(|option| option.criteria.is_some()) {
                    classes.extend(classes_within(orm, &query.options, expr));
                }
            }
        }
    }
    classes.extend(&query.select_from);
    let profile = orm.profile;
    let by_from =
        profile.has(Behaviour::JoinFromLimitsLeft) || profile.has(Behaviour::JoinFromLimitsLeftIn14);
    for join in &query.joins {
        match (&join.target, &join.left) {
            (JoinTarget::Relationship { from, .. }, _) if profile.has(Behaviour::JoinsLimitLeft) => {
                classes.push(*from);
            }
            (JoinTarget::Mapped(_), Some(JoinLeft::Mapped(from))) if by_from => classes.push(*from),
            _ => {}
        }
    }
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
            let adapter = Adapter::of(orm, *mapped);
            found.extend(criteria(orm, &query.options, *mapped, &adapter, false)?);
            if !query.within.as_ref().is_some_and(|within| within.limited) {
                found.extend(limit(orm, mapped.mapper, &adapter)?);
            }
        }
    }
    Ok(found)
}
