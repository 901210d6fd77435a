//! Loading a relationship when it is first read.

use super::adapt::{Adapter, key_of, rewrite_columns, target_tables};
use super::get::{InMap, by_key, from_identity_map};
use super::options::{LoaderOption, Path, Recursion, Strategy, refined};
use super::polymorphic::with_between;
use super::query::{Purpose, Query, ROOT_CLASS};
use crate::attr::{self, NewValue};
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::{self, Direction, Key, Lazy, Relationship};
use crate::orm::Orm;
use crate::session::{self, SessionId};
use crate::sql::Expr;
use crate::state::{ObjRef, Original, Slot, StateId};
use crate::value::Value;
use crate::version::Behaviour;
use crate::warning::Warning;
use std::rc::Rc;

/// How many steps may lead to an object that came with options for its loads to be cached.
const CACHED_STEPS: usize = 5;

/// As [`load_relationship`], for a cascade or (`committed`) a flush: where those ignore it, a strategy that raises has
/// no say; with `committed`, by the keys that the object's row has, whatever they have been set to since.
///
/// # Errors
///
/// As for [`load_relationship`].
pub fn load_relationship_anyway(cx: &mut Cx<'_>, id: StateId, key: &Key, committed: bool) -> Result<Slot> {
    let by_flush = cx.orm.profile.has(Behaviour::FlushesIgnoreRaise);
    let by_cascade = cx.orm.profile.has(Behaviour::RaiseSparesCascades);
    let anyway = if committed { by_flush } else { by_cascade };
    load_as(cx, id, key, How { raises: !anyway, committed, ..How::default() })
}

/// As [`load_relationship_anyway`] of a flush, by the keys that the object has now.
///
/// # Errors
///
/// As for [`load_relationship`].
pub fn load_relationship_merging(cx: &mut Cx<'_>, id: StateId, key: &Key) -> Result<Slot> {
    let raises = !cx.orm.profile.has(Behaviour::FlushesIgnoreRaise);
    load_as(cx, id, key, How { raises, ..How::default() })
}

/// As [`load_relationship_anyway`], for an `immediate` load, whose steps are counted from the query that it follows.
pub(super) fn load_at_once(
    cx: &mut Cx<'_>,
    id: StateId,
    key: &Key,
    (path, root): (Option<Path>, &Option<Rc<str>>),
    returns: bool,
) -> Result<Slot> {
    let raises = !cx.orm.profile.has(Behaviour::ImmediateSparesRaise);
    let takes_expired = returns && cx.orm.profile.has(Behaviour::ImmediateTakesExpired);
    let path = path.map(|steps| Along { steps, root: root.clone() });
    load_as(cx, id, key, How { raises, committed: false, path, takes_expired })
}

/// Loads a relationship attribute and leaves it in the object as loaded. A detached object is an error; a
/// transient one has nothing to load, and the caller does not ask.
///
/// # Errors
///
/// `DetachedInstanceError` without a session, `InvalidRequestError` where the strategy is to raise.
pub fn load_relationship(cx: &mut Cx<'_>, id: StateId, key: &Key) -> Result<Slot> {
    load_as(cx, id, key, How { raises: true, ..How::default() })
}

/// Loads what a scalar relationship is about to lose: by the keys that the object's row has.
///
/// # Errors
///
/// As for [`load_relationship`].
pub fn load_replaced(cx: &mut Cx<'_>, id: StateId, key: &Key) -> Result<Slot> {
    load_as(cx, id, key, How { raises: true, committed: true, ..How::default() })
}

/// Whether the access to a relationship that is not loaded raises, whatever is known of it.
pub fn raises(orm: &Orm, id: StateId, relationship: &Relationship) -> bool {
    let by_option = orm.states.get(id).on_access.get(&relationship.key).copied();
    by_option.unwrap_or(relationship.resolved().lazy) == Lazy::Raise
}

/// What led from a query to a load that follows it.
#[derive(Debug)]
struct Along {
    steps: Path,
    /// What the statement cache knows of the class from which the steps began.
    root: Option<Rc<str>>,
}

/// How a load on access goes about it.
#[derive(Debug, Default)]
struct How {
    /// A strategy that is to raise does.
    raises: bool,
    /// By the keys that the object's row has, and not by those that it is about to have.
    committed: bool,
    /// The steps that led to it, where it follows a query.
    path: Option<Along>,
    /// A lookup by key takes what the identity map has, expired or not, and nothing else.
    takes_expired: bool,
}

fn load_as(cx: &mut Cx<'_>, id: StateId, key: &Key, how: How) -> Result<Slot> {
    let How { raises, committed, path, takes_expired } = how;
    // What hung on objects that are gone is gone with them.
    let _held = cx.orm.states.upgrade(id);
    session::sweep(cx.orm);
    let mapper = cx.orm.states.get(id).mapper;
    let registry = cx.orm.mappers.get(mapper).registry;
    map::configure_registry(cx, registry)?;
    let Some(relationship) = cx.orm.mappers.relationship(mapper, key) else {
        return Err(Error::unsupported(format!("lazy loading of `{key}`, which is not a relationship")));
    };
    let options = cx.orm.states.get(id).options.clone();
    // How far a recursive load has come is nothing to an access.
    let options: Vec<LoaderOption> = options.as_deref().unwrap_or(&[]).to_vec();
    let options: &[LoaderOption] =
        &options.into_iter().filter(|option| path.is_some() || !option.derived).collect::<Vec<_>>();
    let by_option = cx.orm.states.get(id).on_access.get(key).copied();
    let begun_as = by_option.unwrap_or(relationship.resolved().lazy);
    let lazy = match begun_as {
        Lazy::Raise | Lazy::RaiseOnSql if !raises => Lazy::Select,
        lazy => lazy,
    };
    let raise = |cx: &Cx<'_>, name: &str| {
        let class = &cx.orm.mappers.get(relationship.parent).class_name;
        Error::new(
            ErrorKind::InvalidRequestError,
            format!("'{class}.{key}' is not available due to lazy='{name}'"),
        )
    };
    if lazy == Lazy::Raise {
        return Err(raise(cx, "raise"));
    }
    let Some(session) = cx.orm.states.get(id).session else {
        let text = attr::object_text(cx, id);
        return Err(Error::new(
            ErrorKind::DetachedInstanceError,
            format!(
                "Parent instance {text} is not bound to a Session; lazy load operation of attribute '{key}' cannot \
                 proceed"
            ),
        )
        .with_code("bhk3"));
    };
    let own = match by_option {
        Some(Lazy::Select) => refined(cx.orm, options, &[], &relationship, &Adapter::Plain)?,
        _ => Vec::new(),
    };
    if relationship.resolved().use_get {
        let ident = identity(cx, id, &relationship, committed)?;
        // Without a key there is nothing, whatever reading the key has set off and loaded.
        if ident.iter().all(Value::is_null) {
            return keep(cx, id, key, NewValue::One(None));
        }
        if let Some(slot) = cx.orm.states.get(id).dict.get(key) {
            return Ok(slot.clone());
        }
        let target = relationship.resolved().target;
        // Under further criteria, an object that is there already need not be the one.
        let known = if own.is_empty() {
            from_identity_map(cx, session, target, &ident, takes_expired)?
        } else {
            InMap::Absent
        };
        match known {
            InMap::Is(found) => return keep(cx, id, key, NewValue::One(Some(found))),
            InMap::OfOtherClass => return keep(cx, id, key, NewValue::One(None)),
            InMap::Absent if takes_expired && own.is_empty() => {
                let leaves_mark = cx.orm.profile.has(Behaviour::ImmediateInOrder);
                if leaves_mark && !cx.orm.profile.has(Behaviour::ImmediateReturnsByDepth) {
                    return Err(Error::unsupported("the mark that an immediate load of this release leaves"));
                }
                return Ok(Slot::One(None));
            }
            InMap::Absent => {}
        }
        if lazy == Lazy::RaiseOnSql {
            return Err(raise(cx, "raise_on_sql"));
        }
        let tag = tag(cx, id, &relationship, (path.as_ref(), begun_as));
        let mut query = by_key(cx, target, &ident, &tag)?;
        query.on_access = true;
        prepare(cx, &mut query, id, &relationship, (options, path));
        query.criteria.extend(own);
        let found = query.objects(cx, session)?.into_iter().next();
        return keep(cx, id, key, NewValue::One(found));
    }
    let refused = (lazy == Lazy::RaiseOnSql).then(|| raise(cx, "raise_on_sql"));
    let objects = match select_related(
        cx,
        session,
        id,
        (&relationship, begun_as),
        (options, path),
        (committed, refused, own),
    )? {
        Found::Rows(objects) => objects,
        Found::AlreadyThere(slot) => return Ok(slot),
    };
    if relationship.resolved().uselist {
        return keep(cx, id, key, NewValue::Many(objects));
    }
    if objects.len() > 1 {
        let name = format!("{}.{key}", cx.orm.mappers.get(relationship.parent).class_name);
        cx.warn(Warning::several_rows(&name))?;
    }
    keep(cx, id, key, NewValue::One(objects.into_iter().next()))
}

/// What tells the statement of a load from others; `lazy` is what was to be done as it began, whatever the object's row, read
/// along the way, says since.
fn tag(
    cx: &Cx<'_>,
    id: StateId,
    relationship: &Relationship,
    (path, lazy): (Option<&Along>, Lazy),
) -> String {
    let mut tag = format!("lazy {:?} {}", relationship.parent, relationship.key);
    // A load that is to raise, and is asked for all the same, has a statement of its own.
    if path.is_none() && matches!(lazy, Lazy::Raise | Lazy::RaiseOnSql) {
        tag.push_str(&format!(" {lazy:?}"));
    }
    if let Some(root) = path.and_then(|path| path.root.as_deref()).filter(|root| *root != ROOT_CLASS) {
        tag.push_str(&format!(" from {root}"));
    }
    let path = path.and_then(|path| path.steps.split_last()).map(|(_, before)| before);
    match (&cx.orm.states.get(id).lineage, path) {
        (Some(lineage), _) => tag.push_str(&format!(" {lineage}")),
        (None, Some(path)) if !path.is_empty() => tag.push_str(&format!(" {path:?}")),
        (None, _) => {}
    }
    tag
}

/// Options for what is loaded: those that the parent was loaded with for beyond this relationship. A collection's
/// members do not load their parent again.
fn prepare(
    cx: &Cx<'_>,
    query: &mut Query,
    id: StateId,
    relationship: &Relationship,
    (options, path): (&[LoaderOption], Option<Along>),
) {
    query.bare = true;
    query.on_access = true;
    query.purpose = Purpose::Relationship;
    let step = (relationship.parent, Rc::clone(&relationship.key));
    let state = cx.orm.states.get(id);
    if let Some(lineage) = &state.lineage {
        query.lineage = Some(format!("{lineage} {step:?}").into());
    }
    let at_once = path.is_some();
    query.uncached = cx.orm.profile.has(Behaviour::DeepLoadsUncached)
        && state.load_path.len() >= CACHED_STEPS
        && state.lineage.is_some();
    if let Some(path) = path {
        query.prior = path.steps;
        query.root = path.root;
        query.follows = true;
    } else if state.lineage.is_some() {
        query.prior.clone_from(&state.load_path);
        query.prior.push(step.clone());
    } else if cx.orm.profile.has(Behaviour::LazyLoadPath) {
        query.prior.push(step.clone());
    }
    query.options.extend(options.iter().filter_map(|option| option.below(std::slice::from_ref(&step))));
    let recursive = options.iter().rev().find(|option| option.path[..] == *std::slice::from_ref(&step));
    if at_once
        && let Some(option) = recursive
        && let Some(next) = option.recursion.and_then(Recursion::next)
    {
        query.options.push(LoaderOption { recursion: Some(next), derived: true, ..option.clone() });
        // A load without end is the same to the statement cache from its third level on.
        let level = format!(" {step:?}");
        if next == Recursion::Endless
            && let Some(lineage) = &state.lineage
            && lineage.ends_with(&level.repeat(2))
        {
            let kept = &lineage[..lineage.len() - level.len()];
            query.lineage = Some(format!("{kept} {step:?}").into());
        }
    }
    query.kept_options = Some(query.options.len());
    for (mapper, key) in relationship.reverse.borrow().iter() {
        let looks_up = cx.orm.mappers.relationship(*mapper, key).is_some_and(|other| {
            let other = other.resolved();
            other.use_get && !matches!(other.lazy, Lazy::Select | Lazy::Raise | Lazy::RaiseOnSql)
        });
        if looks_up {
            let path = vec![(*mapper, Rc::clone(key))];
            query.options.push(LoaderOption::new(path, Strategy::Relationship(Lazy::Select)));
        }
    }
}

fn keep(cx: &mut Cx<'_>, id: StateId, key: &Key, value: NewValue) -> Result<Slot> {
    attr::set_committed(cx, id, key, value)?;
    let state = cx.orm.states.get_mut(id);
    // How an option had it read was for this once.
    state.on_access.shift_remove(key);
    let slot = state.dict.get(key).cloned();
    slot.ok_or_else(|| Error::unsupported(format!("`{key}` did not keep what was loaded into it")))
}

/// A column's value in an object, loaded where it has expired: the current one, or (`committed`) that of its row.
fn column_value(cx: &mut Cx<'_>, id: StateId, key: &Key, committed: bool) -> Result<Value> {
    if committed && let Some(original) = cx.orm.states.get(id).committed.get(key) {
        return Ok(match original {
            Original::Value(value) => value.clone(),
            _ => Value::Null,
        });
    }
    match attr::get(cx, id, key)? {
        Slot::Value(value) => Ok(value),
        Slot::One(_) | Slot::Many(_) => Err(Error::unsupported(format!("`{key}` as a column"))),
    }
}

/// As [`column_value`], where a statement of its own compares the value. What an error of it leaves holds the object, and
/// until cycles are collected if a flush fails by it.
fn bound_value(
    cx: &mut Cx<'_>,
    session: SessionId,
    id: StateId,
    key: &Key,
    committed: bool,
) -> Result<Value> {
    let was_active = session::is_active(cx.orm, session);
    let found = column_value(cx, id, key, committed);
    if found.is_err()
        && let Some(object) = cx.orm.states.upgrade(id)
    {
        if was_active && !session::is_active(cx.orm, session) {
            cx.orm.states.keep_until_collected(object);
        } else {
            cx.orm.states.blame([object]);
        }
    }
    found
}

/// The target's primary key as the object's foreign keys give it.
fn identity(
    cx: &mut Cx<'_>,
    id: StateId,
    relationship: &Relationship,
    committed: bool,
) -> Result<Vec<Value>> {
    let resolved = relationship.resolved();
    let primary_key = cx.orm.mappers.get(resolved.target).primary_key.clone();
    let mut values = Vec::with_capacity(primary_key.len());
    for column in &primary_key {
        let target = cx.orm.mappers.get(resolved.target);
        let found =
            resolved.local_remote_pairs.iter().find(|(_, remote)| target.base_column(remote) == *column);
        let Some((local, _)) = found else {
            return Err(Error::unsupported("a lookup by a key that the join does not give"));
        };
        let key = key_of(cx.orm, relationship.parent, local)?;
        values.push(column_value(cx, id, &key, committed)?);
    }
    Ok(values)
}

/// What a lazy load comes to.
enum Found {
    Rows(Vec<ObjRef>),
    /// Reading the object's own columns has loaded the relationship along with them.
    AlreadyThere(Slot),
}

/// Emits the lazy load's `SELECT`.
fn select_related(
    cx: &mut Cx<'_>,
    session: SessionId,
    id: StateId,
    (relationship, begun_as): (&Relationship, Lazy),
    (options, path): (&[LoaderOption], Option<Along>),
    (committed, refused, own): (bool, Option<Error>, Vec<Expr>),
) -> Result<Found> {
    let resolved = relationship.resolved();
    let parent_tables = cx.orm.mappers.get(relationship.parent).hierarchy.tables.clone();
    let target_tables = target_tables(cx.orm, resolved);
    let target_side = Adapter::of(cx.orm, resolved.entity());
    let has = |tables: &[crate::schema::Table], column: &crate::schema::Column| {
        tables.iter().any(|table| table.has_column(column))
    };
    // Where both sides have a table in common, the marks alone tell them apart.
    let shared = parent_tables.iter().any(|table| target_tables.contains(table));
    let many_to_many = resolved.direction == Direction::ManyToMany;
    // The object's own values are read first; from 1.4 on, reading them flushes where they have expired.
    let mut locals: Vec<(crate::schema::Column, Expr)> = Vec::new();
    let mut unset = false;
    let condition = rewrite_columns(&resolved.primaryjoin, &mut |column, remote| {
        let local = !remote
            && has(&parent_tables, column)
            && (many_to_many || shared || !has(&target_tables, column));
        if !local {
            let of_target = !many_to_many && has(&target_tables, column);
            return if of_target { target_side.column(column) } else { Ok(Expr::column(column)) };
        }
        if let Some((_, bound)) = locals.iter().find(|(known, _)| known == column) {
            return Ok(bound.clone());
        }
        let key = key_of(cx.orm, relationship.parent, column)?;
        let value = bound_value(cx, session, id, &key, committed)?;
        let state = cx.orm.states.get(id);
        let is_set = state.dict.contains_key(&key) || (committed && state.committed.contains_key(&key));
        unset |= !is_set;
        let bound = Expr::bind_named("param", true, Some(value), column.ty());
        locals.push((column.clone(), bound.clone()));
        Ok(bound)
    })?;
    // What had expired may have been loaded with it.
    if let Some(slot) = cx.orm.states.get(id).dict.get(&relationship.key) {
        return Ok(Found::AlreadyThere(slot.clone()));
    }
    if unset {
        // What was never set, or deleted, leads nowhere.
        return Ok(Found::Rows(Vec::new()));
    }
    if let Some(error) = refused {
        return Err(error);
    }
    let tag = tag(cx, id, relationship, (path.as_ref(), begun_as));
    let mut query = Query::loader(resolved.entity(), &tag);
    prepare(cx, &mut query, id, relationship, (options, path));
    query.criteria.push(condition);
    if let Some(secondaryjoin) = &resolved.secondaryjoin {
        query.criteria.push(
            target_side.adapt_all(secondaryjoin, &cx.orm.mappers.get(resolved.target).hierarchy.tables)?,
        );
    }
    query.criteria.extend(own);
    query.from_items = with_between(cx.orm, resolved);
    query.order_by.clone_from(&resolved.order_by);
    query.autoflush = true;
    query.objects(cx, session).map(Found::Rows)
}
