//! The suite against the real library: one named test for each case, in every release on record.
//!
//! What each step prints, logs and raises is held against `snapshots/recorded/CASE/RELEASE.json`, which the oracle
//! (`harness/oracle`) wrote. No Python is run here. A record that is missing or not of what runs now fails; what is
//! known to differ stands in `snapshots/known-differences.toml`, and fails once it no longer does.

#[path = "record/features.rs"]
mod features;
#[path = "record/known.rs"]
mod known;
#[path = "record/shown.rs"]
mod shown;
#[path = "record/steady.rs"]
mod steady;

use backproof::case::{Case, Plan, Problem};
use backproof::check::{Checked, check, hash};
use backproof::cli::find;
use backproof::world::Limits;
use backproof_engine::version::Profile;
use known::{Known, Place};
use libtest_mimic::{Arguments, Failed, Trial};
use shown::{Raised, Record, Step, ours};
use similar::TextDiff;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

const CASES: &str = "doc-cases";
const RECORD: &str = "snapshots/recorded";
const ORACLE: &str = "harness/oracle/environments.py";
/// The releases on record; the oracle has the same.
const RELEASES: [&str; 5] = ["1.3.24", "1.4.54", "2.0.8", "2.0.51", "2.1.9"];
/// As the command gives the threads that run documents.
const STACK: usize = 512 << 20;
/// Steps that are shown of one release that differs in many.
const SHOWN: usize = 5;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // A step's panic is told as its outcome; where this program stood is no help.
    std::panic::set_hook(Box::new(|_| {}));
    let named: Vec<(String, Result<Plan, Problem>)> = find::plans(Path::new(CASES))
        .into_iter()
        .map(|plan| {
            let path = plan.as_ref().map_or_else(|problem| problem.path.clone(), |plan| plan.name.clone());
            (find::id(&path, Path::new(CASES)), plan)
        })
        .collect();
    let ids: Vec<String> = named.iter().map(|(id, _)| id.clone()).collect();
    let (known, faults) = match Known::read() {
        Ok(known) => {
            let faults = known.faults(&ids);
            (known, faults)
        }
        Err(fault) => (Known::default(), vec![fault]),
    };
    let known = Arc::new(known);
    let plans = named.clone();
    let table = Trial::test("FEATURES.md is what the cases and their records say", {
        let known = known.clone();
        move || features::table(&plans, &known)
    });
    let mut trials: Vec<Trial> = named
        .into_iter()
        .map(|(id, plan)| {
            let known = known.clone();
            Trial::test(id.clone(), move || case(&id, plan, &known))
        })
        .collect();
    trials.push(table);
    trials.push(Trial::test("every known difference is told in DIVERGENCES.md and of a case", move || {
        if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
    }));
    trials.push(Trial::test("every record has a case", move || referenced(&ids)));
    trials.push(Trial::test("the oracle records the releases that are tested", releases));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn releases() -> Result<(), Failed> {
    let text = std::fs::read_to_string(ORACLE)?;
    let line = format!("RELEASES = ({})", RELEASES.map(|release| format!("{release:?}")).join(", "));
    if text.lines().any(|other| other == line) {
        return Ok(());
    }
    Err(format!("{ORACLE} does not say `{line}`: let both name the same releases").into())
}

/// Every file of the record belongs to a case and a release.
fn referenced(ids: &[String]) -> Result<(), Failed> {
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(RECORD)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    files.sort();
    for path in files {
        let expected = ids.iter().any(|id| RELEASES.iter().any(|release| path == file(id, release)));
        if !expected {
            let message = format!(
                "{} is the record of no case in no release on record: remove it, or bring its document back",
                path.display()
            );
            return Err(message.into());
        }
    }
    Ok(())
}

fn file(id: &str, release: &str) -> PathBuf {
    Path::new(RECORD).join(id).join(format!("{release}.json"))
}

/// Runs one case as every release runs it; what was read of its pages is shared.
fn case(id: &str, plan: Result<Plan, Problem>, known: &Known) -> Result<(), Failed> {
    let case = Case::load(&plan?)?;
    let mut faults = Vec::new();
    for release in RELEASES {
        let profile: Profile = release.parse()?;
        let checked = std::thread::scope(|scope| {
            let run = || check(&case, profile, Limits::default());
            let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run);
            thread.map(|thread| thread.join().map_err(|_| Failed::from("the case's thread failed")))
        })??;
        if let Err(fault) = held(id, release, &checked, known) {
            faults.push(format!("{id} in SQLAlchemy {release}: {fault}"));
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    faults.push(format!("run it alone: cargo test --test record -- --exact {id}"));
    Err(faults.join("\n\n").into())
}

/// Holds one run against its record.
fn held(id: &str, release: &str, checked: &Checked, known: &Known) -> Result<(), String> {
    let path = file(id, release);
    let again =
        format!("record it with `python3.11 harness/oracle record {id}` and commit the files that it writes");
    let text = std::fs::read_to_string(&path)
        .map_err(|error| format!("no record at {} ({error}): {again}", path.display()))?;
    let mut record: Record = serde_json::from_str(&text)
        .map_err(|error| format!("{}:{}: not a record ({error}): {again}", path.display(), error.line()))?;
    record.steps.iter_mut().filter_map(|step| step.raised.as_mut()).for_each(Raised::without_place);
    if record.hash != hash(&checked.runs) || record.case != id || record.sqlalchemy != release {
        return Err(format!("{} is not of what runs now: {again}", path.display()));
    }
    let mut ours = ours(&checked.runs);
    if ours.len() != record.steps.len() {
        return Err(format!("{} has another number of steps: {again}", path.display()));
    }
    for (own, real) in ours.iter_mut().zip(&record.steps) {
        if real.varies {
            own.sort();
        }
    }
    let mut text = String::new();
    let (mut differing, mut hidden) = (0, 0);
    for (index, (real, own)) in record.steps.iter().zip(&ours).enumerate() {
        let place = Place { case: id, release, page: &own.page, line: own.line };
        let agrees = real == own;
        match (agrees, known.of(place)) {
            (true, None) => {}
            (false, Some(entry)) if entry.unsupported() == own.is_unsupported() => {}
            (false, Some(entry)) => {
                differing += 1;
                let _ = write!(
                    text,
                    "\n{}:{}: is listed as a known difference ({}): begin the reason with `unsupported` where it is, and only there\n",
                    own.page, own.line, entry.reason
                );
            }
            (true, Some(entry)) => {
                differing += 1;
                let _ = write!(
                    text,
                    "\n{}:{}: is listed as a known difference ({}), and agrees: remove it there, in {}\n",
                    own.page,
                    own.line,
                    entry.reason,
                    known::LIST
                );
            }
            (false, None) => {
                differing += 1;
                if differing > SHOWN {
                    hidden += 1;
                } else {
                    text.push_str(&difference(real, own, &checked.runs[index].source));
                }
            }
        }
    }
    for line in known.astray(id, release, &ours) {
        differing += 1;
        let _ =
            writeln!(text, "\n{}: an entry for {id} names line {line}, where no step begins", known::LIST);
    }
    if differing == 0 {
        return Ok(());
    }
    if hidden > 0 {
        let _ = writeln!(text, "\n… and {hidden} more");
    }
    Err(format!("{differing} of {} steps are not as on record\n{text}", ours.len()))
}

/// One step that differs, with its source and a diff.
fn difference(real: &Step, own: &Step, source: &str) -> String {
    let mut text = format!("\n{}:{} ({})\n", own.page, own.line, own.kind);
    for line in source.lines() {
        let _ = writeln!(text, "    {line}");
    }
    let (real, own) = (real.to_string(), own.to_string());
    let diff = TextDiff::from_lines(&real, &own);
    let unified = diff.unified_diff().context_radius(2).header("the real library", "backproof").to_string();
    text.push_str(&unified);
    text
}
