//! Loading columns that an object lacks: expired, deferred or refreshed ones.

use super::adapt::rewrite_columns;
use super::get::by_key;
use super::options::{ColumnLoad, Strategy, chosen};
use super::query::{Purpose, Query, Style};
use super::rows::Refresh;
use crate::attr;
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::{self, ColumnProperty, Key, Lazy, Property, Relationship};
use crate::schema::{Column, Table};
use crate::session::{self, SessionId};
use crate::sql::Expr;
use crate::state::{ObjRef, Slot, StateId};
use crate::version::Behaviour;
use std::rc::Rc;

/// Loads the named column attributes of an object (and with them every other expired one), as the access to
/// an expired attribute does.
///
/// # Errors
///
/// `DetachedInstanceError` without a session, `ObjectDeletedError` where the row is gone.
pub fn load_columns(cx: &mut Cx<'_>, state: StateId, keys: &[Key]) -> Result<()> {
    let found = cx.orm.states.get(state);
    if found.expired_attributes.is_empty() || !keys.iter().any(|key| found.expired_attributes.contains(key)) {
        return load_only(cx, state, keys.to_vec());
    }
    load_expired(cx, state)?;
    let found = cx.orm.states.get(state);
    match keys.first().filter(|key| found.key.is_none() && !found.dict.contains_key(*key)) {
        Some(key) => {
            let message = format!("Deferred loader for attribute '{key}' failed to populate correctly");
            Err(Error::new(ErrorKind::KeyError, message))
        }
        None => Ok(()),
    }
}

/// Loads a column attribute that was left for its access, and with it the others of its group.
///
/// # Errors
///
/// `DetachedInstanceError` without a session, `InvalidRequestError` where the access is to raise, `ObjectDeletedError` where
/// the row is gone.
pub(crate) fn load_deferred(
    cx: &mut Cx<'_>,
    id: StateId,
    property: &ColumnProperty,
    load: ColumnLoad,
) -> Result<()> {
    let state = cx.orm.states.get(id);
    let mapper = cx.orm.mappers.get(state.mapper);
    let key = &property.key;
    if state.session.is_none() {
        let text = attr::object_text(cx, id);
        let text = format!(
            "Parent instance {text} is not bound to a Session; deferred load operation of attribute '{key}' cannot proceed"
        );
        return Err(Error::new(ErrorKind::DetachedInstanceError, text).with_code("bhk3"));
    }
    if load == ColumnLoad::Never {
        return Err(Error::new(
            ErrorKind::InvalidRequestError,
            format!("'{}.{key}' is not available due to raiseload=True", mapper.class_name),
        ));
    }
    let keys = match &property.deferral.group {
        None => vec![Rc::clone(key)],
        group => mapper
            .column_properties()
            .filter(|other| other.deferral.deferred && other.deferral.group == *group)
            .map(|other| Rc::clone(&other.key))
            .filter(|key| !state.committed.contains_key(key))
            .collect(),
    };
    load_only(cx, id, keys)
}

/// Loads everything that has expired.
pub(super) fn load_expired(cx: &mut Cx<'_>, id: StateId) -> Result<()> {
    let mapper = cx.orm.states.get(id).mapper;
    let registry = cx.orm.mappers.get(mapper).registry;
    map::configure_registry(cx, registry)?;
    let state = cx.orm.states.get(id);
    let eager = cx.orm.profile.has(Behaviour::ExpiredLoadsEager);
    // Changed attributes stay as they are. What is read only on access is asked for too: a load without it is
    // another statement to the cache.
    let unmarked = |key: &Key| !state.committed.contains_key(key) && !state.pending.contains_key(key);
    let unchanged = |key: &Key| unmarked(key) && (state.being_read || !state.dict.contains_key(key));
    // A list that loads nothing is emptied also where something is just coming into it.
    let emptied = |relationship: &Relationship| {
        relationship.resolved.get().is_some_and(|resolved| resolved.lazy == Lazy::NoLoad && resolved.uselist)
            && !state.on_access.contains_key(&relationship.key)
            && unmarked(&relationship.key)
    };
    let keys: Vec<Key> = cx
        .orm
        .mappers
        .get(mapper)
        .properties
        .iter()
        .filter(|(key, property)| match property {
            Property::Column(_) => state.expired_attributes.contains(*key) && unchanged(key),
            Property::Relationship(relationship) => {
                eager && state.expired_attributes.contains(*key) && (unchanged(key) || emptied(relationship))
            }
        })
        .map(|(key, _)| key.clone())
        .collect();
    if keys.is_empty() {
        cx.orm.states.get_mut(id).expired = false;
        return Ok(());
    }
    // A collection that was empty and has just come to its object is asked for, and stays.
    let came = |key: &&Key| {
        eager
            && state.dict.contains_key(*key)
            && !state.committed.contains_key(*key)
            && state.expired_attributes.contains(*key)
            && !keys.contains(*key)
    };
    let present: Vec<Key> =
        cx.orm.mappers.get(mapper).relationships().map(|found| &found.key).filter(came).cloned().collect();
    load_tagged(cx, id, &expired_tag(keys.iter().chain(&present)), keys)?;
    let state = cx.orm.states.get_mut(id);
    state.expired_attributes.clear();
    state.expired_apart.clear();
    Ok(())
}

fn object_of(cx: &Cx<'_>, id: StateId) -> Result<ObjRef> {
    cx.orm.states.upgrade(id).ok_or_else(|| Error::unsupported("loading an object that is gone"))
}

/// The query for an object's own row.
fn own_row(cx: &Cx<'_>, id: StateId, tag: &str) -> Result<Query> {
    let state = cx.orm.states.get(id);
    // One that has no row yet is asked for by the key that it holds.
    let key = state.key.clone().unwrap_or_else(|| crate::state::identity_key(cx.orm, id));
    let lineage = state.lineage.as_deref().unwrap_or_default();
    if key.values.iter().all(crate::value::Value::is_null) {
        return Err(Error::unsupported("loading an object whose key was never set"));
    }
    let mut query = by_key(cx, state.mapper, &key.values, &format!("{tag} {lineage}"))?;
    query.autoflush = false;
    query.refreshing = true;
    query.purpose = Purpose::Columns;
    let options = state.options.as_deref().unwrap_or(&[]).iter();
    query.options = options.filter(|option| option.criteria.is_none()).cloned().collect();
    if !cx.orm.profile.has(Behaviour::RefreshDefers) {
        query.options.retain(|option| !option.strategy.is_of_columns());
    }
    if state.lineage.is_some() {
        query.prior.clone_from(&state.load_path);
    }
    Ok(query)
}

/// Loads these attributes and no others.
///
/// # Errors
///
/// As for [`load_columns`].
pub(crate) fn load_only(cx: &mut Cx<'_>, id: StateId, keys: Vec<Key>) -> Result<()> {
    load_tagged(cx, id, &expired_tag(keys.iter()), keys)
}

/// As [`load_only`]; `tag` tells the statement cache what is asked for.
fn load_tagged(cx: &mut Cx<'_>, id: StateId, tag: &str, keys: Vec<Key>) -> Result<()> {
    let Some(session) = cx.orm.states.get(id).session else {
        let text = attr::object_text(cx, id);
        return Err(Error::new(
            ErrorKind::DetachedInstanceError,
            format!("Instance {text} is not bound to a Session; attribute refresh operation cannot proceed"),
        )
        .with_code("bhk3"));
    };
    check_key(cx, id)?;
    let object = object_of(cx, id)?;
    let mut query = match own_tables(cx, id, &keys)? {
        Some(query) => query,
        None => own_row(cx, id, tag)?,
    };
    // The flush comes with the execution: a key that it changes is not the one that is asked for.
    if cx.orm.profile.has(Behaviour::ExpiredLoadsAutoflush) {
        session::autoflush(cx, session)?;
    }
    query.only = Some(keys.clone());
    query.tells_class = tells_class(cx, id, &keys);
    let refresh = Refresh { object, only: Some(keys) };
    let told = query.told(cx, session)?;
    let met = told.as_ref().unwrap_or(&query).run_refreshing(cx, session, refresh)?;
    if met || cx.orm.states.get(id).key.is_none() { Ok(()) } else { Err(deleted(cx, id)) }
}

/// The query for columns of an object that are not in the table of its hierarchy's base: only the tables that have them
/// are asked. `None` where the base's table has some, or the object's key is not at hand.
fn own_tables(cx: &Cx<'_>, id: StateId, keys: &[Key]) -> Result<Option<Query>> {
    let state = cx.orm.states.get(id);
    let mapper = cx.orm.mappers.get(state.mapper);
    if !mapper.is_joined() {
        return Ok(None);
    }
    let columns: Vec<Column> = keys
        .iter()
        .filter_map(|key| match mapper.properties.get(key) {
            Some(Property::Column(property)) => Some(property.columns.clone()),
            Some(Property::Relationship(_)) | None => None,
        })
        .flatten()
        .collect();
    let asked = |table: &Table| columns.iter().any(|column| table.has_column(column));
    let mut chain = vec![state.mapper];
    while let Some(above) = cx.orm.mappers.get(chain[0]).inherits {
        chain.insert(0, above);
    }
    let first = chain.iter().position(|mapper| asked(&cx.orm.mappers.get(*mapper).table));
    let Some(first) = first.filter(|first| *first > 0) else { return Ok(None) };
    let start = cx.orm.mappers.get(chain[first]);
    let mut known = true;
    let mut names: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
    names.sort_unstable();
    let mut query = Query::loader(state.mapper, &format!("below {names:?}"));
    for below in &chain[first..] {
        let below = &cx.orm.mappers.get(*below).hierarchy;
        let Some(condition) = below.inherit_condition.as_ref().filter(|_| !below.single) else { continue };
        query.criteria.push(rewrite_columns(condition, &mut |column, _| {
            let above = if cx.orm.profile.has(Behaviour::SubclassLoadJoins) {
                start.has_column(column) && !start.table.has_column(column)
            } else {
                !columns.iter().any(|asked| asked.table() == column.table())
            };
            if !above {
                return Ok(Expr::column(column));
            }
            match mapper.key_of(column).and_then(|key| state.dict.get(key)) {
                Some(Slot::Value(value)) => {
                    Ok(Expr::bind_named("param", true, Some(value.clone()), column.ty()))
                }
                _ => {
                    known = false;
                    Ok(Expr::column(column))
                }
            }
        })?);
    }
    query.own_tables = true;
    query.labelled = true;
    query.autoflush = false;
    query.options = state.options.as_deref().unwrap_or(&[]).to_vec();
    Ok(known.then_some(query))
}

/// Whether what tells the class of a row is loaded along: an object of a concrete class that has expired as a whole lacks
/// what its class has from the one above it by the union that both are read from.
fn tells_class(cx: &Cx<'_>, id: StateId, keys: &[Key]) -> bool {
    let mapper = cx.orm.mappers.get(cx.orm.states.get(id).mapper);
    mapper.hierarchy.union.is_some()
        && mapper.inherits.is_some()
        && cx.orm.profile.has(Behaviour::ExpiredLoadsEager)
        && mapper.column_properties().all(|property| keys.contains(&property.key))
}

/// Refuses to load an object that has no row and lacks its key: one that had a row which was rolled back.
fn check_key(cx: &mut Cx<'_>, id: StateId) -> Result<()> {
    let state = cx.orm.states.get(id);
    if state.key.is_some() {
        return Ok(());
    }
    let lacks = cx.orm.mappers.get(state.mapper).primary_key.iter().any(|column| {
        crate::state::column_key(cx.orm, state.mapper, column)
            .is_some_and(|key| state.expired_attributes.contains(&key))
    });
    if !lacks {
        return Ok(());
    }
    let text = attr::object_text(cx, id);
    Err(Error::new(
        ErrorKind::InvalidRequestError,
        format!(
            "Instance {text} cannot be refreshed - it's not  persistent and does not contain a full primary key."
        ),
    ))
}

/// How the statement cache tells loads of expired attributes apart.
fn expired_tag<'a>(keys: impl Iterator<Item = &'a Key>) -> String {
    let mut names: Vec<&str> = keys.map(AsRef::as_ref).collect();
    names.sort_unstable();
    format!("expired {names:?}")
}

fn deleted(cx: &mut Cx<'_>, id: StateId) -> Error {
    let text = attr::object_text(cx, id);
    Error::new(
        ErrorKind::ObjectDeletedError,
        format!("Instance '{text}' has been deleted, or its row is otherwise not present."),
    )
}

/// Whether an object's own row brings a relationship along.
fn is_joined(cx: &Cx<'_>, id: StateId, key: &Key) -> bool {
    let state = cx.orm.states.get(id);
    let options = state.options.as_deref().unwrap_or(&[]);
    let relationship = cx.orm.mappers.relationship(state.mapper, key);
    relationship.is_some_and(|found| chosen(cx.orm, options, (&[], &[]), &found).lazy == Lazy::Joined)
}

/// `session.refresh(object, keys)`: reads the row again, with eager relationships.
///
/// # Errors
///
/// `InvalidRequestError` where the object is not of this session, or its row is gone.
pub fn refresh(cx: &mut Cx<'_>, session: SessionId, id: StateId, keys: Option<&[Key]>) -> Result<()> {
    let mapper = cx.orm.states.get(id).mapper;
    let registry = cx.orm.mappers.get(mapper).registry;
    map::configure_registry(cx, registry)?;
    let state = cx.orm.states.get(id);
    if state.session != Some(session) || state.key.is_none() {
        let text = attr::object_text(cx, id);
        return Err(Error::new(
            ErrorKind::InvalidRequestError,
            format!("Instance '{text}' is not persistent within this Session"),
        ));
    }
    let keys = keys.filter(|keys| !keys.is_empty());
    let object = object_of(cx, id)?;
    session::autoflush(cx, session)?;
    let given = cx.orm.states.get(id).options.as_deref().unwrap_or(&[]);
    let defers = cx.orm.profile.has(Behaviour::RefreshDefers);
    if keys.is_none()
        && defers
        && given.iter().any(|option| option.strategy == Strategy::Expression && option.path.len() == 1)
    {
        return Err(Error::unsupported("refreshing an object whose query gave an attribute its expression"));
    }
    if let Some(keys) = keys
        && !cx.orm.profile.has(Behaviour::RefreshesRelationshipsAlone)
        && !keys.iter().any(|key| cx.orm.mappers.get(mapper).column_of(key).is_some())
        && !keys.iter().any(|key| is_joined(cx, id, key))
    {
        session::connection_for(cx, session, mapper, true)?;
        return Err(Error::new(
            ErrorKind::InvalidRequestError,
            "No column-based properties specified for refresh operation. Use session.expire() to reload collections and related items.",
        ));
    }
    if let Some(keys) = keys
        && cx.orm.profile.has(Behaviour::RefreshNeedsKey)
    {
        check_unchanged_key(cx, id, keys)?;
    }
    // A relationship is loaded by the object's key, which comes along.
    let with_key: Option<Vec<Key>> = keys.map(|keys| {
        let mapper = cx.orm.mappers.get(mapper);
        let by_key = cx.orm.profile.has(Behaviour::RefreshesLazyRelationships)
            && keys.iter().any(|key| mapper.column_of(key).is_none());
        let own = mapper.primary_key.iter().filter_map(|column| mapper.key_of(column)).filter(|_| by_key);
        own.filter(|key| !keys.contains(key)).chain(keys).cloned().collect()
    });
    let keys = with_key.as_deref();
    let tag = match keys {
        None => "refresh".to_owned(),
        Some(keys) => expired_tag(keys.iter()),
    };
    let mut query = own_row(cx, id, &tag)?;
    if cx.orm.profile.has(Behaviour::RefreshUnlabelled) {
        query.style = Style::Select;
    }
    query.only = keys.map(<[Key]>::to_vec);
    query.asked_for = keys.is_some() && cx.orm.profile.has(Behaviour::RefreshesLazyRelationships);
    query.populate_existing = !cx.orm.profile.has(Behaviour::RefreshKeepsOthers);
    let refresh = Refresh { object, only: query.only.clone() };
    let told = query.told(cx, session)?;
    let met = told.as_ref().unwrap_or(&query).run_refreshing(cx, session, refresh)?;
    if met {
        return Ok(());
    }
    let text = attr::object_text(cx, id);
    Err(Error::new(ErrorKind::InvalidRequestError, format!("Could not refresh instance '{text}'")))
}

/// Refuses to refresh parts of an object whose key has been changed, and has not been written.
fn check_unchanged_key(cx: &mut Cx<'_>, id: StateId, keys: &[Key]) -> Result<()> {
    let mapper = cx.orm.mappers.get(cx.orm.states.get(id).mapper);
    let own: Vec<Key> =
        mapper.primary_key.iter().filter_map(|column| mapper.key_of(column)).cloned().collect();
    let mut changed = Vec::new();
    for key in own {
        if !keys.contains(&key) && attr::history(cx, id, &key)?.has_changes() {
            changed.push(format!("'{key}'"));
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    let mapper = cx.orm.mappers.get(cx.orm.states.get(id).mapper).text(cx.orm.profile);
    Err(Error::new(
        ErrorKind::InvalidRequestError,
        format!(
            "Please flush pending primary key changes on attributes {{{}}} for mapper {mapper} before proceeding with a refresh",
            changed.join(", ")
        ),
    ))
}
