//! What a query returns.

use crate::error::{Error, ErrorKind, Result};
use crate::map::Key;
use crate::state::ObjRef;
use crate::value::Value;
use crate::version::{Behaviour, Profile};
use std::any::Any;
use std::fmt;
use std::rc::Rc;

/// One place of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    Value(Value),
    /// A mapped object, or `None` where an outer join found none.
    Object(Option<ObjRef>),
}

/// Places of a row that are one in what the host gives.
#[derive(Clone)]
pub struct Bundle {
    pub at: usize,
    pub len: usize,
    pub name: Key,
    /// What the statement cache sees of it.
    pub tag: Key,
    /// What the host makes of them.
    pub host: Rc<dyn Any>,
}

impl fmt::Debug for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bundle({} {} {})", self.at, self.len, self.name)
    }
}

/// The rows of a query, in order, with the names of their places.
#[derive(Debug, Clone)]
pub struct Rows {
    pub names: Vec<Key>,
    pub rows: Vec<Vec<Item>>,
    pub bundles: Vec<Bundle>,
    /// Some place is of a mapped class.
    pub of_mapped: bool,
    /// A legacy `Query` of one mapped class yields the objects themselves, not rows.
    pub scalars: bool,
    /// Rows repeat an object for each member of a collection loaded with it: `unique()` must be called.
    pub needs_unique: bool,
    /// The places whose values have no hash, by the type of their columns.
    pub unhashable: Rc<[usize]>,
}

impl Rows {
    /// Each row once, the first time it comes.
    #[must_use]
    pub fn unique(mut self) -> Self {
        let mut kept: Vec<Vec<Item>> = Vec::with_capacity(self.rows.len());
        let mut seen = std::collections::HashSet::new();
        for row in self.rows {
            // Of values without a hash, each is another.
            let apart = self.unhashable.iter().any(|at| row.get(*at).is_some_and(|item| !is_null(item)));
            let hashed: Vec<String> = row.iter().map(fingerprint).collect();
            if apart || seen.insert(hashed) {
                kept.push(row);
            }
        }
        self.rows = kept;
        self.needs_unique = false;
        self
    }

    /// Refuses rows that need `unique()`, as reading them does.
    pub fn check_unique(&self) -> Result<()> {
        if self.needs_unique {
            return Err(Error::new(
                ErrorKind::InvalidRequestError,
                "The unique() method must be invoked on this Result, as it contains results that include joined \
                 eager loads against collections",
            ));
        }
        Ok(())
    }

    /// `one()`; with `none`, `one_or_none()`.
    pub fn one(self, profile: Profile, none: bool) -> Result<Option<Vec<Item>>> {
        let mut rows = self.rows.into_iter();
        match (rows.next(), rows.next()) {
            (Some(row), None) => Ok(Some(row)),
            (None, _) if none => Ok(None),
            (None, _) => Err(no_result(profile)),
            (Some(_), Some(_)) => Err(several_results(profile, none)),
        }
    }
}

fn is_null(item: &Item) -> bool {
    matches!(item, Item::Value(Value::Null) | Item::Object(None))
}

/// A text equal for items that are the same.
fn fingerprint(item: &Item) -> String {
    match item {
        Item::Value(Value::Bool(value)) => format!("Int({})", i64::from(*value)),
        Item::Value(value) => format!("{value:?}"),
        Item::Object(object) => format!("{object:?}"),
    }
}

fn no_result(profile: Profile) -> Error {
    let text = if profile.has(Behaviour::ResultErrorsInCore) {
        "No row was found when one was required"
    } else {
        "No row was found for one()"
    };
    Error::new(ErrorKind::NoResultFound, text)
}

fn several_results(profile: Profile, none: bool) -> Error {
    let text = match (profile.has(Behaviour::ResultErrorsInCore), none) {
        (true, true) => "Multiple rows were found when one or none was required",
        (true, false) => "Multiple rows were found when exactly one was required",
        (false, true) => "Multiple rows were found for one_or_none()",
        (false, false) => "Multiple rows were found for one()",
    };
    Error::new(ErrorKind::MultipleResultsFound, text)
}
