//! Working out what concerns other classes: targets, join conditions, backrefs.

use crate::error::{Error, Result};
use crate::host::Cx;

/// Configures all mappers that wait for it. Every use of a relationship, a query or the first instance calls
/// this; it costs nothing once done.
pub fn configure(cx: &mut Cx<'_>) -> Result<()> {
    if cx.orm.mappers.unconfigured { Err(Error::unsupported("configuring mappers")) } else { Ok(()) }
}
