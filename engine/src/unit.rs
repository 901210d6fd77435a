//! Flush: what is new, changed and deleted becomes a plan, an order, statements.
//!
//! The order is the real library's: actions of whole mappers, sorted by what depends on what and then by
//! name; where mappers depend on each other in a circle, actions of single objects.

mod dependency;
mod located;
mod order;
mod persist;
mod plan;
mod post_update;
mod remove;
mod schedule;
mod sync;

use crate::attr;
use crate::error::{Error, ErrorKind, Result};
use crate::event;
use crate::host::Cx;
use crate::session::{self, SessionId, cascade};
use crate::state::{ObjRef, StateId};
pub(crate) use located::{check_updated, given, has_label, label, update_by_key};
use plan::{Entry, Plan};

/// Flushes a session: see [`session::flush`], which alone calls this.
pub(crate) fn flush(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    let (new, modified, deleted) = session::flush_sets(cx.orm, session);
    let mut plan = Plan::new(session);
    for object in new.iter().chain(&modified) {
        let id = object.id();
        if deleted.contains(object) {
            continue;
        }
        let orphan = cascade::is_orphan(cx.orm, id);
        let has_row = cx.orm.states.get(id).key.is_some();
        if orphan && !has_row && cx.orm.states.get(id).orphaned {
            session::expunge_orphan(cx.orm, session, id);
        } else {
            enter(cx, &mut plan, object, orphan && has_row)?;
        }
    }
    for object in &deleted {
        enter(cx, &mut plan, object, true)?;
    }
    if plan.is_empty() {
        return Ok(());
    }
    session::begin_execution(cx, session)?;
    let done = execute(cx, &mut plan).and_then(|()| finish(cx, session, &plan));
    if let Err(error) = &done {
        session::fail_execution(cx, session, error, plan.held(cx.orm))?;
    }
    done
}

/// Brings an object of the session into the plan.
///
/// # Errors
///
/// `AssertionError`: another one has taken its place in the session.
fn enter(cx: &mut Cx<'_>, plan: &mut Plan, object: &ObjRef, delete: bool) -> Result<()> {
    if plan.register(cx, object, &Entry { delete, ..Entry::default() })? {
        return Ok(());
    }
    Err(Error::new(ErrorKind::AssertionError, "Failed to add object to the flush context!"))
}

fn execute(cx: &mut Cx<'_>, plan: &mut Plan) -> Result<()> {
    plan.prepare(cx)?;
    let (batches, circle) = plan.batches(cx)?;
    for batch in batches {
        plan.run(cx, &batch)?;
    }
    circle.map_or(Ok(()), Err)
}

fn finish(cx: &mut Cx<'_>, session: SessionId, plan: &Plan) -> Result<()> {
    event::tell_session(cx, "after_flush", session)?;
    let (gone, kept): (Vec<StateId>, Vec<StateId>) = plan.states().partition(|id| plan.is_deleted(*id));
    session::flushed_deleted(cx.orm, session, &gone);
    session::flushed(cx, session, &kept)?;
    session::end_flush(cx, session);
    event::deliver(cx)?;
    event::tell_session(cx, "after_flush_postexec", session)?;
    session::flush_ends(cx, session, false)
}

/// `<User at 0x7f…>`.
fn text(cx: &mut Cx<'_>, id: StateId) -> String {
    attr::object_text(cx, id)
}
