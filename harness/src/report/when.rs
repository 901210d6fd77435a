//! Since when claims hold, as data: for each step an answer in every span of releases, and what changed it.
//!
//! Knows steps, verdicts and releases, not how they came about; `words`, `terminal` and `json` write it.

pub mod json;
pub mod terminal;
pub mod words;

use super::counted;
use crate::judge::Verdict;
use std::fmt;
use std::path::PathBuf;

/// A release of the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    pub major: u16,
    pub minor: u16,
    pub patch: u16,
}

impl Release {
    fn series(self) -> (u16, u16) {
        (self.major, self.minor)
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Releases that behave alike, from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub first: Release,
    pub last: Release,
}

/// What is so of a claim in one span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    Holds,
    Fails,
    /// It needs something that backproof does not run there.
    Unknown,
}

impl Answer {
    /// A step without a claim holds where it runs.
    pub const fn of(verdict: Verdict) -> Answer {
        match verdict {
            Verdict::Agrees | Verdict::Undocumented | Verdict::Silent => Answer::Holds,
            Verdict::Differs | Verdict::Raises => Answer::Fails,
            Verdict::Unsupported | Verdict::Skipped => Answer::Unknown,
        }
    }
}

/// What became of a step in one span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub verdict: Verdict,
    pub detail: Option<String>,
    /// The place of the step whose failure, or whose not being run, this one only follows from.
    pub follows: Option<String>,
}

impl Seen {
    pub fn answer(&self) -> Answer {
        Answer::of(self.verdict)
    }
}

/// A dated behaviour that explains a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    pub name: String,
    /// What changed, a phrase.
    pub change: String,
    /// What is so while the behaviour holds, a sentence.
    pub sentence: String,
}

/// Why a claim goes over between two neighbouring spans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Because {
    /// Each of these alone turns the claim over.
    Behaviours(Vec<Cause>),
    /// No one change does it alone; those between the two spans do it together.
    Together,
    /// The step raises this where the claim does not hold.
    Raises(String),
    /// Where the claim does not hold, the step at this place fails before it.
    Follows(String),
    Unexplained,
}

/// A claim that goes over where the span of this index begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub at: usize,
    pub because: Because,
    /// The exception by which the step fails where it does, if behaviours explain that.
    pub raises: Option<String>,
}

/// A step with its answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhenStep {
    pub line: usize,
    pub end_line: usize,
    pub kind: &'static str,
    pub source: String,
    pub documented: Option<String>,
    pub documented_line: Option<usize>,
    /// Whether the page says what the step shows; of others, only whether they run is asked.
    pub claim: bool,
    /// One for each span.
    pub seen: Vec<Seen>,
    /// In the order of the spans.
    pub changes: Vec<Change>,
    /// The reason of the acknowledgement that covers this step where it does not hold.
    pub acknowledged: Option<String>,
}

impl WhenStep {
    pub fn answers(&self) -> impl Iterator<Item = Answer> {
        self.seen.iter().map(Seen::answer)
    }

    /// Whether it holds in some span.
    pub fn holds_somewhere(&self) -> bool {
        self.answers().any(|answer| answer == Answer::Holds)
    }

    pub fn holds_everywhere(&self) -> bool {
        self.answers().all(|answer| answer == Answer::Holds)
    }

    /// Whether it fails only where an earlier step does.
    pub fn only_follows(&self) -> bool {
        self.seen.iter().all(|seen| seen.answer() == Answer::Holds || seen.follows.is_some())
    }

    /// Whether the page says not to run it.
    pub fn is_skipped(&self) -> bool {
        self.seen.iter().all(|seen| seen.verdict == Verdict::Skipped)
    }

    /// Whether an author wants to be told: every claim, and steps without one that fail somewhere by themselves.
    pub fn is_told(&self) -> bool {
        !self.is_skipped() && (self.claim || !self.only_follows())
    }
}

/// A page with its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhenDocument {
    pub path: PathBuf,
    pub steps: Vec<WhenStep>,
}

/// Everything that `when` found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhenReport {
    pub spans: Vec<Span>,
    pub documents: Vec<WhenDocument>,
}

/// How many steps that are told hold in every release, in some, in none, and of how many nothing is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub claims: usize,
    pub every: usize,
    pub some: usize,
    pub none: usize,
    pub unknown: usize,
    /// Steps without a claim that do not run somewhere.
    pub stopped: usize,
}

impl WhenReport {
    fn told(&self) -> impl Iterator<Item = &WhenStep> {
        self.documents.iter().flat_map(|document| &document.steps).filter(|step| step.is_told())
    }

    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for step in self.told() {
            if !step.claim {
                totals.stopped += 1;
                continue;
            }
            totals.claims += 1;
            let count = if step.holds_everywhere() {
                &mut totals.every
            } else if step.holds_somewhere() {
                &mut totals.some
            } else if step.answers().any(|answer| answer == Answer::Fails) {
                &mut totals.none
            } else {
                &mut totals.unknown
            };
            *count += 1;
        }
        totals
    }

    /// Whether every claim holds, and every step runs, in some release or is acknowledged.
    pub fn passes(&self) -> bool {
        let mut steps = self.documents.iter().flat_map(|document| &document.steps);
        steps.all(|step| step.is_skipped() || step.holds_somewhere() || step.acknowledged.is_some())
    }

    /// `1.2–2.1`.
    fn releases(&self) -> String {
        words::range(&self.spans, 0, self.spans.len().saturating_sub(1))
    }

    fn summary(&self) -> String {
        let totals = self.totals();
        let mut text =
            format!("{}, {}", counted(self.documents.len(), "document"), counted(totals.claims, "claim"));
        let parts = [
            (totals.every, "in every release"),
            (totals.some, "in some"),
            (totals.none, "in none"),
            (totals.unknown, "not known"),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        if !parts.is_empty() {
            text.push_str(": ");
            text.push_str(&parts.join(", "));
        }
        if totals.stopped > 0 {
            let what = counted(totals.stopped, "other step");
            text.push_str(&format!("; {what} failing in some"));
        }
        text.push_str(&format!("; SQLAlchemy {}", self.releases()));
        text
    }
}
