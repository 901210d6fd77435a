//! Reading attributes, and populating them without events.

use super::change::NewValue;
use super::events::{self, Initiator};
use super::hosted::{self, HostCollection};
use super::keyed;
use super::set;
use super::told;
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::load::{self, ColumnLoad};
use crate::map::{Direction, Key, Lazy, MapperId, Property, Relationship, Shape};
use crate::orm::Orm;
use crate::state::{self, Collection, IdentityKey, Member, ObjRef, Original, Slot, StateId};
use crate::value::Value;
use crate::version::Behaviour;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// How far reading an attribute may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passive {
    /// Loads what is missing.
    Load,
    /// Loads what is missing, whatever the mapping says of lazy loads: as cascades and flushes do.
    LoadAnyway,
    /// As `LoadAnyway`, by the keys that the object's row has, and not by those that it is about to have.
    LoadCommitted,
    /// Loads what is missing as flushes do, by the keys that the object is about to have.
    LoadMerging,
    /// Looks in the identity map for related objects, by the keys that the object's row has, and loads the object's own
    /// columns.
    NoFetchRelated,
    /// Takes only what is there.
    NoLoad,
}

/// Whether a column is left for its access, by the mapping or by what the object was loaded with.
fn waits(orm: &Orm, id: StateId, key: &Key) -> bool {
    match orm.mappers.get(orm.states.get(id).mapper).properties.get(key) {
        Some(Property::Column(property)) => load::load_of(orm, id, property) != ColumnLoad::WithRow,
        _ => false,
    }
}

/// What is known of a scalar relationship without SQL.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Known {
    /// Only a query could tell.
    Unknown,
    /// It was never set, and there is no row to load it from.
    NeverSet,
    Is(Option<ObjRef>),
}

/// The value of an attribute as the host reads it: loaded where it is missing, an empty collection or `None`
/// where it was never set.
///
/// # Errors
///
/// `AttributeError` where the class has no such attribute; what loading raises.
pub fn get(cx: &mut Cx<'_>, id: StateId, key: &Key) -> Result<Slot> {
    if let Some(slot) = cx.orm.states.get(id).dict.get(key)
        && !is_mark(cx.orm, id, key, slot)
    {
        return Ok(slot.clone());
    }
    let mapper = cx.orm.states.get(id).mapper;
    match cx.orm.mappers.get(mapper).properties.get(key).cloned() {
        None => match super::composite::get(cx, id, key)? {
            Some(slot) => Ok(slot),
            None => Err(no_attribute(cx.orm, id, key)),
        },
        Some(Property::Column(property)) => {
            let state = cx.orm.states.get(id);
            if property.ad_hoc {
                // Nothing but a query gives it a value.
            } else if state.expired_attributes.contains(key) {
                load::load_columns(cx, id, std::slice::from_ref(key))?;
            } else if state.key.is_some() {
                let how = load::load_of(cx.orm, id, &property);
                if how != ColumnLoad::WithRow {
                    load::load_deferred(cx, id, &property, how)?;
                }
            }
            match cx.orm.states.get(id).dict.get(key).cloned() {
                Some(slot) => Ok(slot),
                None => told::nothing(cx, id, key),
            }
        }
        Some(Property::Relationship(relationship)) => {
            if relationship.is_queried() {
                let slot = super::queried::slot(cx, id, &relationship, Passive::Load)?;
                return slot.ok_or_else(|| Error::unsupported(format!("reading `{key}`")));
            }
            if has_loader(cx.orm, id, &relationship) && !was_removed(cx.orm, id, key) {
                return load::load_relationship(cx, id, key);
            }
            crate::map::configure(cx)?;
            if relationship.resolved().uselist {
                return Ok(Slot::Many(empty_collection(cx, id, &relationship)?));
            }
            Ok(Slot::One(None))
        }
    }
}

/// Whether a slot is what stands for a queried collection that was changed.
fn is_mark(orm: &Orm, id: StateId, key: &Key, slot: &Slot) -> bool {
    matches!(slot, Slot::Value(_)) && state::relationship(orm, id, key).is_some()
}

/// Whether there is something to load a relationship from: a row, and a strategy that is not to load nothing.
pub(super) fn has_loader(orm: &Orm, id: StateId, relationship: &Relationship) -> bool {
    let state = orm.states.get(id);
    let loads_nothing = || relationship.resolved.get().is_some_and(|resolved| resolved.lazy == Lazy::NoLoad);
    state.key.is_some() && (state.on_access.contains_key(&relationship.key) || !loads_nothing())
}

/// Whether the attribute had a value and was deleted since: nothing is loaded for it then.
pub(crate) fn was_removed(orm: &Orm, id: StateId, key: &Key) -> bool {
    let state = orm.states.get(id);
    !state.dict.contains_key(key) && !matches!(state.committed.get(key), None | Some(Original::NoValue))
}

/// Whether nothing is to be loaded for the attribute: it has a value, or lost it, or its object has no row.
pub(super) fn is_known(orm: &Orm, id: StateId, key: &Key) -> bool {
    let state = orm.states.get(id);
    state.key.is_none() || state.dict.contains_key(key) || was_removed(orm, id, key)
}

/// An attribute of a class above a concrete one, which the latter does not have.
pub(super) fn left_out(orm: &Orm, by: MapperId, key: &str) -> Error {
    let text = orm.mappers.get(by).text(orm.profile);
    Error::new(
        ErrorKind::AttributeError,
        format!(
            "Concrete {text} does not implement attribute '{key}' at the instance level.  Add this property explicitly to {text}."
        ),
    )
}

/// `'User' object has no attribute 'x'`.
fn no_attribute(orm: &Orm, id: StateId, key: &str) -> Error {
    let mapper = orm.states.get(id).mapper;
    if let Some(by) = orm.mappers.left_out_by(mapper, key) {
        return left_out(orm, by, key);
    }
    let class = &orm.mappers.get(mapper).class_name;
    Error::new(ErrorKind::AttributeError, format!("'{class}' object has no attribute '{key}'"))
}

/// The value of an attribute, as far as `passive` goes; `None` where it has none.
pub fn get_passive(cx: &mut Cx<'_>, id: StateId, key: &Key, passive: Passive) -> Result<Option<Slot>> {
    if let Some(relationship) = state::relationship(cx.orm, id, key).filter(|found| found.is_queried()) {
        return super::queried::slot(cx, id, &relationship, passive);
    }
    if let Some(slot) = cx.orm.states.get(id).dict.get(key) {
        return Ok(Some(slot.clone()));
    }
    match passive {
        Passive::Load => get(cx, id, key).map(Some),
        Passive::LoadAnyway | Passive::LoadCommitted | Passive::LoadMerging => {
            let relationship = state::relationship(cx.orm, id, key);
            if passive == Passive::LoadCommitted
                && relationship.as_ref().is_some_and(|found| !found.resolved().uselist)
                && was_removed(cx.orm, id, key)
            {
                return Ok(None);
            }
            if let Some(relationship) = relationship
                && has_loader(cx.orm, id, &relationship)
            {
                // A cascade passes by what a detached object has not loaded.
                let detached = passive == Passive::LoadAnyway
                    && cx.orm.states.get(id).session.is_none()
                    && cx.orm.profile.has(Behaviour::RaiseSparesCascades);
                if detached
                    || was_removed(cx.orm, id, key)
                    || (passive == Passive::LoadCommitted && leads_nowhere(cx.orm, id, &relationship))
                {
                    return Ok(None);
                }
                let loaded = match passive {
                    Passive::LoadMerging => load::load_relationship_merging(cx, id, key),
                    _ => load::load_relationship_anyway(cx, id, key, passive == Passive::LoadCommitted),
                };
                return loaded.map(Some);
            }
            get(cx, id, key).map(Some)
        }
        Passive::NoLoad => Ok(None),
        Passive::NoFetchRelated => {
            let Some(relationship) = state::relationship(cx.orm, id, key) else { return Ok(None) };
            load_own_keys(cx, id, &relationship)?;
            match peek(cx, id, &relationship, true, true) {
                Known::Is(object) => Ok(Some(Slot::One(object))),
                Known::Unknown | Known::NeverSet => Ok(None),
            }
        }
    }
}

/// Whether a many-to-one's foreign key was never set since the object's row was written without it.
fn leads_nowhere(orm: &Orm, id: StateId, relationship: &Relationship) -> bool {
    let state = orm.states.get(id);
    relationship.resolved().use_get
        && relationship.resolved().synchronize_pairs.iter().any(|(_, own)| {
            let Some(key) = state::column_key(orm, state.mapper, own) else { return false };
            let deferred = match orm.mappers.get(state.mapper).properties.get(&key) {
                Some(Property::Column(property)) => property.deferral.deferred,
                _ => false,
            };
            !deferred
                && !state.dict.contains_key(&key)
                && !state.committed.contains_key(&key)
                && !state.expired_attributes.contains(&key)
        })
}

/// Loads the foreign key columns of a many-to-one, where they are expired.
fn load_own_keys(cx: &mut Cx<'_>, id: StateId, relationship: &Relationship) -> Result<()> {
    let state = cx.orm.states.get(id);
    let resolved = relationship.resolved();
    let loads = has_loader(cx.orm, id, relationship);
    if resolved.direction != Direction::ManyToOne || !loads || state.session.is_none() {
        return Ok(());
    }
    let missing: Vec<Key> = resolved
        .synchronize_pairs
        .iter()
        .filter_map(|(_, own)| state::column_key(cx.orm, state.mapper, own))
        .filter(|key| !state.dict.contains_key(key) && state.expired_attributes.contains(key))
        .collect();
    if missing.is_empty() { Ok(()) } else { load::load_columns(cx, id, &missing) }
}

/// What is known of a scalar relationship without SQL. What the identity map has is kept as loaded, an object
/// that is `expired` only where the caller takes it.
pub(super) fn peek(
    cx: &mut Cx<'_>,
    id: StateId,
    relationship: &Relationship,
    committed: bool,
    expired: bool,
) -> Known {
    let state = cx.orm.states.get(id);
    if let Some(Slot::One(object)) = state.dict.get(&relationship.key) {
        return Known::Is(object.clone());
    }
    if !has_loader(cx.orm, id, relationship) || was_removed(cx.orm, id, &relationship.key) {
        return Known::NeverSet;
    }
    let resolved = relationship.resolved();
    if !resolved.use_get || state.session.is_none() {
        return Known::Unknown;
    }
    let orm = &*cx.orm;
    let mut values = Vec::new();
    for column in &orm.mappers.get(resolved.target).primary_key {
        let target = orm.mappers.get(resolved.target);
        let own = resolved.synchronize_pairs.iter().find(|(source, _)| target.base_column(source) == *column);
        let key = own.and_then(|(_, own)| state::column_key(orm, state.mapper, own));
        let Some(key) = key else { return Known::Unknown };
        let value = if committed && state.committed.contains_key(&key) {
            match state.committed.get(&key) {
                Some(Original::Value(value)) => value.clone(),
                _ => Value::Null,
            }
        } else {
            match state.dict.get(&key) {
                Some(Slot::Value(value)) => value.clone(),
                _ if state.expired_attributes.contains(&key) => return Known::Unknown,
                _ if state.key.is_some() && waits(orm, id, &key) => return Known::Unknown,
                _ => return Known::NeverSet,
            }
        };
        values.push(value);
    }
    let found = if values.iter().all(Value::is_null) {
        None
    } else {
        let identity = IdentityKey { mapper: orm.mappers.identity_base(resolved.target), values };
        let hooks = Rc::clone(&orm.hooks);
        match hooks.identity(orm, id, &identity) {
            Some(object) if !expired && orm.states.get(object.id()).expired => return Known::Unknown,
            Some(object) => Some(object),
            None => return Known::Unknown,
        }
    };
    let state = cx.orm.states.get_mut(id);
    state.dict.insert(relationship.key.clone(), Slot::One(found.clone()));
    state.committed.shift_remove(&relationship.key);
    state.expired = false;
    state.expired_attributes.shift_remove(&relationship.key);
    Known::Is(found)
}

/// Whether the attribute has a value without loading.
pub fn is_loaded(orm: &Orm, id: StateId, key: &str) -> bool {
    orm.states.find(id).is_some_and(|state| state.dict.contains_key(key))
}

/// A collection that belongs to an object's relationship.
pub(super) fn new_collection(id: StateId, relationship: &Relationship, items: Vec<Member>) -> Rc<Collection> {
    let shape = relationship.shape();
    let items = match shape {
        Shape::List | Shape::Dict => items,
        Shape::Set => set::distinct(items),
    };
    Rc::new(Collection {
        items: RefCell::new(items),
        shape,
        keys: RefCell::default(),
        owner: Cell::new(Some(id)),
        key: relationship.key.clone(),
        mapper: relationship.parent,
        host: None,
    })
}

/// A collection whose members a host keeps.
pub(super) fn hosted_collection(
    id: StateId,
    relationship: &Relationship,
    host: Rc<dyn HostCollection>,
) -> Collection {
    Collection {
        items: RefCell::default(),
        shape: Shape::List,
        keys: RefCell::default(),
        owner: Cell::new(Some(id)),
        key: relationship.key.clone(),
        mapper: relationship.parent,
        host: Some(host),
    }
}

/// The empty collection of an object that has no row to load one from. From 1.4 on, reading it leaves the
/// object's `__dict__` alone until something is put in.
pub(super) fn empty_collection(
    cx: &mut Cx<'_>,
    id: StateId,
    relationship: &Relationship,
) -> Result<Rc<Collection>> {
    let apart = cx.orm.profile.has(Behaviour::EmptyCollectionsApart);
    if let Some(list) = cx.orm.states.get(id).empty.get(&relationship.key) {
        return Ok(Rc::clone(list));
    }
    let list = hosted::new_collection(cx, id, relationship, Vec::new())?;
    let state = cx.orm.states.get_mut(id);
    if apart {
        state.empty.insert(relationship.key.clone(), Rc::clone(&list));
    } else {
        state.dict.insert(relationship.key.clone(), Slot::Many(Rc::clone(&list)));
    }
    Ok(list)
}

/// Gives an attribute the value that was loaded: no events, no history. For a collection, changes that were
/// queued while it was not loaded are applied to what was loaded, and remain as changes.
///
/// # Errors
///
/// `Unsupported` where the value does not fit the attribute.
pub fn set_committed(cx: &mut Cx<'_>, id: StateId, key: &Key, value: NewValue) -> Result<()> {
    let slot = match value {
        NewValue::Value(value) => Slot::Value(value),
        NewValue::One(object) => Slot::One(object),
        NewValue::Many(items) => {
            let Some(relationship) = state::relationship(cx.orm, id, key) else {
                return Err(Error::unsupported(format!("loading a list into `{key}`")));
            };
            if relationship.is_queried() {
                let message = "Dynamic attributes don't support collection population.";
                return Err(Error::new(ErrorKind::NotImplementedError, message));
            }
            if relationship.shape() == Shape::Dict {
                Slot::Many(keyed::loaded(cx, id, &relationship, items)?)
            } else {
                Slot::Many(hosted::new_collection(cx, id, &relationship, items)?)
            }
        }
        NewValue::Members(_) | NewValue::List(_) | NewValue::Other(_) => {
            return Err(Error::unsupported(format!("loading this value into `{key}`")));
        }
    };
    let state = cx.orm.states.get_mut(id);
    state.empty.shift_remove(key);
    state.dict.insert(key.clone(), slot.clone());
    state.committed.shift_remove(key);
    state.expired = false;
    state.expired_attributes.shift_remove(key);
    state.expired_apart.shift_remove(key);
    let (Slot::Many(list), Some(pending)) = (slot, state.pending.shift_remove(key)) else { return Ok(()) };
    events::mark_collection(cx, id, key, None)?;
    if list.shape == Shape::Dict {
        return keyed::apply(cx, &list, pending);
    }
    if list.host.is_some() {
        return hosted::apply(cx, &list, pending);
    }
    let mut items = list.items.borrow_mut();
    for added in pending.added {
        let added = Some(added);
        if list.shape == Shape::List || !items.contains(&added) {
            items.push(added);
        }
    }
    for gone in &pending.removed {
        let Some(at) = items.iter().position(|item| item.as_ref() == Some(gone)) else {
            cx.orm.states.blame(items.iter().flatten().cloned());
            return Err(match list.shape {
                Shape::List => Error::new(ErrorKind::ValueError, "list.remove(x): x not in list"),
                Shape::Set | Shape::Dict => Error::no_member(gone),
            });
        };
        items.remove(at);
    }
    Ok(())
}

/// Begins a collection that rows bring: it is in the object's `dict` from the first of them on. `None` where that has one,
/// and for one that comes whole: its members are kept by a host, or changes wait for it.
pub(crate) fn begin_loaded(orm: &mut Orm, id: StateId, key: &Key) -> Option<Rc<Collection>> {
    let relationship = state::relationship(orm, id, key)?;
    let state = orm.states.get_mut(id);
    let whole = relationship.args.maker.is_some() || relationship.shape() == Shape::Dict;
    if whole || state.pending.contains_key(key) || state.dict.contains_key(key) {
        return None;
    }
    let list = new_collection(id, &relationship, Vec::new());
    state.empty.shift_remove(key);
    state.dict.insert(key.clone(), Slot::Many(Rc::clone(&list)));
    Some(list)
}

/// Where a chain of events begins with this relationship as its host changes it.
pub(super) fn append_token(orm: &Orm, id: StateId, relationship: &Relationship) -> Initiator {
    if relationship.resolved().uselist {
        Initiator::append(orm, id, relationship)
    } else {
        Initiator::replace(orm, id, relationship)
    }
}
