//! The releases in which the library's names were listed, and what is taken to hold between two of them.

use super::{Profile, Version, asked};

/// The releases, oldest first.
const OBSERVED: [Version; 6] = [
    Version::new(1, 2, 19),
    Version::new(1, 3, 24),
    Version::new(1, 4, 54),
    Version::new(2, 0, 8),
    Version::new(2, 0, 51),
    Version::new(2, 1, 9),
];

/// Some of the observed releases: a bit for each, the oldest lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Releases(u8);

impl Releases {
    /// How many sets of them there are.
    pub(super) const SETS: usize = 1 << OBSERVED.len();

    /// Reads a digit for each observed release, oldest first: `001110`. Nothing where it is something else.
    pub fn parse(mask: &str) -> Option<Releases> {
        let mut bits = 0;
        for (place, digit) in mask.bytes().enumerate() {
            match digit {
                b'0' => {}
                b'1' => bits |= 1 << place,
                _ => return None,
            }
        }
        (mask.len() == OBSERVED.len()).then_some(Releases(bits))
    }

    /// The names of the observed releases, as the head of a listing gives them.
    pub fn observed() -> String {
        OBSERVED.map(|release| release.to_string()).join(" ")
    }

    pub(super) const fn number(self) -> usize {
        self.0 as usize
    }

    pub(super) fn sets() -> impl Iterator<Item = Releases> {
        (0..Self::SETS).filter_map(|bits| u8::try_from(bits).ok()).map(Releases)
    }

    /// Whether a release, or else one of its neighbours among the observed ones, is in the set.
    pub(super) fn are_near(self, version: Version) -> bool {
        let end = OBSERVED.len() - 1;
        let after = OBSERVED.iter().position(|release| *release >= version).unwrap_or(end);
        let exact = OBSERVED[after] <= version;
        let before = if exact { after } else { after.saturating_sub(1) };
        [before, after].into_iter().any(|at| self.0 & (1 << at) != 0)
    }
}

impl Profile {
    /// Whether what some observed releases have is taken to be in this one: it is one of them, or between two of which one
    /// has it.
    pub fn is_near(self, releases: Releases) -> bool {
        asked::note_releases(releases);
        releases.are_near(self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(version: &str, mask: &str) -> bool {
        let profile: Profile = version.parse().expect("a profile");
        profile.is_near(Releases::parse(mask).expect("a mask"))
    }

    #[test]
    fn a_release_between_observed_ones_has_what_either_has() {
        assert!(near("1.4.54", "001000") && !near("1.4.54", "110111"));
        assert!(near("1.4.3", "010000") && near("1.4.3", "001000") && !near("1.4.3", "100111"));
        assert!(near("2.0.9", "000100") && near("2.0.9", "000010"));
    }

    #[test]
    fn a_release_outside_the_observed_ones_has_what_the_outermost_has() {
        assert!(near("1.2.3", "100000") && !near("1.2.3", "011111"));
        assert!(near("2.1.30", "000001") && !near("2.1.30", "111110"));
    }

    #[test]
    fn a_mask_has_a_digit_for_each_observed_release() {
        for mask in ["", "11111", "1111111", "11111x"] {
            assert_eq!(Releases::parse(mask), None, "{mask}");
        }
    }
}
