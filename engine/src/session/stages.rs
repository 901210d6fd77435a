//! What listeners are told of a session's transactions: which one begins or ends, and what is around it.
//!
//! A flush counts as a transaction within the session's own, and has no part in anything else. Before 1.4 a session is
//! never without a transaction, as listeners see it.

use super::SessionId;
use crate::error::Result;
use crate::event::{self, Happening};
use crate::host::Cx;
use crate::orm::Orm;
use crate::version::Behaviour;
use std::rc::Rc;

/// Transactions of a session from the outermost on, each by its serial number and whether it is a savepoint. What is told
/// is told of the last.
pub type Chain = Rc<[(usize, bool)]>;

/// The transaction of this number with those around it, while it is open.
pub fn chain(orm: &Orm, session: SessionId, serial: usize) -> Option<Chain> {
    let all = &super::get(orm, session).transactions;
    let at = all.iter().position(|one| one.serial == serial)?;
    Some(all[..=at].iter().map(|one| (one.serial, one.nested)).collect())
}

/// All open transactions; nothing where none is open.
pub fn open(orm: &Orm, session: SessionId) -> Option<Chain> {
    let innermost = super::get(orm, session).transactions.last()?.serial;
    chain(orm, session, innermost)
}

/// The first so many of them.
pub(super) fn outer(orm: &Orm, session: SessionId, count: usize) -> Chain {
    super::get(orm, session).transactions.iter().take(count).map(|one| (one.serial, one.nested)).collect()
}

fn tell(cx: &mut Cx<'_>, name: &str, session: SessionId, chain: &Chain) -> Result<()> {
    if event::is_heard(cx.orm, name) {
        event::tell(cx, name, Happening::Transaction { session, chain: Rc::clone(chain) })?;
    }
    Ok(())
}

/// Whether a session begins its next transaction as one ends.
fn begins_at_once(orm: &Orm) -> bool {
    !orm.profile.has(Behaviour::SessionAutobegin)
}

/// The transaction that an idle session of such a release is in.
fn idle(orm: &Orm, session: SessionId) -> Chain {
    Rc::from([(super::get(orm, session).begun + 1, false)])
}

/// A session has been made.
pub(super) fn made(orm: &mut Orm, session: SessionId) {
    if begins_at_once(orm) {
        let chain = idle(orm, session);
        event::note_begun(orm, session, chain);
    }
}

/// The innermost transaction has begun.
pub(super) fn begun(orm: &mut Orm, session: SessionId) {
    if let Some(chain) = open(orm, session)
        && (chain.len() > 1 || !begins_at_once(orm))
    {
        event::note_begun(orm, session, chain);
    }
}

/// A transaction has ended.
pub(super) fn ended(cx: &mut Cx<'_>, session: SessionId, chain: &Chain) -> Result<()> {
    tell(cx, "after_transaction_end", session, chain)?;
    if chain.len() == 1 && begins_at_once(cx.orm) {
        made(cx.orm, session);
        event::deliver_begun(cx)?;
    }
    Ok(())
}

/// A transaction was rolled back, and has ended.
pub(super) fn rolled_back(cx: &mut Cx<'_>, session: SessionId, chain: &Chain) -> Result<()> {
    ended(cx, session, chain)?;
    tell(cx, "after_soft_rollback", session, chain)
}

/// A session is closed that had these open.
pub(super) fn closed(cx: &mut Cx<'_>, session: SessionId, open: Option<&Chain>) -> Result<()> {
    let Some(open) = open else {
        if begins_at_once(cx.orm) {
            let chain = idle(cx.orm, session);
            super::get_mut(cx.orm, session).begun += 1;
            return ended(cx, session, &chain);
        }
        return Ok(());
    };
    for count in (1..=open.len()).rev() {
        ended(cx, session, &open[..count].into())?;
    }
    Ok(())
}

/// The transaction that a flush is.
fn of_flush(orm: &Orm, session: SessionId) -> Chain {
    let around = open(orm, session).unwrap_or_else(|| Rc::from([]));
    let own = usize::MAX - super::get(orm, session).begun;
    around.iter().copied().chain([(own, false)]).collect()
}

/// A flush begins to emit SQL.
pub(super) fn flush_begins(cx: &mut Cx<'_>, session: SessionId) -> Result<()> {
    event::deliver_begun(cx)?;
    let chain = of_flush(cx.orm, session);
    tell(cx, "after_transaction_create", session, &chain)
}

/// A flush has ended, or failed.
pub(crate) fn flush_ends(cx: &mut Cx<'_>, session: SessionId, failed: bool) -> Result<()> {
    let chain = of_flush(cx.orm, session);
    if failed { rolled_back(cx, session, &chain) } else { ended(cx, session, &chain) }
}
