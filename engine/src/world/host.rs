//! A host without callbacks that keeps what the library warned of.

use crate::error::Result;
use crate::host::Host;
use crate::warning::Warning;
use std::any::Any;

/// The host of a [`super::World`].
#[derive(Debug, Default)]
pub struct Warned {
    /// Each warning, in order.
    pub warnings: Vec<Warning>,
}

impl Host for Warned {
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn warn(&mut self, warning: &Warning) -> Result<()> {
        self.warnings.push(warning.clone());
        Ok(())
    }
}
