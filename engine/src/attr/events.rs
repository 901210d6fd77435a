//! What a change sets off: parents are tracked, the other side follows, sessions hear of it.
//!
//! A chain of events carries the attribute and the operation that began it, so that an event that comes back
//! to its beginning ends there.

use super::access::{append_token, empty_collection, has_loader, was_removed};
use super::{change, collection, told};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{self, Happening, Stage};
use crate::host::Cx;
use crate::map::{Direction, Key, MapperId, Relationship, Shape};
use crate::orm::Orm;
use crate::state::{self, Collection, IdentityKey, Member, ObjRef, Original, Slot, StateId};
use std::rc::Rc;

/// What sessions do on attribute events. Defined here so that attributes know nothing of sessions.
pub trait Hooks: std::fmt::Debug {
    /// An object came into a relationship. `by` is the attribute whose change began it all.
    fn joined(
        &self,
        cx: &mut Cx<'_>,
        owner: StateId,
        relationship: &Rc<Relationship>,
        item: &ObjRef,
        by: &Key,
    ) -> Result<()>;

    /// An object left a relationship; `replaced` where a scalar was set to another.
    fn left(
        &self,
        cx: &mut Cx<'_>,
        owner: StateId,
        relationship: &Rc<Relationship>,
        item: &ObjRef,
        replaced: bool,
    ) -> Result<()>;

    /// An object has changed for the first time since its last load or flush.
    ///
    /// # Errors
    ///
    /// The change cannot be part of a transaction. It is noted all the same, and not made.
    fn modified(&self, cx: &mut Cx<'_>, id: StateId) -> Result<()>;

    /// The object that the owner's session has for a row.
    fn identity(&self, orm: &Orm, owner: StateId, key: &IdentityKey) -> Option<ObjRef>;

    /// Says whether loads of the owner's session are to leave out the flush before them, and how that was.
    fn unflushed(&self, orm: &mut Orm, owner: StateId, unflushed: bool) -> bool;
}

/// What kind of change began a chain of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Append,
    Remove,
    Replace,
    Bulk,
}

/// The attribute and the change that began a chain of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Initiator {
    pub(crate) mapper: MapperId,
    /// The class of the object that changed: each class has its own attribute, inherited or not.
    class: MapperId,
    pub(crate) key: Key,
    pub(crate) op: Op,
}

impl Initiator {
    fn of(orm: &Orm, owner: StateId, relationship: &Relationship, op: Op) -> Self {
        let mapper = relationship.parent;
        let class = orm.states.find(owner).map_or(mapper, |state| state.mapper);
        Initiator { mapper, class, key: relationship.key.clone(), op }
    }

    /// Of a column attribute, which begins no chain.
    pub(super) fn of_column(mapper: MapperId, key: &Key) -> Self {
        Initiator { mapper, class: mapper, key: key.clone(), op: Op::Replace }
    }

    /// The attribute whose change began it all.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Whether it is this attribute of this class.
    pub fn began_at(&self, mapper: MapperId, key: &str) -> bool {
        self.mapper == mapper && *self.key == *key
    }

    /// Whether a whole collection was replaced.
    pub fn is_bulk(&self) -> bool {
        self.op == Op::Bulk
    }

    /// Whether the attribute is a column's.
    pub fn is_of_column(&self, orm: &Orm) -> bool {
        orm.mappers.relationship(self.mapper, &self.key).is_none()
    }

    pub(super) fn append(orm: &Orm, owner: StateId, relationship: &Relationship) -> Self {
        Initiator::of(orm, owner, relationship, Op::Append)
    }

    pub(super) fn remove(orm: &Orm, owner: StateId, relationship: &Relationship) -> Self {
        Initiator::of(orm, owner, relationship, Op::Remove)
    }

    pub(super) fn replace(orm: &Orm, owner: StateId, relationship: &Relationship) -> Self {
        Initiator::of(orm, owner, relationship, Op::Replace)
    }

    pub(super) fn bulk(orm: &Orm, owner: StateId, relationship: &Relationship) -> Self {
        Initiator::of(orm, owner, relationship, Op::Bulk)
    }

    fn is_of(&self, relationship: &Relationship) -> bool {
        self.mapper == relationship.parent && self.key == relationship.key
    }
}

/// `<User at 0x7f…>`, as messages name an object.
pub fn object_text(cx: &mut Cx<'_>, id: StateId) -> String {
    let address = cx.host.address(id);
    let Some(state) = cx.orm.states.find(id) else { return format!("<unknown at {address:#x}>") };
    format!("<{} at {address:#x}>", cx.orm.mappers.get(state.mapper).class_name)
}

/// A value of the host's, whose type has this name, was used where a mapped object belongs.
pub fn no_state_error(type_name: &str) -> Error {
    Error::new(
        ErrorKind::AttributeError,
        format!("'{type_name}' object has no attribute '_sa_instance_state'"),
    )
}

/// `User.addresses`, as messages name an attribute.
pub(super) fn attribute_text(orm: &Orm, relationship: &Relationship) -> String {
    format!("{}.{}", orm.mappers.get(relationship.parent).class_name, relationship.key)
}

/// The owner, which must be alive to be told of a change.
pub(super) fn owner_ref(orm: &Orm, owner: StateId, relationship: &Relationship) -> Result<ObjRef> {
    orm.states.upgrade(owner).ok_or_else(|| dereferenced(orm, relationship))
}

/// The object whose collection changes is gone.
pub(super) fn dereferenced(orm: &Orm, relationship: &Relationship) -> Error {
    Error::new(
        ErrorKind::ObjectDereferencedError,
        format!(
            "Can't emit change event for attribute '{}' - parent object of type <{}> has been garbage collected.",
            attribute_text(orm, relationship),
            orm.mappers.get(relationship.parent).class_name
        ),
    )
}

/// Records that an attribute changes, with what it was. Of a `viewonly` relationship nothing is.
pub(super) fn mark(cx: &mut Cx<'_>, id: StateId, key: &Key, previous: Original) -> Result<()> {
    if state::relationship(cx.orm, id, key).is_some_and(|relationship| relationship.args.is_viewonly()) {
        return Ok(());
    }
    let state = cx.orm.states.get_mut(id);
    state.committed.entry(key.clone()).or_insert(previous);
    if let Some(known) = state.last_known.get(key) {
        known.value.take();
    }
    if state.modified {
        return Ok(());
    }
    state.modified = true;
    let hooks = Rc::clone(&cx.orm.hooks);
    hooks.modified(cx, id)
}

/// `flag_modified(obj, key)`: the attribute counts as changed, whatever it was.
///
/// # Errors
///
/// `InvalidRequestError`: the object does not hold it.
pub fn flag_modified(cx: &mut Cx<'_>, id: StateId, key: &Key) -> Result<()> {
    let mapper = cx.orm.states.get(id).mapper;
    if !cx.orm.mappers.get(mapper).properties.contains_key(key) {
        return Err(Error::new(ErrorKind::KeyError, &**key));
    }
    if !cx.orm.states.get(id).dict.contains_key(key) {
        return Err(Error::new(
            ErrorKind::InvalidRequestError,
            format!("Can't flag attribute '{key}' modified; it's not present in the object state"),
        ));
    }
    mark(cx, id, key, Original::NoValue)?;
    // Also where it was set to what it had.
    cx.orm.states.get_mut(id).committed.insert(key.clone(), Original::NoValue);
    if event::is_heard(cx.orm, "modified")
        && let Some(object) = cx.orm.states.upgrade(id)
    {
        let by = Initiator::of_column(mapper, key);
        event::tell(cx, "modified", Happening::Attribute { object, key: key.clone(), by: Some(by) })?;
    }
    Ok(())
}

/// `flag_dirty(obj)`: the object counts as changed, though no attribute does.
///
/// # Errors
///
/// `InvalidRequestError`: the block of the session's transaction has not ended, but the transaction has.
pub fn flag_dirty(cx: &mut Cx<'_>, id: StateId) -> Result<()> {
    let state = cx.orm.states.get_mut(id);
    if state.modified {
        return Ok(());
    }
    state.modified = true;
    let hooks = Rc::clone(&cx.orm.hooks);
    hooks.modified(cx, id)
}

/// Records that a collection changes. What it was is `previous`, or else what it has now.
pub(super) fn mark_collection(
    cx: &mut Cx<'_>,
    id: StateId,
    key: &Key,
    previous: Option<Vec<Member>>,
) -> Result<()> {
    let state = cx.orm.states.get(id);
    let original = if state.committed.contains_key(key) {
        Original::NoValue
    } else {
        match (previous, state.dict.get(key)) {
            (Some(items), _) => Original::Many(items),
            (None, Some(Slot::Many(list))) => Original::Many(list.items.borrow().clone()),
            _ => Original::NoValue,
        }
    };
    mark(cx, id, key, original)
}

/// Notes that an object hangs on a parent, or no longer does. Where it may hang on several, nothing is noted.
///
/// # Errors
///
/// `StaleDataError`: the parent that it is known to hang on is another one, and is gone.
pub(super) fn set_parent(
    cx: &mut Cx<'_>,
    item: StateId,
    relationship: &Relationship,
    owner: StateId,
    on: bool,
) -> Result<()> {
    if !relationship.args.single_parent && relationship.resolved().direction != Direction::OneToMany {
        return Ok(());
    }
    let token = (relationship.parent, relationship.key.clone());
    let last = cx.orm.states.get(item).parents.get(&token).copied();
    if !on
        && let Some(Some(last)) = last
        && cx.orm.states.key_of(last) != cx.orm.states.key_of(owner)
    {
        if cx.orm.states.upgrade(last).is_some() {
            return Ok(());
        }
        let (item, owner) = (object_text(cx, item), object_text(cx, owner));
        return Err(Error::new(
            ErrorKind::StaleDataError,
            format!(
                "Removing state {item} from parent state {owner} along attribute '{}', but the parent record has gone stale, can't be sure this is the most recent parent.",
                relationship.key
            ),
        ));
    }
    cx.orm.states.get_mut(item).parents.insert(token, on.then_some(owner));
    Ok(())
}

/// Refuses a second parent where a relationship allows one.
fn check_single_parent(
    cx: &mut Cx<'_>,
    owner: StateId,
    relationship: &Relationship,
    item: &ObjRef,
    old: Option<&ObjRef>,
    by: &Initiator,
) -> Result<()> {
    if !relationship.args.single_parent || by.key != relationship.key || old == Some(item) {
        return Ok(());
    }
    let state = cx.orm.states.get(item.id());
    let token = (relationship.parent, relationship.key.clone());
    if matches!(state.parents.get(&token), Some(Some(_))) {
        let class = cx.orm.mappers.get(cx.orm.states.get(owner).mapper);
        let (module, name) = (class.module.clone(), class.class_name.clone());
        let text = object_text(cx, item.id());
        return Err(Error::new(
            ErrorKind::InvalidRequestError,
            format!(
                "Instance {text} is already associated with an instance of <class '{module}.{name}'> via its {} attribute, and is only allowed a single parent.",
                attribute_text(cx.orm, relationship)
            ),
        )
        .with_code("bbf1"));
    }
    Ok(())
}

/// An object is about to come into a collection.
pub(super) fn fire_append(
    cx: &mut Cx<'_>,
    owner: StateId,
    relationship: &Rc<Relationship>,
    item: &ObjRef,
    by: Option<&Initiator>,
) -> Result<()> {
    let own = Initiator::append(cx.orm, owner, relationship);
    let by = by.unwrap_or(&own);
    told::member(cx, "append", owner, relationship, item, by, Stage::Declared)?;
    check_single_parent(cx, owner, relationship, item, None, by)?;
    told::member(cx, "append", owner, relationship, item, by, Stage::Validating)?;
    let hooks = Rc::clone(&cx.orm.hooks);
    hooks.joined(cx, owner, relationship, item, &by.key)?;
    tell_joined(cx, owner, relationship, item, by)?;
    told::member(cx, "append", owner, relationship, item, by, Stage::Configured)?;
    mark_collection(cx, owner, &relationship.key, None)?;
    set_parent(cx, item.id(), relationship, owner, true)
}

/// An object is leaving a collection.
pub(super) fn fire_remove(
    cx: &mut Cx<'_>,
    owner: StateId,
    relationship: &Rc<Relationship>,
    item: &ObjRef,
    by: Option<&Initiator>,
) -> Result<()> {
    let own = Initiator::remove(cx.orm, owner, relationship);
    let by = by.unwrap_or(&own);
    set_parent(cx, item.id(), relationship, owner, false)?;
    told::member(cx, "remove", owner, relationship, item, by, Stage::Declared)?;
    told::member(cx, "remove", owner, relationship, item, by, Stage::Validating)?;
    let hooks = Rc::clone(&cx.orm.hooks);
    hooks.left(cx, owner, relationship, item, false)?;
    tell_left(cx, owner, relationship, item, by)?;
    told::member(cx, "remove", owner, relationship, item, by, Stage::Configured)?;
    mark_collection(cx, owner, &relationship.key, None)
}

/// The object of a scalar relationship is leaving, since the attribute is deleted.
pub(super) fn fire_remove_one(
    cx: &mut Cx<'_>,
    owner: StateId,
    relationship: &Rc<Relationship>,
    old: &ObjRef,
    by: &Initiator,
) -> Result<()> {
    set_parent(cx, old.id(), relationship, owner, false)?;
    let hooks = Rc::clone(&cx.orm.hooks);
    hooks.left(cx, owner, relationship, old, false)?;
    tell_left(cx, owner, relationship, old, by)?;
    told::left(cx, owner, relationship, old, by)
}

/// A scalar relationship is being set. `old` is what is known to have been there.
pub(super) fn fire_replace(
    cx: &mut Cx<'_>,
    owner: StateId,
    relationship: &Rc<Relationship>,
    new: Option<&ObjRef>,
    old: Option<&ObjRef>,
    previous: Original,
    by: &Initiator,
) -> Result<()> {
    if new != old
        && let Some(old) = old
    {
        set_parent(cx, old.id(), relationship, owner, false)?;
    }
    told::one(cx, owner, relationship, new, &previous, by, Stage::Declared)?;
    if let Some(new) = new {
        check_single_parent(cx, owner, relationship, new, old, by)?;
    }
    told::one(cx, owner, relationship, new, &previous, by, Stage::Validating)?;
    if new != old {
        let hooks = Rc::clone(&cx.orm.hooks);
        if let Some(new) = new {
            hooks.joined(cx, owner, relationship, new, &by.key)?;
        }
        if let Some(old) = old {
            hooks.left(cx, owner, relationship, old, true)?;
        }
        tell_replaced(cx, owner, relationship, new, old, by)?;
    }
    told::one(cx, owner, relationship, new, &previous, by, Stage::Configured)?;
    mark(cx, owner, &relationship.key, previous)?;
    if let Some(new) = new {
        set_parent(cx, new.id(), relationship, owner, true)?;
    }
    Ok(())
}

/// The attribute of `item` that is kept in step with this relationship.
fn other_side(orm: &Orm, relationship: &Relationship, item: &ObjRef) -> Result<Option<Rc<Relationship>>> {
    if !relationship.syncs.get() {
        return Ok(None);
    }
    let Some(key) = relationship.back_populates.borrow().clone() else { return Ok(None) };
    match state::relationship(orm, item.id(), &key) {
        Some(other) => Ok(Some(other)),
        None => Err(Error::new(ErrorKind::KeyError, &*key)),
    }
}

fn check_conflict(
    cx: &mut Cx<'_>,
    relationship: &Relationship,
    other: &Relationship,
    item: &ObjRef,
    by: &Initiator,
) -> Result<()> {
    if by.is_of(relationship) || by.is_of(other) {
        return Ok(());
    }
    let text = object_text(cx, item.id());
    let orm = &*cx.orm;
    let began = format!("{}.{}", orm.mappers.get(by.mapper).class_name, by.key);
    Err(Error::new(
        ErrorKind::ValueError,
        format!(
            "Bidirectional attribute conflict detected: Passing object {text} to attribute \"{began}\" triggers a modify event on attribute \"{}\" via the backref \"{}\".",
            attribute_text(orm, other),
            attribute_text(orm, relationship)
        ),
    ))
}

/// Tells the other side that an object came into the relationship.
fn tell_joined(
    cx: &mut Cx<'_>,
    owner: StateId,
    relationship: &Relationship,
    item: &ObjRef,
    by: &Initiator,
) -> Result<()> {
    let Some(other) = other_side(cx.orm, relationship, item)? else { return Ok(()) };
    check_conflict(cx, relationship, &other, item, by)?;
    if *by == append_token(cx.orm, item.id(), &other)
        || (other.resolved().uselist && *by == Initiator::bulk(cx.orm, item.id(), &other))
    {
        return Ok(());
    }
    let owner = owner_ref(cx.orm, owner, relationship)?;
    if other.resolved().uselist {
        return join_collection(cx, item.id(), &other, &owner, by);
    }
    change::set_one(cx, item.id(), &other, Some(owner), Some(by), None)
}

/// Tells the other side that an object left the relationship.
fn tell_left(
    cx: &mut Cx<'_>,
    owner: StateId,
    relationship: &Relationship,
    item: &ObjRef,
    by: &Initiator,
) -> Result<()> {
    let Some(other) = other_side(cx.orm, relationship, item)? else { return Ok(()) };
    let many = other.resolved().uselist;
    let echo = if many {
        Initiator::bulk(cx.orm, item.id(), &other)
    } else {
        Initiator::replace(cx.orm, item.id(), &other)
    };
    if *by == Initiator::remove(cx.orm, item.id(), &other) || *by == echo {
        return Ok(());
    }
    if !many && relationship.resolved().uselist && stays(cx, owner, relationship, item)? {
        return Ok(());
    }
    let owner = owner_ref(cx.orm, owner, relationship)?;
    if many {
        return leave_collection(cx, item.id(), &other, &owner, by);
    }
    change::set_one(cx, item.id(), &other, None, Some(by), Some(&owner))
}

/// Whether an object that is leaving a collection is met in it more than once.
fn stays(cx: &mut Cx<'_>, owner: StateId, relationship: &Relationship, item: &ObjRef) -> Result<bool> {
    let Some(Slot::Many(list)) = cx.orm.states.get(owner).dict.get(&relationship.key) else {
        return Ok(false);
    };
    let list = Rc::clone(list);
    let times = |members: &[Member]| members.iter().filter(|other| other.as_ref() == Some(item)).count();
    Ok(match &list.host {
        Some(host) => times(&host.looped_over(cx)?) > 1,
        // A loop over a dictionary meets its keys.
        None => relationship.shape() != Shape::Dict && times(&list.items.borrow()) > 1,
    })
}

/// Tells the other sides that a scalar relationship changed.
fn tell_replaced(
    cx: &mut Cx<'_>,
    owner: StateId,
    relationship: &Relationship,
    new: Option<&ObjRef>,
    old: Option<&ObjRef>,
    by: &Initiator,
) -> Result<()> {
    if let Some(old) = old
        && let Some(other) = other_side(cx.orm, relationship, old)?
    {
        let many = other.resolved().uselist;
        let echo = if many {
            Initiator::remove(cx.orm, old.id(), &other)
        } else {
            Initiator::replace(cx.orm, old.id(), &other)
        };
        if *by != echo {
            let holder = owner_ref(cx.orm, owner, relationship)?;
            let by = Initiator::replace(cx.orm, owner, relationship);
            if many {
                leave_collection(cx, old.id(), &other, &holder, &by)?;
            } else {
                change::set_one(cx, old.id(), &other, None, Some(&by), Some(&holder))?;
            }
        }
    }
    match new {
        Some(new) => tell_joined(cx, owner, relationship, new, by),
        None => Ok(()),
    }
}

/// The collection where it is loaded; that of an object without a row is, empty.
fn collection_at_hand(
    cx: &mut Cx<'_>,
    id: StateId,
    relationship: &Rc<Relationship>,
) -> Result<Option<Rc<Collection>>> {
    let state = cx.orm.states.get(id);
    Ok(match state.dict.get(&relationship.key) {
        Some(Slot::Many(list)) => Some(Rc::clone(list)),
        _ if relationship.is_queried() => None,
        _ if !has_loader(cx.orm, id, relationship) || was_removed(cx.orm, id, &relationship.key) => {
            return empty_collection(cx, id, relationship).map(Some);
        }
        _ => None,
    })
}

/// Puts an object into a collection without loading it: where it is not loaded, the change waits.
pub(super) fn join_collection(
    cx: &mut Cx<'_>,
    id: StateId,
    relationship: &Rc<Relationship>,
    item: &ObjRef,
    by: &Initiator,
) -> Result<()> {
    let key = &relationship.key;
    if let Some(list) = collection_at_hand(cx, id, relationship)? {
        return collection::append_by(cx, &list, item.into(), Some(by));
    }
    if relationship.is_queried() {
        // What a failing event leaves undone has happened here.
        super::queried::note(cx, id, relationship)?;
        super::queried::note_joined(cx.orm, id, key, item);
        return fire_append(cx, id, relationship, item, Some(by));
    }
    fire_append(cx, id, relationship, item, Some(by))?;
    note_joined(cx.orm, id, key, item);
    Ok(())
}

/// Notes what waits to be put into a collection.
fn note_joined(orm: &mut Orm, id: StateId, key: &Key, item: &ObjRef) {
    let pending = orm.states.get_mut(id).pending.entry(key.clone()).or_default();
    note(&mut pending.added, &mut pending.removed, item);
}

/// Notes what waits to be taken out of a collection.
fn note_left(orm: &mut Orm, id: StateId, key: &Key, item: &ObjRef) {
    let pending = orm.states.get_mut(id).pending.entry(key.clone()).or_default();
    note(&mut pending.removed, &mut pending.added, item);
}

/// Adds an object to a note, once, or takes it out of the one that says the contrary.
fn note(to: &mut Vec<ObjRef>, contrary: &mut Vec<ObjRef>, item: &ObjRef) {
    if let Some(at) = contrary.iter().position(|other| other == item) {
        contrary.remove(at);
    } else if !to.contains(item) {
        to.push(item.clone());
    }
}

/// Takes an object out of a collection without loading it; that it is not there is no error.
pub(super) fn leave_collection(
    cx: &mut Cx<'_>,
    id: StateId,
    relationship: &Rc<Relationship>,
    item: &ObjRef,
    by: &Initiator,
) -> Result<()> {
    let key = &relationship.key;
    if let Some(list) = collection_at_hand(cx, id, relationship)? {
        return match collection::remove_by(cx, &list, item.into(), Some(by)) {
            Err(error) if error.kind() == ErrorKind::ValueError => Ok(()),
            result => result,
        };
    }
    if relationship.is_queried() {
        super::queried::note(cx, id, relationship)?;
        note_left(cx.orm, id, key, item);
        return fire_remove(cx, id, relationship, item, Some(by));
    }
    fire_remove(cx, id, relationship, item, Some(by))?;
    note_left(cx.orm, id, key, item);
    Ok(())
}
