//! A host without callbacks that keeps what the library warned of.

use crate::host::Host;
use std::any::Any;

/// The host of a [`super::World`].
#[derive(Debug, Default)]
pub struct Warned {
    /// Each warning's class and message, in order.
    pub warnings: Vec<(String, String)>,
}

impl Host for Warned {
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn warn(&mut self, category: &str, message: &str) {
        self.warnings.push((category.to_owned(), message.to_owned()));
    }
}
