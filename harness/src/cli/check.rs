//! `backproof check`: plans side by side on threads, reports in the order of the arguments.

use super::{CheckArgs, Format, STACK, UNREADABLE, colour, complain, find, options, print};
use crate::case::{Case, Plan, Problem};
use crate::check::{Checked, check};
use crate::report::terminal::Look;
use crate::report::{Report, json, terminal};
use crate::world::Limits;
use backproof_engine::version::Profile;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(super) fn main(args: &CheckArgs) -> u8 {
    let options = match options(&args.doctest) {
        Ok(options) => options,
        Err(message) => {
            complain(&message);
            return UNREADABLE;
        }
    };
    let mut plans = Vec::new();
    if args.together && !args.paths.is_empty() {
        plans.push(find::together(&args.paths));
    } else {
        plans.extend(args.paths.iter().flat_map(|path| find::plans(path)));
    }
    plans.extend(args.case.iter().map(|path| find::case_plan(path)));
    for plan in plans.iter_mut().flatten() {
        plan.options.extend(&options);
        plan.reader = args.reader;
    }
    let results = side_by_side(&plans, args.sqlalchemy);
    let profile = shown_profile(args.sqlalchemy, &results);
    let mut report = Report { profile, documents: Vec::new() };
    let mut unreadable = false;
    for result in results {
        match result {
            Ok((_, checked)) => report.documents.extend(checked.documents),
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
fn shown_profile(asked: Option<Profile>, results: &[Checking]) -> String {
    let mut profiles: Vec<String> = Vec::new();
    for (profile, _) in results.iter().flatten() {
        let profile = profile.to_string();
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

/// A plan's profile and what became of it.
type Checking = Result<(Profile, Checked), Problem>;

/// Checks each plan on a thread with a stack of its own.
fn side_by_side(plans: &[Result<Plan, Problem>], asked: Option<Profile>) -> Vec<Checking> {
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<Checking>>> = plans.iter().map(|_| Mutex::new(None)).collect();
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(plans.len());
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let (Some(plan), Some(slot)) = (plans.get(index), results.get(index)) else { break };
            let result = match plan {
                Ok(plan) => guarded(plan, asked),
                Err(problem) => Err(problem.clone()),
            };
            if let Ok(mut slot) = slot.lock() {
                *slot = Some(result);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let started = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
            if let Err(error) = started {
                complain(&format!("error: a thread could not be started: {error}"));
            }
        }
    });
    let missing = |plan: &Result<Plan, Problem>| match plan {
        Ok(plan) => Problem::new(&plan.name, None, "was not checked: no thread could be started for it"),
        Err(problem) => problem.clone(),
    };
    results
        .into_iter()
        .zip(plans)
        .map(|(slot, plan)| slot.into_inner().ok().flatten().unwrap_or_else(|| Err(missing(plan))))
        .collect()
}

/// Checks one plan; a panic outside any step is a problem of its document alone.
fn guarded(plan: &Plan, asked: Option<Profile>) -> Checking {
    catch_unwind(AssertUnwindSafe(|| one(plan, asked))).unwrap_or_else(|_| {
        let message = "backproof itself failed on this document: please report it with the page";
        Err(Problem::new(&plan.name, None, message))
    })
}

fn one(plan: &Plan, asked: Option<Profile>) -> Checking {
    let case = Case::load(plan)?;
    let profile = case.profile_or(asked);
    let checked = check(&case, profile, Limits::default());
    Ok((profile, checked))
}
