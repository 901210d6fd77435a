//! How evaluation stops short: a Python exception, a construct outside the subset, or a bound.
//!
//! The three never mix: only [`Stop::Raise`] can be caught by the Python that runs.

use super::value::Value;
use ruff_text_size::TextRange;

/// Why evaluation stopped.
#[derive(Clone, Debug)]
pub enum Stop {
    /// A Python exception: an instance of a class derived from `BaseException`.
    Raise(Value),
    /// Something outside what backproof runs, in words that stand by themselves.
    Unsupported { what: String, range: Option<TextRange> },
    /// A bound on steps, depth, memory or output was passed.
    Limit { what: String, range: Option<TextRange> },
}

/// What every operation of the evaluator gives.
pub type PyResult<T> = Result<T, Stop>;

impl Stop {
    /// Stops for a construct that backproof does not run.
    pub fn unsupported(what: impl Into<String>) -> Stop {
        Stop::Unsupported { what: what.into(), range: None }
    }

    /// Stops for a bound that was passed.
    pub fn limit(what: impl Into<String>) -> Stop {
        Stop::Limit { what: what.into(), range: None }
    }

    /// Takes away where it happened.
    pub(super) fn nowhere(self) -> Stop {
        match self {
            Stop::Raise(exception) => Stop::Raise(exception),
            Stop::Unsupported { what, .. } => Stop::Unsupported { what, range: None },
            Stop::Limit { what, .. } => Stop::Limit { what, range: None },
        }
    }

    /// Adds where it happened, where that is not yet known.
    pub fn at(self, place: TextRange) -> Stop {
        match self {
            Stop::Unsupported { what, range: None } => Stop::Unsupported { what, range: Some(place) },
            Stop::Limit { what, range: None } => Stop::Limit { what, range: Some(place) },
            other => other,
        }
    }
}
