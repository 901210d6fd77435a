//! Objects that hold only each other: `user.addresses` and `address.user` keep both alive until they are collected,
//! as Python's cyclic collector does when it is run.

use super::{Member, ObjRef, Original, Slot, State, StateId, States};
use crate::value::Value;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// How many objects are kept for an error.
const MOST_FAILED: usize = 1000;

/// Calls `f` for every object that a state holds. A list that something else holds too is not the state's alone.
fn each_held(state: &State, f: &mut dyn FnMut(StateId)) {
    for slot in state.dict.values() {
        if let Slot::Value(Value::Host(host)) = slot
            && Rc::strong_count(host) == 1
            && let Some(id) = host.held()
        {
            f(id);
        }
    }
    let mut list = |items: &[Member]| items.iter().flatten().for_each(|item| f(item.id()));
    for slot in state.dict.values() {
        match slot {
            Slot::One(object) => list(std::slice::from_ref(object)),
            Slot::Many(collection) if Rc::strong_count(collection) == 1 => list(&collection.items.borrow()),
            Slot::Many(_) | Slot::Value(_) => {}
        }
    }
    for collection in state.empty.values().filter(|collection| Rc::strong_count(collection) == 1) {
        list(&collection.items.borrow());
    }
    for original in state.committed.values() {
        match original {
            Original::One(object) => list(std::slice::from_ref(object)),
            Original::Many(items) => list(items),
            Original::NoValue | Original::Unloaded | Original::Value(_) => {}
        }
    }
    for pending in state.pending.values() {
        pending.added.iter().chain(&pending.removed).for_each(|item| f(item.id()));
    }
}

impl States {
    /// An object whose constructor has raised, or that a flush which failed has met: what the library knows of the error
    /// holds it until cycles are collected.
    pub fn keep_until_collected(&mut self, object: ObjRef) {
        if self.failed.len() < MOST_FAILED {
            self.failed.push(object);
        }
    }

    /// Holds the objects that an error is about until the next sweep, or longer where [`Self::keep_blamed`] says so.
    pub(crate) fn blame(&mut self, objects: impl IntoIterator<Item = ObjRef>) {
        self.blamed = objects.into_iter().collect();
    }

    /// The error of a constructor or of a flush holds what it is about, too.
    pub fn keep_blamed(&mut self) {
        for object in std::mem::take(&mut self.blamed) {
            self.keep_until_collected(object);
        }
    }

    /// Lets go of objects that only each other hold, and says how many there were. The next sweep frees them.
    pub fn collect_cycles(&mut self) -> usize {
        self.failed.clear();
        let mut held_inside: HashMap<StateId, usize> = HashMap::new();
        let mut living: Vec<(StateId, usize)> = Vec::new();
        for place in &self.places {
            let (Some(state), Some(token)) = (&place.state, place.token.upgrade()) else { continue };
            living.push((token.id, Rc::strong_count(&token) - 1));
            each_held(state, &mut |id| *held_inside.entry(id).or_default() += 1);
        }
        let mut reached: HashSet<StateId> = HashSet::new();
        let mut queue: Vec<StateId> = living
            .iter()
            .filter(|(id, strong)| *strong > held_inside.get(id).copied().unwrap_or(0))
            .map(|(id, _)| *id)
            .collect();
        while let Some(id) = queue.pop() {
            if !reached.insert(id) {
                continue;
            }
            if let Some(state) = self.find(id) {
                each_held(state, &mut |id| queue.push(id));
            }
        }
        let garbage: Vec<StateId> =
            living.into_iter().map(|(id, _)| id).filter(|id| !reached.contains(id)).collect();
        for id in &garbage {
            let state = self.get_mut(*id);
            let dropped = (
                std::mem::take(&mut state.dict),
                std::mem::take(&mut state.committed),
                std::mem::take(&mut state.pending),
                std::mem::take(&mut state.empty),
            );
            drop(dropped);
        }
        garbage.len()
    }
}
