//! Versions of SQLAlchemy, and the profile of one of them.
//!
//! Code asks [`Profile::has`] and never compares versions itself: what differs between releases stands once, with its
//! dates, in [`behaviour`].

mod asked;
pub mod behaviour;
mod dated;
mod observed;
mod set;

pub use asked::Asked;
pub use behaviour::Behaviour;
pub use dated::Dated;
pub use observed::Releases;

use std::fmt;
use std::str::FromStr;

/// A release of SQLAlchemy, `major.minor.patch`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    pub major: u16,
    pub minor: u16,
    pub patch: u16,
}

impl Version {
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Version { major, minor, patch }
    }

    /// The end of a series: every release of it is at most this, and it is shown as the series alone.
    pub const fn end_of(major: u16, minor: u16) -> Self {
        Version::new(major, minor, u16::MAX)
    }

    /// Whether both are releases of one series.
    const fn shares_series(self, other: Version) -> bool {
        self.major == other.major && self.minor == other.minor
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.patch {
            u16::MAX => write!(f, "{}.{}", self.major, self.minor),
            patch => write!(f, "{}.{}.{patch}", self.major, self.minor),
        }
    }
}

/// The version whose behaviour is asked for.
///
/// ```
/// use backproof_engine::version::{Behaviour, Profile};
///
/// let old: Profile = "1.4".parse()?;
/// assert!(old.has(Behaviour::CascadeBackrefs));
/// assert!(!old.flipped(Behaviour::CascadeBackrefs).has(Behaviour::CascadeBackrefs));
/// # Ok::<(), backproof_engine::version::UnknownProfile>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Profile {
    version: Version,
    /// The behaviours that are turned over.
    flipped: set::Set,
}

/// Series that can be asked for, with the last release of each that was observed.
const SERIES: &[Version] = &[
    Version::new(1, 2, 19),
    Version::new(1, 3, 24),
    Version::new(1, 4, 54),
    Version::new(2, 0, 51),
    Version::new(2, 1, 9),
];

/// Consecutive releases between which no dated behaviour changes.
///
/// A span ends with its series, since messages name the series; the last span of a series holds for releases after its
/// `last`, too, which is the last one observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub first: Version,
    pub last: Version,
}

/// Why a profile's name was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownProfile {
    given: String,
}

impl fmt::Display for UnknownProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a SQLAlchemy version that can be asked for: give a series from 1.2 to 2.1, or one of its releases, e.g. `1.4` or `2.0.8`",
            self.given
        )
    }
}

impl std::error::Error for UnknownProfile {}

impl Profile {
    const fn of(version: Version) -> Self {
        Profile { version, flipped: set::Set::EMPTY }
    }

    /// The release itself.
    pub fn version(self) -> Version {
        asked::note_version();
        self.version
    }

    /// The release as `sqlalchemy.__version__` has it.
    pub fn name(self) -> String {
        self.version().to_string()
    }

    /// The series as links to the background of errors spell it: `20` for 2.0.
    pub fn series(self) -> String {
        asked::note_series();
        format!("{}{}", self.version.major, self.version.minor)
    }

    /// Where links to the background of errors lead, without the error's code: `https://sqlalche.me/e/20/`.
    pub fn background(self) -> String {
        let scheme = if self.has(Behaviour::ErrorLinksSecure) { "https" } else { "http" };
        let series = if self.has(Behaviour::ErrorLinksOfSeries) {
            format!("{}/", self.series())
        } else {
            String::new()
        };
        format!("{scheme}://sqlalche.me/e/{series}")
    }

    /// Whether `behaviour` holds in this profile.
    pub fn has(self, behaviour: Behaviour) -> bool {
        asked::note_behaviour(behaviour);
        behaviour.dated().holds(self.version) != self.flipped.has(behaviour)
    }

    /// This profile with one behaviour turned over: how a difference between releases is explained by trying it.
    #[must_use]
    pub fn flipped(self, behaviour: Behaviour) -> Self {
        Profile { flipped: self.flipped.turned(behaviour), ..self }
    }

    /// The spans of releases, oldest first, over all versions that can be asked for: a profile of one release of a
    /// span knows them all.
    pub fn spans() -> Vec<Span> {
        let mut starts: Vec<Version> =
            SERIES.iter().map(|series| Version::new(series.major, series.minor, 0)).collect();
        for behaviour in Behaviour::ALL {
            let Dated { first, last, .. } = behaviour.dated();
            let after =
                last.and_then(|last| last.patch.checked_add(1).map(|patch| Version { patch, ..last }));
            starts.extend(first.iter().chain(&after));
        }
        starts.sort_unstable();
        starts.dedup();
        let spans = starts.iter().enumerate().filter_map(|(index, first)| {
            let series = SERIES.iter().find(|series| series.shares_series(*first))?;
            let next = starts.get(index + 1).filter(|next| next.shares_series(*first));
            // A behaviour may have changed after the release that stands for its series.
            let last = next.map_or(*series.max(first), |next| Version { patch: next.patch - 1, ..*next });
            Some(Span { first: *first, last })
        });
        spans.collect()
    }
}

impl Span {
    /// The profile that stands for the span.
    pub fn profile(self) -> Profile {
        Profile::of(self.last)
    }
}

impl Default for Profile {
    /// The last observed release of 2.0.
    fn default() -> Self {
        Profile::of(Version::new(2, 0, 51))
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.version.fmt(f)
    }
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    /// Reads `1.4` (the series' last observed release) or `1.4.54`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownProfile { given: text.to_owned() };
        let parts: Vec<u16> =
            text.trim().split('.').map(str::parse).collect::<Result<_, _>>().map_err(|_| unknown())?;
        let (major, minor, patch) = match parts[..] {
            [major, minor] => (major, minor, None),
            [major, minor, patch] => (major, minor, Some(patch)),
            _ => return Err(unknown()),
        };
        let series = SERIES
            .iter()
            .find(|version| version.major == major && version.minor == minor)
            .ok_or_else(unknown)?;
        Ok(Profile::of(Version::new(major, minor, patch.unwrap_or(series.patch))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(text: &str) -> Profile {
        text.parse().expect("a version that can be asked for")
    }

    #[test]
    fn spans_follow_each_other_without_a_gap_from_1_2_to_2_1() {
        let spans = Profile::spans();
        assert_eq!(spans.first().map(|span| span.first), Some(Version::new(1, 2, 0)));
        assert_eq!(spans.last().map(|span| span.last), SERIES.last().copied());
        assert!(spans.iter().all(|span| span.first <= span.last));
        for pair in spans.windows(2) {
            let (before, after) = (pair[0].last, pair[1].first);
            let within = before.shares_series(after) && after.patch == before.patch + 1;
            let next = SERIES.iter().position(|series| series.shares_series(after));
            let ends = |series: Version| series.shares_series(before) && series <= before;
            let between = after.patch == 0 && next.is_some_and(|next| ends(SERIES[next - 1]));
            assert!(within || between, "{before} is followed by {after}");
        }
    }

    #[test]
    fn every_behaviour_is_constant_within_a_span() {
        for span in Profile::spans() {
            for behaviour in Behaviour::ALL {
                let held: Vec<bool> = (span.first.patch..=span.last.patch)
                    .map(|patch| Profile::of(Version { patch, ..span.first }).has(*behaviour))
                    .collect();
                assert!(held.iter().all(|holds| *holds == held[0]), "{behaviour:?} changes within {span:?}");
            }
        }
    }

    #[test]
    fn a_flipped_profile_differs_in_one_behaviour() {
        let plain = profile("2.0.8");
        for turned in Behaviour::ALL {
            let flipped = plain.flipped(*turned);
            for behaviour in Behaviour::ALL {
                assert_eq!(plain.has(*behaviour) != flipped.has(*behaviour), behaviour == turned);
            }
            assert_eq!(flipped.flipped(*turned), plain);
        }
    }

    #[test]
    fn a_version_outside_1_2_to_2_1_is_refused() {
        for text in ["1.1", "2.2", "2", "2.0.8.1", "new", ""] {
            let refused = text.parse::<Profile>();
            assert!(refused.is_err_and(|error| error.to_string().contains("from 1.2 to 2.1")), "{text}");
        }
        assert_eq!(profile(" 1.4 ").to_string(), "1.4.54");
        assert_eq!(Version::end_of(1, 4).to_string(), "1.4");
    }
}
