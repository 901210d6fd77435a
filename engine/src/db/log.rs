//! The echo log: what the library's loggers would have been given.

use jiff::civil::DateTime;
use std::rc::Rc;

/// One message of an engine's logger.
#[derive(Debug, Clone)]
pub struct LogRecord {
    pub time: DateTime,
    /// `INFO` or `DEBUG`.
    pub level: &'static str,
    /// `sqlalchemy.engine.Engine`.
    pub logger: Rc<str>,
    pub message: String,
    /// Whether the engine echoes: other messages are recorded but not printed.
    pub shown: bool,
    /// Whether that is what the engine was made for, rather than what its logger's level says.
    pub echoed: bool,
    /// Whether two handlers print it: that of its own logger, and that of the one above.
    pub twice: bool,
}
