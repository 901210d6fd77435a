//! Changes to collections, as an instrumented list makes them.
//!
//! Indices are Python's: negative ones count from the end. A list that was replaced by another is an ordinary
//! list: its changes fire nothing.

use crate::error::{Error, Result};
use crate::host::Cx;
use crate::state::{Collection, ObjRef};
use std::rc::Rc;

fn absent<T>() -> Result<T> {
    Err(Error::unsupported("changing collections"))
}

pub fn append(cx: &mut Cx<'_>, list: &Rc<Collection>, item: ObjRef) -> Result<()> {
    let _ = (cx, list, item);
    absent()
}

/// Removes the member that is this object.
///
/// # Errors
///
/// `ValueError`: it is not there.
pub fn remove(cx: &mut Cx<'_>, list: &Rc<Collection>, item: &ObjRef) -> Result<()> {
    let _ = (cx, list, item);
    absent()
}

pub fn insert(cx: &mut Cx<'_>, list: &Rc<Collection>, index: i64, item: ObjRef) -> Result<()> {
    let _ = (cx, list, index, item);
    absent()
}

/// Removes and gives the member at `index`, the last one where it is `None`.
pub fn pop(cx: &mut Cx<'_>, list: &Rc<Collection>, index: Option<i64>) -> Result<ObjRef> {
    let _ = (cx, list, index);
    absent()
}

/// `extend`, and `+=` but for the assignment that follows it.
pub fn extend(cx: &mut Cx<'_>, list: &Rc<Collection>, items: Vec<ObjRef>) -> Result<()> {
    let _ = (cx, list, items);
    absent()
}

pub fn clear(cx: &mut Cx<'_>, list: &Rc<Collection>) -> Result<()> {
    let _ = (cx, list);
    absent()
}

/// `list[index] = item`.
pub fn set_index(cx: &mut Cx<'_>, list: &Rc<Collection>, index: i64, item: ObjRef) -> Result<()> {
    let _ = (cx, list, index, item);
    absent()
}

/// `list[start:stop:step] = items`.
pub fn set_slice(
    cx: &mut Cx<'_>,
    list: &Rc<Collection>,
    slice: (Option<i64>, Option<i64>, Option<i64>),
    items: Vec<ObjRef>,
) -> Result<()> {
    let _ = (cx, list, slice, items);
    absent()
}

/// `del list[index]`.
pub fn del_index(cx: &mut Cx<'_>, list: &Rc<Collection>, index: i64) -> Result<()> {
    let _ = (cx, list, index);
    absent()
}

/// `del list[start:stop:step]`.
pub fn del_slice(
    cx: &mut Cx<'_>,
    list: &Rc<Collection>,
    slice: (Option<i64>, Option<i64>, Option<i64>),
) -> Result<()> {
    let _ = (cx, list, slice);
    absent()
}

/// `sort` and `reverse`, with the order worked out by the host: no events.
pub fn reorder(list: &Rc<Collection>, items: Vec<ObjRef>) {
    *list.items.borrow_mut() = items;
}
