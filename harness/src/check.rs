//! Runs a case: givens and steps in order, in one world or in the worlds that its listings begin.
//!
//! A step's panic is caught and ends its case alone; what one case does cannot reach another.

mod lacks;
mod plan;
mod run;

pub use lacks::lacks;
pub use plan::{Ran, hash};
pub use run::GIVEN_UP;

use crate::case::{Case, Item, Kind, Remarked, Step, syntax_error_line};
use crate::judge::{Judgement, Said, Verdict, judge, judge_remark};
use crate::model::{Model, Rows};
use crate::outcome::{Certain, End, Outcome, Unsupported};
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
    /// What the run asked of its profile: one that answers all of it alike does the same.
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
    /// What of it does not come from there.
    certain: Certain,
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
                    Some(of) => match (outcomes.get(of).and_then(Option::as_ref), &step.remark) {
                        (Some(done), Some(remark)) => remarked(remark, done),
                        (Some(done), None) => match step.from {
                            Some(from) => together(outcomes.get(from..=of).unwrap_or_default(), done),
                            None => done.clone(),
                        },
                        (None, Some(_)) => Done::default(),
                        (None, None) => nothing_before(),
                    },
                    None if step.kind == Kind::Output => nothing_before(),
                    None if step.skip.is_some() => Done::default(),
                    None => run.step(step, is_remarked(case, index), is_shown_apart(case, index)),
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

/// Whether an output that stands apart speaks of the step at `index`.
fn is_shown_apart(case: &Case, index: usize) -> bool {
    let follows = case.items.get(index + 1..).unwrap_or_default().iter().find_map(|item| match item {
        Item::Step(step) if step.kind != Kind::Comment => Some(step),
        Item::Step(_) | Item::Given(_) => None,
    });
    follows.is_some_and(|step| step.kind == Kind::Output && step.of == Some(index))
}

/// What steps showed, as one; `last` is what came of the last of them.
fn together(steps: &[Option<Done>], last: &Done) -> Done {
    let mut done = last.clone();
    let outcomes = || steps.iter().flatten().map(|done| &done.outcome);
    done.outcome.pieces = outcomes().flat_map(|outcome| outcome.pieces.clone()).collect();
    done.outcome.end =
        outcomes().map(|outcome| &outcome.end).find(|end| **end != End::Done).cloned().unwrap_or_default();
    done
}

/// What of a listing's outcome a comment on one of its statements is held against.
fn remarked(remark: &Remarked, done: &Done) -> Done {
    Done {
        outcome: done.outcome.of_lines(&remark.lines),
        after: done.after.clone(),
        certain: done.certain,
        ..Done::default()
    }
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
    let said =
        step.claim.as_ref().map(|claim| Said { text: &claim.text, apart: claim.apart, bare: claim.bare });
    let judgement = match &step.skip {
        Some(reason) => {
            Judgement { verdict: Verdict::Skipped, detail: Some(reason.clone()), held_against: String::new() }
        }
        None => match (said, &step.remark) {
            (Some(said), Some(remark)) => judge_remark(said, outcome, &step.options, remark.hard),
            (said, _) => judge(said, outcome, &step.options, &done.tables),
        },
    };
    let judgement = judgement.if_observed(done.after.as_deref(), done.certain);
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
