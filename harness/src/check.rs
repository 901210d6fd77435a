//! Runs a case: givens and steps in order, in one world or in the worlds that its listings begin.
//!
//! A step's panic is caught and ends its case alone; what one case does cannot reach another.

mod lacks;
mod plan;
mod run;

pub use lacks::lacks;
pub use plan::{Ran, hash};
pub use run::GIVEN_UP;

use crate::case::{Case, Item, Kind, Step, syntax_error_line};
use crate::judge::{Judgement, Said, Verdict, judge};
use crate::model::{Model, Rows};
use crate::outcome::{End, Outcome, Piece, Unsupported};
use crate::report::{DocumentReport, StepReport};
use crate::world::Limits;
use backproof_engine::version::{Asked, Profile};
use run::Run;

/// What a world held when it ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ended {
    pub model: Model,
    pub rows: Vec<Rows>,
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub documents: Vec<DocumentReport>,
    /// The worlds of the run in order, as they were at their ends; those that mapped nothing are left out.
    pub worlds: Vec<Ended>,
    /// Every given, prompt and listing in the order in which they ran.
    pub runs: Vec<Ran>,
    /// The behaviours that made a difference or could have: profiles that differ in none of these do the same.
    pub asked: Asked,
}

/// A step's outcome with what is said besides.
#[derive(Debug, Clone, Default)]
struct Done {
    outcome: Outcome,
    /// How the step came to be run as it was: the listing that completed it.
    note: Option<String>,
    /// Tables of the program at the step's end.
    tables: Vec<String>,
    /// What was left undone before it and may show in it, with the place.
    after: Option<String>,
}

/// Runs a case under a profile and judges its claims.
pub fn check(case: &Case, profile: Profile, limits: Limits) -> Checked {
    let (checked, asked) = Asked::during(|| run(case, profile, limits));
    Checked { asked, ..checked }
}

fn run(case: &Case, profile: Profile, limits: Limits) -> Checked {
    let mut run = Run::new(case, profile, limits);
    let mut documents: Vec<DocumentReport> = case
        .pages
        .iter()
        .map(|page| DocumentReport {
            path: page.path.clone(),
            lines: page.document.lines.clone(),
            steps: Vec::new(),
            models: Vec::new(),
        })
        .collect();
    let mut outcomes: Vec<Option<Done>> = Vec::new();
    for (index, item) in case.items.iter().enumerate() {
        match item {
            Item::Given(given) => {
                run.given(given);
                outcomes.push(None);
            }
            Item::Step(step) => {
                let done = match step.of {
                    Some(of) if step.kind == Kind::Comment => outcomes
                        .get(of)
                        .and_then(Option::as_ref)
                        .map_or_else(Done::default, |done| remarked(step, done)),
                    Some(of) => outcomes.get(of).cloned().flatten().unwrap_or_else(nothing_before),
                    None if step.kind == Kind::Output => nothing_before(),
                    None if step.skip.is_some() => Done::default(),
                    None => run.step(step, is_remarked(case, index)),
                };
                let report = report(case, index, step, &done);
                documents[step.page].steps.push(report);
                outcomes.push(Some(done));
            }
        }
    }
    let (worlds, runs) = run.finish();
    if let Some(first) = documents.first_mut() {
        first.models = worlds.iter().map(|ended| ended.model.clone()).collect();
    }
    Checked { documents, worlds, runs, asked: Asked::default() }
}

/// Whether comments say what statements of the step at `index` print: they follow it.
fn is_remarked(case: &Case, index: usize) -> bool {
    matches!(case.items.get(index + 1), Some(Item::Step(step)) if step.kind == Kind::Comment)
}

/// What the statement printed that a comment speaks of; nothing where it never ran to its end.
fn remarked(step: &Step, done: &Done) -> Done {
    let (first, last, _) = step.remark.unwrap_or_default();
    let own = done
        .outcome
        .printed
        .iter()
        .filter(|printed| printed.lines.iter().any(|line| (first..=last).contains(line)));
    let pieces: Vec<Piece> = own.map(|printed| Piece::Stdout(printed.text.clone())).collect();
    let lacking = matches!(done.outcome.end, End::Unsupported(_)) && pieces.is_empty();
    let end = if lacking { done.outcome.end.clone() } else { End::Done };
    Done {
        outcome: Outcome { pieces, end, ..Outcome::default() },
        after: done.after.clone(),
        ..Done::default()
    }
}

/// Holds what a comment says against what its statement printed.
///
/// A statement that printed several times may be meant by any of them; one that never printed shows nothing; a string may be
/// written with its quotes.
fn judge_remark(step: &Step, said: Said<'_>, outcome: &Outcome) -> Judgement {
    let text = said.text.trim();
    let bare = ["'", "\""].iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
    let printed: Vec<String> = outcome
        .pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Stdout(text) => Some(text.clone()),
            Piece::Log(_) => None,
        })
        .collect();
    let (_, _, hard) = step.remark.unwrap_or_default();
    let silent = || Judgement { verdict: Verdict::Silent, detail: None, held_against: String::new() };
    if outcome.end == End::Done && printed.is_empty() {
        return silent();
    }
    let whole = judge(Some(said), outcome, &step.options, &[]);
    if whole.verdict != Verdict::Differs {
        return whole;
    }
    let agrees = |text: &str, shown: &str| {
        let pieces = vec![Piece::Stdout(shown.to_owned())];
        let one = Outcome { pieces, ..Outcome::default() };
        judge(Some(Said { text, apart: false }), &one, &step.options, &[]).verdict == Verdict::Agrees
    };
    let all = outcome.stdout();
    let every = |text: &str| printed.iter().all(|shown| agrees(text, shown));
    if every(text) || bare.is_some_and(|bare| agrees(bare, &all) || every(bare)) {
        return Judgement { verdict: Verdict::Agrees, detail: None, held_against: all };
    }
    // Several lines are all that was printed.
    if hard && (printed.len() == 1 || text.contains('\n')) { whole } else { silent() }
}

fn nothing_before() -> Done {
    let what = "an output with no code before it on the page to hold it against".to_owned();
    Done {
        outcome: Outcome { end: End::Unsupported(Unsupported { what, line: None }), ..Outcome::default() },
        ..Done::default()
    }
}

/// The line of the page on which a step failed; a completed fragment's lines are not the page's.
fn failed_line(step: &Step, done: &Done) -> Option<usize> {
    let line = match &done.outcome.end {
        End::Done => None,
        End::Raised(raised) => raised.line.or_else(|| syntax_error_line(&step.source)),
        End::Unsupported(unsupported) => unsupported.line,
    };
    line.filter(|_| done.note.is_none()).map(|line| (step.line + line.max(1) - 1).min(step.end_line))
}

fn report(case: &Case, index: usize, step: &Step, done: &Done) -> StepReport {
    let outcome = &done.outcome;
    let said = step.claim.as_ref().map(|claim| Said { text: &claim.text, apart: claim.apart });
    let judgement = match &step.skip {
        Some(reason) => {
            Judgement { verdict: Verdict::Skipped, detail: Some(reason.clone()), held_against: String::new() }
        }
        None => match said {
            Some(said) if step.kind == Kind::Comment => judge_remark(step, said, outcome),
            said => judge(said, outcome, &step.options, &done.tables),
        },
    };
    let judgement = if_observed(judgement, done.after.as_deref());
    let lacks = match (judgement.verdict, &judgement.detail) {
        (Verdict::Unsupported, Some(what)) => Some(lacks::lacking(step, what)),
        _ => None,
    };
    let detail = match (judgement.detail, done.note.clone()) {
        (Some(detail), Some(note)) => Some(format!("{detail}; {note}")),
        (detail, note) => detail.or(note),
    };
    let mut acknowledged = None;
    let mut stale = None;
    for bound in case.acknowledged.iter().filter(|bound| bound.item == index) {
        if bound.verdict == judgement.verdict {
            acknowledged = Some(bound.reason.clone());
        } else {
            stale = Some(format!(
                "{}:{}: acknowledges `{}` here, which no longer applies: the verdict is `{}`; remove the acknowledgement",
                bound.path.display(),
                bound.line,
                bound.verdict,
                judgement.verdict
            ));
        }
    }
    // What a comment says counts where it is known to be a claim.
    let claims = step.kind != Kind::Comment || judgement.verdict != Verdict::Silent;
    let claim = step.claim.as_ref().filter(|claim| !claim.text.is_empty() && claims);
    StepReport {
        line: step.line,
        end_line: step.end_line,
        kind: step.kind.name(),
        source: step.source.clone(),
        documented: claim.map(|claim| claim.text.clone()),
        documented_line: claim.map(|claim| claim.line),
        stdout: outcome.stdout(),
        log: outcome.log().into_iter().map(|message| message.text.clone()).collect(),
        actual: outcome.actual(),
        verdict: judgement.verdict,
        detail,
        acknowledged,
        holds: None,
        held_against: judgement.held_against,
        failed_line: failed_line(step, done),
        stale,
        lacks,
    }
}

/// A failure is not told as the page's where it may come from what was not run before it.
fn if_observed(judgement: Judgement, after: Option<&str>) -> Judgement {
    match (judgement.verdict, after) {
        (Verdict::Differs | Verdict::Raises, Some(after)) => {
            let seen = match (judgement.verdict, judgement.detail) {
                (Verdict::Raises, Some(detail)) => format!("`{detail}` is raised after {after}"),
                _ => format!("something else is shown after {after}"),
            };
            Judgement { verdict: Verdict::Unsupported, detail: Some(seen), ..judgement }
        }
        _ => judgement,
    }
}
