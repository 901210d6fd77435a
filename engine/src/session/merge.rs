//! Merging an object's state into a session.
//!
//! The session's own object for the row is found or loaded, or a new one is added; attributes that the given
//! object has are set on it, related objects are merged along the merge cascade.

use super::membership::{self, invalid};
use super::{SessionId, identity};
use crate::attr::{self, NewValue};
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::load;
use crate::map::{Key, MapperId, Property, Relationship, Shape};
use crate::state::{IdentityKey, ObjRef, Slot, StateId};
use crate::value::Value;
use crate::warning::Warning;
use indexmap::{IndexMap, IndexSet};
use std::rc::Rc;

/// How far objects may lead to others: each level is a call within a call.
const DEPTH: usize = 150;

/// What one `merge()` has dealt with.
#[derive(Default)]
struct Merging {
    load: bool,
    depth: usize,
    done: IndexMap<StateId, ObjRef>,
    by_key: Vec<(IdentityKey, ObjRef)>,
    /// Objects that were reached along a relationship, which its other side then leaves alone.
    along: IndexSet<(StateId, MapperId, Key)>,
}

/// `session.merge(obj, load=load)`.
///
/// # Errors
///
/// `InvalidRequestError` for what `load=False` does not allow; what loading raises.
pub fn merge(cx: &mut Cx<'_>, session: SessionId, object: &ObjRef, load: bool) -> Result<ObjRef> {
    crate::map::configure(cx)?;
    identity::sweep(cx.orm);
    if load {
        super::autoflush(cx, session)?;
    }
    let was = std::mem::replace(&mut super::get_mut(cx.orm, session).settings.autoflush, false);
    let merged = merge_one(cx, session, object, &mut Merging { load, ..Merging::default() });
    super::get_mut(cx.orm, session).settings.autoflush = was;
    merged
}

fn merge_one(cx: &mut Cx<'_>, session: SessionId, object: &ObjRef, merging: &mut Merging) -> Result<ObjRef> {
    let id = object.id();
    if let Some(done) = merging.done.get(&id) {
        return Ok(done.clone());
    }
    if merging.depth == DEPTH {
        return Err(Error::unsupported(format!(
            "merging objects that are more than {DEPTH} relationships apart"
        )));
    }
    let mapper = cx.orm.states.get(id).mapper;
    let own_key = cx.orm.states.get(id).key.clone();
    let key = if let Some(key) = own_key.clone() {
        key
    } else {
        if super::get(cx.orm, session).new.contains_key(&id) {
            let text = attr::object_text(cx, id);
            cx.warn(Warning::merged_again(&text))?;
        }
        if !merging.load {
            return Err(invalid(
                "merge() with load=False option does not support objects transient (i.e. unpersisted) objects.  flush() all changes on mapped instances before merging with load=False.",
            ));
        }
        super::sought_key(cx, id)?
    };
    let is_given = |value: &Value| !value.is_null() && !attr::Marker::is_one(value);
    let has_row = own_key.is_some() || key.values.iter().all(is_given);
    let met = || merging.by_key.iter().find(|(other, _)| *other == key).map(|(_, object)| object.clone());
    let known = identity::lookup(cx.orm, session, &key).or_else(|| has_row.then(met).flatten());
    let merged = match known {
        Some(merged) => Some(merged),
        None if !merging.load => {
            if cx.orm.states.get(id).modified {
                return Err(invalid(
                    "merge() with load=False option does not support objects marked as 'dirty'.  flush() all changes on mapped instances before merging with load=False.",
                ));
            }
            let merged = cx.orm.states.create(mapper);
            cx.orm.states.get_mut(merged.id()).key = Some(key.clone());
            membership::take_back(cx, session, &merged, false)?;
            Some(merged)
        }
        None if has_row => load::get(cx, session, mapper, &key.values, &[], false)?,
        None => None,
    };
    let merged = if let Some(merged) = merged {
        merged
    } else {
        let merged = cx.orm.states.create(mapper);
        membership::save_or_update(cx, session, &merged)?;
        merged
    };
    merging.done.insert(id, merged.clone());
    // The last one counts, also where its key has no value.
    merging.by_key.retain(|(other, _)| *other != key);
    merging.by_key.push((key, merged.clone()));
    if merged.id() != id {
        copy_options(cx, id, merged.id());
        merging.depth += 1;
        let copied = copy_attributes(cx, session, id, &merged, merging);
        merging.depth -= 1;
        copied?;
        if !merging.load {
            super::commit_state(cx.orm, merged.id());
        }
    }
    Ok(merged)
}

/// The merged object's loads follow the options that the given one was loaded with, whatever it was loaded with itself. How
/// those say that relationships load on access is kept, unless they say it again.
fn copy_options(cx: &mut Cx<'_>, from: StateId, to: StateId) {
    let from = cx.orm.states.get(from);
    let (options, lineage, path) = (from.options.clone(), from.lineage.clone(), from.load_path.clone());
    let on_access = (!from.on_access.is_empty()).then(|| from.on_access.clone());
    let to = cx.orm.states.get_mut(to);
    (to.options, to.lineage, to.load_path) = (options, lineage, path);
    if let Some(on_access) = on_access {
        to.on_access = on_access;
    }
}

fn copy_attributes(
    cx: &mut Cx<'_>,
    session: SessionId,
    from: StateId,
    to: &ObjRef,
    merging: &mut Merging,
) -> Result<()> {
    let mapper = cx.orm.states.get(from).mapper;
    let properties: Vec<Property> = cx.orm.mappers.get(mapper).properties.values().cloned().collect();
    for property in properties {
        match property {
            Property::Column(property) => {
                let key = &property.key;
                match cx.orm.states.get(from).dict.get(key).cloned() {
                    Some(Slot::Value(value)) if merging.load => {
                        check_has(cx, to, key)?;
                        attr::set_column(cx, to.id(), &property, value)?;
                    }
                    Some(slot) => {
                        cx.orm.states.get_mut(to.id()).dict.insert(key.clone(), slot);
                    }
                    None => {
                        let state = cx.orm.states.get(to.id());
                        if state.key.is_some() && !state.dict.contains_key(key) {
                            super::expire_attributes(cx.orm, to.id(), std::slice::from_ref(key))?;
                        }
                    }
                }
            }
            Property::Relationship(relationship) => {
                copy_related(cx, session, from, to, &relationship, merging)?;
            }
        }
    }
    Ok(())
}

/// What the session has for the row may be of another class of the hierarchy, which lacks the attribute.
fn check_has(cx: &Cx<'_>, to: &ObjRef, key: &Key) -> Result<()> {
    let mapper = cx.orm.mappers.get(cx.orm.states.get(to.id()).mapper);
    if mapper.properties.contains_key(key) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::KeyError, &**key))
}

fn copy_related(
    cx: &mut Cx<'_>,
    session: SessionId,
    from: StateId,
    to: &ObjRef,
    relationship: &Rc<Relationship>,
    merging: &mut Merging,
) -> Result<()> {
    let key = &relationship.key;
    let reached = relationship
        .reverse
        .borrow()
        .iter()
        .any(|(mapper, other)| merging.along.contains(&(from, *mapper, other.clone())));
    if (merging.load && reached) || !relationship.resolved().cascade.merge {
        return Ok(());
    }
    let merging_loads = merging.load;
    let mut merge_related = |cx: &mut Cx<'_>, object: &ObjRef| {
        merging.along.insert((object.id(), relationship.parent, key.clone()));
        merge_one(cx, session, object, merging)
    };
    let held = cx.orm.states.get(from).dict.get(key).cloned();
    let value = match held {
        Some(_) if relationship.is_queried() => {
            if !merging_loads {
                return Err(Error::unsupported("merge() without loading of a collection that is queried"));
            }
            let items = attr::queried_whole(cx, from, relationship)?;
            NewValue::Many(items.iter().map(|item| merge_related(cx, item)).collect::<Result<Vec<_>>>()?)
        }
        Some(Slot::Many(list)) => {
            if merging_loads {
                check_has(cx, to, key)?;
            }
            if cx.orm.states.get(to.id()).key.is_some() {
                attr::get_passive(cx, to.id(), key, attr::Passive::LoadMerging)?;
            }
            let before = list.items.borrow().len();
            let mut merged = Vec::with_capacity(before);
            // Merging one member may take others out: what a merged object gets, its own backrefs take from the given one.
            loop {
                let Some(item) = list.items.borrow().get(merged.len()).cloned() else { break };
                let Some(item) = item else { return Err(attr::no_state_error("NoneType")) };
                merged.push(merge_related(cx, &item)?);
                let changed = match list.shape {
                    Shape::List => continue,
                    Shape::Set => "Set changed size during iteration",
                    Shape::Dict => "dictionary changed size during iteration",
                };
                if list.items.borrow().len() != before {
                    return Err(Error::new(ErrorKind::RuntimeError, changed));
                }
            }
            NewValue::Many(merged)
        }
        Some(Slot::One(Some(object))) => NewValue::One(Some(merge_related(cx, &object)?)),
        Some(Slot::One(None)) => NewValue::One(None),
        Some(Slot::Value(_)) | None => return Ok(()),
    };
    if merging.load {
        check_has(cx, to, key)?;
        attr::set(cx, to.id(), key, value)
    } else {
        attr::set_committed(cx, to.id(), key, value)
    }
}
