//! Composites and synonyms on objects: the object that is made of several attributes, and those that it is set to.
//!
//! A composite's object stands in the `dict` beside its parts. It is not kept in step with them: a flush, an expiry or a
//! load forgets it or makes it anew, as the real library does.

use super::access;
use super::change::{self, NewValue};
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::map::{Composite, Descriptor, Key};
use crate::orm::Orm;
use crate::state::{Slot, StateId};
use crate::value::Value;
use crate::version::Behaviour;
use std::rc::Rc;

fn descriptor(orm: &Orm, id: StateId, key: &Key) -> Option<Descriptor> {
    orm.mappers.get(orm.states.get(id).mapper).descriptor(key).cloned()
}

/// Reads one; `None` where the attribute is none.
pub(super) fn get(cx: &mut Cx<'_>, id: StateId, key: &Key) -> Result<Option<Slot>> {
    match descriptor(cx.orm, id, key) {
        None => Ok(None),
        Some(Descriptor::Synonym(synonym)) => access::get(cx, id, &synonym.target).map(Some),
        Some(Descriptor::Composite(composite)) => {
            let mut values = Vec::with_capacity(composite.parts.len());
            for part in &composite.parts {
                match access::get(cx, id, part)? {
                    Slot::Value(value) => values.push(value),
                    Slot::One(_) | Slot::Many(_) => {
                        return Err(Error::unsupported("a composite of a relationship"));
                    }
                }
            }
            // Loading the parts may have made it.
            if let Some(slot) = cx.orm.states.get(id).dict.get(key) {
                return Ok(Some(slot.clone()));
            }
            make(cx, id, &composite, values).map(Some)
        }
    }
}

/// Makes a composite's object of values, and leaves it in the `dict`.
fn make(cx: &mut Cx<'_>, id: StateId, composite: &Composite, values: Vec<Value>) -> Result<Slot> {
    let empty = values.iter().all(Value::is_null);
    let slot = if cx.orm.profile.has(Behaviour::CompositeNeverNone) {
        if empty && composite.optional { Value::Null } else { composite.class.make(cx, values)? }
    } else if empty && cx.orm.states.get(id).key.is_none() {
        return Ok(Slot::Value(Value::Null));
    } else {
        composite.class.make(cx, values)?
    };
    let slot = Slot::Value(slot);
    cx.orm.states.get_mut(id).dict.insert(Rc::clone(&composite.key), slot.clone());
    Ok(slot)
}

/// Sets one; `false` where the attribute is none.
pub(super) fn set(cx: &mut Cx<'_>, id: StateId, key: &Key, value: &NewValue) -> Result<bool> {
    match descriptor(cx.orm, id, key) {
        None => Ok(false),
        Some(Descriptor::Synonym(synonym)) => {
            change::set(cx, id, &synonym.target, value.clone())?;
            Ok(true)
        }
        Some(Descriptor::Composite(composite)) => {
            let NewValue::Value(value) = value else {
                return Err(Error::unsupported("setting a composite to a mapped object"));
            };
            let state = cx.orm.states.get_mut(id);
            state.dict.insert(Rc::clone(key), Slot::Value(value.clone()));
            let values = if value.is_null() {
                vec![Value::Null; composite.parts.len()]
            } else {
                composite.class.split(cx, value)?
            };
            for (part, value) in composite.parts.iter().zip(values) {
                change::set(cx, id, part, NewValue::Value(value))?;
            }
            Ok(true)
        }
    }
}

/// Deletes one; `false` where the attribute is none.
pub(super) fn delete(cx: &mut Cx<'_>, id: StateId, key: &Key) -> Result<bool> {
    match descriptor(cx.orm, id, key) {
        None => Ok(false),
        Some(Descriptor::Synonym(synonym)) => change::delete(cx, id, &synonym.target).map(|()| true),
        Some(Descriptor::Composite(composite)) => {
            for part in &composite.parts {
                change::set(cx, id, part, NewValue::Value(Value::Null))?;
            }
            cx.orm.states.get_mut(id).dict.shift_remove(key);
            Ok(true)
        }
    }
}

/// Forgets the objects that are made of some of these attributes; all of them where `keys` is `None`.
pub(crate) fn forget_composites(orm: &mut Orm, id: StateId, keys: Option<&[Key]>) {
    let composites = orm.mappers.get(orm.states.get(id).mapper).composites_of(keys);
    for composite in composites {
        orm.states.get_mut(id).dict.shift_remove(&composite.key);
    }
}

/// Makes the composites of an object of which these attributes were read (all of them where `keys` is `None`), as far as
/// all parts are there.
pub(crate) fn compose(cx: &mut Cx<'_>, id: StateId, keys: Option<&[Key]>) -> Result<()> {
    let composites = cx.orm.mappers.get(cx.orm.states.get(id).mapper).composites_of(keys);
    for composite in composites {
        let state = cx.orm.states.get(id);
        let values: Option<Vec<Value>> = composite
            .parts
            .iter()
            .map(|part| match state.dict.get(part) {
                Some(Slot::Value(value)) => Some(value.clone()),
                _ => None,
            })
            .collect();
        if let Some(values) = values {
            make(cx, id, &composite, values)?;
        }
    }
    Ok(())
}
