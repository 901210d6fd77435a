//! Changed primary keys, seen from a many-to-one: objects in the session that refer to one follow it.
//!
//! Nothing says who refers to an object, so all objects of the session are looked through. A one-to-many on the other
//! side knows its members, and does this itself.

use crate::attr::{self, Passive};
use crate::error::Result;
use crate::host::Cx;
use crate::map::{Direction, Key, MapperId, Property, Relationship};
use crate::orm::Orm;
use crate::session;
use crate::state::{self, Slot, StateId};
use crate::unit::plan::{Entry, Plan};
use crate::unit::sync;
use std::rc::Rc;

/// The relationships along which others are to follow when an object of this mapper changes its key.
pub(in crate::unit) fn followed(orm: &Orm, mapper: MapperId) -> Vec<Rc<Relationship>> {
    let mut found = Vec::new();
    for owner in orm.mappers.iter() {
        for property in owner.properties.values() {
            let Property::Relationship(relationship) = property else { continue };
            let Some(resolved) = relationship.resolved.get() else { continue };
            if relationship.parent == owner.id
                && resolved.direction == Direction::ManyToOne
                && !relationship.args.is_viewonly()
                && state::is_a(orm, mapper, resolved.target)
                && !other_side_does(orm, relationship)
            {
                found.push(Rc::clone(relationship));
            }
        }
    }
    found
}

fn by_database(relationship: &Relationship) -> bool {
    relationship.args.passive_updates != Some(false)
}

fn other_side_does(orm: &Orm, relationship: &Relationship) -> bool {
    let reverse = relationship.reverse.borrow();
    let does = |(mapper, key): &(MapperId, Key)| {
        orm.mappers.relationship(*mapper, key).is_some_and(|other| !by_database(&other))
    };
    !reverse.is_empty() && (by_database(relationship) || reverse.iter().any(does))
}

/// Looks at saved objects of the target. Where the database does not change foreign keys itself, those that refer to one
/// with another key take part from now on. Whether there is something to do once rows are written.
pub(in crate::unit) fn presort(
    cx: &mut Cx<'_>,
    plan: &mut Plan,
    relationship: &Relationship,
    states: &[StateId],
) -> Result<bool> {
    let switched = switched(cx, relationship, states);
    if switched.is_empty() {
        return Ok(false);
    }
    if by_database(relationship) {
        return Ok(true);
    }
    follow(cx, plan, relationship, &switched)?;
    Ok(false)
}

/// The database has changed the foreign keys: the objects that are known to refer to the changed ones are told.
pub(in crate::unit) fn process(
    cx: &mut Cx<'_>,
    plan: &mut Plan,
    relationship: &Relationship,
    states: &[StateId],
) -> Result<()> {
    let switched = switched(cx, relationship, states);
    follow(cx, plan, relationship, &switched)
}

fn switched(cx: &Cx<'_>, relationship: &Relationship, states: &[StateId]) -> Vec<StateId> {
    let pairs = &relationship.resolved().synchronize_pairs;
    let changed = |id: &StateId| cx.orm.states.get(*id).key.is_some() && sync::source_changed(cx, *id, pairs);
    states.iter().copied().filter(changed).collect()
}

fn follow(cx: &mut Cx<'_>, plan: &mut Plan, relationship: &Relationship, switched: &[StateId]) -> Result<()> {
    let passively = by_database(relationship);
    let passive = if passively { Passive::NoLoad } else { Passive::Load };
    for object in session::identity_objects(cx.orm, plan.session) {
        let id = object.id();
        if !state::is_a(cx.orm, cx.orm.states.get(id).mapper, relationship.parent) {
            continue;
        }
        let related = match attr::get_passive(cx, id, &relationship.key, passive)? {
            Some(Slot::One(Some(related))) => related,
            Some(Slot::Many(list)) => match list.objects().into_iter().next() {
                Some(first) => first,
                None => continue,
            },
            _ => continue,
        };
        if switched.contains(&related.id()) {
            plan.register(cx, &object, &Entry { listed: passively, ..Entry::default() })?;
            let pairs = &relationship.resolved().synchronize_pairs;
            sync::populate(cx, plan, related.id(), id, pairs, passively)?;
        }
    }
    Ok(())
}
