//! Evaluating one expression in names of its own.

use super::error::{PyResult, Stop};
use super::interp::Interp;
use super::module::Module;
use super::value::Value;
use std::rc::Rc;

impl Interp {
    /// The value of an expression whose global names are a module's.
    pub fn evaluate(&mut self, source: &str, globals: &Rc<Module>) -> PyResult<Value> {
        let _ = (source, globals);
        Err(Stop::unsupported("a string that is evaluated as an expression"))
    }
}
