//! `backproof extract --unsupported`: what documents need that is not run, counted over all of them.

use super::super::pages::{guarded, not_run};
use super::super::threads::side_by_side;
use super::super::{ExtractArgs, Format, UNREADABLE, complain, find, print};
use crate::case::{Plan, Problem};
use crate::check::{Checked, check, lacks};
use crate::report::lacks::LacksReport;
use crate::world::Limits;

pub(super) fn main(args: &ExtractArgs) -> u8 {
    let plans: Vec<Result<Plan, Problem>> = args
        .paths
        .iter()
        .flat_map(|path| find::plans(path))
        .map(|plan| plan.map(|plan| Plan { reader: args.reader, ..plan }))
        .collect();
    let results = side_by_side(&plans, |plan| {
        guarded(plan, |case| {
            let profile = case.profile_or(args.sqlalchemy);
            (profile, check(&case, profile, Limits::default()))
        })
    });
    let mut report = LacksReport::default();
    let mut profiles: Vec<String> = Vec::new();
    let mut code = 0;
    for (result, plan) in results.into_iter().zip(&plans) {
        match result.unwrap_or_else(|| Err(not_run(plan))) {
            Ok((profile, checked)) => {
                count(&mut report, &checked);
                let profile = profile.to_string();
                if !profiles.contains(&profile) {
                    profiles.push(profile);
                }
            }
            Err(problem) => {
                complain(&format!("error: {problem}"));
                code = UNREADABLE;
            }
        }
    }
    if profiles.is_empty() {
        profiles.push(args.sqlalchemy.unwrap_or_default().to_string());
    }
    report.profile = profiles.join(", ");
    print(&match args.format {
        Format::Human => report.human(),
        Format::Json => report.json(),
    });
    code
}

fn count(report: &mut LacksReport, checked: &Checked) {
    let steps = || checked.documents.iter().flat_map(|document| &document.steps);
    report.documents += checked.documents.len();
    report.steps += steps().count();
    report.claims += steps().filter(|step| step.documented.is_some()).count();
    report.add(lacks(checked));
}
