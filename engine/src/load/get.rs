//! Objects by primary key: the identity map first, then a query.

use super::LoaderOption;
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::map::MapperId;
use crate::session::SessionId;
use crate::state::ObjRef;
use crate::value::Value;

/// `session.get(Class, ident)` and `query.get(ident)`.
pub fn get(
    _cx: &mut Cx<'_>,
    _session: SessionId,
    _mapper: MapperId,
    _ident: &[Value],
    _options: &[LoaderOption],
    _populate_existing: bool,
) -> Result<Option<ObjRef>> {
    Err(Error::unsupported("session.get()"))
}
