//! Reading attributes, and populating them without events.

use crate::error::{Error, Result};
use crate::host::Cx;
use crate::map::Key;
use crate::orm::Orm;
use crate::state::{Slot, StateId};

/// How far reading an attribute may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passive {
    /// Loads what is missing.
    Load,
    /// Looks in the identity map, and emits no SQL.
    NoFetch,
    /// Looks in the identity map for related objects, and loads the object's own columns.
    NoFetchRelated,
    /// Takes only what is there.
    NoLoad,
}

/// The value of an attribute as the host reads it: loaded where it is missing, an empty collection or `None`
/// where it was never set.
pub fn get(cx: &mut Cx<'_>, id: StateId, key: &Key) -> Result<Slot> {
    let _ = (cx, id, key);
    Err(Error::unsupported("attribute access"))
}

/// The value of an attribute, as far as `passive` goes; `None` where it has none.
pub fn get_passive(cx: &mut Cx<'_>, id: StateId, key: &Key, passive: Passive) -> Result<Option<Slot>> {
    let _ = (cx, id, key, passive);
    Err(Error::unsupported("attribute access"))
}

/// Whether the attribute has a value without loading.
pub fn is_loaded(orm: &Orm, id: StateId, key: &str) -> bool {
    orm.states.find(id).is_some_and(|state| state.dict.contains_key(key))
}

use super::change::NewValue;

/// Gives an attribute the value that was loaded: no events, no history. For a collection, changes that were
/// queued while it was not loaded are applied to what was loaded, and remain as changes.
pub fn set_committed(cx: &mut Cx<'_>, id: StateId, key: &Key, value: NewValue) -> Result<()> {
    let _ = (cx, id, key, value);
    Err(Error::unsupported("loading attributes"))
}
