//! What the steps of one run share: names, mapped classes, one in-memory database, clock, output.

use crate::model::{Model, Rows};
use crate::outcome::{End, Outcome, Unsupported};
use backproof_engine::version::Profile;

/// Bounds on what a document may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Evaluation steps of one world; allocations are charged as steps too.
    pub steps: u64,
    /// Nested Python calls.
    pub depth: usize,
    /// Bytes of output of one step.
    pub output: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { steps: 20_000_000, depth: 400, output: 4 << 20 }
    }
}

/// How a step's source is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As at the `>>>` prompt: the value of each expression statement is echoed.
    Prompt,
    /// As a module's body.
    Program,
}

/// Source to run, and how tracebacks name it.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub code: &'a str,
    /// The file name tracebacks show, e.g. `<stdin>` or `page.md`.
    pub file: &'a str,
    /// The line of the file on which `code` starts, 1-based.
    pub line: usize,
    pub mode: Mode,
}

/// One run's state.
#[derive(Debug)]
pub struct World {
    profile: Profile,
    limits: Limits,
}

impl World {
    pub fn new(profile: Profile, limits: Limits) -> Self {
        World { profile, limits }
    }

    /// Runs one step and says what it showed. A failed step leaves the world usable.
    pub fn run(&mut self, source: Source<'_>) -> Outcome {
        let _ = (&self.profile, self.limits, source);
        Outcome {
            pieces: Vec::new(),
            end: End::Unsupported(Unsupported { what: "the evaluator is not connected".into(), line: None }),
        }
    }

    /// Whether a declarative base was made here, so that a listing which makes another begins a new world.
    pub fn has_base(&self) -> bool {
        false
    }

    /// Configures all mappers; how it ended says whether the mapping holds together.
    pub fn configure(&mut self) -> Outcome {
        Outcome::default()
    }

    /// What is mapped so far.
    pub fn model(&mut self) -> Model {
        Model::default()
    }

    /// The rows of every table that exists, as the last connection of the world sees them.
    pub fn rows(&mut self) -> Vec<Rows> {
        Vec::new()
    }
}
