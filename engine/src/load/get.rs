//! Objects by primary key: the identity map first, then a query.

use super::LoaderOption;
use super::adapt::Adapter;
use super::columns::load_expired;
use super::query::Query;
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::{self, Mapped, MapperId};
use crate::session::{self, SessionId};
use crate::sql::Expr;
use crate::state::{IdentityKey, ObjRef};
use crate::value::Value;
use crate::warning::Warning;

/// `session.get(Class, ident)` and `query.get(ident)`.
///
/// # Errors
///
/// `InvalidRequestError` where the key has another number of values.
pub fn get(
    cx: &mut Cx<'_>,
    session: SessionId,
    mapper: MapperId,
    ident: &[Value],
    options: &[LoaderOption],
    populate_existing: bool,
) -> Result<Option<ObjRef>> {
    let registry = cx.orm.mappers.get(mapper).registry;
    map::configure_registry(cx, registry)?;
    let primary_key = &cx.orm.mappers.get(mapper).primary_key;
    if primary_key.len() != ident.len() {
        let columns: Vec<String> = primary_key.iter().map(|column| format!("'{column}'")).collect();
        return Err(Error::new(
            ErrorKind::InvalidRequestError,
            format!(
                "Incorrect number of values in identifier to formulate primary key for session.get(); primary key \
                 columns are {}",
                columns.join(",")
            ),
        ));
    }
    // What hung on objects that are gone is gone with them.
    session::sweep(cx.orm);
    if !populate_existing {
        match from_identity_map(cx, session, mapper, ident, false)? {
            InMap::Is(found) => return Ok(Some(found)),
            InMap::OfOtherClass => return Ok(None),
            InMap::Absent => {}
        }
    }
    if ident.iter().all(Value::is_null) {
        cx.warn(Warning::null_identity())?;
    }
    super::conflict::check_of(cx.orm, mapper, options)?;
    let mut query = by_key(cx, mapper, ident, "get")?;
    query.options = options.to_vec();
    query.populate_existing = populate_existing;
    Ok(query.objects(cx, session)?.into_iter().next())
}

/// What the identity map has for a key.
#[derive(Debug)]
pub(super) enum InMap {
    /// Nothing, or an object whose row turns out to be gone.
    Absent,
    /// An object of a class that does not inherit from the one that is asked for.
    OfOtherClass,
    Is(ObjRef),
}

/// The session's object for a key, refreshed where it is expired, unless the caller takes it as it is.
pub(super) fn from_identity_map(
    cx: &mut Cx<'_>,
    session: SessionId,
    mapper: MapperId,
    ident: &[Value],
    takes_expired: bool,
) -> Result<InMap> {
    let key = IdentityKey { mapper: cx.orm.mappers.identity_base(mapper), values: ident.to_vec() };
    let Some(object) = session::lookup(cx.orm, session, &key) else { return Ok(InMap::Absent) };
    let id = object.id();
    if !cx.orm.mappers.is_a(cx.orm.states.get(id).mapper, mapper) {
        return Ok(InMap::OfOtherClass);
    }
    if cx.orm.states.get(id).expired && !takes_expired {
        match load_expired(cx, id) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::ObjectDeletedError => {
                // Its row is gone, and so is it.
                session::flushed_deleted(cx.orm, session, &[id]);
                return Ok(InMap::Absent);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(InMap::Is(object))
}

/// A query for the object of one key.
pub(super) fn by_key(cx: &Cx<'_>, mapper: MapperId, ident: &[Value], tag: &str) -> Result<Query> {
    let mut query = Query::loader(mapper, tag);
    let primary_key = &cx.orm.mappers.get(mapper).primary_key;
    let adapter = Adapter::of(cx.orm, Mapped::from(mapper));
    for (column, value) in primary_key.iter().zip(ident) {
        let bound = if value.is_null() {
            Expr::null()
        } else {
            Expr::bind_named("pk", true, Some(value.clone()), column.ty())
        };
        query.criteria.push(adapter.column(column)?.equals(&bound)?);
    }
    Ok(query)
}
