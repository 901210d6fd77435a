//! Setting and deleting attributes.

use crate::error::{Error, Result};
use crate::host::Cx;
use crate::map::Key;
use crate::state::{ObjRef, StateId};
use crate::value::Value;

/// A value to give to an attribute.
#[derive(Debug, Clone)]
pub enum NewValue {
    Value(Value),
    One(Option<ObjRef>),
    /// The members of a list, or of any iterable that is list-like.
    Many(Vec<ObjRef>),
    /// A host's value that is neither a mapped object, nor `None`, nor list-like; its type's name.
    Other(String),
}

/// Sets an attribute, with all its events: the other side is kept in step.
///
/// For a column attribute give [`NewValue::Value`]; for an unmapped attribute also.
pub fn set(cx: &mut Cx<'_>, id: StateId, key: &Key, value: NewValue) -> Result<()> {
    let _ = (cx, id, key, value);
    Err(Error::unsupported("setting attributes"))
}

/// `del obj.key`.
pub fn delete(cx: &mut Cx<'_>, id: StateId, key: &Key) -> Result<()> {
    let _ = (cx, id, key);
    Err(Error::unsupported("deleting attributes"))
}
