//! Loading columns that an object lacks: expired, deferred or refreshed ones.

use crate::error::{Error, Result};
use crate::host::Cx;
use crate::map::Key;
use crate::session::SessionId;
use crate::state::StateId;

/// Loads the named column attributes of an object (and with them every other expired one), as the access to
/// an expired attribute does.
pub fn load_columns(_cx: &mut Cx<'_>, _state: StateId, _keys: &[Key]) -> Result<()> {
    Err(Error::unsupported("loading expired attributes"))
}

/// `session.refresh(object, keys)`: reads the row again, with eager relationships.
pub fn refresh(_cx: &mut Cx<'_>, _session: SessionId, _state: StateId, _keys: Option<&[Key]>) -> Result<()> {
    Err(Error::unsupported("session.refresh()"))
}
