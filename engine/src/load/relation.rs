//! Relationship attributes in conditions: `User.addresses.any(…)`, `Address.user == user`.

use super::adapt::{Adapter, Sides, join_conditions, key_of, rewrite_columns, selectable, target_tables};
use super::polymorphic::{self, between_apart, between_whole, limit};
use crate::attr;
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::{self, Between, Direction, Key, Mapped, Relationship, Resolved};
use crate::schema::{Column, SqlType, Table};
use crate::sql::{Correlate, Expr, FromItem, Op, Select};
use crate::state::{ObjRef, Slot};
use crate::value::Value;
use crate::version::Behaviour;
use std::rc::Rc;

fn relationship(cx: &mut Cx<'_>, mapped: Mapped, key: &str) -> Result<Rc<Relationship>> {
    map::configure(cx)?;
    cx.orm
        .mappers
        .relationship(mapped.mapper, key)
        .ok_or_else(|| Error::unsupported(format!("`{key}` as a relationship in a condition")))
}

/// An object's column as what it is compared by: a value that is looked up when the statement is executed.
pub(super) fn bound_to(
    cx: &mut Cx<'_>,
    object: &ObjRef,
    side: map::MapperId,
    column: &Column,
    name: &str,
) -> Result<Expr> {
    let key = key_of(cx.orm, side, column)?;
    let (id, text) = (object.id(), format!("{column:?}"));
    let class = cx.orm.states.get(id).mapper;
    let known = Rc::clone(cx.orm.states.get_mut(id).last_known.entry(key.clone()).or_default());
    // The statement does not hold the object, but what it had last.
    let late = move |cx: &mut Cx<'_>| {
        if let Some(object) = cx.orm.states.upgrade(id) {
            return value_of(cx, &object, &key, &text);
        }
        let left = cx.orm.states.find(id);
        let value = match left.and_then(|state| state.dict.get(&key)) {
            Some(Slot::Value(value)) => Some(value.clone()),
            _ => known.value.borrow().clone(),
        };
        let expired = left.map_or(known.expired.get(), |state| state.expired_attributes.contains(&key));
        let address = cx.host.address(id);
        let object = format!("<{} at {address:#x}>", cx.orm.mappers.get(class).class_name);
        value.ok_or_else(|| unresolved(&text, &object, expired))
    };
    Ok(Expr::bind_late(name, column.ty(), Rc::new(late)))
}

/// The value of an object's column now: loaded where the object is persistent, or else the last one known.
fn value_of(cx: &mut Cx<'_>, object: &ObjRef, key: &Key, column: &str) -> Result<Value> {
    let id = object.id();
    let state = cx.orm.states.get(id);
    if let Some(Slot::Value(value)) = state.dict.get(key) {
        return Ok(value.clone());
    }
    if state.key.is_some() && state.session.is_some() && !state.deleted {
        return match attr::get(cx, id, key)? {
            Slot::Value(value) => Ok(value),
            Slot::One(_) | Slot::Many(_) => Err(Error::unsupported(format!("`{key}` as a column"))),
        };
    }
    if let Some(value) = state.last_known.get(key).and_then(|known| known.value.borrow().clone()) {
        return Ok(value);
    }
    let expired = state.expired_attributes.contains(key);
    let text = attr::object_text(cx, id);
    Err(unresolved(column, &text, expired))
}

fn unresolved(column: &str, object: &str, expired: bool) -> Error {
    let why = if expired {
        "the object is detached and the value was expired"
    } else {
        "no value has been set for this column"
    };
    Error::new(
        ErrorKind::InvalidRequestError,
        format!("Can't resolve value for column {column} on object {object}; {why}"),
    )
}

/// `Class.relationship == object` (`!=` where `negated`), with `None` for `None`.
///
/// # Errors
///
/// `InvalidRequestError` for a collection compared with an object.
pub fn equals(
    cx: &mut Cx<'_>,
    mapped: Mapped,
    key: &str,
    object: Option<&ObjRef>,
    negated: bool,
) -> Result<Expr> {
    let relationship = relationship(cx, mapped, key)?;
    let resolved = relationship.resolved();
    let parent = Adapter::of(cx.orm, mapped);
    match object {
        None => {
            if resolved.direction == Direction::ManyToOne {
                let mut parts = Vec::new();
                for (local, _) in &resolved.local_remote_pairs {
                    let column = parent.column(local)?;
                    parts.push(column.operate(Op::Is, Expr::null())?);
                }
                let none = Expr::and(parts);
                return Ok(if negated { none.negate() } else { none });
            }
            let exists = select_one(cx, mapped, &relationship, None, Vec::new())?;
            Ok(if negated { exists } else { exists.negate() })
        }
        Some(_) if resolved.uselist => Err(Error::new(
            ErrorKind::InvalidRequestError,
            "Can't compare a collection to an object or collection; use contains() to test for membership.",
        )),
        Some(object) if negated && resolved.direction != Direction::ManyToOne => {
            without(cx, mapped, &relationship, object)
        }
        Some(object) if negated => {
            let mut parts = Vec::new();
            for (local, remote) in &resolved.local_remote_pairs {
                let value = bound_to(cx, object, resolved.target, remote, &local.key())?;
                // Evaluated in memory, this column is none of the class's.
                let column = parent.column(local)?.annotated(false, false);
                let differs = column.operate(Op::Ne, value)?;
                parts.push(Expr::or([differs, column.operate(Op::Is, Expr::null())?]));
            }
            Ok(Expr::and(parts))
        }
        Some(object) => matches_object(cx, mapped, &relationship, object),
    }
}

/// The relationship's join with the target's columns replaced by an object's values.
fn matches_object(
    cx: &mut Cx<'_>,
    mapped: Mapped,
    relationship: &Relationship,
    object: &ObjRef,
) -> Result<Expr> {
    let resolved = relationship.resolved();
    if let Some(between) = &resolved.secondary {
        return across(cx, mapped, relationship, between, object);
    }
    refuse_alias(cx, resolved)?;
    let parent = Adapter::of(cx.orm, mapped);
    let parent_tables = cx.orm.mappers.get(mapped.mapper).hierarchy.tables.clone();
    let target_tables = cx.orm.mappers.get(resolved.target).hierarchy.tables.clone();
    let has = |tables: &[Table], column: &Column| tables.iter().any(|table| table.has_column(column));
    rewrite_columns(&resolved.primaryjoin, &mut |column, remote| {
        if has(&target_tables, column) && (remote || !has(&parent_tables, column)) {
            bound_to(cx, object, resolved.target, column, "param")
        } else {
            parent.column(column)
        }
    })
}

/// `Class.collection.any(…)` (`is_any`) and `Class.scalar.has(…)`, against the target or an alias of it.
///
/// # Errors
///
/// `InvalidRequestError` where the relationship is of the other kind.
pub fn exists(
    cx: &mut Cx<'_>,
    mapped: Mapped,
    key: &str,
    of_type: Option<Mapped>,
    criteria: Vec<Expr>,
    is_any: bool,
) -> Result<Expr> {
    let relationship = relationship(cx, mapped, key)?;
    let text = match (is_any, relationship.resolved().uselist) {
        (true, false) => "'any()' not implemented for scalar attributes. Use has().",
        (false, true) if cx.orm.profile.has(Behaviour::HasRefusalSpaced) => {
            "'has()' not implemented for collections.  Use any()."
        }
        (false, true) => "'has()' not implemented for collections. Use any().",
        _ => return select_one(cx, mapped, &relationship, of_type, criteria),
    };
    Err(Error::new(ErrorKind::InvalidRequestError, text))
}

/// `EXISTS (SELECT 1 FROM target WHERE join AND criteria)`; a class that refers to itself is aliased inside.
fn select_one(
    cx: &mut Cx<'_>,
    mapped: Mapped,
    relationship: &Relationship,
    of_type: Option<Mapped>,
    criteria: Vec<Expr>,
) -> Result<Expr> {
    let resolved = relationship.resolved();
    let parent = Adapter::of(cx.orm, mapped);
    let to = of_type.unwrap_or_else(|| resolved.entity());
    let itself = to.alias.is_none() && cx.orm.mappers.base(mapped.mapper) == cx.orm.mappers.base(to.mapper);
    let tables = polymorphic::tables(cx.orm, to);
    let (item, target) = if itself {
        polymorphic::apart_whole(cx.orm, to.mapper)
    } else {
        (selectable(cx.orm, to), Adapter::of(cx.orm, to))
    };
    // Where a side is written apart, so is what is between.
    let is_apart = itself || mapped.alias.is_some() || of_type.is_some();
    let between = resolved.secondary.as_ref().map(|between| {
        if is_apart { between_apart(between) } else { (between.item.clone(), Adapter::Plain) }
    });
    let between_adapter = between.as_ref().map_or(&Adapter::Plain, |(_, adapter)| adapter);
    let sides = Sides { parent: &parent, target: &target, secondary: between_adapter };
    let (primary, secondary) = join_conditions(cx.orm, relationship.parent, resolved, &sides)?;
    let mut select = Select::new(vec![Expr::literal_column("1", SqlType::Integer)]);
    let target_first = cx.orm.profile.has(Behaviour::ExistsTargetFirst);
    // The tables of a class in several are joined, whatever of them is named.
    let hidden = between.as_ref().is_some_and(|(between, _)| polymorphic::contains(between, &item));
    if !hidden && (target_first || between.is_some() || matches!(item, FromItem::Join(_))) {
        select.from.push(item);
    }
    if let Some((between, _)) = between {
        select.from.insert(usize::from(target_first && !hidden), between);
    }
    let mut parts = vec![primary];
    parts.extend(secondary);
    parts.extend(limit(cx.orm, to.mapper, &target)?);
    for criterion in criteria {
        parts.push(target.adapt_all(&criterion.without_entities(), &tables)?);
    }
    if cx.orm.profile.has(Behaviour::ExistsLimitsClassTwice) {
        // The library writes the second one without the alias of a class that refers to itself.
        let unaliased = if itself { Adapter::Plain } else { target };
        parts.extend(limit(cx.orm, to.mapper, &unaliased)?);
    }
    select.where_ = vec![Expr::and(parts)];
    let outer = selectable(cx.orm, mapped);
    let mut correlated = outer.leaves();
    correlated.push(outer);
    select.correlate = Correlate::To(correlated);
    Ok(Expr::exists(select))
}

/// `NOT EXISTS (SELECT 1 FROM target WHERE join AND target.id = …)`: no row of the relationship is this object's.
fn without(cx: &mut Cx<'_>, mapped: Mapped, relationship: &Relationship, object: &ObjRef) -> Result<Expr> {
    let target = relationship.resolved().target;
    let mut criteria = Vec::new();
    for column in cx.orm.mappers.get(target).primary_key.clone() {
        let key = key_of(cx.orm, target, &column)?;
        let value = match attr::get(cx, object.id(), &key)? {
            Slot::Value(value) => value,
            Slot::One(_) | Slot::Many(_) => return Err(Error::unsupported(format!("`{key}` as a column"))),
        };
        criteria.push(Expr::column(&column).operate(Op::Eq, value)?);
    }
    let criteria = vec![Expr::and(criteria)];
    Ok(select_one(cx, mapped, relationship, None, criteria)?.negate())
}

/// `~Class.collection.contains(object)` of a many-to-many, which is no plain negation of `contains()`.
///
/// # Errors
///
/// What loading the object's key raises.
pub fn not_contains(cx: &mut Cx<'_>, mapped: Mapped, key: &str, object: &ObjRef) -> Result<Option<Expr>> {
    let relationship = relationship(cx, mapped, key)?;
    if relationship.resolved().secondaryjoin.is_none() {
        return Ok(None);
    }
    without(cx, mapped, &relationship, object).map(Some)
}

/// `Class.collection.contains(object)`.
///
/// # Errors
///
/// `InvalidRequestError` for a scalar relationship.
pub fn contains(cx: &mut Cx<'_>, mapped: Mapped, key: &str, object: &ObjRef) -> Result<Expr> {
    let relationship = relationship(cx, mapped, key)?;
    let resolved = relationship.resolved();
    if !resolved.uselist {
        return Err(Error::new(
            ErrorKind::InvalidRequestError,
            "'contains' not implemented for scalar attributes.  Use ==",
        ));
    }
    let Some(between) = &resolved.secondary else {
        refuse_alias(cx, resolved)?;
        let parent = Adapter::of(cx.orm, mapped);
        let parent_tables = cx.orm.mappers.get(mapped.mapper).hierarchy.tables.clone();
        return rewrite_columns(&resolved.primaryjoin, &mut |column, remote| {
            if remote || !parent_tables.iter().any(|table| table.has_column(column)) {
                bound_to(cx, object, resolved.target, column, "param")
            } else {
                parent.column(column)
            }
        });
    };
    across(cx, mapped, &relationship, between, object)
}

/// The joins of a relationship with something between, which leads to this object.
fn across(
    cx: &mut Cx<'_>,
    mapped: Mapped,
    relationship: &Relationship,
    between: &Between,
    object: &ObjRef,
) -> Result<Expr> {
    let resolved = relationship.resolved();
    let secondary = between_whole(between);
    let parent = Adapter::of(cx.orm, mapped);
    let sides = Sides { parent: &parent, target: &Adapter::Plain, secondary: &secondary };
    let (primary, _) = join_conditions(cx.orm, relationship.parent, resolved, &sides)?;
    let target_tables = cx.orm.mappers.get(resolved.target).hierarchy.tables.clone();
    let mut parts = vec![primary];
    if let Some(join) = &resolved.secondaryjoin {
        parts.push(rewrite_columns(join, &mut |column, _| {
            if between.has_column(column) {
                secondary.column(column)
            } else if target_tables.iter().any(|table| table.has_column(column)) {
                bound_to(cx, object, resolved.target, column, "param")
            } else {
                Ok(Expr::column(column))
            }
        })?);
    }
    Ok(Expr::and(parts))
}

/// The columns of an alias are not those of an object of its class.
fn refuse_alias(cx: &Cx<'_>, resolved: &Resolved) -> Result<()> {
    let Some(alias) = resolved.alias.and_then(|alias| cx.orm.mappers.aliases.get(alias as usize)) else {
        return Ok(());
    };
    let Some(apart) = alias.tables.first() else { return Ok(()) };
    let named = cx.orm.profile.has(Behaviour::AnonymousNamesShown);
    let name = apart.name().or(named.then_some("anon_1"));
    let column = resolved.remote_side.first().map(Column::name);
    let (Some(name), Some(column)) = (name, column) else {
        return Err(Error::unsupported("an object compared with an alias that has no name"));
    };
    let text = cx.orm.mappers.get(resolved.target).text(cx.orm.profile);
    Err(Error::new(
        ErrorKind::UnmappedColumnError,
        format!("No column {name}.{column} is configured on mapper {text}..."),
    ))
}

/// `with_parent(object, Class.relationship)`: rows of the target that are related to this object.
///
/// # Errors
///
/// `Unsupported` for an attribute that is no relationship.
pub fn with_parent(cx: &mut Cx<'_>, mapped: Mapped, key: &str, object: &ObjRef) -> Result<Expr> {
    let relationship = relationship(cx, mapped, key)?;
    let resolved = relationship.resolved();
    let parent = relationship.parent;
    let parent_tables = cx.orm.mappers.get(parent).hierarchy.tables.clone();
    let is_own = |column: &Column| parent_tables.iter().any(|table| table.has_column(column));
    let target = Adapter::of(cx.orm, resolved.entity());
    let Some(between) = &resolved.secondary else {
        let tables = target_tables(cx.orm, resolved);
        return rewrite_columns(&resolved.primaryjoin, &mut |column, remote| {
            if is_own(column) && !remote {
                bound_to(cx, object, parent, column, "param")
            } else if tables.iter().any(|table| table.has_column(column)) {
                target.column(column)
            } else {
                Ok(Expr::column(column))
            }
        });
    };
    let secondary = between_whole(between);
    let sides = Sides { parent: &Adapter::Plain, target: &target, secondary: &secondary };
    let (primary, _) = join_conditions(cx.orm, parent, resolved, &sides)?;
    let secondaryjoin = resolved.secondaryjoin.as_ref().map(|join| {
        rewrite_columns(join, &mut |column, _| {
            if between.has_column(column) { secondary.column(column) } else { Ok(Expr::column(column)) }
        })
    });
    let secondaryjoin = secondaryjoin.transpose()?;
    let primary = rewrite_columns(&primary, &mut |column, _| {
        if is_own(column) { bound_to(cx, object, parent, column, "param") } else { Ok(Expr::column(column)) }
    })?;
    Ok(Expr::and([primary].into_iter().chain(secondaryjoin)))
}
