//! Modules, and what is known of the names that they do not have here.

use super::class::Namespace;
use super::value::{Value, fresh_identity};
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
    /// Is told of each name that is read, whether it is there or not.
    told: Box<dyn Fn(&str)>,
    pub(crate) id: u64,
}

impl Module {
    /// A module whose missing names are unsupported.
    pub fn new(name: &str) -> Module {
        Module {
            name: name.into(),
            dict: Namespace::default(),
            missing: Box::new(|_| Missing::Unsupported),
            told: Box::new(|_| ()),
            id: fresh_identity(),
        }
    }

    /// Says which missing names the real module lacks too.
    #[must_use]
    pub fn with_missing(mut self, missing: impl Fn(&str) -> Missing + 'static) -> Module {
        self.missing = Box::new(missing);
        self
    }

    /// Tells of each name that is read, before it is looked up.
    #[must_use]
    pub fn with_told(mut self, told: impl Fn(&str) + 'static) -> Module {
        self.told = Box::new(told);
        self
    }

    /// What is found by a name, told of.
    pub fn read(&self, name: &str) -> Option<Value> {
        (self.told)(name);
        self.dict.get(name)
    }

    /// Every name with its value, told of.
    pub fn read_all(&self) -> Vec<(Rc<str>, Value)> {
        let items = self.dict.items();
        for (name, _) in &items {
            (self.told)(name);
        }
        items
    }
}
