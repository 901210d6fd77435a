//! Collections that an object never holds, since a document queries them: `lazy="write_only"` and `lazy="dynamic"`.
//!
//! What is put in or taken out waits with the object until a flush writes it. Only a dynamic one is ever read whole, and
//! then it is not kept.

use super::access::{Passive, new_collection};
use super::candidate::Candidate;
use super::change::NewValue;
use super::events::{self, Initiator};
use super::history::{History, Item};
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::load;
use crate::map::{Key, Lazy, Relationship};
use crate::orm::Orm;
use crate::state::{self, Member, ObjRef, Slot, StateId};
use crate::value::Value;
use std::rc::Rc;

/// Puts an object into a collection that is queried.
///
/// # Errors
///
/// `Unsupported` for what is no mapped object; what the events raise.
pub fn queried_add(cx: &mut Cx<'_>, id: StateId, key: &Key, item: Candidate) -> Result<()> {
    let relationship = relationship(cx.orm, id, key)?;
    let item = object(item)?;
    let by = Initiator::append(cx.orm, id, &relationship);
    events::join_collection(cx, id, &relationship, &item, &by)
}

/// Takes an object out of a collection that is queried. Whether it was there is not looked up.
///
/// # Errors
///
/// As for [`queried_add`].
pub fn queried_remove(cx: &mut Cx<'_>, id: StateId, key: &Key, item: Candidate) -> Result<()> {
    let relationship = relationship(cx.orm, id, key)?;
    let item = object(item)?;
    let by = Initiator::remove(cx.orm, id, &relationship);
    events::leave_collection(cx, id, &relationship, &item, &by)
}

/// Has the object's `__dict__` tell that the collection was changed.
pub(super) fn note(orm: &mut Orm, id: StateId, relationship: &Relationship) {
    if relationship.is_queried() {
        let dict = &mut orm.states.get_mut(id).dict;
        dict.entry(relationship.key.clone()).or_insert(Slot::Value(Value::Bool(true)));
    }
}

/// What waits to be put into a collection that is queried.
pub fn queried_added(orm: &Orm, id: StateId, key: &str) -> Vec<ObjRef> {
    orm.states.get(id).pending.get(key).map(|pending| pending.added.clone()).unwrap_or_default()
}

fn relationship(orm: &Orm, id: StateId, key: &Key) -> Result<Rc<Relationship>> {
    state::relationship(orm, id, key)
        .filter(|relationship| relationship.is_queried())
        .ok_or_else(|| Error::unsupported(format!("`{key}` as a collection that is queried")))
}

fn object(item: Candidate) -> Result<ObjRef> {
    match item {
        Candidate::Object(object) => Ok(object),
        Candidate::Nothing | Candidate::Wrong(_) => {
            Err(Error::unsupported("putting what is no mapped object into a collection that is queried"))
        }
    }
}

/// What the database has for a dynamic collection; a write-only one refuses to tell.
fn stored(cx: &mut Cx<'_>, id: StateId, relationship: &Relationship) -> Result<Vec<ObjRef>> {
    let state = cx.orm.states.get(id);
    let (Some(_), Some(session), Some(owner)) = (&state.key, state.session, cx.orm.states.upgrade(id)) else {
        return Ok(Vec::new());
    };
    if relationship.resolved().lazy == Lazy::WriteOnly {
        let name = events::attribute_text(cx.orm, relationship);
        return Err(Error::new(
            ErrorKind::InvalidRequestError,
            format!(
                "Attribute {name} can't load the existing state from the database for this operation; full iteration \
                 is not permitted.  If this is a delete operation, configure passive_deletes=True on the {name} \
                 relationship in order to resolve this error."
            ),
        ));
    }
    let query = load::collection_query(cx, &owner, &relationship.key, true)?;
    query.objects_as_they_are(cx, session)
}

/// As [`stored`], looked up once in a flush.
fn stored_once(cx: &mut Cx<'_>, id: StateId, relationship: &Relationship) -> Result<Vec<ObjRef>> {
    if let Some(list) = cx.orm.states.get(id).empty.get(&relationship.key) {
        return Ok(list.objects());
    }
    let found = stored(cx, id, relationship)?;
    let list = new_collection(id, relationship, found.iter().cloned().map(Some).collect());
    list.owner.set(None);
    cx.orm.states.get_mut(id).empty.insert(relationship.key.clone(), list);
    Ok(found)
}

fn loads(passive: Passive) -> bool {
    matches!(passive, Passive::Load | Passive::LoadAnyway | Passive::LoadCommitted)
}

/// The collection as a value: what waits to be put in, and what is stored, as far as `passive` goes.
pub(super) fn slot(
    cx: &mut Cx<'_>,
    id: StateId,
    relationship: &Relationship,
    passive: Passive,
) -> Result<Option<Slot>> {
    let mut items = queried_added(cx.orm, id, &relationship.key);
    if loads(passive) {
        for object in stored(cx, id, relationship)? {
            if !items.contains(&object) {
                items.push(object);
            }
        }
    }
    let items: Vec<Member> = items.into_iter().map(Some).collect();
    let list = new_collection(id, relationship, items);
    list.owner.set(None);
    Ok(Some(Slot::Many(list)))
}

/// What waits to be written.
pub(super) fn history(
    cx: &mut Cx<'_>,
    id: StateId,
    relationship: &Relationship,
    passive: Passive,
) -> Result<History> {
    let stored = match passive {
        Passive::LoadCommitted => stored_once(cx, id, relationship)?,
        _ if loads(passive) => stored(cx, id, relationship)?,
        _ => Vec::new(),
    };
    let wrap = |objects: &[ObjRef]| objects.iter().map(|object| Item::Object(Some(object.clone()))).collect();
    let pending = cx.orm.states.get(id).pending.get(&relationship.key);
    let (mut added, mut removed) =
        pending.map_or_else(Default::default, |pending| (pending.added.clone(), pending.removed.clone()));
    if loads(passive) && cx.orm.states.get(id).key.is_some() {
        // What is stored tells which changes are any.
        added.retain(|object| !stored.contains(object));
        removed.retain(|object| stored.contains(object));
    }
    let unchanged: Vec<ObjRef> = stored.into_iter().filter(|object| !removed.contains(object)).collect();
    Ok(History {
        added: wrap(&added),
        unchanged: wrap(&unchanged),
        deleted: wrap(&removed),
        lists: [true; 3],
        ..History::default()
    })
}

/// Replaces the collection, which only one that can be read, or that has no row yet, allows.
pub(super) fn set(
    cx: &mut Cx<'_>,
    id: StateId,
    relationship: &Rc<Relationship>,
    value: NewValue,
) -> Result<()> {
    let no_iterable =
        |name: &str| Error::new(ErrorKind::TypeError, format!("'{name}' object is not iterable"));
    let items: Vec<Candidate> = match value {
        NewValue::Many(items) => items.into_iter().map(Candidate::from).collect(),
        NewValue::Members(items) => items,
        NewValue::List(list) => list.items.borrow().iter().cloned().map(Candidate::from).collect(),
        NewValue::One(None) => return Err(no_iterable("NoneType")),
        NewValue::One(Some(object)) => {
            let mapper = cx.orm.states.get(object.id()).mapper;
            return Err(no_iterable(&cx.orm.mappers.get(mapper).class_name));
        }
        NewValue::Value(_) | NewValue::Other(_) => {
            return Err(Error::unsupported("this value for a collection that is queried"));
        }
    };
    let mut items = items.into_iter().map(object).collect::<Result<Vec<ObjRef>>>()?;
    let mut before = queried_added(cx.orm, id, &relationship.key);
    if cx.orm.states.get(id).key.is_some() {
        if relationship.resolved().lazy == Lazy::WriteOnly {
            let name = events::attribute_text(cx.orm, relationship);
            return Err(Error::new(
                ErrorKind::InvalidRequestError,
                format!(
                    "Collection \"{name}\" does not support implicit iteration; collection replacement operations \
                     can't be used"
                ),
            ));
        }
        for object in stored(cx, id, relationship)? {
            if !before.contains(&object) {
                before.push(object);
            }
        }
    }
    note(cx.orm, id, relationship);
    let kept = items.clone();
    items.retain(|item| !before.contains(item));
    let by = Initiator::append(cx.orm, id, relationship);
    for item in &items {
        events::join_collection(cx, id, relationship, item, &by)?;
    }
    let by = Initiator::remove(cx.orm, id, relationship);
    for item in before.iter().filter(|item| !kept.contains(item)) {
        events::leave_collection(cx, id, relationship, item, &by)?;
    }
    Ok(())
}
