//! Object states: what the engine knows of each mapped object, in a generational arena.
//!
//! Algorithms pass [`StateId`]; what holds an object (a variable, a relationship slot) holds an [`ObjRef`].
//! The arena holds none: when the last `ObjRef` is gone the state is freed at the next sweep. A session holds
//! new, modified and deleted objects strongly, as the real library does.

mod cycles;
mod mapped;

pub use mapped::{base_mapper, column_key, identity_key, identity_text, is_a, relationship};

use crate::attr::HostCollection;
use crate::load::LoaderOption;
use crate::map::{Key, Lazy, MapperId, Shape};
use crate::session::SessionId;
use crate::value::Value;
use indexmap::{IndexMap, IndexSet};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::rc::{Rc, Weak};

/// A state's place in the arena. A freed place is reused under another generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateId {
    index: u32,
    generation: u32,
}

impl StateId {
    /// A number that no other living or dead state of this world has.
    pub fn serial(self) -> u64 {
        (u64::from(self.generation) << 32) | u64::from(self.index)
    }
}

type Dropped = Rc<RefCell<Vec<StateId>>>;

/// What keeps an object alive.
#[derive(Clone)]
pub struct ObjRef(Rc<Token>);

struct Token {
    id: StateId,
    dropped: Dropped,
}

impl Drop for Token {
    fn drop(&mut self) {
        self.dropped.borrow_mut().push(self.id);
    }
}

impl ObjRef {
    pub fn id(&self) -> StateId {
        self.0.id
    }
}

impl PartialEq for ObjRef {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for ObjRef {}

impl fmt::Debug for ObjRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjRef({}.{})", self.0.id.index, self.0.id.generation)
    }
}

/// A member of a collection: an object, or `None`, which a flush refuses.
pub type Member = Option<ObjRef>;

/// Related objects in order: the value of a relationship attribute, or one that has been replaced.
#[derive(Debug)]
pub struct Collection {
    pub items: RefCell<Vec<Member>>,
    pub shape: Shape,
    /// Of a dictionary, the key of each member.
    pub keys: RefCell<Vec<Value>>,
    /// The object it belongs to; `None` once it was replaced or its owner is gone.
    pub owner: Cell<Option<StateId>>,
    pub key: Key,
    /// The relationship's parent mapper.
    pub mapper: MapperId,
    /// What keeps the members where a host's program wrote the collection's class: `items` then mirrors it.
    pub host: Option<Rc<dyn HostCollection>>,
}

impl Collection {
    /// Its members but for `None`.
    pub fn objects(&self) -> Vec<ObjRef> {
        self.items.borrow().iter().flatten().cloned().collect()
    }
}

/// The current value of one attribute of an object.
#[derive(Debug, Clone)]
pub enum Slot {
    /// A column's value, or an unmapped attribute of the host's.
    Value(Value),
    /// The value of a scalar relationship.
    One(Option<ObjRef>),
    Many(Rc<Collection>),
}

/// The value of an attribute at its last load or flush.
#[derive(Debug, Clone)]
pub enum Original {
    /// There was none.
    NoValue,
    /// There is a row to load it from, which was not done.
    Unloaded,
    Value(Value),
    One(Option<ObjRef>),
    Many(Vec<Member>),
}

/// Mapper and primary key: what identifies a row's object within a session.
#[derive(Debug, Clone, PartialEq)]
pub struct IdentityKey {
    /// The base mapper of the inheritance hierarchy.
    pub mapper: MapperId,
    pub values: Vec<Value>,
}

/// What statements go on to know of an attribute when its object is gone.
#[derive(Debug, Default)]
pub struct LastKnown {
    pub value: RefCell<Option<Value>>,
    /// The object went while it had expired.
    pub expired: Cell<bool>,
}

/// Changes to a collection that is not loaded.
#[derive(Debug, Clone, Default)]
pub struct Pending {
    pub added: Vec<ObjRef>,
    pub removed: Vec<ObjRef>,
}

/// What the engine knows of one object.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "they vary by themselves, as the real library's do")]
pub struct State {
    pub mapper: MapperId,
    /// The object's `__dict__` but for its own state: attributes in the order in which they came.
    pub dict: IndexMap<Key, Slot>,
    /// Values at the last load or flush of what has changed since.
    pub committed: IndexMap<Key, Original>,
    /// Attributes that the next access loads.
    pub expired_attributes: IndexSet<Key>,
    /// What has expired and is not loaded with the others: columns that the mapping leaves for their access, synonyms, composites.
    pub expired_apart: IndexSet<Key>,
    pub expired: bool,
    /// A row that it expired for is being read: until that is done, what has come of it counts as expired all the same.
    pub being_read: bool,
    pub modified: bool,
    /// Set for a persistent or detached object.
    pub key: Option<IdentityKey>,
    pub session: Option<SessionId>,
    /// The session whose identity map has it again since a rollback took back its key, though it had left that session.
    pub haunts: Option<SessionId>,
    /// The order in which it was added to its session.
    pub insert_order: u64,
    /// Deleted within the current transaction.
    pub deleted: bool,
    /// The parent that it hangs on, by relationship (the parent's mapper and attribute); `None` once it was
    /// removed from there.
    pub parents: IndexMap<(MapperId, Key), Option<StateId>>,
    pub pending: IndexMap<Key, Pending>,
    /// Options of the query that loaded it, which later loads of its attributes follow.
    pub options: Option<Rc<[LoaderOption]>>,
    /// The options and the path that it was loaded by, which tell the statements of its lazy loads apart.
    pub lineage: Option<Rc<str>>,
    /// The steps by which it was loaded, where options count.
    pub load_path: Vec<(MapperId, Key)>,
    /// How an option says that relationships load on access, where the mapping says otherwise.
    pub on_access: IndexMap<Key, Lazy>,
    /// Collections that were read while they were empty and are not yet in `dict`.
    pub empty: IndexMap<Key, Rc<Collection>>,
    /// Columns that some condition compares with, and the value that each had when it was expired, or when its object
    /// went.
    pub last_known: IndexMap<Key, Rc<LastKnown>>,
    /// A pending object lost the parent that it needs while it was in no session.
    pub orphaned: bool,
}

#[derive(Debug)]
struct Place {
    generation: u32,
    token: Weak<Token>,
    state: Option<State>,
}

/// The arena.
#[derive(Debug, Default)]
pub struct States {
    places: Vec<Place>,
    free: Vec<u32>,
    dropped: Dropped,
    /// Objects that an error holds, until cycles are collected.
    failed: Vec<ObjRef>,
    /// The objects that the latest error was about: it knows them.
    blamed: Vec<ObjRef>,
    /// What identified the rows of objects that are gone.
    past_keys: HashMap<StateId, IdentityKey>,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({:?})", self.id)
    }
}

impl States {
    /// A new object of a mapped class, without attributes.
    pub fn create(&mut self, mapper: MapperId) -> ObjRef {
        let index = self.free.pop().unwrap_or_else(|| {
            self.places.push(Place { generation: 0, token: Weak::new(), state: None });
            (self.places.len() - 1) as u32
        });
        let place = &mut self.places[index as usize];
        let id = StateId { index, generation: place.generation };
        let token = Rc::new(Token { id, dropped: Rc::clone(&self.dropped) });
        place.token = Rc::downgrade(&token);
        place.state = Some(State::new(mapper));
        ObjRef(token)
    }

    /// The state; `None` once it was freed.
    pub fn find(&self, id: StateId) -> Option<&State> {
        let place = self.places.get(id.index as usize)?;
        if place.generation == id.generation { place.state.as_ref() } else { None }
    }

    /// The state of a living object.
    ///
    /// # Panics
    ///
    /// Where the object is gone; whoever passes an id holds an [`ObjRef`] or has just upgraded one.
    pub fn get(&self, id: StateId) -> &State {
        self.find(id).expect("the object is alive")
    }

    /// As [`States::get`].
    pub fn get_mut(&mut self, id: StateId) -> &mut State {
        let place = &mut self.places[id.index as usize];
        assert_eq!(place.generation, id.generation, "the object is alive");
        place.state.as_mut().expect("the object is alive")
    }

    /// What identifies an object's row, or did so when it went.
    pub fn key_of(&self, id: StateId) -> Option<&IdentityKey> {
        match self.find(id) {
            Some(state) => state.key.as_ref(),
            None => self.past_keys.get(&id),
        }
    }

    /// A reference to an object, while something still holds it.
    pub fn upgrade(&self, id: StateId) -> Option<ObjRef> {
        let place = self.places.get(id.index as usize)?;
        if place.generation != id.generation {
            return None;
        }
        place.token.upgrade().map(ObjRef)
    }

    /// Frees the states of objects that nothing holds any longer, and says which they were with what they
    /// were: an identity map drops them. Freeing one may free others.
    pub fn sweep(&mut self) -> Vec<(StateId, State)> {
        self.blamed.clear();
        let mut freed = Vec::new();
        loop {
            let Some(id) = self.dropped.borrow_mut().pop() else { return freed };
            let place = &mut self.places[id.index as usize];
            if place.generation != id.generation {
                continue;
            }
            if let Some(state) = place.state.take() {
                place.generation += 1;
                self.free.push(id.index);
                if let Some(key) = &state.key {
                    self.past_keys.insert(id, key.clone());
                }
                for (key, known) in &state.last_known {
                    if let Some(Slot::Value(value)) = state.dict.get(key) {
                        known.value.replace(Some(value.clone()));
                    }
                    known.expired.set(state.expired_attributes.contains(key));
                }
                freed.push((
                    id,
                    State {
                        dict: IndexMap::new(),
                        committed: IndexMap::new(),
                        pending: IndexMap::new(),
                        empty: IndexMap::new(),
                        ..state
                    },
                ));
            }
        }
    }
}

impl State {
    fn new(mapper: MapperId) -> Self {
        State {
            mapper,
            dict: IndexMap::new(),
            committed: IndexMap::new(),
            expired_attributes: IndexSet::new(),
            expired_apart: IndexSet::new(),
            expired: false,
            being_read: false,
            modified: false,
            key: None,
            session: None,
            haunts: None,
            insert_order: 0,
            deleted: false,
            parents: IndexMap::new(),
            pending: IndexMap::new(),
            options: None,
            lineage: None,
            load_path: Vec::new(),
            on_access: IndexMap::new(),
            empty: IndexMap::new(),
            last_known: IndexMap::new(),
            orphaned: false,
        }
    }
}
