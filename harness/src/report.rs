//! What a check found, as data; `terminal` and `json` write it.
//!
//! Knows steps and verdicts, not how they came about.

pub mod json;
pub mod lacks;
pub mod terminal;
pub mod when;

use crate::judge::Verdict;
use crate::model::Model;
use serde::Serialize;
use std::path::PathBuf;

/// What became of one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepReport {
    pub line: usize,
    pub end_line: usize,
    pub kind: &'static str,
    pub source: String,
    pub documented: Option<String>,
    pub documented_line: Option<usize>,
    pub stdout: String,
    pub log: Vec<String>,
    pub actual: String,
    pub verdict: Verdict,
    pub detail: Option<String>,
    /// The reason of the acknowledgement that covers this step.
    pub acknowledged: Option<String>,
    /// In which versions it holds, in words, where it fails in this one and holds in another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holds: Option<String>,
    /// What the claim was held against.
    #[serde(skip)]
    pub held_against: String,
    /// The page's line on which the step failed, where that is known.
    #[serde(skip)]
    pub failed_line: Option<usize>,
    /// An acknowledgement that speaks of this step and does not apply.
    #[serde(skip)]
    pub stale: Option<String>,
    /// What keeps it from being run, where that is outside what backproof runs.
    #[serde(skip)]
    pub lacks: Option<Lacking>,
}

/// What keeps a step from being run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// The construct that is outside, with its reason, in the words of the step that stopped at it.
    pub what: String,
    /// Whether another step stopped at it, and this one only needs what that one would have done.
    pub follows: bool,
}

impl StepReport {
    /// Whether this step keeps its document from passing.
    pub fn fails(&self, strict: bool) -> bool {
        self.stale.is_some() || (self.verdict.fails(strict) && self.acknowledged.is_none())
    }
}

/// What became of one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentReport {
    pub path: PathBuf,
    /// The page's own lines.
    pub lines: Vec<String>,
    pub steps: Vec<StepReport>,
    /// What its worlds mapped, in order; on the first page of a case.
    pub models: Vec<Model>,
}

impl DocumentReport {
    /// The page's steps without comments that turned out to be no claims.
    pub fn settled(mut self) -> Self {
        self.steps.retain(|step| step.kind != "output" || step.documented.is_some());
        self
    }
}

/// Everything one run of the command found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub profile: String,
    pub documents: Vec<DocumentReport>,
}

impl Report {
    /// How many steps have each verdict, in the order of [`Verdict::ALL`].
    pub fn summary(&self) -> [(Verdict, usize); 7] {
        Verdict::ALL.map(|verdict| {
            let steps = self.documents.iter().flat_map(|document| &document.steps);
            (verdict, steps.filter(|step| step.verdict == verdict).count())
        })
    }

    /// Whether every claim agrees or is acknowledged.
    pub fn passes(&self, strict: bool) -> bool {
        !self.documents.iter().flat_map(|document| &document.steps).any(|step| step.fails(strict))
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
