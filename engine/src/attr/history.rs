//! What changed on one attribute since its last load or flush.
//!
//! Computed from the committed and the current value; mutations record nothing. Flush order follows these
//! lists, so they are vectors, never sets.

use super::access::{Known, Passive, get_passive, has_loader, is_known, peek, was_removed};
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::{Key, Lazy, Property};
use crate::orm::Orm;
use crate::state::{self, Member, ObjRef, Original, Slot, StateId};
use crate::value::{HostValue, Value};
use crate::version::{Behaviour, Profile};
use std::any::Any;
use std::rc::Rc;

/// One value in a history.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    Value(Value),
    Object(Option<ObjRef>),
}

/// The added, unchanged and deleted values of one attribute.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    pub added: Vec<Item>,
    pub unchanged: Vec<Item>,
    pub deleted: Vec<Item>,
    /// Which of the parts print as a list even where they are empty: added, unchanged, deleted.
    pub lists: [bool; 3],
    /// There is no value at all: up to 1.4 its parts print as `None`.
    pub blank: bool,
}

impl History {
    fn blank() -> Self {
        History { blank: true, ..History::default() }
    }

    /// Whether something was added or deleted.
    pub fn has_changes(&self) -> bool {
        !self.added.is_empty() || !self.deleted.is_empty()
    }

    /// The objects among these items.
    pub fn objects(items: &[Item]) -> impl Iterator<Item = &ObjRef> {
        items.iter().filter_map(|item| match item {
            Item::Object(object) => object.as_ref(),
            Item::Value(_) => None,
        })
    }
}

/// As `inspect(obj).attrs.key.history` gives it: without loading.
pub fn history(cx: &mut Cx<'_>, id: StateId, key: &Key) -> Result<History> {
    history_passive(cx, id, key, Passive::NoLoad)
}

/// As `inspect(obj).attrs.key.load_history()` gives it: with loading, but of a collection that is queried.
pub fn load_history(cx: &mut Cx<'_>, id: StateId, key: &Key) -> Result<History> {
    let queried = state::relationship(cx.orm, id, key).is_some_and(|found| found.is_queried());
    history_passive(cx, id, key, if queried { Passive::NoLoad } else { Passive::Load })
}

/// As `attributes.get_history(obj, key)` gives it: with loading, an empty list where there is no row or where it was deleted.
pub fn full_history(cx: &mut Cx<'_>, id: StateId, key: &Key) -> Result<History> {
    if let Some(relationship) = state::relationship(cx.orm, id, key)
        && relationship.resolved().uselist
        && !relationship.is_queried()
        && (!has_loader(cx.orm, id, &relationship) || was_removed(cx.orm, id, key))
        && let Slot::Many(list) = super::access::get(cx, id, key)?
    {
        let original = cx.orm.states.get(id).committed.get(key);
        return Ok(of_list(&list.items.borrow(), original));
    }
    history_passive(cx, id, key, Passive::Load)
}

/// As [`history_passive`], within a flush: what was looked up for one step of it holds for the others.
pub(crate) fn history_in_flush(cx: &mut Cx<'_>, id: StateId, key: &Key, passive: Passive) -> Result<History> {
    if lost_old(cx.orm, id, key) {
        // It left the database since: the library meets its own marker where it wants the object.
        let marker =
            if cx.orm.profile.has(Behaviour::MarkersAreEnums) { "LoaderCallableStatus" } else { "symbol" };
        return Err(super::no_state_error(marker));
    }
    let state = cx.orm.states.get(id);
    if let Some(waiting) = state.pending.get(key)
        && !state::relationship(cx.orm, id, key).is_some_and(|relationship| relationship.is_queried())
        && cx.orm.profile.has(Behaviour::FlushesSeeUnloadedChanges)
        && (passive == Passive::NoLoad || state.dict.contains_key(key))
    {
        if state.dict.contains_key(key) {
            // A list was set over changes that waited for another to be loaded, which an object without a row never does.
            return Err(Error::new(ErrorKind::AssertionError, ""));
        }
        let wrap = |objects: &[ObjRef]| objects.iter().cloned().map(|one| Item::Object(Some(one))).collect();
        return Ok(History {
            added: wrap(&waiting.added),
            deleted: wrap(&waiting.removed),
            ..History::default()
        });
    }
    history_passive(cx, id, key, passive)
}

/// The history of an attribute, whose value is looked for as far as `passive` goes.
pub fn history_passive(cx: &mut Cx<'_>, id: StateId, key: &Key, passive: Passive) -> Result<History> {
    if let Some(relationship) = state::relationship(cx.orm, id, key).filter(|found| found.is_queried()) {
        return super::queried::history(cx, id, &relationship, passive);
    }
    let looked_up = look_up_old(cx, id, key)?;
    let loads = passive == Passive::Load;
    let nothing_to_load = loads
        && match state::relationship(cx.orm, id, key) {
            // A foreign key that was never set leads nowhere.
            Some(relationship) if relationship.resolved().use_get => {
                let refused = has_loader(cx.orm, id, &relationship)
                    && !is_known(cx.orm, id, key)
                    && crate::load::raises(cx.orm, id, &relationship);
                !refused && peek(cx, id, &relationship, false, false) == Known::NeverSet
            }
            Some(relationship) => !has_loader(cx.orm, id, &relationship),
            // What was set or deleted is known.
            None => {
                let state = cx.orm.states.get(id);
                let expired = state.expired_attributes.contains(key);
                state.committed.contains_key(key) || (state.key.is_none() && !expired)
            }
        };
    // What an object without a row was never given is nothing to a flush, nor is what a relationship does not load.
    let nothing_to_load = nothing_to_load
        || (passive == Passive::LoadCommitted
            && state::relationship(cx.orm, id, key)
                .is_some_and(|found| !found.resolved().uselist && !has_loader(cx.orm, id, &found)));
    let mut current = match cx.orm.states.get(id) {
        state if nothing_to_load => state.dict.get(key).cloned(),
        _ => get_passive(cx, id, key, passive)?,
    };
    let state = cx.orm.states.get(id);
    if loads && !state.dict.contains_key(key) {
        current = None;
    }
    let original = looked_up.as_ref().or_else(|| state.committed.get(key));
    if lost_old(cx.orm, id, key)
        && let Some(Slot::One(object)) = current
    {
        let listed = cx.orm.profile.has(Behaviour::MarkersAreEnums);
        let marker = Marker { name: "ATTR_EMPTY", number: 3, listed };
        let deleted = vec![Item::Value(Value::Host(Rc::new(marker)))];
        return Ok(History { added: vec![Item::Object(object)], deleted, ..History::default() });
    }
    let relationship =
        matches!(cx.orm.mappers.get(state.mapper).properties.get(key), Some(Property::Relationship(_)));
    let is_list = state::relationship(cx.orm, id, key).is_some_and(|found| found.resolved().uselist);
    // Asked with loading, a scalar that was deleted is `None` again; before 1.4 only a many-to-one is.
    let deferred = cx.orm.profile.has(Behaviour::DeferredScalarHistory);
    let listed = state::relationship(cx.orm, id, key).is_some_and(|found| found.resolved().uselist);
    let scalar_default = state::relationship(cx.orm, id, key)
        .is_some_and(|found| !found.resolved().uselist && (deferred || found.resolved().use_get));
    Ok(match (current, original) {
        (Some(Slot::Many(list)), original) => of_list(&list.items.borrow(), original),
        // To a flush that looks for it, a list that was deleted is empty.
        (None, original @ Some(Original::Many(_))) if passive == Passive::LoadCommitted => {
            of_list(&[], original)
        }
        (None, Some(Original::Many(_))) => History::default(),
        // A change to an empty list was announced and not made.
        (None, Some(Original::NoValue)) if loads && is_list => History::default(),
        (None, None) if loads => History::default(),
        // Something was to be taken out of a list that had nothing.
        (None, Some(Original::NoValue)) if loads && listed => History::default(),
        (None, None) => History::blank(),
        // It was deleted, and was `None`.
        (None, Some(Original::One(None))) => {
            History { added: vec![Item::Object(None)], ..History::default() }
        }
        (None, Some(Original::NoValue)) if relationship && !(loads && scalar_default) => History::blank(),
        (None, Some(Original::NoValue | Original::Unloaded)) if relationship => {
            History { added: vec![Item::Object(None)], ..History::default() }
        }
        (None, Some(Original::NoValue | Original::Unloaded)) => {
            History { added: vec![Item::Value(Value::Null)], ..History::default() }
        }
        (None, Some(Original::Value(old))) => {
            History { deleted: vec![Item::Value(old.clone())], ..History::default() }
        }
        (None, Some(Original::One(old))) => {
            History { deleted: vec![Item::Object(old.clone())], ..History::default() }
        }
        (Some(Slot::Value(value)), original) => of_value(value, original),
        (Some(Slot::One(object)), original) => of_object(object, original),
    })
}

/// What the real library holds in place of a value.
#[derive(Debug)]
pub struct Marker {
    pub name: &'static str,
    number: u8,
    /// It is a member of an enumeration.
    listed: bool,
}

impl Marker {
    /// What stands in place of a key that was never given; 1.3 has no marker of its own for that.
    pub(crate) fn never_set(profile: Profile) -> Value {
        let listed = profile.has(Behaviour::MarkersAreEnums);
        let name = if profile.has(Behaviour::NeverSet) { "NEVER_SET" } else { "NO_VALUE" };
        Value::Host(Rc::new(Marker { name, number: 4, listed }))
    }

    /// Whether a value is such a marker.
    pub(crate) fn is_one(value: &Value) -> bool {
        matches!(value, Value::Host(host) if host.as_any().is::<Marker>())
    }
}

impl HostValue for Marker {
    fn repr(&self) -> String {
        if self.listed {
            format!("<LoaderCallableStatus.{}: {}>", self.name, self.number)
        } else {
            format!("symbol('{}')", self.name)
        }
    }

    fn type_name(&self) -> String {
        if self.listed { "LoaderCallableStatus" } else { "symbol" }.to_owned()
    }

    fn number(&self) -> Option<i64> {
        // Symbols are numbers that no row has: hashes of their names.
        (!self.listed).then_some(-3_052_765_735_116_804_927)
    }

    fn same(&self, other: &dyn HostValue) -> bool {
        other.as_any().downcast_ref::<Marker>().is_some_and(|other| other.name == self.name)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Whether what a scalar relationship had before it was set was to be looked up later, and its object has no row any
/// more.
fn lost_old(orm: &Orm, id: StateId, key: &Key) -> bool {
    orm.states.get(id).key.is_none() && leaves_old(orm, id, key)
}

/// Whether what a scalar relationship had before it was set is still to be looked up.
fn defers_old(orm: &Orm, id: StateId, key: &Key) -> bool {
    let state = orm.states.get(id);
    state.session.is_some() && state.key.is_some() && leaves_old(orm, id, key)
}

fn leaves_old(orm: &Orm, id: StateId, key: &Key) -> bool {
    matches!(orm.states.get(id).committed.get(key), Some(Original::Unloaded))
        && orm.profile.has(Behaviour::DeferredScalarHistory)
        && state::relationship(orm, id, key).is_some_and(|found| {
            let resolved = found.resolved();
            !resolved.use_get && resolved.lazy != Lazy::NoLoad
        })
}

/// Loads the object that a scalar relationship had before it was set, where that was left for later; the next history
/// loads it again.
fn look_up_old(cx: &mut Cx<'_>, id: StateId, key: &Key) -> Result<Option<Original>> {
    if !defers_old(cx.orm, id, key) {
        return Ok(None);
    }
    let hooks = Rc::clone(&cx.orm.hooks);
    let was = hooks.unflushed(cx.orm, id, true);
    let state = cx.orm.states.get_mut(id);
    let current = state.dict.shift_remove(key);
    let expired = state.expired_attributes.contains(key);
    let more_expired = state.expired_attributes.len() > 1;
    let loaded = crate::load::load_relationship_anyway(cx, id, key, true);
    hooks.unflushed(cx.orm, id, was);
    let state = cx.orm.states.get_mut(id);
    state.dict.shift_remove(key);
    if let Some(current) = current {
        state.dict.insert(key.clone(), current);
    }
    state.committed.insert(key.clone(), Original::Unloaded);
    // Nothing is left expired where the object's row was read.
    if expired && !(more_expired && state.expired_attributes.is_empty()) {
        state.expired_attributes.insert(key.clone());
    }
    Ok(Some(match loaded? {
        Slot::One(object) => Original::One(object),
        Slot::Value(_) | Slot::Many(_) => Original::NoValue,
    }))
}

fn of_value(value: Value, original: Option<&Original>) -> History {
    let item = Item::Value(value);
    let deleted = match original {
        None => return History { unchanged: vec![item], ..History::default() },
        Some(Original::Value(old)) => {
            let old = Item::Value(old.clone());
            if old == item {
                return History { unchanged: vec![item], ..History::default() };
            }
            vec![old]
        }
        Some(_) => Vec::new(),
    };
    History { added: vec![item], deleted, ..History::default() }
}

/// A removed `None` is never listed: no row's foreign key would need clearing.
fn of_object(object: Option<ObjRef>, original: Option<&Original>) -> History {
    let deleted = match original {
        None => return History { unchanged: vec![Item::Object(object)], ..History::default() },
        Some(Original::One(old)) if *old == object => {
            return History { unchanged: vec![Item::Object(object)], ..History::default() };
        }
        Some(Original::One(Some(old))) => vec![Item::Object(Some(old.clone()))],
        Some(_) => Vec::new(),
    };
    History { added: vec![Item::Object(object)], deleted, ..History::default() }
}

fn of_list(items: &[Member], original: Option<&Original>) -> History {
    let wrap = |member: &Member| Item::Object(member.clone());
    let mut history = History { lists: [true; 3], ..History::default() };
    match original {
        None => {
            history.lists = [false, true, false];
            history.unchanged = items.iter().map(wrap).collect();
        }
        Some(Original::Many(old)) => {
            history.added = items.iter().filter(|item| !old.contains(item)).map(wrap).collect();
            history.unchanged = items.iter().filter(|item| old.contains(item)).map(wrap).collect();
            history.deleted = old.iter().filter(|item| !items.contains(item)).map(wrap).collect();
        }
        Some(_) => {
            history.lists = [true, false, false];
            history.added = items.iter().map(wrap).collect();
        }
    }
    history
}

/// `session.is_modified(obj)`: whether some attribute has a net change.
pub fn is_modified(cx: &mut Cx<'_>, id: StateId, include_collections: bool) -> Result<bool> {
    let state = cx.orm.states.get(id);
    if !state.modified {
        return Ok(false);
    }
    let properties: Vec<(Key, Property)> = cx
        .orm
        .mappers
        .get(state.mapper)
        .properties
        .iter()
        .map(|(key, property)| (key.clone(), property.clone()))
        .collect();
    for (key, property) in properties {
        if let Property::Relationship(relationship) = &property
            && !include_collections
            && relationship.resolved().uselist
        {
            continue;
        }
        if history_passive(cx, id, &key, Passive::NoLoad)?.has_changes() {
            return Ok(true);
        }
    }
    Ok(false)
}
