//! Changes to collections, as an instrumented list makes them.
//!
//! Indices are Python's: negative ones count from the end. A list that was replaced by another is an ordinary
//! list: its changes fire nothing. No borrow of a list is held while events run.

use super::candidate::Candidate;
use super::change::owner_of;
use super::events::{self, Initiator};
use super::set;
use super::{hosted, keyed};
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::Shape;
use crate::state::{Collection, Member, Slot, StateId};
use crate::version::Behaviour;
use crate::warning::Warning;
use std::rc::Rc;

/// `start`, `stop` and `step` of a slice.
type Slice = (Option<i64>, Option<i64>, Option<i64>);

fn index_error(text: &str) -> Error {
    Error::new(ErrorKind::IndexError, text)
}

fn value_error(text: impl Into<String>) -> Error {
    Error::new(ErrorKind::ValueError, text)
}

/// Fires the events of a member that comes in. A collection that was read while it was empty is the
/// object's from now on.
pub(super) fn coming(
    cx: &mut Cx<'_>,
    list: &Rc<Collection>,
    item: Candidate,
    by: Option<&Initiator>,
) -> Result<Member> {
    let Some((owner, relationship)) = owner_of(cx, list)? else { return item.plain() };
    let state = cx.orm.states.get_mut(owner);
    if state.empty.get(&list.key).is_some_and(|empty| Rc::ptr_eq(empty, list)) {
        state.empty.shift_remove(&list.key);
        state.dict.insert(list.key.clone(), Slot::Many(Rc::clone(list)));
    }
    warn_stale(cx, owner, list)?;
    let member = item.member()?;
    match &member {
        Some(object) => events::fire_append(cx, owner, &relationship, object, by)?,
        None => events::mark_collection(cx, owner, &relationship.key, None)?,
    }
    Ok(member)
}

/// Warns where the owner has been expired since the list was read.
pub(super) fn warn_stale(cx: &mut Cx<'_>, owner: StateId, list: &Rc<Collection>) -> Result<()> {
    let current = matches!(cx.orm.states.get(owner).dict.get(&list.key), Some(Slot::Many(own)) if Rc::ptr_eq(own, list));
    if current { Ok(()) } else { cx.warn(Warning::stale_collection()) }
}

pub(super) fn leaving(
    cx: &mut Cx<'_>,
    list: &Rc<Collection>,
    item: &Member,
    by: Option<&Initiator>,
) -> Result<()> {
    let Some((owner, relationship)) = owner_of(cx, list)? else { return Ok(()) };
    let state = cx.orm.states.get_mut(owner);
    if state.empty.get(&list.key).is_some_and(|empty| Rc::ptr_eq(empty, list)) {
        state.empty.shift_remove(&list.key);
        state.dict.insert(list.key.clone(), Slot::Many(Rc::clone(list)));
    }
    warn_stale(cx, owner, list)?;
    match item {
        Some(object) => events::fire_remove(cx, owner, &relationship, object, by),
        None => events::mark_collection(cx, owner, &relationship.key, None),
    }
}

/// The place that an index means.
fn place(len: usize, index: i64) -> Option<usize> {
    let at = if index < 0 { index.checked_add(len as i64)? } else { index };
    usize::try_from(at).ok().filter(|at| *at < len)
}

/// The places that a slice means, in its order.
fn places(len: usize, slice: Slice) -> Result<Vec<usize>> {
    let len = len as i64;
    let step = slice.2.unwrap_or(1);
    if step == 0 {
        return Err(value_error("slice step cannot be zero"));
    }
    let (low, high) = if step < 0 { (-1, len - 1) } else { (0, len) };
    let bound = |given: Option<i64>, default: i64| match given {
        None => default,
        Some(at) if at < 0 => at.saturating_add(len).max(low),
        Some(at) => at.min(high),
    };
    let (start, stop) = if step < 0 {
        (bound(slice.0, high), bound(slice.1, low))
    } else {
        (bound(slice.0, low), bound(slice.1, high))
    };
    let mut found = Vec::new();
    let mut at = start;
    while if step < 0 { at > stop } else { at < stop } {
        found.push(at as usize);
        match at.checked_add(step) {
            Some(next) => at = next,
            None => break,
        }
    }
    Ok(found)
}

pub fn append(cx: &mut Cx<'_>, list: &Rc<Collection>, item: impl Into<Candidate>) -> Result<()> {
    append_by(cx, list, item.into(), None)
}

pub(super) fn append_by(
    cx: &mut Cx<'_>,
    list: &Rc<Collection>,
    item: Candidate,
    by: Option<&Initiator>,
) -> Result<()> {
    if let Some(host) = list.host.clone() {
        return hosted::put(cx, &*host, item, by);
    }
    if list.shape == Shape::Set {
        return set::add_by(cx, list, item, by);
    }
    if list.shape == Shape::Dict {
        return keyed::set_by(cx, list, item, by);
    }
    let item = coming(cx, list, item, by)?;
    list.items.borrow_mut().push(item);
    Ok(())
}

/// Removes the member that is this object.
///
/// # Errors
///
/// `ValueError`: it is not there.
pub fn remove(cx: &mut Cx<'_>, list: &Rc<Collection>, item: impl Into<Candidate>) -> Result<()> {
    remove_by(cx, list, item.into(), None)
}

/// As [`remove`], for an object that the host says equals the member at `at`, or none of them.
///
/// # Errors
///
/// As for [`remove`].
pub fn remove_equal(
    cx: &mut Cx<'_>,
    list: &Rc<Collection>,
    item: impl Into<Candidate>,
    at: Option<usize>,
) -> Result<()> {
    if at.is_none() && !cx.orm.profile.has(Behaviour::RemovalToldFirst) {
        return drop_at(list, at);
    }
    let member = removed(cx, list, item.into())?;
    leaving(cx, list, &member, None)?;
    drop_at(list, at)
}

pub(super) fn remove_by(
    cx: &mut Cx<'_>,
    list: &Rc<Collection>,
    item: Candidate,
    by: Option<&Initiator>,
) -> Result<()> {
    if let Some(host) = list.host.clone() {
        return hosted::take(cx, list, &*host, item, by);
    }
    if list.shape == Shape::Set {
        return set::discard_by(cx, list, item, by).map(drop);
    }
    if list.shape == Shape::Dict {
        return keyed::remove_by(cx, list, item, by).map(drop);
    }
    let item = removed(cx, list, item)?;
    leaving(cx, list, &item, by)?;
    let at = list.items.borrow().iter().position(|other| *other == item);
    drop_at(list, at)
}

pub(super) fn removed(cx: &Cx<'_>, list: &Rc<Collection>, item: Candidate) -> Result<Member> {
    if owner_of(cx, list)?.is_some() { item.member() } else { item.plain() }
}

fn drop_at(list: &Rc<Collection>, at: Option<usize>) -> Result<()> {
    let at = at.filter(|at| *at < list.items.borrow().len());
    match at {
        Some(at) => {
            list.items.borrow_mut().remove(at);
            Ok(())
        }
        None => Err(value_error("list.remove(x): x not in list")),
    }
}

pub fn insert(cx: &mut Cx<'_>, list: &Rc<Collection>, index: i64, item: impl Into<Candidate>) -> Result<()> {
    let item = coming(cx, list, item.into(), None)?;
    let mut items = list.items.borrow_mut();
    let len = items.len() as i64;
    let at = if index < 0 { index.saturating_add(len).max(0) } else { index.min(len) };
    items.insert(at as usize, item);
    Ok(())
}

/// Removes and gives the member at `index`, the last one where it is `None`.
pub fn pop(cx: &mut Cx<'_>, list: &Rc<Collection>, index: Option<i64>) -> Result<Member> {
    // The list counts as changed before it is known that there is something to take.
    if let Some((owner, relationship)) = owner_of(cx, list)? {
        events::mark_collection(cx, owner, &relationship.key, None)?;
    }
    let len = list.items.borrow().len();
    if len == 0 {
        return Err(index_error("pop from empty list"));
    }
    let at = place(len, index.unwrap_or(-1)).ok_or_else(|| index_error("pop index out of range"))?;
    let item = list.items.borrow_mut().remove(at);
    leaving(cx, list, &item, None)?;
    Ok(item)
}

/// `extend`, and `+=` but for the assignment that follows it.
pub fn extend(
    cx: &mut Cx<'_>,
    list: &Rc<Collection>,
    items: impl IntoIterator<Item = impl Into<Candidate>>,
) -> Result<()> {
    for item in items {
        append_by(cx, list, item.into(), None)?;
    }
    Ok(())
}

pub fn clear(cx: &mut Cx<'_>, list: &Rc<Collection>) -> Result<()> {
    let items = list.items.borrow().clone();
    if let Some(host) = list.host.clone() {
        for item in items {
            hosted::take(cx, list, &*host, item.into(), None)?;
        }
        return Ok(());
    }
    if list.shape == Shape::Set {
        for item in items {
            set::discard_by(cx, list, item.into(), None)?;
        }
        return Ok(());
    }
    for item in &items {
        leaving(cx, list, item, None)?;
    }
    list.items.borrow_mut().clear();
    list.keys.borrow_mut().clear();
    Ok(())
}

/// `list[index] = item`.
pub fn set_index(
    cx: &mut Cx<'_>,
    list: &Rc<Collection>,
    index: i64,
    item: impl Into<Candidate>,
) -> Result<()> {
    let old = {
        let items = list.items.borrow();
        place(items.len(), index).map(|at| items[at].clone())
    };
    let old = old.ok_or_else(|| index_error("list index out of range"))?;
    leaving(cx, list, &old, None)?;
    let item = coming(cx, list, item.into(), None)?;
    let mut items = list.items.borrow_mut();
    let at = place(items.len(), index).ok_or_else(|| index_error("list assignment index out of range"))?;
    items[at] = item;
    Ok(())
}

/// `list[start:stop:step] = items`.
pub fn set_slice(
    cx: &mut Cx<'_>,
    list: &Rc<Collection>,
    slice: Slice,
    items: impl IntoIterator<Item = impl Into<Candidate>>,
) -> Result<()> {
    let items: Vec<Candidate> = items.into_iter().map(Into::into).collect();
    let len = list.items.borrow().len() as i64;
    let step = slice.2.filter(|step| *step != 0).unwrap_or(1);
    let from_end = |at: i64| if at < 0 { at.saturating_add(len) } else { at };
    let start = from_end(slice.0.unwrap_or(0));
    let stop = from_end(slice.1.unwrap_or(len));
    if step == 1 {
        for _ in start..stop.min(start.saturating_add(len)) {
            if list.items.borrow().len() as i64 > start {
                del_index(cx, list, start)?;
            }
        }
        for (offset, item) in items.into_iter().enumerate() {
            insert(cx, list, start.saturating_add(offset as i64), item)?;
        }
        return Ok(());
    }
    let mut targets = Vec::new();
    let mut at = start;
    while (if step < 0 { at > stop } else { at < stop })
        && targets.len() <= items.len() + len.unsigned_abs() as usize
    {
        targets.push(at);
        at = at.saturating_add(step);
    }
    if targets.len() != items.len() {
        return Err(value_error(format!(
            "attempt to assign sequence of size {} to extended slice of size {}",
            items.len(),
            targets.len()
        )));
    }
    for (at, item) in targets.into_iter().zip(items) {
        set_index(cx, list, at, item)?;
    }
    Ok(())
}

/// `del list[index]`.
pub fn del_index(cx: &mut Cx<'_>, list: &Rc<Collection>, index: i64) -> Result<()> {
    let old = {
        let items = list.items.borrow();
        place(items.len(), index).map(|at| items[at].clone())
    };
    let old = old.ok_or_else(|| index_error("list index out of range"))?;
    leaving(cx, list, &old, None)?;
    let mut items = list.items.borrow_mut();
    let at = place(items.len(), index).ok_or_else(|| index_error("list assignment index out of range"))?;
    items.remove(at);
    Ok(())
}

/// `del list[start:stop:step]`.
pub fn del_slice(cx: &mut Cx<'_>, list: &Rc<Collection>, slice: Slice) -> Result<()> {
    let at = places(list.items.borrow().len(), slice)?;
    let going: Vec<Member> = {
        let items = list.items.borrow();
        at.iter().filter_map(|at| items.get(*at).cloned()).collect()
    };
    for item in &going {
        leaving(cx, list, item, None)?;
    }
    let mut at = at;
    at.sort_unstable();
    let mut items = list.items.borrow_mut();
    for place in at.into_iter().rev() {
        if place < items.len() {
            items.remove(place);
        }
    }
    Ok(())
}

/// `sort` and `reverse`, with the order worked out by the host: no events.
pub fn reorder(list: &Rc<Collection>, items: Vec<Member>) {
    *list.items.borrow_mut() = items;
}

#[cfg(test)]
mod tests {
    use super::{place, places};

    #[test]
    fn a_negative_index_counts_from_the_end() {
        assert_eq!(place(3, -1), Some(2));
        assert_eq!(place(3, -4), None);
        assert_eq!(place(3, 3), None);
    }

    #[test]
    fn a_slice_takes_the_places_that_python_takes() {
        assert_eq!(places(4, (None, None, None)).ok(), Some(vec![0, 1, 2, 3]));
        assert_eq!(places(4, (Some(-2), None, None)).ok(), Some(vec![2, 3]));
        assert_eq!(places(4, (None, None, Some(-2))).ok(), Some(vec![3, 1]));
        assert_eq!(places(4, (Some(9), Some(-9), Some(-1))).ok(), Some(vec![3, 2, 1, 0]));
        assert!(places(4, (None, None, Some(0))).is_err());
    }
}
