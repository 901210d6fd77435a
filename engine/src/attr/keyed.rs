//! Changes to a relationship's dictionary: what comes in under a key that is there replaces what was.
//!
//! `keys` and `items` of the collection stand in parallel, each key once. No borrow of them is held while events run.

use super::access::new_collection;
use super::candidate::Candidate;
use super::change::owner_of;
use super::collection::{coming, leaving};
use super::events::{self, Initiator};
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::{Keyer, Property, Relationship};
use crate::state::{Collection, Member, ObjRef, Pending, StateId};
use crate::value::Value;
use crate::version::Behaviour;
use std::rc::Rc;

/// What became of a removal by object.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyedRemoval {
    Removed,
    /// There is nothing under the object's key.
    Absent(Value),
}

fn key_of(cx: &mut Cx<'_>, dict: &Collection, object: &ObjRef) -> Result<Value> {
    let missing = || Error::unsupported(format!("a key in `{}` that is not set", dict.key));
    known_key(cx, dict, object)?.ok_or_else(missing)
}

/// The key of an object that comes into a dictionary, or the refusal of one without a key.
fn key_to_be(cx: &mut Cx<'_>, dict: &Collection, object: &ObjRef, name: &str) -> Result<Value> {
    if let Some(key) = known_key(cx, dict, object)? {
        return Ok(key);
    }
    let text = events::object_text(cx, object.id());
    Err(Error::new(
        ErrorKind::InvalidRequestError,
        format!(
            "In event triggered from population of attribute '{name}' (potentially from a backref), can't populate value in \
             KeyFuncDict; dictionary key derived from {text} is not populated. Ensure appropriate state is set up on the \
             {text} object before assigning to the {name} attribute. To skip this assignment entirely, Set the \
             \"ignore_unpopulated_attribute=True\" parameter on the mapped collection factory."
        ),
    ))
}

fn keyer(cx: &Cx<'_>, dict: &Collection) -> Result<Keyer> {
    let keyer = match cx.orm.mappers.get(dict.mapper).properties.get(&dict.key) {
        Some(Property::Relationship(relationship)) => relationship.args.keyed.clone(),
        _ => None,
    };
    keyer.ok_or_else(|| Error::unsupported(format!("the keys of `{}`", dict.key)))
}

fn known_key(cx: &mut Cx<'_>, dict: &Collection, object: &ObjRef) -> Result<Option<Value>> {
    let keyer = keyer(cx, dict)?;
    (keyer.key)(cx, object)
}

/// The refusal to take out an object in whose place there is another.
fn held_by_another(cx: &mut Cx<'_>, dict: &Collection, object: &ObjRef, own: &Member, key: &Value) -> Error {
    let shown = keyer(cx, dict).and_then(|keyer| (keyer.shown)(cx, [Some(object), own.as_ref()], key));
    let (given, held, key) = match shown {
        Ok(shown) => shown,
        Err(error) => return error,
    };
    let renamed = cx.orm.profile.has(Behaviour::KeyedDictsRenamed);
    let class = if renamed { "KeyFuncDict" } else { "MappedCollection" };
    Error::new(
        ErrorKind::InvalidRequestError,
        format!(
            "Can not remove '{given}': collection holds '{held}' for key '{key}'. Possible cause: is the {class} key \
             function based on mutable properties or properties that only obtain values after flush?"
        ),
    )
}

fn place(dict: &Collection, key: &Value) -> Option<usize> {
    dict.keys.borrow().iter().position(|other| other == key)
}

/// The member under a key.
pub fn get(dict: &Collection, key: &Value) -> Option<Member> {
    place(dict, key).and_then(|at| dict.items.borrow().get(at).cloned())
}

fn store(dict: &Collection, key: Value, item: Member) {
    if let Some(at) = place(dict, &key) {
        dict.items.borrow_mut()[at] = item;
    } else {
        dict.keys.borrow_mut().push(key);
        dict.items.borrow_mut().push(item);
    }
}

fn take(dict: &Collection, key: &Value) -> Option<Member> {
    let at = place(dict, key)?;
    dict.keys.borrow_mut().remove(at);
    Some(dict.items.borrow_mut().remove(at))
}

/// The dictionary of what was loaded.
pub(super) fn loaded(
    cx: &mut Cx<'_>,
    id: StateId,
    relationship: &Relationship,
    items: Vec<ObjRef>,
) -> Result<Rc<Collection>> {
    let dict = new_collection(id, relationship, Vec::new());
    for item in items {
        let key = key_of(cx, &dict, &item)?;
        store(&dict, key, Some(item));
    }
    Ok(dict)
}

/// Applies to what was loaded the changes that waited for it.
pub(super) fn apply(cx: &mut Cx<'_>, dict: &Collection, pending: Pending) -> Result<()> {
    for item in pending.added {
        let key = key_of(cx, dict, &item)?;
        store(dict, key, Some(item));
    }
    for item in pending.removed {
        let key = key_of(cx, dict, &item)?;
        match get(dict, &key) {
            Some(Some(own)) if own == item => {}
            Some(own) => return Err(held_by_another(cx, dict, &item, &own, &key)),
            None => {
                let what = format!("loading `{}` without what was removed from it", dict.key);
                return Err(Error::unsupported(what));
            }
        }
        take(dict, &key);
    }
    Ok(())
}

/// Refuses an object without a key for a dictionary that is being assigned. Nothing has set off what stays.
pub(super) fn check_new(cx: &mut Cx<'_>, dict: &Collection, object: &ObjRef, stays: bool) -> Result<()> {
    let name = if stays { "unknown relationship" } else { &dict.key };
    key_to_be(cx, dict, object, name).map(drop)
}

/// Puts an object into a dictionary that is being assigned.
pub(super) fn put_new(cx: &mut Cx<'_>, dict: &Collection, object: &ObjRef) -> Result<()> {
    let key = key_to_be(cx, dict, object, &dict.key)?;
    if get(dict, &key).is_some_and(|other| other.as_ref() != Some(object)) {
        return Err(Error::unsupported(format!("assigning two objects of one key to `{}`", dict.key)));
    }
    store(dict, key, Some(object.clone()));
    Ok(())
}

/// `dict[key] = item`.
///
/// # Errors
///
/// What the events of members raise.
pub fn put(cx: &mut Cx<'_>, dict: &Rc<Collection>, key: Value, item: impl Into<Candidate>) -> Result<()> {
    put_by(cx, dict, key, item.into(), None)
}

fn put_by(
    cx: &mut Cx<'_>,
    dict: &Rc<Collection>,
    key: Value,
    item: Candidate,
    by: Option<&Initiator>,
) -> Result<()> {
    if let Some(old) = get(dict, &key) {
        leaving(cx, dict, &old, by)?;
    }
    let item = coming(cx, dict, item, by)?;
    store(dict, key, item);
    Ok(())
}

/// `dict.set(item)`: under its own key.
///
/// # Errors
///
/// As for [`put`].
pub fn set(cx: &mut Cx<'_>, dict: &Rc<Collection>, item: impl Into<Candidate>) -> Result<()> {
    set_by(cx, dict, item.into(), None)
}

pub(super) fn set_by(
    cx: &mut Cx<'_>,
    dict: &Rc<Collection>,
    item: Candidate,
    by: Option<&Initiator>,
) -> Result<()> {
    let Candidate::Object(object) = &item else {
        return Err(Error::unsupported(format!("the key of what is no object, in `{}`", dict.key)));
    };
    let key = match by {
        Some(by) => {
            let name = format!("{}.{}", cx.orm.mappers.get(by.mapper).class_name, by.key);
            key_to_be(cx, dict, object, &name)?
        }
        None => key_of(cx, dict, object)?,
    };
    put_by(cx, dict, key, item, by)
}

/// `dict.remove(item)`: by its own key.
///
/// # Errors
///
/// `InvalidRequestError` where another object has that key; what the events of a member that leaves raise.
pub fn remove(cx: &mut Cx<'_>, dict: &Rc<Collection>, item: impl Into<Candidate>) -> Result<KeyedRemoval> {
    remove_by(cx, dict, item.into(), None)
}

pub(super) fn remove_by(
    cx: &mut Cx<'_>,
    dict: &Rc<Collection>,
    item: Candidate,
    by: Option<&Initiator>,
) -> Result<KeyedRemoval> {
    let Candidate::Object(object) = item else {
        return Err(Error::unsupported(format!("the key of what is no object, in `{}`", dict.key)));
    };
    let key = key_of(cx, dict, &object)?;
    let Some(own) = get(dict, &key) else { return Ok(KeyedRemoval::Absent(key)) };
    if own.as_ref() != Some(&object) {
        return Err(held_by_another(cx, dict, &object, &own, &key));
    }
    leaving(cx, dict, &own, by)?;
    take(dict, &key);
    Ok(KeyedRemoval::Removed)
}

/// Takes every object out by its own key.
pub(super) fn remove_each(cx: &mut Cx<'_>, dict: &Rc<Collection>) -> Result<()> {
    let items = dict.items.borrow().clone();
    for item in items {
        if remove_by(cx, dict, item.into(), None)? != KeyedRemoval::Removed {
            return Err(Error::unsupported(format!(
                "deleting `{}` with an object under a key that is not its own",
                dict.key
            )));
        }
    }
    Ok(())
}

/// `del dict[key]`, and whether it was there.
///
/// # Errors
///
/// What the events of a member that leaves raise.
pub fn delete(cx: &mut Cx<'_>, dict: &Rc<Collection>, key: &Value) -> Result<bool> {
    let Some(old) = get(dict, key) else { return Ok(false) };
    leaving(cx, dict, &old, None)?;
    take(dict, key);
    Ok(true)
}

/// Takes out what is under a key, or the last where it is `None`; `None` where there is nothing.
///
/// # Errors
///
/// What the events of a member that leaves raise.
pub fn pop(cx: &mut Cx<'_>, dict: &Rc<Collection>, key: Option<&Value>) -> Result<Option<(Value, Member)>> {
    // The dictionary counts as changed before it is known that there is something to take.
    if let Some((owner, relationship)) = owner_of(cx, dict)? {
        events::mark_collection(cx, owner, &relationship.key, None)?;
    }
    let key = match key {
        Some(key) => Some(key.clone()),
        None => dict.keys.borrow().last().cloned(),
    };
    let Some(key) = key else { return Ok(None) };
    let Some(item) = take(dict, &key) else { return Ok(None) };
    leaving(cx, dict, &item, None)?;
    Ok(Some((key, item)))
}
