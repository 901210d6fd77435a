//! The rows behind a result: those that are there, and the query that further ones are read from.
//!
//! Shared between a result and what is made of it. Rows come out in order, each once.

use super::{Names, Places, Written};
use crate::python::{Interp, PyResult, Stop, Value};
use crate::sqlalchemy::lend;
use backproof_engine::load::Unread;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

/// What is still to be read of a query.
pub(super) struct Reading {
    pub(super) unread: Unread,
    /// The places that are handed out, where not all are.
    pub(super) places: Option<Vec<usize>>,
}

/// What `unique()` asks for: each row once.
pub(super) struct Once {
    pub(super) seen: crate::python::Set,
    pub(super) strategy: Option<Value>,
}

/// The rows that are left to read, shared between a result and what is made of it.
pub(super) struct Source {
    pub(super) names: Names,
    pub(super) rows: RefCell<VecDeque<Vec<Value>>>,
    /// The query whose rows come after these.
    pub(super) reading: RefCell<Option<Reading>>,
    pub(super) once: RefCell<Option<Rc<Once>>>,
    /// Those that were read: what they lead to stays alive until the end is met.
    pub(super) read: RefCell<Vec<Vec<Value>>>,
    /// Whether it was read to its end by something that closes it.
    pub(super) closed: Cell<bool>,
    pub(super) returns_rows: bool,
    /// Joined collections multiply rows, so `unique()` must be called first.
    pub(super) needs_unique: Cell<bool>,
    /// The places whose values have no hash, by the type of their columns.
    pub(super) unhashable: RefCell<Rc<[usize]>>,
    pub(super) written: Written,
    pub(super) places: RefCell<Option<Places>>,
    pub(super) of_cursor: bool,
    /// How many rows are read at a time.
    pub(super) per: Cell<Option<i64>>,
}

impl Source {
    /// Lets go of all rows: nothing more is read.
    pub(super) fn close(&self) {
        self.rows.borrow_mut().clear();
        self.read.borrow_mut().clear();
        self.reading.take();
        self.closed.set(true);
    }

    /// The next row, read from its query where none is there.
    pub(super) fn next(&self, interp: &mut Interp) -> PyResult<Option<Vec<Value>>> {
        loop {
            let next = self.rows.borrow_mut().pop_front();
            if next.is_some() || !self.refill(interp)? {
                return Ok(next);
            }
        }
    }

    /// Reads more rows from the query, if any are left there.
    fn refill(&self, interp: &mut Interp) -> PyResult<bool> {
        let Some(mut reading) = self.reading.take() else { return Ok(false) };
        if self.per.get().is_some() && (self.needs_unique.get() || self.once.borrow().is_some()) {
            return Err(Stop::unsupported("unique() of rows that are read in parts"));
        }
        let most = self.per.get().and_then(|per| usize::try_from(per).ok()).filter(|per| *per > 0);
        let rows = lend::with_cx(interp, |cx| reading.unread.read(cx, most))?;
        for mut row in crate::sqlalchemy::orm::row_values(interp, &rows)? {
            if let Some(places) = &reading.places {
                row = places.iter().filter_map(|&at| row.get(at).cloned()).collect();
            }
            self.rows.borrow_mut().push_back(row);
        }
        if !reading.unread.is_read() {
            self.reading.replace(Some(reading));
        }
        Ok(true)
    }

    /// Reads all rows that are left.
    pub(super) fn rest(&self, interp: &mut Interp) -> PyResult<VecDeque<Vec<Value>>> {
        while self.refill(interp)? {}
        Ok(std::mem::take(&mut *self.rows.borrow_mut()))
    }
}
