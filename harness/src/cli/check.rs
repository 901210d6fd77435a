//! `backproof check`: plans side by side on threads, reports in the order of the arguments.

use super::pages::{guarded, not_run};
use super::threads::side_by_side;
use super::when::ask;
use super::{CheckArgs, Format, UNREADABLE, colour, complain, print};
use crate::case::{Case, Problem};
use crate::check::{Checked, check};
use crate::judge::Verdict;
use crate::report::terminal::Look;
use crate::report::when::words;
use crate::report::{DocumentReport, Report, json, terminal};
use crate::when::{Inquiry, spans};
use crate::world::Limits;
use backproof_engine::version::Profile;

pub(super) fn main(args: &CheckArgs) -> u8 {
    let plans = match args.pages.plans() {
        Ok(plans) => plans,
        Err(message) => {
            complain(&message);
            return UNREADABLE;
        }
    };
    let results = side_by_side(&plans, |plan| guarded(plan, |case| one(case, args.sqlalchemy)));
    let mut results: Vec<Result<Checking, Problem>> = results
        .into_iter()
        .zip(&plans)
        .map(|(result, plan)| result.unwrap_or_else(|| Err(not_run(plan))))
        .collect();
    say_where_they_hold(&mut results);
    let profile = shown_profile(args.sqlalchemy, &results);
    let mut report = Report { profile, documents: Vec::new() };
    let mut unreadable = false;
    for result in results {
        match result {
            Ok(checking) => {
                report.documents.extend(checking.checked.documents.into_iter().map(DocumentReport::settled));
            }
            Err(problem) => {
                complain(&format!("error: {problem}"));
                unreadable = true;
            }
        }
    }
    match args.format {
        Format::Json => match json::render(&report) {
            Ok(text) => print(&text),
            Err(error) => {
                complain(&format!("error: the report cannot be written as JSON: {error}"));
                return UNREADABLE;
            }
        },
        Format::Human => {
            let look = Look { colour: colour(), strict: args.strict, model: args.model };
            print(&terminal::render(&report, look));
        }
    }
    match (unreadable, report.passes(args.strict)) {
        (true, _) => UNREADABLE,
        (false, true) => 0,
        (false, false) => 1,
    }
}

/// The profile that the report names: the one asked for, or the one that all cases name.
fn shown_profile(asked: Option<Profile>, results: &[Result<Checking, Problem>]) -> String {
    let mut profiles: Vec<String> = Vec::new();
    for checking in results.iter().flatten() {
        let profile = checking.profile.to_string();
        if !profiles.contains(&profile) {
            profiles.push(profile);
        }
    }
    match (asked, profiles.as_slice()) {
        (Some(asked), _) => asked.to_string(),
        (None, []) => Profile::default().to_string(),
        (None, profiles) => profiles.join(", "),
    }
}

/// A case with its profile and what became of it there.
struct Checking {
    case: Case,
    profile: Profile,
    checked: Checked,
}

fn one(case: Case, asked: Option<Profile>) -> Checking {
    let profile = case.profile_or(asked);
    let checked = check(&case, profile, Limits::default());
    Checking { case, profile, checked }
}

/// A page gets this part of its steps in each of the other versions: a page that is wrong is not to take many times as
/// long as one that is right.
const ELSEWHERE: u64 = 10;

/// Says of steps that fail in which other versions they hold. Only cases with such steps are run again.
fn say_where_they_hold(results: &mut [Result<Checking, Problem>]) {
    let mut inquiries = Vec::new();
    let mut owners = Vec::new();
    for (index, checking) in results.iter().enumerate() {
        let Ok(Checking { case, profile, checked }) = checking else { continue };
        let failing: Vec<usize> = checked
            .documents
            .iter()
            .flat_map(|document| &document.steps)
            .enumerate()
            .filter(|(_, step)| matches!(step.verdict, Verdict::Differs | Verdict::Raises))
            .filter(|(_, step)| step.acknowledged.is_none())
            .map(|(number, _)| number)
            .collect();
        if !failing.is_empty() {
            inquiries.push(Inquiry::about(case, *profile, checked, failing.clone()));
            owners.push((index, failing));
        }
    }
    let limits = Limits::default();
    ask(&mut inquiries, Limits { steps: limits.steps / ELSEWHERE, ..limits });
    let spans: Vec<_> = spans().into_iter().map(|(span, _)| span).collect();
    let mut sentences = Vec::new();
    for (inquiry, (index, failing)) in inquiries.into_iter().zip(owners) {
        let documents = inquiry.finish();
        let steps: Vec<_> = documents.iter().flat_map(|document| &document.steps).collect();
        for number in failing {
            if let Some(step) = steps.get(number).filter(|step| step.holds_somewhere()) {
                sentences.push((index, number, words::sentence(&spans, step)));
            }
        }
    }
    for (index, number, sentence) in sentences {
        if let Some(Ok(checking)) = results.get_mut(index)
            && let Some(step) =
                checking.checked.documents.iter_mut().flat_map(|document| &mut document.steps).nth(number)
        {
            step.holds = Some(sentence);
        }
    }
}
