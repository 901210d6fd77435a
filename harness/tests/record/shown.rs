//! What steps showed, as the record has it and as a run here shows it, in one shape.

use super::steady::Steady;
use backproof::check::Ran;
use backproof::outcome::{End, Piece as Own};
use serde::Deserialize;
use std::fmt;

/// One file of the record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    #[serde(rename = "schema")]
    _schema: Schema,
    #[serde(rename = "python")]
    _python: String,
    pub(crate) case: String,
    pub(crate) sqlalchemy: String,
    pub(crate) hash: String,
    pub(crate) steps: Vec<Step>,
}

/// The one layout of records that is read.
#[derive(Debug, Deserialize)]
#[serde(try_from = "u32")]
struct Schema;

impl TryFrom<u32> for Schema {
    type Error = String;

    fn try_from(number: u32) -> Result<Self, String> {
        if number == 1 { Ok(Schema) } else { Err(format!("schema {number} is not the one that is read")) }
    }
}

/// One given, prompt or listing.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) page: String,
    pub(crate) line: usize,
    pub(crate) kind: String,
    /// In order; of a given, nothing is kept.
    #[serde(default)]
    pub(crate) shown: Vec<Piece>,
    /// Whether the library shows this in another order from run to run, so that it is kept sorted.
    #[serde(default)]
    pub(crate) varies: bool,
    #[serde(default)]
    pub(crate) raised: Option<Raised>,
    /// Whether a given before it raised, so that the case was given up.
    #[serde(default)]
    pub(crate) not_run: bool,
    /// Ours alone: why it did not run.
    #[serde(skip)]
    unsupported: Option<String>,
}

/// One thing that a step showed.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum Piece {
    Out { out: String },
    Log { log: String, level: String, logger: String, echoed: bool },
}

/// The exception that ended a step.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Raised {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) message: String,
}

impl Raised {
    /// Leaves the message that a traceback has: `str()` of an error of syntax names a place behind it.
    pub(crate) fn without_place(&mut self) {
        if ["SyntaxError", "IndentationError"].contains(&self.kind.as_str())
            && let Some(at) = self.message.rfind(" (<stdin>, line ")
        {
            self.message.truncate(at);
        }
    }
}

/// What ran here, as the oracle writes it down.
pub(crate) fn ours(runs: &[Ran]) -> Vec<Step> {
    let mut given_up = false;
    runs.iter()
        .map(|ran| {
            let mut step = Step {
                page: ran.page.clone(),
                line: ran.line,
                kind: ran.kind.to_owned(),
                shown: Vec::new(),
                varies: false,
                raised: None,
                not_run: given_up,
                unsupported: None,
            };
            if given_up {
                return step;
            }
            let mut steady = Steady::default();
            let shown = pieces(ran, &mut steady);
            let given = ran.kind == "given";
            if !given {
                step.shown = shown;
            }
            match &ran.outcome.end {
                End::Done => {}
                End::Raised(raised) => {
                    given_up = given;
                    let message = steady.text(&raised.message);
                    step.raised = Some(Raised { kind: raised.kind.clone(), message });
                }
                End::Unsupported(unsupported) => step.unsupported = Some(unsupported.what.clone()),
            }
            step
        })
        .collect()
}

fn pieces(ran: &Ran, steady: &mut Steady) -> Vec<Piece> {
    let mut shown: Vec<Piece> = Vec::new();
    let mut printed = String::new();
    for piece in &ran.outcome.pieces {
        match piece {
            Own::Stdout(text) => printed.push_str(text),
            Own::Log(message) => {
                print(&mut shown, &mut printed, steady);
                shown.push(Piece::Log {
                    log: steady.message(&message.text),
                    level: message.level.clone(),
                    logger: message.logger.clone(),
                    echoed: message.shown,
                });
            }
        }
    }
    print(&mut shown, &mut printed, steady);
    shown
}

/// Text that was printed in several pieces is one.
fn print(shown: &mut Vec<Piece>, printed: &mut String, steady: &mut Steady) {
    if !printed.is_empty() {
        shown.push(Piece::Out { out: steady.text(&std::mem::take(printed)) });
    }
}

impl Step {
    /// Whether it was not run here.
    pub(crate) fn is_unsupported(&self) -> bool {
        self.unsupported.is_some()
    }

    /// Sorts what was shown, as the record has it of a step that varies.
    pub(crate) fn sort(&mut self) {
        self.varies = true;
        self.shown.sort_by(|one, other| one.key().cmp(&other.key()));
    }
}

impl Piece {
    fn key(&self) -> (&str, &str) {
        match self {
            Piece::Out { out } => (out, ""),
            Piece::Log { log, .. } => ("", log),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.shown {
            match piece {
                Piece::Out { out } => {
                    f.write_str(out)?;
                    if !out.ends_with('\n') {
                        f.write_str("⏎\n")?;
                    }
                }
                Piece::Log { log, level, logger, echoed } => {
                    let echoed = if *echoed { "" } else { " (not echoed)" };
                    writeln!(f, "{level} {logger}{echoed} {log}")?;
                }
            }
        }
        if let Some(Raised { kind, message }) = &self.raised {
            writeln!(f, "raises {kind}: {message}")?;
        }
        if self.not_run {
            writeln!(f, "not run: the given code before it raised")?;
        }
        if let Some(why) = &self.unsupported {
            writeln!(f, "unsupported: {why}")?;
        }
        Ok(())
    }
}
