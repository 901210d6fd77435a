//! Collections whose class a host's program wrote: the members are kept there, and `items` mirrors them.
//!
//! The host's own methods tell of every change before they make it, so nothing here fires events when the engine
//! changes such a collection: it hands on what set the change off.

use super::access;
use super::candidate::Candidate;
use super::change::owner_of;
use super::collection::{coming, leaving};
use super::events::{self, Initiator};
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::{Relationship, Shape};
use crate::state::{Collection, Member, ObjRef, Pending, StateId};
use std::any::Any;
use std::fmt;
use std::rc::Rc;

/// A collection whose class a host's program wrote. It tells of changes itself, through [`told_of_coming`] and its like.
pub trait HostCollection: fmt::Debug {
    /// What it is like, as an error names it.
    fn shape(&self) -> Shape;

    /// It belongs to an object's attribute from now on.
    fn adopt(&self, cx: &mut Cx<'_>, collection: &Rc<Collection>) -> Result<()>;

    /// Puts a member in.
    fn put(&self, cx: &mut Cx<'_>, item: &ObjRef, cause: Cause) -> Result<()>;

    /// Takes a member out.
    fn take(&self, cx: &mut Cx<'_>, item: &ObjRef, cause: Cause) -> Result<()>;

    /// Its members, in its own order.
    fn members(&self, cx: &mut Cx<'_>) -> Result<Vec<Member>>;

    /// What a loop over it meets, which need not be its members.
    ///
    /// # Errors
    ///
    /// What its iteration raises; that there is none.
    fn looped_over(&self, cx: &mut Cx<'_>) -> Result<Vec<Member>>;

    /// For the host to know it again.
    fn as_any(&self) -> &dyn Any;
}

/// What sets off a change of such a collection.
#[derive(Debug, Clone)]
pub enum Cause {
    /// The program itself.
    Own,
    /// A load, which nobody is told of.
    Nothing,
    /// Another change.
    By(Initiator),
}

impl Cause {
    fn of(by: Option<&Initiator>) -> Self {
        by.map_or(Cause::Own, |by| Cause::By(by.clone()))
    }

    fn initiator(&self) -> Option<&Initiator> {
        match self {
            Cause::By(by) => Some(by),
            Cause::Own | Cause::Nothing => None,
        }
    }
}

/// A collection of an object's relationship, holding what was loaded.
pub(super) fn new_collection(
    cx: &mut Cx<'_>,
    id: StateId,
    relationship: &Relationship,
    items: Vec<ObjRef>,
) -> Result<Rc<Collection>> {
    let Some(maker) = relationship.args.maker.clone() else {
        return Ok(access::new_collection(id, relationship, items.into_iter().map(Some).collect()));
    };
    let ready = maker.ready.take();
    let host = match ready {
        Some(host) => host,
        None => (maker.make)(cx)?,
    };
    let list = Rc::new(access::hosted_collection(id, relationship, Rc::clone(&host)));
    host.adopt(cx, &list)?;
    for item in items {
        host.put(cx, &item, Cause::Nothing)?;
    }
    mirror(cx, &list)?;
    Ok(list)
}

/// Applies to what was loaded the changes that waited for it.
pub(super) fn apply(cx: &mut Cx<'_>, list: &Rc<Collection>, pending: Pending) -> Result<()> {
    let Some(host) = list.host.clone() else { return Ok(()) };
    for item in pending.added {
        host.put(cx, &item, Cause::Nothing)?;
    }
    for item in pending.removed {
        host.take(cx, &item, Cause::Nothing)?;
    }
    mirror(cx, list)
}

pub(super) fn put(
    cx: &mut Cx<'_>,
    host: &dyn HostCollection,
    item: Candidate,
    by: Option<&Initiator>,
) -> Result<()> {
    match item.member()? {
        Some(object) => host.put(cx, &object, Cause::of(by)),
        None => Ok(()),
    }
}

/// Takes a member out; where it was not there, the host's own error is the one of a list.
pub(super) fn take(
    cx: &mut Cx<'_>,
    list: &Collection,
    host: &dyn HostCollection,
    item: Candidate,
    by: Option<&Initiator>,
) -> Result<()> {
    let Some(object) = item.member()? else { return Ok(()) };
    let absent = !list.items.borrow().iter().flatten().any(|member| *member == object);
    host.take(cx, &object, Cause::of(by)).map_err(|error| {
        if absent && error.kind() == ErrorKind::Host {
            return Error::new(ErrorKind::ValueError, error.detail());
        }
        error
    })
}

/// Reads the members anew after the host's program has changed them.
///
/// # Errors
///
/// What the program's own iteration raises.
pub fn mirror(cx: &mut Cx<'_>, list: &Rc<Collection>) -> Result<()> {
    let Some(host) = list.host.clone() else { return Ok(()) };
    let members = host.members(cx)?;
    let old = list.items.replace(members);
    drop(old);
    Ok(())
}

/// A member is about to come in.
///
/// # Errors
///
/// What the events raise; `AttributeError`: it is no mapped object.
pub fn told_of_coming(
    cx: &mut Cx<'_>,
    list: &Rc<Collection>,
    item: impl Into<Candidate>,
    cause: &Cause,
) -> Result<Member> {
    if matches!(cause, Cause::Nothing) {
        return item.into().member();
    }
    coming(cx, list, item.into(), cause.initiator())
}

/// A member is about to leave.
///
/// # Errors
///
/// What the events raise.
pub fn told_of_leaving(cx: &mut Cx<'_>, list: &Rc<Collection>, item: &Member, cause: &Cause) -> Result<()> {
    if matches!(cause, Cause::Nothing) {
        return Ok(());
    }
    leaving(cx, list, item, cause.initiator())
}

/// Something is about to leave, and is not known yet.
///
/// # Errors
///
/// The owner is gone.
pub fn changing(cx: &mut Cx<'_>, list: &Rc<Collection>) -> Result<()> {
    if let Some((owner, relationship)) = owner_of(cx, list)? {
        events::mark_collection(cx, owner, &relationship.key, None)?;
    }
    Ok(())
}
