//! What the steps of one run share: names, mapped classes, one in-memory database, clock, output.

use crate::model::{Model, Rows};
use crate::outcome::{Certain, End, Outcome, Raised, Unsupported};
use crate::python::{Interp, Stop, Unavailable, Value, acts, bound_names, is_last_expression, regardless};
use crate::sqlalchemy;
use backproof_engine::version::Profile;
use ruff_text_size::TextSize;

pub use crate::python::{Limits, Mode};

/// What stands between a name that was withheld and the reason of the step that would have bound it.
pub const WITHHELD: &str = "which needs what was not run before: ";
/// What stands between the place of a step that stopped and its reason, where a later one may hang on it.
pub const UNDONE: &str = ", which was not run and may be why: ";

/// The construct that is to blame in the end, where a reason speaks of another's.
pub fn root_of(what: &str) -> &str {
    let what = what.rsplit(UNDONE).next().unwrap_or(what);
    what.rsplit(WITHHELD).next().unwrap_or(what)
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
pub struct World {
    interp: Interp,
    undone: bool,
    /// Whether names may have been bound, or modules changed, in a way that no statement shows.
    unseen: bool,
    /// Whether its sources speak of the configuration of mappers, which making a statement can set off.
    listens: bool,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

impl World {
    pub fn new(profile: Profile, limits: Limits) -> Self {
        let mut interp = Interp::new(limits);
        sqlalchemy::install(&mut interp, profile);
        World { interp, undone: false, unseen: false, listens: false }
    }

    /// Runs one step and says what it showed. A failed step leaves the world usable.
    pub fn run(&mut self, source: Source<'_>) -> Outcome {
        self.unseen |= regardless::binds_unseen(source.code);
        self.listens |= source.code.contains("configured");
        let ended = self.interp.exec(source.code, source.mode, source.file, source.line);
        let outcome = self.outcome(ended, source.code);
        let sets_module = |name: &String| matches!(self.interp.globals().get(name), Some(Value::Module(_)));
        self.unseen |= regardless::owners_of_set_attributes(source.code).iter().any(sets_module);
        outcome
    }

    /// Notes source that is not Python's and was left out: what it binds and does is not known.
    pub fn leave_out(&mut self, source: &str, what: &str) {
        self.withhold(source, TextSize::default(), what);
        self.undone = true;
        self.unseen = true;
    }

    /// What of a source's outcome would be so, whatever was or was not run before.
    pub fn certain(&self, source: &str, outcome: &Outcome) -> Certain {
        if self.unseen {
            return Certain::Nothing;
        }
        let is_builtin = |name: &str| {
            self.interp.globals().get(name).is_none() && self.interp.builtins.dict.get(name).is_some()
        };
        if regardless::is_closed(source, is_builtin) {
            return Certain::Everything;
        }
        match &outcome.end {
            End::Raised(raised) if regardless::raises(source, &raised.kind, &raised.message) => {
                Certain::Failure
            }
            _ => Certain::Nothing,
        }
    }

    /// Whether a step stopped, at something unsupported, before all was done that later ones could see.
    pub fn undone(&self) -> bool {
        self.undone
    }

    /// Whether the next runs say where they print what.
    pub fn watch(&mut self, on: bool) {
        self.interp.watch(on);
    }

    /// Whether a declarative base was made here, so that a listing which makes another begins a new world.
    pub fn has_base(&self) -> bool {
        sqlalchemy::lend::has_base(&self.interp)
    }

    /// Configures all mappers; how it ended says whether the mapping holds together.
    pub fn configure(&mut self) -> Outcome {
        let ended = sqlalchemy::orm::configure(&mut self.interp);
        self.outcome(ended, "")
    }

    /// What is mapped so far.
    pub fn model(&mut self) -> Model {
        sqlalchemy::model::model(&mut self.interp)
    }

    /// The rows of every table that exists, as the last connection of the world sees them.
    pub fn rows(&mut self) -> Vec<Rows> {
        let rows = sqlalchemy::model::rows(&mut self.interp);
        self.interp.take_pieces();
        rows
    }

    fn outcome(&mut self, ended: Result<(), Stop>, code: &str) -> Outcome {
        let end = match ended {
            Ok(()) => End::Done,
            Err(stop) => self.end(stop, code),
        };
        let printed = self.interp.take_printed();
        Outcome { pieces: self.interp.take_pieces(), end, printed }
    }

    /// Makes unavailable what the statements that did not run would have bound.
    fn withhold(&mut self, code: &str, from: TextSize, what: &str) {
        let root = root_of(what);
        for name in bound_names(code, from) {
            let reason = format!("`{name}`, {WITHHELD}{root}");
            self.interp.globals().set(&name, Unavailable::value(reason));
        }
    }

    fn end(&mut self, stop: Stop, code: &str) -> End {
        match stop {
            Stop::Raise(exception) => {
                let (kind, message) = self.interp.exception_text(&exception);
                let traceback = self.interp.traceback(&exception);
                let line = self.interp.raised_line(&exception);
                End::Raised(Raised { kind, message, traceback, line })
            }
            Stop::Unsupported { what, range } | Stop::Limit { what, range } => {
                let from = self.interp.reached;
                self.withhold(code, from, &what);
                let only_unshown = self.interp.unshown && is_last_expression(code, from);
                let names = sqlalchemy::meaning::Names::of(&self.interp, self.listens);
                self.undone |= !only_unshown && acts(code, from, &names);
                let line = range.and_then(|range| {
                    let before = code.get(..range.start().to_usize())?;
                    Some(1 + before.matches('\n').count())
                });
                End::Unsupported(Unsupported { what, line })
            }
        }
    }
}
