//! Relationships that are loaded for all objects of a query once its rows are read.

use super::Item;
use super::adapt::{Adapter, Sides, join_conditions, key_of};
use super::lazy::load_relationship;
use super::options::LoaderOption;
use super::query::{Entity, Query, any_of};
use super::rows::Later;
use crate::attr::{self, NewValue};
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::map::{Direction, Key, Lazy, Mapped, Relationship};
use crate::schema::Column;
use crate::session::SessionId;
use crate::sql::Expr;
use crate::state::{ObjRef, Slot};
use crate::value::Value;
use crate::version::Behaviour;
use std::rc::Rc;

/// How many keys one `IN` has.
const CHUNK: usize = 500;

/// Loads what the rows of a query left for later.
pub(super) fn load_all(
    cx: &mut Cx<'_>,
    session: SessionId,
    mut later: Vec<Later>,
    options: &[LoaderOption],
) -> Result<()> {
    if !cx.orm.profile.has(Behaviour::ImmediateInOrder) {
        later.sort_by_key(|later| later.lazy != Lazy::Immediate);
    }
    for load in later {
        match load.lazy {
            Lazy::Immediate => one_by_one(cx, &load)?,
            _ if load.single => one_by_one(cx, &load)?,
            Lazy::Selectin => selectin(cx, session, &load, options)?,
            Lazy::Subquery => return Err(Error::unsupported("eager loading by subquery")),
            _ => {}
        }
    }
    Ok(())
}

fn one_by_one(cx: &mut Cx<'_>, load: &Later) -> Result<()> {
    for object in &load.objects {
        if !attr::is_loaded(cx.orm, object.id(), &load.relationship.key) {
            load_relationship(cx, object.id(), &load.relationship.key)?;
        }
    }
    Ok(())
}

/// The object's value of a column, where it is loaded.
fn loaded(cx: &Cx<'_>, object: &ObjRef, key: &str) -> Option<Value> {
    match cx.orm.states.get(object.id()).dict.get(key) {
        Some(Slot::Value(value)) => Some(value.clone()),
        _ => None,
    }
}

fn selectin(cx: &mut Cx<'_>, session: SessionId, load: &Later, options: &[LoaderOption]) -> Result<()> {
    let relationship = &load.relationship;
    let resolved = relationship.resolved();
    let direct = resolved.secondary.is_none()
        && resolved.synchronize_pairs.len() == 1
        && resolved.local_remote_pairs.len() == 1
        && matches!(resolved.primaryjoin.kind(), crate::sql::ExprKind::Binary { .. });
    let (local, remote) = match resolved.local_remote_pairs.first() {
        Some((local, remote)) if direct => (local.clone(), Some(remote.clone())),
        _ => {
            let primary_key = &cx.orm.mappers.get(relationship.parent).primary_key;
            match &primary_key[..] {
                [column] => (column.clone(), None),
                _ => return Err(Error::unsupported("selectin loading by a key of several columns")),
            }
        }
    };
    let local_key = key_of(cx.orm, relationship.parent, &local)?;
    let mut wanted: Vec<(ObjRef, Value)> = Vec::new();
    for object in &load.objects {
        let value = loaded(cx, object, &local_key).unwrap_or(Value::Null);
        wanted.push((object.clone(), value));
    }
    let many_to_one = resolved.direction == Direction::ManyToOne && remote.is_some();
    if many_to_one {
        // A parent without a foreign key has no row to look for.
        for (object, _) in wanted.iter().filter(|(_, value)| value.is_null()) {
            give(cx, relationship, object, Vec::new())?;
        }
        wanted.retain(|(_, value)| !value.is_null());
    }
    for chunk in wanted.chunks(CHUNK) {
        let mut values: Vec<Value> = Vec::new();
        for (_, value) in chunk {
            if !many_to_one || !values.contains(value) {
                values.push(value.clone());
            }
        }
        let query = match &remote {
            Some(remote) => direct_query(cx, load, options, remote, values, many_to_one)?,
            None => joined_query(cx, load, options, &local, values)?,
        };
        let rows = query.run(cx, session)?;
        let mut found: Vec<(Value, ObjRef)> = Vec::new();
        for row in rows.rows {
            let mut value = None;
            let mut object = None;
            for item in row {
                match item {
                    Item::Value(item) => value = Some(item),
                    Item::Object(item) => object = item,
                }
            }
            let Some(object) = object else { continue };
            let value = match (value, &remote) {
                (Some(value), _) => value,
                (None, Some(remote)) => {
                    let key = key_of(cx.orm, resolved.target, remote)?;
                    loaded(cx, &object, &key).unwrap_or(Value::Null)
                }
                (None, None) => continue,
            };
            found.push((value, object));
        }
        for (parent, value) in chunk {
            let related =
                found.iter().filter(|(of, _)| of == value).map(|(_, object)| object.clone()).collect();
            give(cx, relationship, parent, related)?;
        }
    }
    Ok(())
}

fn give(cx: &mut Cx<'_>, relationship: &Relationship, parent: &ObjRef, related: Vec<ObjRef>) -> Result<()> {
    let value = if relationship.resolved().uselist {
        NewValue::Many(related)
    } else {
        NewValue::One(related.into_iter().next())
    };
    attr::set_committed(cx, parent.id(), &relationship.key, value)
}

fn prepare(query: &mut Query, load: &Later, options: &[LoaderOption]) {
    let relationship = &load.relationship;
    query.path.clone_from(&load.path);
    query.path.push((relationship.parent, Rc::clone(&relationship.key)));
    query.options = options.to_vec();
    query.order_by.clone_from(&relationship.resolved().order_by);
    query.autoflush = false;
}

fn tag(load: &Later) -> String {
    format!("selectin {:?} {:?} {}", load.path, load.relationship.parent, load.relationship.key)
}

/// `SELECT … FROM address WHERE address.user_id IN (…)`
fn direct_query(
    cx: &Cx<'_>,
    load: &Later,
    options: &[LoaderOption],
    remote: &Column,
    values: Vec<Value>,
    many_to_one: bool,
) -> Result<Query> {
    let target = load.relationship.resolved().target;
    let mut query = Query::loader(target, &tag(load));
    prepare(&mut query, load, options);
    if !many_to_one {
        let key: Key = key_of(cx.orm, target, remote)?;
        query.entities.insert(0, Entity::Attribute(Mapped::from(target), key));
    }
    query.criteria.push(any_of(&Expr::column(remote), values)?);
    Ok(query)
}

/// `SELECT post_1.id, … FROM post AS post_1 JOIN … JOIN tag ON … WHERE post_1.id IN (…)`
fn joined_query(
    cx: &mut Cx<'_>,
    load: &Later,
    options: &[LoaderOption],
    local: &Column,
    values: Vec<Value>,
) -> Result<Query> {
    let relationship = &load.relationship;
    let resolved = relationship.resolved();
    let parent = super::adapt::alias(cx, relationship.parent, None);
    let mut query = Query::loader(resolved.target, &tag(load));
    prepare(&mut query, load, options);
    let sides =
        Sides { parent: &Adapter::of(cx.orm, parent), target: &Adapter::Plain, secondary: &Adapter::Plain };
    join_conditions(cx.orm, relationship.parent, resolved, &sides)?;
    let local_key = key_of(cx.orm, relationship.parent, local)?;
    query.entities.insert(0, Entity::Attribute(parent, local_key));
    query.joins.push(super::Join {
        target: super::JoinTarget::Relationship { from: parent, key: Rc::clone(&relationship.key), to: None },
        on: super::OnClause::Inferred,
        outer: false,
        full: false,
    });
    let column = Adapter::of(cx.orm, parent).column(local)?;
    query.criteria.push(any_of(&column, values)?);
    Ok(query)
}
