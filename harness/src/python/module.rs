//! Modules, and what is known of the names that they do not have here.

use super::class::Namespace;
use super::value::fresh_identity;
use std::rc::Rc;

/// What it means that a module has no such name here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The real module may have it: it is outside what backproof runs.
    Unsupported,
    /// The real module does not have it either: Python's own error.
    Absent,
}

/// A module.
pub struct Module {
    pub name: Rc<str>,
    pub dict: Namespace,
    /// Decides for each missing name.
    pub missing: Box<dyn Fn(&str) -> Missing>,
    pub(crate) id: u64,
}

impl Module {
    /// A module whose missing names are unsupported.
    pub fn new(name: &str) -> Module {
        Module {
            name: name.into(),
            dict: Namespace::default(),
            missing: Box::new(|_| Missing::Unsupported),
            id: fresh_identity(),
        }
    }

    /// Says which missing names the real module lacks too.
    #[must_use]
    pub fn with_missing(mut self, missing: impl Fn(&str) -> Missing + 'static) -> Module {
        self.missing = Box::new(missing);
        self
    }
}
