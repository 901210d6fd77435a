//! `backproof when`: for each claim, the versions in which it holds.

use super::pages::{guarded, not_run};
use super::threads::side_by_side;
use super::{Format, UNREADABLE, WhenArgs, colour, complain, print};
use crate::check::check;
use crate::report::when::{WhenReport, json, terminal};
use crate::when::{Inquiry, spans};
use crate::world::Limits;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(super) fn main(args: &WhenArgs) -> u8 {
    let plans = match args.pages.plans() {
        Ok(plans) => plans,
        Err(message) => {
            complain(&message);
            return UNREADABLE;
        }
    };
    let loaded = side_by_side(&plans, |plan| guarded(plan, |case| case));
    let mut cases = Vec::new();
    let mut unreadable = false;
    for (result, plan) in loaded.into_iter().zip(&plans) {
        match result.unwrap_or_else(|| Err(not_run(plan))) {
            Ok(case) => cases.push(case),
            Err(problem) => {
                complain(&format!("error: {problem}"));
                unreadable = true;
            }
        }
    }
    let mut inquiries: Vec<Inquiry<'_>> = cases.iter().map(Inquiry::new).collect();
    ask(&mut inquiries, Limits::default());
    let report = WhenReport {
        spans: spans().into_iter().map(|(span, _)| span).collect(),
        documents: inquiries.into_iter().flat_map(Inquiry::finish).collect(),
    };
    match args.format {
        Format::Json => match json::render(&report) {
            Ok(text) => print(&text),
            Err(error) => {
                complain(&format!("error: the report cannot be written as JSON: {error}"));
                return UNREADABLE;
            }
        },
        Format::Human => print(&terminal::render(&report, colour())),
    }
    match (unreadable, report.passes()) {
        (true, _) => UNREADABLE,
        (false, true) => 0,
        (false, false) => 1,
    }
}

/// Runs what the inquiries want, side by side, until nothing more is.
pub(super) fn ask(inquiries: &mut [Inquiry<'_>], limits: Limits) {
    loop {
        let jobs: Vec<_> = inquiries
            .iter()
            .enumerate()
            .flat_map(|(index, inquiry)| {
                inquiry.wanted().into_iter().map(move |profile| (index, inquiry.case(), profile))
            })
            .collect();
        if jobs.is_empty() {
            return;
        }
        let results = side_by_side(&jobs, |&(_, case, profile)| {
            catch_unwind(AssertUnwindSafe(|| check(case, profile, limits))).ok()
        });
        for ((index, _, profile), result) in jobs.into_iter().zip(results) {
            inquiries[index].told(profile, result.flatten().as_ref());
        }
    }
}
