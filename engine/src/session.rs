//! Sessions: units of work over a database engine.

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub(crate) u32);

/// All sessions of a world.
#[derive(Debug, Default)]
pub struct Sessions {}
