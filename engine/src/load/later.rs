//! Relationships that are loaded for all objects of a query once its rows are read.

use super::adapt::{
    Adapter, Sides, alias_of, join_conditions, key_of, marked_columns, selectable, target_tables,
};
use super::lazy::load_at_once;
use super::options::{LoaderOption, Path, Recursion, Strategy, criteria, refined};
use super::polymorphic::{along, apart, apart_whole, between_apart, limit, limited, tables};
use super::query::{Entity, Purpose, Query, Style, any_of, root_name};
use super::rows::Later;
use super::{Item, Rows};
use crate::attr::{self, NewValue};
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::map::{Direction, Key, Lazy, Mapped, MapperId, Property, Relationship};
use crate::schema::Column;
use crate::session::{self, SessionId};
use crate::sql::{Alias, Expr, ExprKind, FromItem};
use crate::state::{ObjRef, Slot};
use crate::value::Value;
use crate::version::Behaviour;
use std::cmp::Ordering;
use std::rc::Rc;

/// How deep immediate loads may lead to one another.
const MAX_LOADS_WITHIN: usize = 30;

/// How many levels a load that goes on along one relationship may have.
const MAX_RECURSION: usize = 100;

/// How many keys one `IN` has.
const CHUNK: usize = 500;

/// Does one of the loads that a query's rows left for later.
pub(super) fn load(cx: &mut Cx<'_>, session: SessionId, load: &Later, query: &Query) -> Result<()> {
    // It flushes first, as a query does, whatever the one before did.
    let was = session::leave_unflushed(cx.orm, session, false);
    let loaded = match load.lazy {
        Lazy::Immediate => one_by_one(cx, session, load),
        _ if load.single => one_by_one(cx, session, load),
        Lazy::Selectin => selectin(cx, session, load, &query.options),
        Lazy::Subquery => subquery(cx, session, load, query)
            .and_then(|brought| load.objects.iter().try_for_each(|object| brought.give(cx, load, object))),
        _ => Ok(()),
    };
    session::leave_unflushed(cx.orm, session, was);
    loaded
}

/// Loads a relationship for each object by itself, as its access would.
pub(super) fn one_by_one(cx: &mut Cx<'_>, session: SessionId, load: &Later) -> Result<()> {
    if cx.orm.loads_within >= MAX_LOADS_WITHIN {
        return Err(Error::unsupported("immediate loads that lead to one another without end"));
    }
    cx.orm.loads_within += 1;
    let path = cx.orm.profile.has(Behaviour::ImmediateInOrder).then(|| {
        let step = (load.relationship.parent, Rc::clone(&load.relationship.key));
        let mut path = [&load.prior[..], &load.path, &[step]].concat();
        // A load without end does not make its path longer and longer.
        while load.recursion == Some(Recursion::Endless)
            && path.len() > 2
            && path[path.len() - 3..].windows(2).all(|pair| pair[0] == pair[1])
        {
            path.pop();
        }
        path
    });
    let was = session::leave_unflushed(cx.orm, session, false);
    let mut loaded = Ok(());
    for object in &load.objects {
        // What the rows fill is asked for although it is there: a key of nothing but nulls takes it away.
        let asks = path.is_some() && load.lazy == Lazy::Immediate && !load.kept.contains(&object.id());
        if asks || !attr::is_loaded(cx.orm, object.id(), &load.relationship.key) {
            let by = (path.clone(), &load.root);
            loaded = load_at_once(cx, object.id(), &load.relationship.key, by, load.returns).map(drop);
            if loaded.is_err() {
                break;
            }
        }
    }
    session::leave_unflushed(cx.orm, session, was);
    cx.orm.loads_within -= 1;
    loaded
}

/// The object's value of a column, where it is loaded.
pub(super) fn loaded(cx: &Cx<'_>, object: &ObjRef, key: &str) -> Option<Value> {
    match cx.orm.states.get(object.id()).dict.get(key) {
        Some(Slot::Value(value)) => Some(value.clone()),
        _ => None,
    }
}

fn selectin(cx: &mut Cx<'_>, session: SessionId, load: &Later, options: &[LoaderOption]) -> Result<()> {
    if load.recursion.is_none() {
        return selectin_once(cx, session, load, options);
    }
    if cx.orm.loads_within >= MAX_RECURSION {
        return Err(Error::unsupported(format!("recursive loads of more than {MAX_RECURSION} levels")));
    }
    cx.orm.loads_within += 1;
    let loaded = selectin_once(cx, session, load, options);
    cx.orm.loads_within -= 1;
    loaded
}

fn selectin_once(cx: &mut Cx<'_>, session: SessionId, load: &Later, options: &[LoaderOption]) -> Result<()> {
    let relationship = &load.relationship;
    let resolved = relationship.resolved();
    let pairs = &resolved.local_remote_pairs;
    let plain = match resolved.primaryjoin.kind() {
        ExprKind::Binary { left, right, .. } => {
            pairs.len() == 1 && left.as_column().is_some() && right.as_column().is_some()
        }
        _ => pairs.len() > 1,
    };
    let joined = match resolved.direction {
        Direction::OneToMany => cx.orm.profile.has(Behaviour::SelectinJoinsParent),
        Direction::ManyToOne => cx.orm.profile.has(Behaviour::SelectinJoinsForManyToOne),
        Direction::ManyToMany => true,
    };
    let hangs_on_key = {
        let parent = cx.orm.mappers.get(relationship.parent);
        pairs.len() == parent.primary_key.len()
            && pairs.iter().all(|(local, _)| parent.primary_key.contains(&parent.base_column(local)))
    };
    let known = match resolved.direction {
        Direction::ManyToOne => has_all(cx, load, pairs)?,
        Direction::OneToMany | Direction::ManyToMany => hangs_on_key,
    };
    let direct = !joined
        && known
        && (resolved.alias.is_none() || resolved.direction == Direction::OneToMany)
        && resolved.secondary.is_none()
        && resolved.synchronize_pairs.len() == pairs.len()
        && plain;
    let (locals, remotes): (Vec<Column>, Option<Vec<Column>>) = if direct {
        let mut pairs = pairs.clone();
        if resolved.direction == Direction::OneToMany {
            let parent = cx.orm.mappers.get(relationship.parent);
            let place =
                |local: &Column| parent.primary_key.iter().position(|own| *own == parent.base_column(local));
            pairs.sort_by_key(|(local, _)| place(local));
        }
        let (locals, remotes) = pairs.into_iter().unzip();
        (locals, Some(remotes))
    } else {
        (cx.orm.mappers.get(relationship.parent).primary_key.clone(), None)
    };
    let mut local_keys = Vec::with_capacity(locals.len());
    for local in &locals {
        local_keys.push(key_of(cx.orm, relationship.parent, local)?);
    }
    let mut wanted: Vec<(ObjRef, Vec<Value>)> = Vec::new();
    let many_to_one = resolved.direction == Direction::ManyToOne && remotes.is_some();
    for object in &load.objects {
        let value = local_keys.iter().map(|key| loaded(cx, object, key).unwrap_or(Value::Null)).collect();
        // A key that was set and not flushed is not yet the row's.
        let own = cx.orm.states.get(object.id()).key.as_ref().filter(|_| !many_to_one);
        wanted.push((object.clone(), own.map_or(value, |key| key.values.clone())));
    }
    let lacks = |value: &[Value]| value.iter().any(Value::is_null);
    if many_to_one {
        // A parent without a foreign key has no row to look for.
        for (object, _) in wanted.iter().filter(|(_, value)| lacks(value)) {
            give(cx, load, object, Vec::new())?;
        }
        wanted.retain(|(_, value)| !lacks(value));
    }
    if many_to_one && cx.orm.profile.has(Behaviour::SelectinKeysSorted) {
        wanted.sort_by(|(_, left), (_, right)| in_order(left, right));
    }
    for chunk in wanted.chunks(CHUNK) {
        let mut values: Vec<Vec<Value>> = Vec::new();
        for (_, value) in chunk {
            if !many_to_one || !values.contains(value) {
                values.push(value.clone());
            }
        }
        let mut query = match &remotes {
            Some(remotes) => direct_query(cx, load, options, remotes, values, many_to_one)?,
            None => joined_query(cx, load, options, &locals, values)?,
        };
        query.follows = true;
        query.repeats = !cx.orm.profile.has(Behaviour::SelectinUnique);
        let rows = query.run(cx, session)?;
        let found = related(cx, load, remotes.as_deref(), rows)?;
        for (parent, value) in chunk {
            give(cx, load, parent, of_value(&found, value))?;
        }
    }
    Ok(())
}

/// Whether all objects have what they are related by.
fn has_all(cx: &Cx<'_>, load: &Later, pairs: &[(Column, Column)]) -> Result<bool> {
    for (local, _) in pairs {
        let key = key_of(cx.orm, load.relationship.parent, local)?;
        if load.objects.iter().any(|object| loaded(cx, object, &key).is_none()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The order of keys, where they have one.
fn in_order(left: &[Value], right: &[Value]) -> Ordering {
    let pairs = left.iter().zip(right);
    pairs
        .map(|(left, right)| one_in_order(left, right))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn one_in_order(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => left.cmp(right),
        (Value::Text(left), Value::Text(right)) => left.cmp(right),
        (Value::Bytes(left), Value::Bytes(right)) => left.cmp(right),
        (Value::Float(left), Value::Float(right)) => left.total_cmp(right),
        _ => Ordering::Equal,
    }
}

/// `column IN (…)`, or of several columns, `(a, b) IN (VALUES …)`.
fn any_of_rows(columns: &[Expr], values: Vec<Vec<Value>>) -> Result<Expr> {
    let values: Vec<Value> = values.into_iter().flatten().collect();
    match columns {
        [column] => any_of(column, values),
        _ => Ok(Expr::any_row(columns, values)),
    }
}

/// The objects of these rows, each with the value that says which parent it belongs to.
fn related(
    cx: &Cx<'_>,
    load: &Later,
    remotes: Option<&[Column]>,
    rows: Rows,
) -> Result<Vec<(Vec<Value>, ObjRef)>> {
    let relationship = &load.relationship;
    let mut found: Vec<(Vec<Value>, ObjRef)> = Vec::new();
    for row in rows.rows {
        let mut value = Vec::new();
        let mut object = None;
        for item in row {
            match item {
                Item::Value(item) => value.push(item),
                Item::Object(item) => object = item,
            }
        }
        let Some(object) = object else { continue };
        if value.is_empty() {
            let Some(remotes) = remotes else { continue };
            for remote in remotes {
                let key = key_of(cx.orm, relationship.resolved().target, remote)?;
                value.push(loaded(cx, &object, &key).unwrap_or(Value::Null));
            }
        }
        found.push((value, object));
    }
    Ok(found)
}

fn of_value(found: &[(Vec<Value>, ObjRef)], value: &[Value]) -> Vec<ObjRef> {
    found.iter().filter(|(of, _)| of == value).map(|(_, object)| object.clone()).collect()
}

/// What a load by subquery has brought for all objects of a query.
#[derive(Debug)]
pub(super) struct Brought {
    found: Vec<(Vec<Value>, ObjRef)>,
}

impl Brought {
    /// Gives an object what is its own.
    pub(super) fn give(&self, cx: &mut Cx<'_>, load: &Later, object: &ObjRef) -> Result<()> {
        let own = load.given.get(&object.id()).map_or(&[][..], Vec::as_slice);
        give(cx, load, object, of_value(&self.found, own))
    }
}

/// The columns of a relationship's own side.
fn locals_of(cx: &Cx<'_>, relationship: &Relationship) -> Vec<Column> {
    let mut locals: Vec<Column> = Vec::new();
    let mapper = cx.orm.mappers.get(relationship.parent);
    for (column, is_remote) in marked_columns(&relationship.resolved().primaryjoin) {
        if !is_remote && mapper.has_column(&column) && !locals.contains(&column) {
            locals.push(column);
        }
    }
    locals
}

/// The attributes that those stand for.
pub(super) fn local_keys(cx: &Cx<'_>, relationship: &Relationship) -> Result<Vec<Key>> {
    let locals = locals_of(cx, relationship);
    locals.iter().map(|local| key_of(cx.orm, relationship.parent, local)).collect()
}

/// Joins a relationship's class, written as `target` says.
fn join_along(
    cx: &Cx<'_>,
    from: FromItem,
    parent: &Adapter,
    relationship: &Relationship,
    (class, item, target): (MapperId, FromItem, &Adapter),
    (options, refined): (&[LoaderOption], &[Expr]),
) -> Result<FromItem> {
    let mut further = refined.to_vec();
    further.extend(criteria(cx.orm, options, Mapped::from(class), target, true)?);
    let resolved = relationship.resolved();
    let between = resolved.secondary.as_ref().map(between_apart);
    let secondary = between.as_ref().map_or(&Adapter::Plain, |(_, adapter)| adapter);
    let sides = Sides { parent, target, secondary };
    let (primary, secondary) = join_conditions(cx.orm, relationship.parent, resolved, &sides)?;
    let limited = |on| limited(cx.orm, class, target, further.clone(), on);
    Ok(match (&between, secondary) {
        (Some((between, _)), Some(secondary)) => {
            from.join(between.clone(), primary, false).join(item, limited(secondary)?, false)
        }
        _ => from.join(item, limited(primary)?, false),
    })
}

/// `SELECT …, anon_1.user_id FROM (SELECT user.id …) AS anon_1 JOIN address ON …`: the query again, for its keys
/// alone, joined to what is related; where the path has more steps, by way of those.
pub(super) fn subquery(cx: &mut Cx<'_>, session: SessionId, load: &Later, query: &Query) -> Result<Brought> {
    let relationship = &load.relationship;
    let resolved = relationship.resolved();
    // Its path begins with the query that it asks again: what led to that one is nothing to options and to the steps
    // of loads below.
    let (origin, before) = match &query.origin {
        Some(origin) => (Rc::clone(origin), 0),
        None => (Rc::new(query.clone()), query.path.len()),
    };
    let steps: Option<Vec<Rc<Relationship>>> = load.path.get(before..).and_then(|steps| {
        steps.iter().map(|(mapper, key)| cx.orm.mappers.relationship(*mapper, key)).collect()
    });
    let Some(steps) = steps else {
        return Err(Error::unsupported("eager loading by subquery of what no path leads to"));
    };
    let place = &cx.orm.mappers.get(resolved.target).hierarchy;
    if place.union.is_some() && place.reads.is_none() && cx.orm.profile.has(Behaviour::UnionJoinedApart) {
        return Err(Error::unsupported("subqueryload() of concrete classes in this release"));
    }
    let first = steps.first().unwrap_or(relationship);
    let root = origin.entities.iter().find_map(|entity| match entity {
        Entity::Mapped(mapped) if cx.orm.mappers.is_a(mapped.mapper, first.parent) => Some(*mapped),
        Entity::Mapped(mapped) if along(cx.orm, *mapped).contains(&first.parent) => Some(*mapped),
        _ => None,
    });
    let Some(root) = root else {
        return Err(Error::unsupported("eager loading by subquery of a class that is not queried"));
    };
    let given = locals_of(cx, first);
    let mut inner = Query::clone(&origin);
    inner.style = Style::Legacy;
    inner.entities = Vec::with_capacity(given.len());
    let own = cx.orm.mappers.is_a(root.mapper, first.parent);
    // What a class has from one above it is selected as that one has it.
    let keyed = if root.alias.is_none() { Mapped::from(first.parent) } else { root };
    for local in &given {
        inner.entities.push(if own {
            Entity::Attribute(keyed, key_of(cx.orm, first.parent, local)?)
        } else {
            Entity::Expr(Adapter::of(cx.orm, root).column(local)?)
        });
    }
    if !own {
        let alias = root.alias.and_then(|alias| alias_of(cx.orm, alias as usize));
        let apart = alias.is_some_and(|alias| !alias.tables.is_empty());
        let limits = match alias {
            Some(_) => !(apart && cx.orm.profile.has(Behaviour::PolymorphicPartsUnlimited)),
            None => cx.orm.profile.has(Behaviour::SubclassSubqueryLimited),
        };
        if limits {
            inner.criteria.extend(limit(cx.orm, first.parent, &Adapter::of(cx.orm, root))?);
        }
    }
    if inner.within.is_none() && inner.select_from.is_empty() && inner.joins.is_empty() {
        inner.add_class(root);
    } else if keyed.mapper != root.mapper && own {
        inner.criteria.extend(limit(cx.orm, root.mapper, &Adapter::of(cx.orm, root))?);
    }
    inner.options.retain(|option| option.criteria.is_some());
    let mapper = cx.orm.mappers.get(first.parent);
    let base: Vec<Column> = given.iter().map(|local| mapper.base_column(local)).collect();
    // A subquery of several tables has a key of them all.
    let of_several = root
        .alias
        .and_then(|alias| alias_of(cx.orm, alias as usize))
        .is_some_and(|alias| alias.tables.len() == 1 && tables(cx.orm, root).len() > 1);
    inner.distinct |= of_several || !mapper.primary_key.iter().all(|column| base.contains(column));
    if inner.limit.is_none() && inner.offset.is_none() {
        inner.order_by.clear();
    }
    inner.distinct_orders = true;
    let alias = Alias::of_select(inner.select_without_eager(cx)?, None);
    let columns: Rc<[Expr]> = alias.columns().into();
    let plain = Adapter::of(cx.orm, root);
    let mut parent = Adapter::Wrapped {
        selected: given.iter().map(|local| plain.column(local)).collect::<Result<Rc<[Expr]>>>()?,
        columns: Rc::clone(&columns),
        inner: Box::new(plain),
    };
    let mut from = FromItem::from(&alias);
    let mut class = relationship.parent;
    for (at, step) in steps.iter().enumerate() {
        // The last of them is the class that has the relationship, or one below it, as one element.
        let is_last = at + 1 == steps.len();
        let entity = step.resolved().entity();
        let reached = step.resolved().target;
        class = if is_last && !cx.orm.mappers.is_a(reached, relationship.parent) {
            relationship.parent
        } else {
            reached
        };
        let (item, adapter) = if is_last && entity.alias.is_none() {
            apart_whole(cx.orm, class)
        } else {
            apart(cx.orm, entity)
        };
        from = join_along(cx, from, &parent, step, (class, item, &adapter), (&query.options, &[]))?;
        parent = adapter;
    }
    let to = load.of_type.unwrap_or_else(|| resolved.entity());
    let target = Adapter::of(cx.orm, to);
    let end = (to.mapper, selectable(cx.orm, to), &target);
    let own = refined(cx.orm, &query.options, &load.path, relationship, &target)?;
    from = join_along(cx, from, &parent, relationship, end, (&query.options, &own))?;
    let selects = selects_from(cx, &origin);
    let mut outer = Query::loader(resolved.entity(), &format!("subquery {:?} {selects}", load.root));
    prepare(cx, &mut outer, load, &query.options)?;
    outer.path.drain(..before);
    outer.prior = Vec::new();
    if resolved.alias.is_some() {
        let own = target_tables(cx.orm, resolved);
        for expr in &mut outer.order_by {
            *expr = target.adapt_all(expr, &own)?;
        }
    }
    outer.style = Style::Legacy;
    outer.origin = Some(origin);
    outer.limited = true;
    // What follows the query that it belongs to follows it, too.
    outer.follows = query.follows && cx.orm.profile.has(Behaviour::SubqueryLoadsFollow);
    let mut keys = Vec::new();
    for local in &locals_of(cx, relationship) {
        let key = key_of(cx.orm, relationship.parent, local)?;
        let own = match cx.orm.mappers.get(class).properties.get(&key) {
            Some(Property::Column(property)) => property.columns.first(),
            _ => None,
        };
        keys.push(parent.column(own.unwrap_or(local))?);
    }
    if cx.orm.profile.has(Behaviour::SubqueryOrdered) {
        outer.order_by.splice(..0, keys.iter().cloned());
    }
    outer.entities.extend(keys.into_iter().map(Entity::Expr));
    outer.from_items = vec![from];
    let rows = outer.run(cx, session)?;
    Ok(Brought { found: related(cx, load, None, rows)? })
}

/// What the query that a subquery asks again selects from, as the statement cache knows it: what the program said, or the
/// classes that it queries.
fn selects_from(cx: &Cx<'_>, origin: &Query) -> String {
    if !origin.select_from.is_empty() && origin.style == Style::Legacy {
        return "given".to_owned();
    }
    let mut classes: Vec<String> = Vec::new();
    for entity in &origin.entities {
        let (Entity::Mapped(mapped) | Entity::Attribute(mapped, _)) = entity else { continue };
        let class = format!("{:?} {:?}", mapped.mapper, root_name(cx, &Entity::Mapped(*mapped)));
        if !classes.contains(&class) {
            classes.push(class);
        }
    }
    classes.sort_unstable();
    classes.join(", ")
}

fn give(cx: &mut Cx<'_>, load: &Later, parent: &ObjRef, related: Vec<ObjRef>) -> Result<()> {
    let relationship = &load.relationship;
    if load.kept.contains(&parent.id()) {
        return Ok(());
    }
    let value = if relationship.resolved().uselist {
        NewValue::Many(related)
    } else {
        NewValue::One(related.into_iter().next())
    };
    attr::set_committed(cx, parent.id(), &relationship.key, value)
}

fn prepare(cx: &Cx<'_>, query: &mut Query, load: &Later, options: &[LoaderOption]) -> Result<()> {
    let relationship = &load.relationship;
    query.path.clone_from(&load.path);
    let step = (relationship.parent, Rc::clone(&relationship.key));
    if load.recursion.is_none() || query.path.last() != Some(&step) {
        query.path.push(step.clone());
    }
    query.root.clone_from(&load.root);
    query.prior.clone_from(&load.prior);
    query.lineage.clone_from(&load.lineage);
    query.options = options.iter().filter(|option| option.follows()).cloned().collect();
    if let Some(recursion) = load.recursion {
        let path: Path = query.path.iter().cloned().chain([step]).collect();
        query.options.retain(|option| !option.derived || option.path != path);
        let next = recursion.next();
        let strategy = Strategy::Relationship(if next.is_some() { load.lazy } else { Lazy::Select });
        query.options.push(LoaderOption {
            recursion: next,
            derived: true,
            ..LoaderOption::new(path, strategy)
        });
    }
    let resolved = relationship.resolved();
    query.order_by.clone_from(&resolved.order_by);
    query.purpose = Purpose::Relationship;
    query.populate_existing = load.populates;
    if let Some(to) = load.of_type {
        let tables = tables(cx.orm, to);
        let adapter = Adapter::of(cx.orm, to);
        for expr in &mut query.order_by {
            *expr = adapter.adapt_all(expr, &tables)?;
        }
        query.entities = vec![Entity::Mapped(to)];
    }
    Ok(())
}

fn tag(load: &Later) -> String {
    let step = (load.relationship.parent, Rc::clone(&load.relationship.key));
    // A load on access is a step like any other; one that recurs comes from where it came before.
    let mut steps = [&load.prior[..], &load.path].concat();
    if load.recursion.is_some() && load.path.last() == Some(&step) {
        steps.pop();
    }
    format!("selectin {:?} {:?} {steps:?} {:?} {}", load.root, load.lineage, step.0, step.1)
}

/// `SELECT … FROM address WHERE address.user_id IN (…)`
fn direct_query(
    cx: &Cx<'_>,
    load: &Later,
    options: &[LoaderOption],
    remotes: &[Column],
    values: Vec<Vec<Value>>,
    many_to_one: bool,
) -> Result<Query> {
    let target = load.relationship.resolved().target;
    let resolved = load.relationship.resolved();
    let mut query = Query::loader(resolved.entity(), &tag(load));
    prepare(cx, &mut query, load, options)?;
    let target_mapper = cx.orm.mappers.get(target);
    let to = load.of_type.unwrap_or_else(|| resolved.entity());
    let adapter = Adapter::of(cx.orm, to);
    if resolved.alias.is_some() {
        let own = target_tables(cx.orm, resolved);
        for expr in &mut query.order_by {
            *expr = adapter.adapt_all(expr, &own)?;
        }
    }
    let mut columns = remotes.to_vec();
    query.bare = true;
    let reads_union = target_mapper.hierarchy.union.is_some() && target_mapper.hierarchy.reads.is_none();
    let beside = !many_to_one && reads_union && cx.orm.profile.has(Behaviour::SelectinBesideUnion);
    if beside {
        query.select_from.push(to);
        for (place, column) in columns.iter().enumerate() {
            query.entities.insert(place, Entity::Expr(Expr::column(column)));
        }
        let columns: Vec<Expr> = columns.iter().map(Expr::column).collect();
        query.criteria.push(any_of_rows(&columns, values)?);
        query.criteria.extend(refined(cx.orm, options, &load.path, &load.relationship, &adapter)?);
        return Ok(query);
    }
    if !many_to_one {
        for (place, column) in columns.iter().enumerate() {
            let key: Key = key_of(cx.orm, target, column)?;
            query.entities.insert(place, Entity::Attribute(to, key));
            if cx.orm.profile.has(Behaviour::SelectinOrdered) {
                query.order_by.insert(place, adapter.column(column)?);
            }
        }
    } else if target_mapper.is_joined() || !reads_union {
        // The key that tells the objects apart comes before what they are.
        for (place, column) in columns.iter_mut().enumerate() {
            *column = target_mapper.base_column(column);
            query.entities.insert(place, Entity::Expr(adapter.column(column)?));
        }
    }
    let columns = columns.iter().map(|column| adapter.column(column)).collect::<Result<Vec<_>>>()?;
    query.criteria.push(any_of_rows(&columns, values)?);
    query.criteria.extend(refined(cx.orm, options, &load.path, &load.relationship, &adapter)?);
    Ok(query)
}

/// `SELECT post_1.id, … FROM post AS post_1 JOIN … JOIN tag ON … WHERE post_1.id IN (…)`
fn joined_query(
    cx: &mut Cx<'_>,
    load: &Later,
    options: &[LoaderOption],
    locals: &[Column],
    values: Vec<Vec<Value>>,
) -> Result<Query> {
    let relationship = &load.relationship;
    let resolved = relationship.resolved();
    if let [local] = locals {
        let values: Vec<Value> = values.iter().flatten().cloned().collect();
        if let Some(query) = secondary_query(cx, load, options, local, &values)? {
            return Ok(query);
        }
    }
    let parent = super::polymorphic::alias(cx, relationship.parent, None);
    let mut query = Query::loader(resolved.entity(), &tag(load));
    prepare(cx, &mut query, load, options)?;
    let target = Adapter::of(cx.orm, resolved.entity());
    query.bare = true;
    let several = cx.orm.mappers.get(relationship.parent).is_joined();
    for (place, local) in locals.iter().enumerate() {
        let entity = if several {
            Entity::Expr(Adapter::of(cx.orm, parent).column(local)?)
        } else {
            Entity::Attribute(parent, key_of(cx.orm, relationship.parent, local)?)
        };
        query.entities.insert(place, entity);
    }
    let mut join = super::Join::to(super::JoinTarget::Relationship {
        from: parent,
        key: Rc::clone(&relationship.key),
        to: load.of_type,
    });
    join.criteria = refined(cx.orm, options, &load.path, relationship, &target)?;
    query.joins.push(join);
    let adapter = Adapter::of(cx.orm, parent);
    let columns = locals.iter().map(|local| adapter.column(local)).collect::<Result<Vec<_>>>()?;
    if cx.orm.profile.has(Behaviour::SelectinOrdered) {
        query.order_by.splice(0..0, columns.iter().cloned());
    }
    query.criteria.push(any_of_rows(&columns, values)?);
    Ok(query)
}

/// `SELECT post_tag.post_id, … FROM post_tag JOIN tag ON … WHERE post_tag.post_id IN (…)`: where the secondary has
/// the parent's whole key, the parent's own table says nothing more.
fn secondary_query(
    cx: &Cx<'_>,
    load: &Later,
    options: &[LoaderOption],
    local: &Column,
    values: &[Value],
) -> Result<Option<Query>> {
    let resolved = load.relationship.resolved();
    let (Some(secondary), true) = (&resolved.secondary, cx.orm.profile.has(Behaviour::SelectinFromSecondary))
    else {
        return Ok(None);
    };
    let simple = matches!(resolved.primaryjoin.kind(), ExprKind::Binary { .. });
    if !simple || resolved.target == load.relationship.parent || resolved.alias.is_some() {
        return Ok(None);
    }
    let remote = resolved
        .local_remote_pairs
        .iter()
        .find_map(|(from, to)| (from == local && secondary.has_column(to)).then_some(to));
    let sides = Sides { parent: &Adapter::Plain, target: &Adapter::Plain, secondary: &Adapter::Plain };
    let (_, on) = join_conditions(cx.orm, load.relationship.parent, resolved, &sides)?;
    let (Some(remote), Some(on)) = (remote, on) else { return Ok(None) };
    if load.of_type.is_some() {
        return Ok(None);
    }
    let mut query = Query::loader(resolved.target, &tag(load));
    prepare(cx, &mut query, load, options)?;
    query.entities.insert(0, Entity::Expr(Expr::column(remote)));
    let target = selectable(cx.orm, Mapped::from(resolved.target));
    let mut further = refined(cx.orm, options, &load.path, &load.relationship, &Adapter::Plain)?;
    further.extend(criteria(cx.orm, &query.options, Mapped::from(resolved.target), &Adapter::Plain, true)?);
    let on = limited(cx.orm, resolved.target, &Adapter::Plain, further, on)?;
    query.bare = true;
    query.own_tables = true;
    query.from_items = vec![secondary.item.join(target, on, false)];
    query.criteria.push(any_of(&Expr::column(remote), values.to_vec())?);
    Ok(Some(query))
}
