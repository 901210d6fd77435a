//! What a piece of work asked of its profile: two profiles that answer all of it alike do the same in it.
//!
//! Noted for each thread, as the work of one document stays on one. What the work does never depends on it.

use super::observed::Releases;
use super::set::Set;
use super::{Behaviour, Profile};
use std::cell::Cell;

thread_local! {
    static NOTED: Cell<Asked> = const { Cell::new(Asked::NOTHING) };
}

/// What was asked of a profile.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    behaviours: Set,
    /// The sets of observed releases of which it was asked whether the profile is near them: a bit for each set.
    releases: u64,
    series: bool,
    version: bool,
}

impl Asked {
    const NOTHING: Asked = Asked { behaviours: Set::EMPTY, releases: 0, series: false, version: false };

    /// Does the work and says what it asked for.
    ///
    /// ```
    /// use backproof_engine::version::{Asked, Behaviour, Profile};
    ///
    /// let (has, asked) = Asked::during(|| Profile::default().has(Behaviour::CascadeBackrefs));
    /// assert!(!has && asked.has(Behaviour::CascadeBackrefs) && !asked.has(Behaviour::Returning));
    /// ```
    pub fn during<R>(work: impl FnOnce() -> R) -> (R, Asked) {
        let before = NOTED.replace(Asked::NOTHING);
        let result = work();
        let noted = NOTED.get();
        NOTED.set(before.or(noted));
        (result, noted)
    }

    /// Does the work without noting what it asks for: each result of it is asked for again where it is used.
    pub fn unnoted<R>(work: impl FnOnce() -> R) -> R {
        let before = NOTED.get();
        let result = work();
        NOTED.set(before);
        result
    }

    pub fn has(self, behaviour: Behaviour) -> bool {
        self.behaviours.has(behaviour)
    }

    /// Whether two profiles answer all of it alike, so that the work does the same in both.
    ///
    /// ```
    /// use backproof_engine::version::{Asked, Behaviour, Profile};
    ///
    /// let (new, old): (Profile, Profile) = ("2.0.51".parse()?, "1.4.54".parse()?);
    /// let (_, asked) = Asked::during(|| new.has(Behaviour::CascadeBackrefs));
    /// assert!(!asked.alike(new, old) && asked.alike(new, old.flipped(Behaviour::CascadeBackrefs)));
    /// # Ok::<(), backproof_engine::version::UnknownProfile>(())
    /// ```
    pub fn alike(self, one: Profile, other: Profile) -> bool {
        Self::unnoted(|| {
            (!self.version || one.version == other.version)
                && (!self.series || one.version.shares_series(other.version))
                && Releases::sets()
                    .filter(|set| self.releases & bit(*set) != 0)
                    .all(|set| set.are_near(one.version) == set.are_near(other.version))
                && Behaviour::ALL
                    .iter()
                    .filter(|behaviour| self.has(**behaviour))
                    .all(|behaviour| one.has(*behaviour) == other.has(*behaviour))
        })
    }

    /// What is in either.
    fn or(self, other: Asked) -> Asked {
        Asked {
            behaviours: self.behaviours.or(other.behaviours),
            releases: self.releases | other.releases,
            series: self.series || other.series,
            version: self.version || other.version,
        }
    }
}

const fn bit(set: Releases) -> u64 {
    const { assert!(Releases::SETS <= 64, "each set of observed releases has a bit of its own") };
    1 << set.number()
}

fn note(more: impl FnOnce(&mut Asked)) {
    let mut asked = NOTED.get();
    more(&mut asked);
    NOTED.set(asked);
}

pub(super) fn note_behaviour(behaviour: Behaviour) {
    note(|asked| asked.behaviours = asked.behaviours.with(behaviour));
}

pub(super) fn note_releases(set: Releases) {
    note(|asked| asked.releases |= bit(set));
}

pub(super) fn note_series() {
    note(|asked| asked.series = true);
}

pub(super) fn note_version() {
    note(|asked| asked.version = true);
}
