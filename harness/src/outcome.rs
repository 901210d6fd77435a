//! What running one step showed: output, log messages, and how it ended.
//!
//! Plain data between the world that runs and the judge that compares; nothing here knows Python or SQL.

use serde::Serialize;
use std::ops::RangeInclusive;

/// One thing that a step showed, in the order it was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Piece {
    /// Text written to standard output, or echoed by a prompt.
    Stdout(String),
    /// A message of the engine's log.
    Log(LogMessage),
}

/// One message of the engine's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogMessage {
    /// `2026-11-22 07:32:46,890`, from the world's clock.
    pub time: String,
    /// `INFO`.
    pub level: String,
    /// `sqlalchemy.engine.Engine`.
    pub logger: String,
    /// The message alone, which may have several lines.
    pub text: String,
    /// Whether a reader sees it: the engine was made with `echo`, or its logger's level says so.
    pub shown: bool,
    /// Whether it goes to standard output: the engine was made with `echo`.
    #[serde(skip)]
    pub echoed: bool,
}

/// A Python exception that ended a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Raised {
    /// The class as a traceback names it: `TypeError`, `sqlalchemy.exc.InvalidRequestError`.
    pub kind: String,
    /// `str()` of the exception.
    pub message: String,
    /// The whole traceback as Python would print it, last line included.
    pub traceback: String,
    /// 1-based line within the step's source where it was raised, if that is known.
    pub line: Option<usize>,
}

/// A construct outside what backproof runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unsupported {
    /// The construct, in words that stand by themselves.
    pub what: String,
    /// 1-based line within the step's source, if that is known.
    pub line: Option<usize>,
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub enum End {
    /// It ran to its end.
    #[default]
    Done,
    /// It raised an exception.
    Raised(Raised),
    /// It needs something that backproof does not run, or passed a bound (steps, depth, memory, output).
    Unsupported(Unsupported),
}

/// Something printed, with where in the step's source Python stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// 1-based lines of the step's source, from the statement at its own level down to the innermost call.
    pub lines: Vec<usize>,
    pub text: String,
}

/// What of a step's outcome hangs on nothing that an earlier step did or could have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Certain {
    #[default]
    Nothing,
    /// That it raises: this exception, or one before it.
    Failure,
    Everything,
}

/// Everything that running one step showed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Outcome {
    pub pieces: Vec<Piece>,
    pub end: End,
    /// What was printed, by place; only of steps that are asked for it.
    #[serde(skip)]
    pub printed: Vec<Printed>,
}

impl Outcome {
    /// What a statement on these lines printed; nothing where it never ran to its end.
    pub fn of_lines(&self, lines: &RangeInclusive<usize>) -> Outcome {
        let own = self.printed.iter().filter(|printed| printed.lines.iter().any(|line| lines.contains(line)));
        let pieces: Vec<Piece> = own.map(|printed| Piece::Stdout(printed.text.clone())).collect();
        let lacking = matches!(self.end, End::Unsupported(_)) && pieces.is_empty();
        let end = if lacking { self.end.clone() } else { End::Done };
        Outcome { pieces, end, ..Outcome::default() }
    }

    /// What was printed or echoed, without the log.
    pub fn stdout(&self) -> String {
        self.pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Stdout(text) => Some(text.as_str()),
                Piece::Log(_) => None,
            })
            .collect()
    }

    /// Every log message, whether shown or not.
    pub fn log(&self) -> Vec<&LogMessage> {
        self.pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Stdout(_) => None,
                Piece::Log(message) => Some(message),
            })
            .collect()
    }

    /// Output and shown log in order as a reader sees them, messages bare of time, level and logger.
    pub fn actual(&self) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Stdout(out) => text.push_str(out),
                Piece::Log(message) if message.shown => {
                    text.push_str(&message.text);
                    text.push('\n');
                }
                Piece::Log(_) => {}
            }
        }
        text
    }

    /// Output and echoed log as standard output has them, each message with its time, level and logger.
    pub fn terminal(&self) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Stdout(out) => text.push_str(out),
                Piece::Log(message) if message.shown && message.echoed => {
                    let LogMessage { time, level, logger, text: body, .. } = message;
                    text.push_str(&format!("{time} {level} {logger} {body}\n"));
                }
                Piece::Log(_) => {}
            }
        }
        text
    }
}
