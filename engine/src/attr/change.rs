//! Setting and deleting attributes.

use super::access::{self, Known};
use super::candidate::Candidate;
use super::events::{self, Initiator};
use super::hosted::{self, Cause};
use super::keyed;
use super::told;
use crate::error::{Error, ErrorKind, Result};
use crate::event;
use crate::host::Cx;
use crate::load;
use crate::map::{ColumnProperty, Key, Lazy, Property, Relationship, Shape};
use crate::orm::Orm;
use crate::schema::Column;
use crate::state::{self, Collection, ObjRef, Original, Slot, StateId};
use crate::value::Value;
use crate::version::Behaviour;
use std::rc::Rc;

/// A value to give to an attribute.
#[derive(Debug, Clone)]
pub enum NewValue {
    Value(Value),
    One(Option<ObjRef>),
    /// The members of a collection.
    Many(Vec<ObjRef>),
    /// As `Many`, where some may be `None` or of a wrong kind.
    Members(Vec<Candidate>),
    /// A relationship's collection: the attribute's own one, as after `+=`, changes nothing.
    List(Rc<Collection>),
    /// A host's value that is neither a mapped object, nor `None`, nor such a collection; its type's name.
    Other(String),
}

impl From<&crate::state::ObjRef> for NewValue {
    fn from(object: &crate::state::ObjRef) -> Self {
        NewValue::One(Some(object.clone()))
    }
}

impl From<Vec<crate::state::ObjRef>> for NewValue {
    fn from(objects: Vec<crate::state::ObjRef>) -> Self {
        NewValue::Many(objects)
    }
}

impl<T: Into<Value>> From<T> for NewValue {
    fn from(value: T) -> Self {
        NewValue::Value(value.into())
    }
}

/// Sets an attribute, with all its events: the other side is kept in step.
///
/// For a column attribute give [`NewValue::Value`]; for an unmapped attribute also.
///
/// # Errors
///
/// What the real library raises for a value that does not fit; what loading the old value raises.
pub fn set(cx: &mut Cx<'_>, id: StateId, key: &Key, value: NewValue) -> Result<()> {
    let mapper = cx.orm.states.get(id).mapper;
    match cx.orm.mappers.get(mapper).properties.get(key).cloned() {
        Some(Property::Relationship(relationship)) => {
            crate::map::configure(cx)?;
            if relationship.is_queried() {
                super::queried::set(cx, id, &relationship, value)
            } else if relationship.resolved().uselist {
                set_many(cx, id, &relationship, value)
            } else {
                let object = one(cx, value)?;
                set_one(cx, id, &relationship, object, None, None)
            }
        }
        Some(Property::Column(property)) => {
            let NewValue::Value(value) = value else {
                return Err(Error::unsupported(format!("setting `{key}` to a mapped object")));
            };
            set_column(cx, id, &property, value)
        }
        None if let Some(by) = cx.orm.mappers.left_out_by(mapper, key) => {
            Err(access::left_out(cx.orm, by, key))
        }
        None if super::composite::set(cx, id, key, &value)? => Ok(()),
        None => {
            let slot = match value {
                NewValue::Value(value) => Slot::Value(value),
                NewValue::One(object) => Slot::One(object),
                NewValue::Many(_) | NewValue::Members(_) | NewValue::List(_) | NewValue::Other(_) => {
                    return Err(Error::unsupported(format!("keeping this value in `{key}`")));
                }
            };
            cx.orm.states.get_mut(id).dict.insert(key.clone(), slot);
            Ok(())
        }
    }
}

/// The object that a scalar relationship is set to.
fn one(cx: &Cx<'_>, value: NewValue) -> Result<Option<ObjRef>> {
    let _ = cx;
    match value {
        NewValue::One(object) => Ok(object),
        NewValue::Value(Value::Null) => Ok(None),
        NewValue::Value(value) => Err(events::no_state_error(&value.python_type())),
        NewValue::Many(_) | NewValue::Members(_) => Err(events::no_state_error("list")),
        NewValue::List(_) => Err(events::no_state_error("InstrumentedList")),
        NewValue::Other(name) => Err(events::no_state_error(&name)),
    }
}

/// Whether a change to the column first loads the value that it replaces.
fn keeps_old(orm: &Orm, id: StateId, property: &ColumnProperty) -> bool {
    property.active_history
        || property.columns.first().is_some_and(Column::is_primary_key)
        || is_version(orm, id, property)
        || event::wants_history(orm, orm.states.get(id).mapper, &property.key)
}

/// Sets a column attribute. A flush that copies keys sets them so, too: the change is seen.
pub(crate) fn set_column(
    cx: &mut Cx<'_>,
    id: StateId,
    property: &ColumnProperty,
    value: Value,
) -> Result<()> {
    let key = &property.key;
    let keeps_old = keeps_old(cx.orm, id, property);
    let state = cx.orm.states.get(id);
    if keeps_old && state.expired_attributes.contains(key) && !state.dict.contains_key(key) {
        load::load_columns(cx, id, std::slice::from_ref(key))?;
    }
    let state = cx.orm.states.get(id);
    let previous = match state.dict.get(key) {
        Some(Slot::Value(value)) => Original::Value(value.clone()),
        _ => Original::NoValue,
    };
    let value = told::setting(cx, id, property, value)?;
    events::mark(cx, id, key, previous)?;
    cx.orm.states.get_mut(id).dict.insert(key.clone(), Slot::Value(value));
    Ok(())
}

/// Whether an attribute has the version of the object's row.
fn is_version(orm: &Orm, id: StateId, property: &ColumnProperty) -> bool {
    let version = &orm.mappers.get(orm.states.get(id).mapper).hierarchy.version;
    version.as_ref().is_some_and(|version| property.columns.contains(&version.column))
}

/// Gives a new object what tells its class from others of the hierarchy, as its constructor does first.
///
/// # Errors
///
/// As for [`set`].
pub fn set_class_identity(cx: &mut Cx<'_>, id: StateId) -> Result<()> {
    let mapper = cx.orm.mappers.get(cx.orm.states.get(id).mapper);
    let base = cx.orm.mappers.get(cx.orm.mappers.base(mapper.id));
    let Some(identity) = mapper.polymorphic_identity.clone() else { return Ok(()) };
    let column = mapper.polymorphic_on.as_ref().or(base.polymorphic_on.as_ref());
    let shown = mapper.discriminating().filter(|property| !property.hidden).map(|property| &property.key);
    let key = column.and_then(|column| mapper.key_of(column)).or(shown);
    let Some(Property::Column(property)) = key.and_then(|key| mapper.properties.get(key)).cloned() else {
        return Ok(());
    };
    set_column(cx, id, &property, identity)
}

/// The object that a scalar relationship had, as far as the real library looks: into the identity map for a
/// many-to-one, into the database where no key can tell.
fn old_one(cx: &mut Cx<'_>, id: StateId, relationship: &Rc<Relationship>) -> Result<Known> {
    let deferred = cx.orm.profile.has(Behaviour::DeferredScalarHistory);
    let args = &relationship.args;
    let heard = event::wants_history(cx.orm, cx.orm.states.get(id).mapper, &relationship.key);
    // One that the mapping has load nothing looks only where something listens that wants to know.
    let by_mapping = relationship.resolved().lazy != Lazy::NoLoad
        && (args.active_history || (!relationship.resolved().use_get && !deferred));
    let looks = heard || args.single_parent || by_mapping;
    // What is to be loaded is refused by a relationship that raises, also where the identity map has it.
    let known = if looks
        && load::raises(cx.orm, id, relationship)
        && !access::is_known(cx.orm, id, &relationship.key)
    {
        Known::Unknown
    } else {
        access::peek(cx, id, relationship, true, false)
    };
    if !looks || matches!(known, Known::Is(_)) {
        return Ok(known);
    }
    if !access::has_loader(cx.orm, id, relationship) || access::was_removed(cx.orm, id, &relationship.key) {
        return Ok(Known::Is(None));
    }
    let hooks = Rc::clone(&cx.orm.hooks);
    let was = hooks.unflushed(cx.orm, id, true);
    let loaded = load::load_replaced(cx, id, &relationship.key);
    hooks.unflushed(cx.orm, id, was);
    match loaded? {
        Slot::One(object) => Ok(Known::Is(object)),
        Slot::Value(_) | Slot::Many(_) => Ok(Known::Unknown),
    }
}

/// Sets a scalar relationship. With `only_if`, nothing happens where another object is there.
pub(super) fn set_one(
    cx: &mut Cx<'_>,
    id: StateId,
    relationship: &Rc<Relationship>,
    new: Option<ObjRef>,
    by: Option<&Initiator>,
    only_if: Option<&ObjRef>,
) -> Result<()> {
    let known = old_one(cx, id, relationship)?;
    if let Some(expected) = only_if {
        let differs = match &known {
            Known::Unknown => false,
            Known::NeverSet => true,
            Known::Is(object) => object.as_ref() != Some(expected),
        };
        if differs {
            return Ok(());
        }
    }
    let own = Initiator::replace(cx.orm, id, relationship);
    let by = by.unwrap_or(&own);
    let (old, previous) = match known {
        Known::Unknown => (None, Original::Unloaded),
        Known::NeverSet => (None, Original::NoValue),
        Known::Is(object) => (object.clone(), Original::One(object)),
    };
    events::fire_replace(cx, id, relationship, new.as_ref(), old.as_ref(), previous, by)?;
    cx.orm.states.get_mut(id).dict.insert(relationship.key.clone(), Slot::One(new));
    Ok(())
}

/// Replaces a collection: events for what comes and what goes, none for what stays.
fn set_many(cx: &mut Cx<'_>, id: StateId, relationship: &Rc<Relationship>, value: NewValue) -> Result<()> {
    let key = &relationship.key;
    let new = hosted::new_collection(cx, id, relationship, Vec::new())?;
    let like = new.host.as_ref().map_or(relationship.shape(), |host| host.shape());
    let refuse = |name: &str| {
        let like = match like {
            Shape::List => "list-like",
            Shape::Set => "set-like",
            Shape::Dict => "dict-like",
        };
        Error::new(ErrorKind::TypeError, format!("Incompatible collection type: {name} is not {like}"))
    };
    let items = match value {
        NewValue::Many(items) => items.into_iter().map(Candidate::from).collect(),
        NewValue::Members(items) => items,
        NewValue::List(list) => {
            let state = cx.orm.states.get(id);
            let own = match state.dict.get(key) {
                Some(Slot::Many(own)) => Some(own),
                _ => state.empty.get(key),
            };
            let is_own = own.is_some_and(|own| Rc::ptr_eq(own, &list));
            let members = list.items.borrow().clone();
            let members = members.into_iter().map(Candidate::from).collect::<Vec<Candidate>>();
            if is_own {
                // It is told as a replacement, and is none.
                return told::replacing(cx, id, relationship, members).map(drop);
            }
            members
        }
        NewValue::One(None) | NewValue::Value(Value::Null) => return Err(refuse("None")),
        NewValue::One(Some(object)) => {
            let mapper = cx.orm.states.get(object.id()).mapper;
            return Err(refuse(&cx.orm.mappers.get(mapper).class_name));
        }
        NewValue::Value(value) => return Err(refuse(&value.python_type())),
        NewValue::Other(name) => return Err(refuse(&name)),
    };
    let items = told::replacing(cx, id, relationship, items)?;
    let Slot::Many(old) = access::get(cx, id, key)? else {
        return Err(Error::unsupported(format!("replacing `{key}`, which holds no list")));
    };
    let before = old.items.borrow().clone();
    events::mark_collection(cx, id, key, Some(before.clone()))?;
    let state = cx.orm.states.get_mut(id);
    state.empty.shift_remove(key);
    state.dict.insert(key.clone(), Slot::Many(Rc::clone(&new)));
    old.owner.set(None);
    let by = Initiator::bulk(cx.orm, id, relationship);
    for item in items {
        let item = item.member()?;
        if let (Some(host), Some(object)) = (new.host.clone(), &item) {
            let cause = if before.contains(&item) { Cause::Nothing } else { Cause::By(by.clone()) };
            host.put(cx, object, cause)?;
            continue;
        }
        if relationship.shape() == Shape::Set && new.items.borrow().contains(&item) {
            continue;
        }
        if let Some(object) = &item {
            if relationship.shape() == Shape::Dict {
                keyed::check_new(cx, &new, object, before.contains(&item))?;
            }
            if !before.contains(&item) {
                events::fire_append(cx, id, relationship, object, Some(&by))?;
            }
        }
        match &item {
            Some(object) if relationship.shape() == Shape::Dict => keyed::put_new(cx, &new, object)?,
            None if relationship.shape() == Shape::Dict => {
                return Err(Error::unsupported(format!("`None` in the dictionary `{key}`")));
            }
            _ => new.items.borrow_mut().push(item),
        }
    }
    let items = new.items.borrow().clone();
    let mut stay: Vec<&ObjRef> = Vec::new();
    let mut gone: Vec<&ObjRef> = Vec::new();
    for item in before.iter().flatten() {
        let part = if items.iter().flatten().any(|kept| kept == item) { &mut stay } else { &mut gone };
        if !part.contains(&item) {
            part.push(item);
        }
    }
    // All that comes is there before anything is told of what stays.
    if cx.orm.profile.has(Behaviour::KeptMembersToldAgain) {
        let hooks = Rc::clone(&cx.orm.hooks);
        for item in stay {
            hooks.joined(cx, id, relationship, item, key)?;
        }
    }
    for item in gone {
        events::fire_remove(cx, id, relationship, item, Some(&by))?;
    }
    Ok(())
}

/// `del obj.key`.
///
/// # Errors
///
/// `AttributeError` where it has no value.
pub fn delete(cx: &mut Cx<'_>, id: StateId, key: &Key) -> Result<()> {
    let mapper = cx.orm.states.get(id).mapper;
    let class = cx.orm.mappers.get(mapper).class_name.clone();
    let absent =
        || Error::new(ErrorKind::AttributeError, format!("{class}.{key} object does not have a value"));
    match cx.orm.mappers.get(mapper).properties.get(key).cloned() {
        None if super::composite::delete(cx, id, key)? => Ok(()),
        None => match cx.orm.states.get_mut(id).dict.shift_remove(key) {
            Some(_) => Ok(()),
            None => Err(Error::new(
                ErrorKind::AttributeError,
                format!("'{class}' object has no attribute '{key}'"),
            )),
        },
        Some(Property::Column(property)) => {
            let state = cx.orm.states.get(id);
            let is_behind = state.key.is_some() || state.expired_attributes.contains(key);
            if is_behind && keeps_old(cx.orm, id, &property) {
                access::get(cx, id, key)?;
            }
            told::removing(cx, id, &property)?;
            let state = cx.orm.states.get(id);
            let old = state.dict.get(key).cloned();
            let known = old.is_some() || state.expired || state.expired_attributes.contains(key);
            let previous = match old {
                Some(Slot::Value(value)) => Original::Value(value),
                _ => Original::NoValue,
            };
            events::mark(cx, id, key, previous)?;
            cx.orm.states.get_mut(id).dict.shift_remove(key);
            if known { Ok(()) } else { Err(absent()) }
        }
        Some(Property::Relationship(relationship)) => {
            crate::map::configure(cx)?;
            if relationship.is_queried() {
                return Err(Error::new(ErrorKind::NotImplementedError, ""));
            }
            if relationship.resolved().uselist {
                return delete_many(cx, id, &relationship);
            }
            let known = old_one(cx, id, &relationship)?;
            let by = Initiator::remove(cx.orm, id, &relationship);
            if let Known::Is(Some(old)) = &known {
                events::fire_remove_one(cx, id, &relationship, old, &by)?;
            }
            let previous = match &known {
                Known::Is(object) => Original::One(object.clone()),
                Known::Unknown => Original::Unloaded,
                Known::NeverSet => Original::NoValue,
            };
            events::mark(cx, id, key, previous)?;
            let state = cx.orm.states.get_mut(id);
            let had = state.dict.shift_remove(key).is_some();
            if had || known == Known::Unknown || state.key.is_some() { Ok(()) } else { Err(absent()) }
        }
    }
}

fn delete_many(cx: &mut Cx<'_>, id: StateId, relationship: &Rc<Relationship>) -> Result<()> {
    let Some(Slot::Many(list)) = cx.orm.states.get(id).dict.get(&relationship.key).cloned() else {
        return Ok(());
    };
    events::mark_collection(cx, id, &relationship.key, None)?;
    if list.shape == Shape::Dict {
        keyed::remove_each(cx, &list)?;
    } else if list.shape == Shape::List && list.host.is_none() {
        // One by one, so that the last of several places of an object is the one that lets go of it.
        let items = list.items.borrow().clone();
        for item in items {
            super::collection::remove_by(cx, &list, item.into(), None)?;
        }
    } else {
        super::collection::clear(cx, &list)?;
    }
    cx.orm.states.get_mut(id).dict.shift_remove(&relationship.key);
    list.owner.set(None);
    Ok(())
}

/// The relationship that a list belongs to, and its owner; `None` where it was replaced.
pub(super) fn owner_of(cx: &Cx<'_>, list: &Collection) -> Result<Option<(StateId, Rc<Relationship>)>> {
    let Some(owner) = list.owner.get() else { return Ok(None) };
    let found = match cx.orm.states.upgrade(owner) {
        Some(_) => state::relationship(cx.orm, owner, &list.key),
        None => None,
    };
    if let Some(relationship) = found {
        return Ok(Some((owner, relationship)));
    }
    match cx.orm.mappers.get(list.mapper).properties.get(&list.key) {
        Some(Property::Relationship(relationship)) => Err(events::dereferenced(cx.orm, relationship)),
        _ => Ok(None),
    }
}
