//! What a query returns.

use crate::map::Key;
use crate::state::ObjRef;
use crate::value::Value;

/// One place of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    Value(Value),
    /// A mapped object, or `None` where an outer join found none.
    Object(Option<ObjRef>),
}

/// The rows of a query, in order, with the names of their places.
#[derive(Debug, Clone)]
pub struct Rows {
    pub names: Vec<Key>,
    pub rows: Vec<Vec<Item>>,
    /// A legacy `Query` of one mapped class yields the objects themselves, not rows.
    pub scalars: bool,
}
