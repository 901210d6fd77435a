//! Iterators: one value kind for all of them, generators included.
//!
//! An iterator is taken out of its cell while it runs, so one that is advanced from inside itself is noticed.

use super::error::PyResult;
use super::interp::Interp;
use super::value::{Value, fresh_identity};
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

/// What an iterator does; exhausted iterators must stay exhausted.
pub trait NativeIter: Any {
    /// The type's name, e.g. `list_iterator`.
    fn type_name(&self) -> &str;

    /// The next value, or `None` at the end.
    fn next(&mut self, interp: &mut Interp) -> PyResult<Option<Value>>;

    /// Resumes a generator with a value sent into it; `None` where this is no generator.
    fn generator(&mut self) -> Option<&mut dyn Generator> {
        None
    }
}

/// What generators have beyond iteration.
pub trait Generator {
    /// The next value, or the value that the generator returned.
    fn resume(&mut self, interp: &mut Interp, input: Resume) -> PyResult<Yielded>;

    /// The generator's name, as its `repr` shows it.
    fn name(&self) -> Rc<str>;
}

/// What a generator is resumed with.
pub enum Resume {
    Send(Value),
    Throw(Value),
}

/// What came of resuming a generator.
pub enum Yielded {
    Value(Value),
    Return(Value),
}

/// An iterator value.
pub struct Iter {
    pub(crate) state: RefCell<Option<Box<dyn NativeIter>>>,
    pub(crate) name: Rc<str>,
    pub(crate) id: u64,
}

impl Iter {
    pub fn new(iter: impl NativeIter) -> Iter {
        let name = iter.type_name().into();
        Iter { state: RefCell::new(Some(Box::new(iter))), name, id: fresh_identity() }
    }

    /// Whether what is sent or thrown in reaches it; one that is running does not say otherwise.
    pub(super) fn takes_input(&self) -> bool {
        self.state.borrow_mut().as_mut().is_none_or(|state| state.generator().is_some())
    }

    /// An iterator made of a closure.
    pub fn from_fn(
        name: impl Into<Rc<str>>,
        next: impl FnMut(&mut Interp) -> PyResult<Option<Value>> + 'static,
    ) -> Value {
        Value::Iter(Rc::new(Iter::new(FromFn { name: name.into(), next })))
    }

    /// An iterator over values that are already there.
    pub fn from_values(name: impl Into<Rc<str>>, values: Vec<Value>) -> Value {
        let (mut values, mut at) = (values, 0);
        Iter::from_fn(name, move |_| {
            let next = values.get(at).cloned();
            at += 1;
            if next.is_none() {
                values.clear();
            }
            Ok(next)
        })
    }
}

struct FromFn<F> {
    name: Rc<str>,
    next: F,
}

impl<F: FnMut(&mut Interp) -> PyResult<Option<Value>> + 'static> NativeIter for FromFn<F> {
    fn type_name(&self) -> &str {
        &self.name
    }

    fn next(&mut self, interp: &mut Interp) -> PyResult<Option<Value>> {
        (self.next)(interp)
    }
}
