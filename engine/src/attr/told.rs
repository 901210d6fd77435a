//! What listeners are told of changes to attributes, and what they have set instead.

use super::candidate::Candidate;
use super::events::Initiator;
use crate::error::{Error, Result};
use crate::event::{self, Answer, Before, Happening, Stage};
use crate::host::Cx;
use crate::map::{ColumnProperty, Key, Relationship};
use crate::state::{ObjRef, Original, Slot, StateId};
use crate::value::Value;

fn object(cx: &Cx<'_>, id: StateId) -> Result<ObjRef> {
    cx.orm.states.upgrade(id).ok_or_else(|| Error::unsupported("telling of an object that is gone"))
}

/// A column attribute is being set: the value that it gets.
pub(super) fn setting(
    cx: &mut Cx<'_>,
    id: StateId,
    property: &ColumnProperty,
    value: Value,
) -> Result<Value> {
    if !event::is_heard(cx.orm, "set") {
        return Ok(value);
    }
    let object = object(cx, id)?;
    let key = property.key.clone();
    let old = cx.orm.states.get(id).dict.get(&key).cloned().map_or(Before::NoValue, Before::Is);
    let by = Initiator::of_column(cx.orm.states.get(id).mapper, &key);
    let told = Happening::Set { object, key, value: Some(Slot::Value(value.clone())), old, by };
    match event::tell(cx, "set", told)? {
        Some(Answer::Value(Slot::Value(instead))) => Ok(instead),
        Some(_) => Err(Error::unsupported("a listener that sets a column to a mapped object")),
        None => Ok(value),
    }
}

/// What a column attribute that has no value is read as: nothing, unless a listener says otherwise.
pub(super) fn nothing(cx: &mut Cx<'_>, id: StateId, key: &Key) -> Result<Slot> {
    if event::is_heard(cx.orm, "init_scalar") {
        let object = object(cx, id)?;
        let told = Happening::Attribute { object, key: key.clone(), by: None };
        if let Some(Answer::Value(instead)) = event::tell(cx, "init_scalar", told)? {
            return Ok(instead);
        }
    }
    Ok(Slot::Value(Value::Null))
}

/// A column attribute is being deleted.
pub(super) fn removing(cx: &mut Cx<'_>, id: StateId, property: &ColumnProperty) -> Result<()> {
    if !event::is_heard(cx.orm, "remove") {
        return Ok(());
    }
    let object = object(cx, id)?;
    let key = property.key.clone();
    let old = cx.orm.states.get(id).dict.get(&key).cloned().map_or(Before::NoValue, Before::Is);
    let by = Initiator::of_column(cx.orm.states.get(id).mapper, &key);
    event::tell(cx, "remove", Happening::Set { object, key, value: None, old, by }).map(drop)
}

/// A member comes into a collection, or leaves it.
pub(super) fn member(
    cx: &mut Cx<'_>,
    name: &str,
    owner: StateId,
    relationship: &Relationship,
    item: &ObjRef,
    by: &Initiator,
    stage: Stage,
) -> Result<()> {
    if !event::is_heard(cx.orm, name) {
        return Ok(());
    }
    let told = Happening::Member {
        object: object(cx, owner)?,
        key: relationship.key.clone(),
        item: item.clone(),
        by: by.clone(),
    };
    match event::tell_some(cx, name, told, Some(stage))? {
        Some(Answer::Value(Slot::One(Some(same)))) if same == *item => Ok(()),
        None => Ok(()),
        Some(_) => Err(Error::unsupported("a listener that puts another object into a collection")),
    }
}

/// A scalar relationship is being set.
pub(super) fn one(
    cx: &mut Cx<'_>,
    owner: StateId,
    relationship: &Relationship,
    new: Option<&ObjRef>,
    previous: &Original,
    by: &Initiator,
    stage: Stage,
) -> Result<()> {
    if !event::is_heard(cx.orm, "set") {
        return Ok(());
    }
    let old = match previous {
        Original::Unloaded => Before::Unknown,
        Original::One(old) => Before::Is(Slot::One(old.clone())),
        _ => Before::NoValue,
    };
    let told = Happening::Set {
        object: object(cx, owner)?,
        key: relationship.key.clone(),
        value: Some(Slot::One(new.cloned())),
        old,
        by: by.clone(),
    };
    match event::tell_some(cx, "set", told, Some(stage))? {
        Some(Answer::Value(Slot::One(same))) if same.as_ref() == new => Ok(()),
        None => Ok(()),
        Some(_) => Err(Error::unsupported("a listener that sets a relationship to another object")),
    }
}

/// The object of a scalar relationship leaves, since the attribute is deleted.
pub(super) fn left(
    cx: &mut Cx<'_>,
    owner: StateId,
    relationship: &Relationship,
    old: &ObjRef,
    by: &Initiator,
) -> Result<()> {
    if !event::is_heard(cx.orm, "remove") {
        return Ok(());
    }
    let told = Happening::Set {
        object: object(cx, owner)?,
        key: relationship.key.clone(),
        value: None,
        old: Before::Is(Slot::One(Some(old.clone()))),
        by: by.clone(),
    };
    event::tell(cx, "remove", told).map(drop)
}

/// A collection is being replaced: the members that it gets.
pub(super) fn replacing(
    cx: &mut Cx<'_>,
    owner: StateId,
    relationship: &Relationship,
    items: Vec<Candidate>,
) -> Result<Vec<Candidate>> {
    if !event::is_heard(cx.orm, "bulk_replace") {
        return Ok(items);
    }
    let members = items.into_iter().map(Candidate::member).collect::<Result<Vec<_>>>()?;
    let told = Happening::Bulk {
        object: object(cx, owner)?,
        key: relationship.key.clone(),
        items: members.clone(),
        by: Initiator::bulk(cx.orm, owner, relationship),
    };
    let members = match event::tell(cx, "bulk_replace", told)? {
        Some(Answer::Members(members)) => members,
        _ => members,
    };
    Ok(members.into_iter().map(Candidate::from).collect())
}
