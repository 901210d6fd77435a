//! Changes to a relationship's set: what is there already does not come in again.
//!
//! Members are told apart by identity; a host whose objects are equal by their values must refuse them. A set that
//! was replaced by another is an ordinary set: its changes fire nothing. No borrow of a set is held while events run.

use super::candidate::Candidate;
use super::change::owner_of;
use super::collection::{coming, leaving, removed, warn_stale};
use super::events::{self, Initiator};
use crate::error::Result;
use crate::host::Cx;
use crate::state::{Collection, Member};
use crate::version::Behaviour;
use std::rc::Rc;

/// Each member once, at its first place.
pub(super) fn distinct(items: Vec<Member>) -> Vec<Member> {
    let mut seen = std::collections::HashSet::new();
    items.into_iter().filter(|item| seen.insert(item.as_ref().map(crate::state::ObjRef::id))).collect()
}

/// `set.add(item)`.
///
/// # Errors
///
/// What the events of a member that comes in raise.
pub fn add(cx: &mut Cx<'_>, set: &Rc<Collection>, item: impl Into<Candidate>) -> Result<()> {
    add_by(cx, set, item.into(), None)
}

pub(super) fn add_by(
    cx: &mut Cx<'_>,
    set: &Rc<Collection>,
    item: Candidate,
    by: Option<&Initiator>,
) -> Result<()> {
    let known = match &item {
        Candidate::Object(object) => Some(Some(object.clone())),
        Candidate::Nothing => Some(None),
        Candidate::Wrong(_) => None,
    };
    if let Some(member) = known
        && set.items.borrow().contains(&member)
    {
        return tell_again(cx, set, &member, by);
    }
    let item = coming(cx, set, item, by)?;
    let mut items = set.items.borrow_mut();
    if !items.contains(&item) {
        items.push(item);
    }
    Ok(())
}

/// Cascades along a member that is added where it is already; nothing counts as changed.
fn tell_again(cx: &mut Cx<'_>, set: &Rc<Collection>, member: &Member, by: Option<&Initiator>) -> Result<()> {
    if !cx.orm.profile.has(Behaviour::SetMembersToldAgain) {
        return Ok(());
    }
    let Some((owner, relationship)) = owner_of(cx, set)? else { return Ok(()) };
    warn_stale(cx, owner, set)?;
    let Some(object) = member else { return Ok(()) };
    let own = Initiator::append(cx.orm, owner, &relationship);
    let key = by.unwrap_or(&own).key.clone();
    let hooks = Rc::clone(&cx.orm.hooks);
    hooks.joined(cx, owner, &relationship, object, &key)
}

/// `set.discard(item)`, and whether it was there.
///
/// # Errors
///
/// What the events of a member that leaves raise.
pub fn discard(cx: &mut Cx<'_>, set: &Rc<Collection>, item: impl Into<Candidate>) -> Result<bool> {
    discard_by(cx, set, item.into(), None)
}

pub(super) fn discard_by(
    cx: &mut Cx<'_>,
    set: &Rc<Collection>,
    item: Candidate,
    by: Option<&Initiator>,
) -> Result<bool> {
    if matches!(item, Candidate::Wrong(_)) {
        return Ok(false);
    }
    let item = removed(cx, set, item)?;
    if !set.items.borrow().contains(&item) {
        return Ok(false);
    }
    leaving(cx, set, &item, by)?;
    let mut items = set.items.borrow_mut();
    if let Some(at) = items.iter().position(|other| *other == item) {
        items.remove(at);
    }
    Ok(true)
}

/// Takes a member out; `None` where there is none.
///
/// # Errors
///
/// What the events of a member that leaves raise.
pub fn pop(cx: &mut Cx<'_>, set: &Rc<Collection>) -> Result<Option<Member>> {
    // The set counts as changed before it is known that there is something to take.
    if let Some((owner, relationship)) = owner_of(cx, set)? {
        events::mark_collection(cx, owner, &relationship.key, None)?;
    }
    if set.items.borrow().is_empty() {
        return Ok(None);
    }
    let item = set.items.borrow_mut().remove(0);
    leaving(cx, set, &item, None)?;
    Ok(Some(item))
}
