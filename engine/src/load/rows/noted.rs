//! What a row notes for its object to be loaded later, or sets off at once.
//!
//! Nothing is loaded here but what the library loads between two rows: by subquery, and what `noload` empties.

use super::super::classes::takes;
use super::super::collected::collection_query;
use super::super::later::{loaded, local_keys, subquery};
use super::super::options::{self, Recursion};
use super::super::plan::{EntityPlan, LaterLoad};
use super::expired::put;
use super::{Filling, Loading, value};
use crate::attr::{self, NewValue};
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::{Key, Lazy, Mapped, MapperId, Relationship};
use crate::orm::Orm;
use crate::state::{ObjRef, Slot, StateId};
use crate::value::Value;
use crate::version::Behaviour;
use indexmap::{IndexMap, IndexSet};
use std::rc::Rc;

/// A relationship to load for objects once all rows are read.
#[derive(Debug)]
pub(in crate::load) struct Later {
    pub relationship: Rc<Relationship>,
    pub lazy: Lazy,
    pub of_type: Option<Mapped>,
    pub recursion: Option<Recursion>,
    pub path: options::Path,
    /// The steps that led to the load before this one.
    pub prior: options::Path,
    /// The class from which the path began.
    pub root: Option<Rc<str>>,
    /// How the object was loaded whose lazy load came before.
    pub lineage: Option<Rc<str>>,
    pub objects: Vec<ObjRef>,
    /// What the rows have of the objects for a load by subquery, whatever these have been set to.
    pub given: IndexMap<StateId, Vec<Value>>,
    /// The objects that keep what they have, though they are asked for again.
    pub kept: IndexSet<StateId>,
    /// What the objects have is loaded anew, and so on below.
    pub populates: bool,
    /// It is part of a refresh: each object is loaded by itself, as on access.
    pub single: bool,
    /// It leads back to a class that the path has passed.
    pub returns: bool,
}

/// Objects of subclasses that get what their class has beyond the queried one by a further statement.
#[derive(Debug)]
pub(in crate::load) struct Below {
    /// The class from which the path began.
    pub root: Option<Rc<str>>,
    /// The class that was queried.
    pub base: MapperId,
    /// The class that is asked for.
    pub mapper: MapperId,
    /// It is for all objects of the class that were noted for its place.
    pub(super) shared: bool,
    pub path: options::Path,
    pub objects: Vec<ObjRef>,
}

impl Loading {
    /// Notes what is to be loaded for an object; what its row sets off at once comes back.
    pub(super) fn note_later(
        &mut self,
        cx: &mut Cx<'_>,
        plan: &EntityPlan,
        object: &ObjRef,
        row: &[Value],
    ) -> Result<Vec<Later>> {
        let mut at_once = Vec::new();
        let Some(filling) = self.filled.get(&object.id()) else { return Ok(at_once) };
        let known = !filling.is_whole();
        let is_refreshed = filling.refreshed;
        let met = filling.place;
        let again = filling.place != plan.id;
        let keys = filling.keys.clone();
        let fills = |key: &Key| keys.as_ref().is_none_or(|keys| keys.contains(key));
        let single = self.refresh.is_some() && cx.orm.profile.has(Behaviour::RefreshLoadsSingly);
        let class = cx.orm.states.get(object.id()).mapper;
        // A row sets off the subqueries for what its object lacks before those for what it has.
        let goes_last = |later: &LaterLoad| later.lazy == Lazy::Subquery && !fills(&later.relationship.key);
        let (last, first): (Vec<_>, Vec<_>) = plan.later.iter().partition(|later| goes_last(later));
        for later in first.into_iter().chain(last) {
            if !cx.orm.mappers.is_a(class, later.relationship.parent) || !takes(cx.orm, class, later) {
                continue;
            }
            let mut fills = fills(&later.relationship.key);
            if again && fills && later.lazy == Lazy::NoLoad {
                continue;
            }
            if again
                && fills
                && later.lazy == Lazy::Subquery
                && self.has_come(cx.orm, object, met, &later.relationship.key)
            {
                // An object that the session had is asked for again, though it was given what is related.
                if !known || self.on_access {
                    continue;
                }
                fills = false;
            }
            if later.lazy == Lazy::NoLoad {
                if fills && later.relationship.is_queried() {
                    self.empty_queried(cx, object, &later.relationship.key)?;
                } else if fills {
                    load_nothing(cx, object.id(), &later.relationship)?;
                }
                continue;
            }
            // The load of a relationship on access goes on from an object that the session had only with what reading
            // the rows sets off.
            let goes_on = match later.lazy {
                Lazy::Immediate => !cx.orm.profile.has(Behaviour::ImmediateInOrder),
                lazy => lazy == Lazy::Subquery,
            };
            if known && self.on_access && self.refresh.is_none() && !goes_on {
                continue;
            }
            // These ask for every object of the rows of a query, or of what a refresh joins, and give to those that
            // lack it.
            let asks_again = known
                && !is_refreshed
                && (single || !self.on_access)
                && match later.lazy {
                    Lazy::Selectin | Lazy::Subquery if !single => true,
                    Lazy::Selectin | Lazy::Subquery | Lazy::Immediate => {
                        cx.orm.profile.has(Behaviour::ImmediateInOrder)
                    }
                    _ => false,
                };
            if !(fills || asks_again) {
                continue;
            }
            let place = (plan.id, Rc::clone(&later.relationship.key));
            let mut load = self.later_of(plan, later, single);
            if later.lazy == Lazy::Subquery && !single {
                load.given.insert(object.id(), own_values(cx, plan, object, &later.relationship, row)?);
            }
            if let Some(query) = self.between_rows.clone() {
                if single || later.lazy == Lazy::Immediate {
                    // The rows set it off where they have the object first.
                    if single || !again {
                        load.objects.push(object.clone());
                        at_once.push(load);
                    }
                    continue;
                }
                if later.lazy == Lazy::Subquery {
                    if !self.brought.contains_key(&place) {
                        let brought = subquery(cx, self.session, &load, &query)?;
                        self.brought.insert(place.clone(), brought);
                    }
                    if let (true, Some(brought)) = (fills, self.brought.get(&place)) {
                        brought.give(cx, &load, object)?;
                    }
                    continue;
                }
            }
            let given = std::mem::take(&mut load.given);
            let entry = self.later.entry(place).or_insert(load);
            entry.objects.push(object.clone());
            entry.given.extend(given);
            // Changes that wait for a list to be loaded are no reason not to load it.
            let awaited = entry.lazy == Lazy::Selectin
                && cx.orm.states.get(object.id()).pending.contains_key(&entry.relationship.key);
            if !fills && !awaited {
                entry.kept.insert(object.id());
            }
        }
        Ok(at_once)
    }

    /// Empties a collection that is queried by way of its members, though none of them is kept. What marks it as changed is
    /// taken for the collection that was there, which it is not.
    fn empty_queried(&self, cx: &mut Cx<'_>, object: &ObjRef, key: &Key) -> Result<()> {
        if cx.orm.states.get_mut(object.id()).dict.shift_remove(key).is_some() {
            let message = "'bool' object has no attribute '_sa_adapter'";
            return Err(Error::new(ErrorKind::AttributeError, message));
        }
        if cx.orm.profile.has(Behaviour::NoloadReadsDynamic) {
            collection_query(cx, object, key, true)?.run(cx, self.session)?;
        }
        Ok(())
    }

    /// Whether the place at which an object was met first has brought it what is related, or will once the rows are read.
    fn has_come(&self, orm: &Orm, object: &ObjRef, met: usize, key: &Key) -> bool {
        let waiting = self.later.get(&(met, Rc::clone(key)));
        attr::is_loaded(orm, object.id(), key)
            || waiting.is_some_and(|load| load.lazy == Lazy::Subquery && load.objects.contains(object))
    }

    /// A load of a relationship for objects that this plan reads.
    fn later_of(&self, plan: &EntityPlan, later: &LaterLoad, single: bool) -> Later {
        Later {
            relationship: Rc::clone(&later.relationship),
            lazy: later.lazy,
            of_type: later.of_type,
            recursion: later.recursion,
            path: plan.path.clone(),
            prior: self.prior.clone(),
            root: self.root.clone(),
            lineage: self.lineage.clone(),
            objects: Vec::new(),
            given: IndexMap::new(),
            kept: IndexSet::new(),
            populates: self.populate_existing,
            single,
            returns: later.returns,
        }
    }

    /// Notes a subclass's object for the further statements of its class, which ask for it whatever it has; but a load on
    /// access asks for new objects alone.
    pub(super) fn note_below(&mut self, cx: &Cx<'_>, plan: &EntityPlan, object: &ObjRef) {
        let state = cx.orm.states.get(object.id());
        let Some(class) = plan.classes.iter().find(|class| class.mapper == state.mapper) else { return };
        let shared = class.selectin.shared;
        for mapper in &class.selectin.mappers {
            self.below.entry((plan.id, *mapper)).or_insert_with(|| Below {
                root: Some(Rc::from(format!("{:?} {:?}", plan.mapper, self.root))),
                base: plan.mapper,
                mapper: *mapper,
                shared,
                path: plan.path.clone(),
                objects: Vec::new(),
            });
        }
        if self.on_access && !self.filled.get(&object.id()).is_some_and(Filling::is_whole) {
            return;
        }
        if shared {
            let any = self.below.keys().any(|(place, _)| *place == plan.id)
                || plan.later.iter().any(|later| later.lazy == Lazy::Selectin);
            if *self.followed.entry((plan.id, class.mapper)).or_insert(any) {
                self.noted.entry(plan.id).or_default().push(object.clone());
            }
            return;
        }
        for mapper in &class.selectin.mappers {
            if let Some(entry) = self.below.get_mut(&(plan.id, *mapper)) {
                entry.objects.push(object.clone());
            }
        }
    }
}

/// What a row has of the columns that a load by subquery knows its object by.
fn own_values(
    cx: &Cx<'_>,
    plan: &EntityPlan,
    object: &ObjRef,
    relationship: &Relationship,
    row: &[Value],
) -> Result<Vec<Value>> {
    let class = cx.orm.states.get(object.id()).mapper;
    let below = plan.classes.iter().find(|plan| plan.mapper == class);
    let of_class = below.map_or(&[][..], |plan| &plan.columns);
    let own = |key: &Key| match plan.columns.iter().chain(of_class).find(|(known, _)| known == key) {
        Some((_, at)) => value(row, *at),
        None => Ok(loaded(cx, object, key).unwrap_or(Value::Null)),
    };
    local_keys(cx, relationship)?.iter().map(own).collect()
}

/// Leaves a relationship that loads nothing without anything. A list that something is just coming into is none of the
/// object's any more; one that was read while it was apart is.
fn load_nothing(cx: &mut Cx<'_>, id: StateId, relationship: &Relationship) -> Result<()> {
    let key = &relationship.key;
    if !relationship.resolved().uselist {
        return put(cx, id, key, NewValue::One(None), false);
    }
    let state = cx.orm.states.get(id);
    if let Some(Slot::Many(left)) = state.dict.get(key) {
        left.owner.set(None);
    }
    let apart = state.empty.get(key).filter(|_| !state.pending.contains_key(key)).cloned();
    put(cx, id, key, NewValue::Many(Vec::new()), false)?;
    if let Some(list) = apart {
        cx.orm.states.get_mut(id).dict.insert(key.clone(), Slot::Many(list));
    }
    Ok(())
}
