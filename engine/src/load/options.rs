//! Loader options: which strategy a path of relationships is loaded with.

use crate::map::{Key, Lazy, MapperId};

/// What an option asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strategy {
    Relationship(Lazy),
    /// `joinedload(…, innerjoin=True)`.
    JoinedInner,
    /// `defer(…)` of a column.
    Defer,
    /// `undefer(…)` of a column.
    Undefer,
}

/// One option: a path of attributes from a queried class, and how its last step is loaded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LoaderOption {
    pub path: Vec<(MapperId, Key)>,
    pub strategy: Strategy,
}
