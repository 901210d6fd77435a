//! Which behaviours a piece of work asked for: two profiles that differ in none of them do the same in it.
//!
//! Noted for each thread, as the work of one document stays on one. What the work does never depends on it.

use super::Behaviour;
use std::cell::Cell;

thread_local! {
    static NOTED: Cell<u128> = const { Cell::new(0) };
}

/// Behaviours that were asked for with [`Profile::has`](super::Profile::has).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    bits: u128,
}

impl Asked {
    /// Does the work and says what it asked for.
    ///
    /// ```
    /// use backproof_engine::version::{Asked, Behaviour, Profile};
    ///
    /// let (has, asked) = Asked::during(|| Profile::default().has(Behaviour::CascadeBackrefs));
    /// assert!(!has && asked.has(Behaviour::CascadeBackrefs) && !asked.has(Behaviour::Returning));
    /// ```
    pub fn during<R>(work: impl FnOnce() -> R) -> (R, Asked) {
        let before = NOTED.replace(0);
        let result = work();
        let bits = NOTED.get();
        NOTED.set(before | bits);
        (result, Asked { bits })
    }

    pub fn has(self, behaviour: Behaviour) -> bool {
        self.bits & behaviour.bit() != 0
    }
}

pub(super) fn note(behaviour: Behaviour) {
    NOTED.set(NOTED.get() | behaviour.bit());
}
