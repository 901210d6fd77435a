//! What the engine borrows while it works: its own world, and the host that its callbacks run in.
//!
//! A callback receives the whole context again, so that it can use the engine that called it; no borrow of
//! the world is held across one.

use crate::error::Result;
use crate::orm::Orm;
use crate::state::StateId;
use crate::warning::Warning;
use std::any::Any;
use std::fmt;
use std::rc::Rc;

/// The language that callbacks are written in. A Rust program that has none passes [`NoHost`].
pub trait Host: Any {
    fn as_any_mut(&mut self) -> &mut dyn Any;

    /// A warning of the library, to be shown or filtered as the host does.
    ///
    /// # Errors
    ///
    /// The warning itself, where the host takes it for an error.
    fn warn(&mut self, warning: &Warning) -> Result<()>;

    /// Whether what 2.0 no longer has is warned of, which users of 1.4 ask for.
    fn warns_of_2_0(&mut self) -> bool {
        false
    }

    /// The address of an object, as messages show it: `<User at 0x7f…>`.
    fn address(&mut self, id: StateId) -> u64 {
        0x7f00_0000_0000 + (id.serial() & 0xffff_ffff) * 0x40
    }
}

/// A host without callbacks; warnings are dropped.
#[derive(Debug, Default)]
pub struct NoHost;

impl Host for NoHost {
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn warn(&mut self, _warning: &Warning) -> Result<()> {
        Ok(())
    }
}

/// What engine operations run in.
pub struct Cx<'a> {
    pub orm: &'a mut Orm,
    pub host: &'a mut dyn Host,
}

impl<'a> Cx<'a> {
    pub fn new(orm: &'a mut Orm, host: &'a mut dyn Host) -> Self {
        Cx { orm, host }
    }
}

/// A callback that is given the context back.
pub type Callback<T> = Rc<dyn Fn(&mut Cx<'_>) -> Result<T>>;

/// A value that is known now, or worked out when mappers are configured.
#[derive(Clone)]
pub enum Deferred<T> {
    Now(T),
    Later(Callback<T>),
}

impl<T: Clone> Deferred<T> {
    pub fn resolve(&self, cx: &mut Cx<'_>) -> Result<T> {
        match self {
            Deferred::Now(value) => Ok(value.clone()),
            Deferred::Later(callback) => callback(cx),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Deferred<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Deferred::Now(value) => value.fmt(f),
            Deferred::Later(_) => f.write_str("<later>"),
        }
    }
}
