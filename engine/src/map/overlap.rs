//! Relationships that write the same column, of which the library warns.
//!
//! Each relationship is held against those that were configured before it, in their order.

use super::configure::name_of;
use super::{Key, MapperId, Relationship};
use crate::error::Result;
use crate::host::Cx;
use crate::orm::Orm;
use crate::schema::Column;
use crate::version::Behaviour;
use crate::warning::Warning;
use std::rc::Rc;

/// A column that a relationship writes.
#[derive(Debug)]
pub(super) struct Written {
    target: Column,
    source: Column,
    relationship: Rc<Relationship>,
}

/// Warns where a relationship writes what another one writes, unless either says that they overlap or they are two
/// sides of one thing.
///
/// # Errors
///
/// The warning, where the host takes it for an error.
pub(super) fn check(cx: &mut Cx<'_>, relationship: &Rc<Relationship>) -> Result<()> {
    if relationship.args.is_viewonly() {
        return Ok(());
    }
    let resolved = relationship.resolved();
    let pairs: Vec<(Column, Column)> =
        resolved.synchronize_pairs.iter().chain(&resolved.secondary_synchronize_pairs).cloned().collect();
    let told = cx.orm.profile.has(Behaviour::OverlapsParameter);
    for (source, target) in pairs {
        if !told && target.foreign_keys().len() < 2 {
            continue;
        }
        let mut others = Vec::new();
        for other in cx.orm.mappers.written.iter().filter(|written| written.target == target) {
            let conflicts = if told {
                overlaps(cx.orm, relationship, &other.relationship)
            } else {
                writes_otherwise(cx.orm, relationship, &source, other)
            };
            if conflicts {
                let name = name_of(cx, &other.relationship);
                others.push((name, other.relationship.key.to_string(), other.source.to_string()));
            }
        }
        if !others.is_empty() {
            let name = name_of(cx, relationship);
            let (from, to) = (source.to_string(), target.to_string());
            cx.warn(Warning::overlapping(cx.orm.profile, &name, (&from, &to), &others))?;
        }
        let relationship = Rc::clone(relationship);
        cx.orm.mappers.written.push(Written { target, source, relationship });
    }
    Ok(())
}

fn is_reverse(relationship: &Relationship, other: &Relationship) -> bool {
    relationship.reverse.borrow().iter().any(|(mapper, key)| *mapper == other.parent && *key == other.key)
}

/// Whether `overlaps` of a relationship names a key.
fn names(relationship: &Relationship, key: &Key) -> bool {
    let named = relationship.args.overlaps.as_deref().unwrap_or_default();
    named.split(',').any(|named| named.trim() == &**key)
}

/// Whether two classes inherit from one and neither from the other.
fn siblings(orm: &Orm, one: MapperId, other: MapperId) -> bool {
    let mappers = &orm.mappers;
    mappers.base(one) == mappers.base(other) && !mappers.is_a(one, other) && !mappers.is_a(other, one)
}

fn overlaps(orm: &Orm, relationship: &Relationship, other: &Relationship) -> bool {
    let (parent, other_parent) = (relationship.parent, other.parent);
    let (target, other_target) = (relationship.resolved().target, other.resolved().target);
    let apart =
        [(parent, other_parent), (target, other_target), (parent, other_target), (target, other_parent)];
    let same_name =
        relationship.key == other.key && orm.mappers.base(parent) == orm.mappers.base(other_parent);
    !is_reverse(relationship, other)
        && !names(relationship, &other.key)
        && !names(other, &relationship.key)
        && !apart.iter().any(|(one, other)| siblings(orm, *one, *other))
        && !same_name
}

/// What 1.3 warns of: one class's relationships that fill a column from different ones.
fn writes_otherwise(orm: &Orm, relationship: &Relationship, source: &Column, other: &Written) -> bool {
    let (parent, other_parent) = (relationship.parent, other.relationship.parent);
    other.source != *source
        && !is_reverse(relationship, &other.relationship)
        && (orm.mappers.is_a(parent, other_parent) || orm.mappers.is_a(other_parent, parent))
}
