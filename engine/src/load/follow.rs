//! The order in which loads follow a query.
//!
//! From 2.0 on they go generation by generation: what a load's own rows leave for later waits until all loads of
//! the same generation are done, and what several of them leave for one path is loaded at once.

use super::classes::load_below;
use super::later::load;
use super::options::Path;
use super::query::Query;
use super::rows::{Below, Later};
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::map::Lazy;
use crate::session::SessionId;
use crate::state::{ObjRef, StateId};
use crate::version::Behaviour;
use indexmap::IndexSet;
use std::rc::Rc;

/// How many generations may follow one query.
const MAX_GENERATIONS: usize = 1000;

/// What waits for the next generation.
#[derive(Debug, Default)]
pub(crate) struct Waiting(Vec<Work>);

/// A load, and the query whose rows left it.
#[derive(Debug)]
struct Work {
    session: SessionId,
    query: Rc<Query>,
    path: Path,
    what: What,
}

#[derive(Debug)]
enum What {
    Relationship(Later),
    Below(Below),
}

impl Waiting {
    /// Adds a load; one of the same path takes its objects along.
    fn add(&mut self, work: Work) {
        for known in self.0.iter_mut().filter(|known| known.path == work.path) {
            match (&mut known.what, &work.what) {
                (What::Relationship(known), What::Relationship(new))
                    if Rc::ptr_eq(&known.relationship, &new.relationship) =>
                {
                    take_along(&mut known.objects, &new.objects);
                    known.kept.extend(new.kept.iter().copied());
                    known.given.extend(new.given.iter().map(|(id, own)| (*id, own.clone())));
                    return;
                }
                (What::Below(known), What::Below(new)) if known.mapper == new.mapper => {
                    take_along(&mut known.objects, &new.objects);
                    return;
                }
                _ => {}
            }
        }
        // Loads of one path go together.
        let at = self.0.iter().rposition(|known| known.path == work.path);
        self.0.insert(at.map_or(self.0.len(), |at| at + 1), work);
    }
}

/// Adds the objects that are not there yet.
fn take_along(known: &mut Vec<ObjRef>, new: &[ObjRef]) {
    let there: IndexSet<StateId> = known.iter().map(ObjRef::id).collect();
    known.extend(new.iter().filter(|object| !there.contains(&object.id())).cloned());
}

/// Does what the rows of a query left for later, or lets it wait for the next generation.
pub(super) fn follow(
    cx: &mut Cx<'_>,
    session: SessionId,
    (later, below): (Vec<Later>, Vec<Below>),
    query: &Query,
) -> Result<()> {
    if later.is_empty() && below.is_empty() {
        return Ok(());
    }
    if !cx.orm.profile.has(Behaviour::ImmediateInOrder) {
        for one in &later {
            load(cx, session, one, query)?;
        }
        return load_below(cx, session, below, query);
    }
    let shared = Rc::new(query.clone());
    let (at_once, later): (Vec<Later>, Vec<Later>) =
        later.into_iter().partition(|one| one.lazy == Lazy::Subquery && !one.single);
    let mut waiting = Waiting::default();
    for one in later {
        let path = [&one.prior[..], &one.path].concat();
        waiting.add(Work { session, query: Rc::clone(&shared), path, what: What::Relationship(one) });
    }
    for one in below {
        let path = [&query.prior[..], &one.path].concat();
        waiting.add(Work { session, query: Rc::clone(&shared), path, what: What::Below(one) });
    }
    // Subqueries are asked for while the rows are read; what follows them comes after what follows these rows.
    let joins = query.follows && cx.orm.waiting.is_some();
    if let Some(outer) = cx.orm.waiting.as_mut().filter(|_| joins) {
        waiting.0.drain(..).for_each(|work| outer.add(work));
    }
    for one in at_once {
        load(cx, session, &one, query)?;
    }
    if joins {
        return Ok(());
    }
    let outer = cx.orm.waiting.replace(Waiting::default());
    let done = generations(cx, waiting);
    cx.orm.waiting = outer;
    done
}

fn generations(cx: &mut Cx<'_>, mut now: Waiting) -> Result<()> {
    for _ in 0..MAX_GENERATIONS {
        for work in now.0 {
            match work.what {
                What::Relationship(later) => load(cx, work.session, &later, &work.query)?,
                What::Below(below) => load_below(cx, work.session, vec![below], &work.query)?,
            }
        }
        now = cx.orm.waiting.replace(Waiting::default()).unwrap_or_default();
        if now.0.is_empty() {
            return Ok(());
        }
    }
    Err(Error::unsupported("loads that lead to one another without end"))
}
