//! What the behaviour table says of one row, and how a row writes its dates. What the rows are stands in
//! [`behaviour`](super::behaviour).

use super::Version;

/// What is known of a behaviour: its dates, and how it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dated {
    /// A stable name in kebab-case, which reports use.
    pub name: &'static str,
    /// The first version that behaves so; `None` where it is as old as what can be asked for.
    pub first: Option<Version>,
    /// The last version that behaves so; `None` where it still holds.
    pub last: Option<Version>,
    /// What is so while it holds.
    pub sentence: &'static str,
    /// What changed where it begins, or ends if it has no beginning: a phrase.
    pub change: &'static str,
    /// The releases in which it was seen, and what shows it.
    pub observed: &'static str,
}

impl Dated {
    /// Whether it holds in a release.
    pub(super) fn holds(self, version: Version) -> bool {
        self.first.is_none_or(|first| first <= version) && self.last.is_none_or(|last| version <= last)
    }
}

/// First and last version.
pub(super) type Dates = (Option<Version>, Option<Version>);

/// From a release on.
pub(super) const fn since(major: u16, minor: u16, patch: u16) -> Dates {
    (Some(Version::new(major, minor, patch)), None)
}

/// To the end of a series.
pub(super) const fn through(major: u16, minor: u16) -> Dates {
    (None, Some(Version::end_of(major, minor)))
}

/// To a release.
pub(super) const fn until(major: u16, minor: u16, patch: u16) -> Dates {
    (None, Some(Version::new(major, minor, patch)))
}

/// From a release to a release.
pub(super) const fn within(first: (u16, u16, u16), last: (u16, u16, u16)) -> Dates {
    (Some(Version::new(first.0, first.1, first.2)), Some(Version::new(last.0, last.1, last.2)))
}

/// From a release to the end of a series.
pub(super) const fn between(first: (u16, u16, u16), last: (u16, u16)) -> Dates {
    (Some(Version::new(first.0, first.1, first.2)), Some(Version::end_of(last.0, last.1)))
}

/// Makes the table: a behaviour a row, with its name, its dates and its words.
macro_rules! behaviours {
    ($($variant:ident $name:literal $dates:expr, $sentence:literal, $change:literal, $observed:literal;)*) => {
        /// One dated behaviour: something that not every release does.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Behaviour {
            $(#[doc = $sentence] $variant,)*
        }

        impl Behaviour {
            /// Every behaviour, in the order of the table.
            pub const ALL: &'static [Behaviour] = &[$(Behaviour::$variant,)*];

            /// When it holds, what it is, where it was seen.
            pub const fn dated(self) -> Dated {
                match self {
                    $(Behaviour::$variant => {
                        let (first, last) = $dates;
                        Dated { name: $name, first, last, sentence: $sentence, change: $change, observed: $observed }
                    })*
                }
            }
        }
    };
}

pub(super) use behaviours;
