//! Which behaviours a piece of work asked for: two profiles that differ in none of them do the same in it.
//!
//! Noted for each thread, as the work of one document stays on one. What the work does never depends on it.

use super::Behaviour;
use super::set::Set;
use std::cell::Cell;

thread_local! {
    static NOTED: Cell<Set> = const { Cell::new(Set::EMPTY) };
}

/// Behaviours that were asked for with [`Profile::has`](super::Profile::has).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    noted: Set,
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
        let before = NOTED.replace(Set::EMPTY);
        let result = work();
        let noted = NOTED.get();
        NOTED.set(before.or(noted));
        (result, Asked { noted })
    }

    pub fn has(self, behaviour: Behaviour) -> bool {
        self.noted.has(behaviour)
    }
}

pub(super) fn note(behaviour: Behaviour) {
    NOTED.set(NOTED.get().with(behaviour));
}
