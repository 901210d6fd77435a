//! What a change sets off: parents are tracked, the other side follows, sessions hear of it.

use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::{Key, MapperId};
use crate::state::{ObjRef, StateId};

/// What sessions do on attribute events. Defined here so that attributes know nothing of sessions.
pub trait Hooks: std::fmt::Debug {
    /// An object came into a relationship. `by` is the attribute whose change began it all.
    fn joined(
        &self,
        cx: &mut Cx<'_>,
        owner: StateId,
        key: &Key,
        item: &ObjRef,
        by: &(MapperId, Key),
    ) -> Result<()>;

    /// An object left a relationship.
    fn left(
        &self,
        cx: &mut Cx<'_>,
        owner: StateId,
        key: &Key,
        item: &ObjRef,
        by: &(MapperId, Key),
    ) -> Result<()>;

    /// An object has changed for the first time since its last load or flush.
    fn modified(&self, cx: &mut Cx<'_>, id: StateId);
}

/// `<User at 0x7f…>`, as messages name an object.
pub fn object_text(cx: &mut Cx<'_>, id: StateId) -> String {
    let address = cx.host.address(id);
    let Some(state) = cx.orm.states.find(id) else { return format!("<unknown at {address:#x}>") };
    format!("<{} at {address:#x}>", cx.orm.mappers.get(state.mapper).class_name)
}

/// A value of the host's, whose type has this name, was used where a mapped object belongs.
pub fn no_state_error(type_name: &str) -> Error {
    Error::new(
        ErrorKind::AttributeError,
        format!("'{type_name}' object has no attribute '_sa_instance_state'"),
    )
}
