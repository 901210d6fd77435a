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
use crate::version::Behaviour;
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

/// Has the object tell that the collection was changed, in its `__dict__` too. What is put over it changes it even where
/// nothing is put in or taken out.
pub(super) fn note(cx: &mut Cx<'_>, id: StateId, relationship: &Relationship) -> Result<()> {
    let key = &relationship.key;
    events::mark_collection(cx, id, key, None)?;
    let state = cx.orm.states.get_mut(id);
    state.pending.entry(key.clone()).or_default();
    state.dict.entry(key.clone()).or_insert(Slot::Value(Value::Bool(true)));
    Ok(())
}

/// Notes what waits to be put into a collection; that it was taken out before is not forgotten.
pub(super) fn note_joined(orm: &mut Orm, id: StateId, key: &Key, item: &ObjRef) {
    let pending = orm.states.get_mut(id).pending.entry(key.clone()).or_default();
    if !pending.added.contains(item) {
        pending.added.push(item.clone());
    }
}

/// What a cascade or a flush meets: what waits, and with `loads` what the database has.
///
/// # Errors
///
/// As for reading the collection.
pub fn queried_members(
    cx: &mut Cx<'_>,
    id: StateId,
    relationship: &Relationship,
    loads: bool,
) -> Result<Vec<ObjRef>> {
    let mut found = queried_added(cx.orm, id, &relationship.key);
    let passive = if loads { Passive::LoadCommitted } else { Passive::NoLoad };
    let removed = cx.orm.states.get(id).pending.get(&relationship.key).map(|pending| pending.removed.clone());
    for object in stored(cx, id, relationship, passive)?.into_iter().chain(removed.unwrap_or_default()) {
        if !found.contains(&object) {
            found.push(object);
        }
    }
    Ok(found)
}

/// What is said of a collection that an object in no session should read.
pub fn detached_collection(cx: &mut Cx<'_>, id: StateId, key: &Key) -> Error {
    let text = super::object_text(cx, id);
    let message = format!(
        "Parent instance {text} is not bound to a Session, and no contextual session is established; lazy load operation \
         of attribute '{key}' cannot proceed"
    );
    Error::new(ErrorKind::DetachedInstanceError, message).with_code("bhk3")
}

/// What waits to be put into a collection that is queried.
pub fn queried_added(orm: &Orm, id: StateId, key: &str) -> Vec<ObjRef> {
    orm.states.get(id).pending.get(key).map(|pending| pending.added.clone()).unwrap_or_default()
}

/// What a merge takes of such a collection: what waits, what the database has of an object with a row, or both.
///
/// # Errors
///
/// As for reading the collection.
pub fn queried_whole(cx: &mut Cx<'_>, id: StateId, relationship: &Relationship) -> Result<Vec<ObjRef>> {
    let mut found = queried_added(cx.orm, id, &relationship.key);
    let profile = cx.orm.profile;
    if !profile.has(Behaviour::MergesQueriedAdded) && cx.orm.states.get(id).session.is_some() {
        found.clear();
    } else if !profile.has(Behaviour::MergesQueriedWhole) {
        return Ok(found);
    }
    for object in stored(cx, id, relationship, Passive::Load)? {
        if !found.contains(&object) {
            found.push(object);
        }
    }
    Ok(found)
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

/// What the database has for a dynamic collection, where `passive` asks; a write-only one refuses to tell.
fn stored(
    cx: &mut Cx<'_>,
    id: StateId,
    relationship: &Relationship,
    passive: Passive,
) -> Result<Vec<ObjRef>> {
    let state = cx.orm.states.get(id);
    let (Some(_), true, Some(owner)) = (&state.key, emits(passive), cx.orm.states.upgrade(id)) else {
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
    let Some(session) = state.session else { return Err(detached_collection(cx, id, &relationship.key)) };
    let query = load::collection_query(cx, &owner, &relationship.key, true)?;
    query.objects_as_they_are(cx, session)
}

fn emits(passive: Passive) -> bool {
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
    if emits(passive) {
        for object in stored(cx, id, relationship, passive)? {
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
    let stored = stored(cx, id, relationship, passive)?;
    let wrap = |objects: &[ObjRef]| objects.iter().map(|object| Item::Object(Some(object.clone()))).collect();
    let state = cx.orm.states.get(id);
    let pending = state.pending.get(&relationship.key);
    let (mut added, mut removed) =
        pending.map_or_else(Default::default, |pending| (pending.added.clone(), pending.removed.clone()));
    if emits(passive) && state.key.is_some() {
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
        // An object in no session is asked for no more than it holds.
        let is_held = cx.orm.states.get(id).session.is_some();
        for object in stored(cx, id, relationship, if is_held { Passive::Load } else { Passive::NoLoad })? {
            if !before.contains(&object) {
                before.push(object);
            }
        }
    }
    note(cx, id, relationship)?;
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
