//! Loading a relationship when it is first read.

use crate::error::{Error, Result};
use crate::host::Cx;
use crate::map::Key;
use crate::state::{Slot, StateId};

/// Loads a relationship attribute and leaves it in the object as loaded. A detached object is an error; a
/// transient one has nothing to load, and the caller does not ask.
pub fn load_relationship(_cx: &mut Cx<'_>, _state: StateId, _key: &Key) -> Result<Slot> {
    Err(Error::unsupported("lazy loading"))
}
