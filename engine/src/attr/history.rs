//! What changed on one attribute since its last load or flush.
//!
//! Computed from the committed and the current value; mutations record nothing. Flush order follows these
//! lists, so they are vectors, never sets.

use super::access::Passive;
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::map::Key;
use crate::state::{ObjRef, StateId};
use crate::value::Value;

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
    /// Of a collection: its parts print as lists even where they are empty.
    pub collection: bool,
}

/// As `inspect(obj).attrs.key.history` gives it: without loading.
pub fn history(cx: &mut Cx<'_>, id: StateId, key: &Key) -> Result<History> {
    history_passive(cx, id, key, Passive::NoLoad)
}

pub fn history_passive(cx: &mut Cx<'_>, id: StateId, key: &Key, passive: Passive) -> Result<History> {
    let _ = (cx, id, key, passive);
    Err(Error::unsupported("attribute history"))
}

/// `session.is_modified(obj)`: whether some attribute has a net change.
pub fn is_modified(cx: &mut Cx<'_>, id: StateId, include_collections: bool) -> Result<bool> {
    let _ = (cx, id, include_collections);
    Err(Error::unsupported("attribute history"))
}
