//! Attribute access and change: slots, history, collections, events, backref mirroring.
//!
//! Knows nothing of sessions or flushes: what they do on an event reaches them through [`Hooks`]. Every change
//! goes through here but for what a loader populates and a flush synchronises.

mod access;
mod candidate;
mod change;
mod collection;
mod composite;
mod events;
mod history;
mod hosted;
mod keyed;
mod queried;
mod set;
mod told;

pub use access::{Passive, get, get_passive, is_loaded, set_committed};
pub(crate) use access::{begin_loaded, was_removed};
pub use candidate::Candidate;
pub(crate) use change::set_column;
pub use change::{NewValue, delete, set, set_class_identity};
pub use collection::{
    append, clear, del_index, del_slice, extend, insert, pop, remove, remove_equal, reorder, set_index,
    set_slice,
};
pub(crate) use composite::{compose, forget_composites};
pub use events::{Hooks, Initiator, flag_dirty, flag_modified, no_state_error, object_text};
pub(crate) use history::history_in_flush;
pub use history::{History, Item, Marker, full_history, history, history_passive, is_modified, load_history};
pub use hosted::{Cause, HostCollection, changing, mirror, told_of_coming, told_of_leaving};
pub use keyed::{
    KeyedRemoval, delete as keyed_delete, get as keyed_get, pop as keyed_pop, put as keyed_put,
    remove as keyed_remove, set as keyed_set,
};
pub use queried::{
    detached_collection, queried_add, queried_added, queried_members, queried_remove, queried_whole,
};
pub use set::{add as set_add, discard as set_discard, pop as set_pop};
