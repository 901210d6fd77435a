//! Structural cache keys: equal for statements that compile to the same text with the same binds in the same
//! places. Values of binds are left out, their types and positions are in.

use super::Statement;
use std::rc::Rc;

/// A cache key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CacheKey(Rc<str>);

/// The key of a statement executed with parameters of these names.
pub fn cache_key(statement: &Statement, parameters: &[Rc<str>], many: bool) -> CacheKey {
    CacheKey(Rc::from(format!("{statement:?}{parameters:?}{many}")))
}
