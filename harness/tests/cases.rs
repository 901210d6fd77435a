//! The suite: one named test and one reviewed snapshot for each document and case file under `doc-cases/`.
//!
//! A new text file is a new test. A test fails where its document does not hold, and where its snapshot differs.

use backproof::case::{Case, Plan, Problem};
use backproof::check::{Checked, Ended, check};
use backproof::cli::find;
use backproof::judge::stable;
use backproof::model::{ClassModel, Rows};
use backproof::report::terminal::{Look, render};
use backproof::report::{Report, StepReport};
use backproof::world::Limits;
use backproof_engine::version::Profile;
use libtest_mimic::{Arguments, Failed, Trial};
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const CASES: &str = "doc-cases";
const SNAPSHOTS: &str = "snapshots";
/// As the command gives the threads that run documents.
const STACK: usize = 512 << 20;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // A difference is shown by its snapshot and its document; where this program stood is no help.
    std::panic::set_hook(Box::new(|_| {}));
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    if set("CI") && set("INSTA_FORCE_PASS") {
        let message = Failed::from("INSTA_FORCE_PASS passes without looking: unset it where CI is set");
        let refused = Trial::test("INSTA_FORCE_PASS is not set in CI", move || Err(message));
        return libtest_mimic::run(&arguments, vec![refused]).exit_code();
    }
    let plans = find::plans(Path::new(CASES));
    let named: Vec<(String, Result<Plan, Problem>)> = plans
        .into_iter()
        .map(|plan| {
            let path = plan.as_ref().map_or_else(|problem| problem.path.clone(), |plan| plan.name.clone());
            (find::id(&path, Path::new(CASES)), plan)
        })
        .collect();
    let ids: Vec<String> = named.iter().map(|(id, _)| id.clone()).collect();
    let mut trials: Vec<Trial> =
        named.into_iter().map(|(id, plan)| Trial::test(id.clone(), move || case(&id, plan))).collect();
    trials.push(Trial::test("every case has a name of its own", {
        let ids = ids.clone();
        move || distinct(&ids)
    }));
    trials.push(Trial::test("every snapshot has a case", move || referenced(&ids)));
    trials.push(Trial::test(
        "no snapshot is pending in CI",
        move || if set("CI") { none_pending() } else { Ok(()) },
    ));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn distinct(ids: &[String]) -> Result<(), Failed> {
    for (index, id) in ids.iter().enumerate() {
        if ids[..index].contains(id) {
            return Err(format!(
                "two cases are called `{id}`: rename one, since they would share a snapshot"
            )
            .into());
        }
    }
    Ok(())
}

fn snapshot_files(ending: &str) -> Vec<PathBuf> {
    let folder = std::fs::read_dir(SNAPSHOTS).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(ending));
    files.sort();
    files
}

fn referenced(ids: &[String]) -> Result<(), Failed> {
    for path in snapshot_files(".snap") {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let id = name.strip_suffix(".snap").unwrap_or(&name);
        if !ids.iter().any(|other| other == id) {
            return Err(
                format!("{} has no case: remove it, or bring its document back", path.display()).into()
            );
        }
    }
    Ok(())
}

fn none_pending() -> Result<(), Failed> {
    match snapshot_files(".snap.new").first() {
        Some(path) => {
            Err(format!("{} is pending: review it with `cargo insta review`", path.display()).into())
        }
        None => Ok(()),
    }
}

/// Runs one case: its document must hold, and its snapshot must be what was reviewed.
fn case(id: &str, plan: Result<Plan, Problem>) -> Result<(), Failed> {
    let plan = plan?;
    let input = Path::new(env!("CARGO_MANIFEST_DIR")).join(&plan.name);
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || run(&plan))?;
    let (profile, checked) = thread.join().map_err(|_| Failed::from("the case's thread failed"))??;
    let rendered = rendered(profile, &checked);
    let report = Report { profile: profile.to_string(), documents: checked.documents };
    let verdict =
        if report.passes(false) { Ok(()) } else { Err(Failed::from(render(&report, Look::default()))) };

    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join(SNAPSHOTS));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_input_file(input);
    let compared = catch_unwind(AssertUnwindSafe(|| {
        settings.bind(|| insta::assert_snapshot!(id, rendered));
    }));
    verdict?;
    compared.map_err(|_| Failed::from("the snapshot differs: `cargo insta review` shows how"))
}

fn run(plan: &Plan) -> Result<(Profile, Checked), Failed> {
    let case = Case::load(plan)?;
    let profile: Profile = match &case.profile {
        Some(name) => name.parse()?,
        None => Profile::default(),
    };
    Ok((profile, check(&case, profile, Limits::default())))
}

/// Everything a case shows, the same in every run.
fn rendered(profile: Profile, checked: &Checked) -> String {
    let mut text = format!("SQLAlchemy {profile}\n");
    for document in &checked.documents {
        let _ = write!(text, "\n= {}\n", document.path.display());
        for step in &document.steps {
            show_step(&mut text, step);
        }
    }
    for (index, ended) in checked.worlds.iter().enumerate() {
        let _ = write!(text, "\n= world {}\n", index + 1);
        show_world(&mut text, ended);
    }
    text
}

fn show_step(text: &mut String, step: &StepReport) {
    let lines = if step.line == step.end_line {
        step.line.to_string()
    } else {
        format!("{}-{}", step.line, step.end_line)
    };
    let detail = step.detail.as_deref().map(|detail| format!(" ({detail})")).unwrap_or_default();
    let known =
        step.acknowledged.as_deref().map(|reason| format!(", acknowledged: {reason}")).unwrap_or_default();
    let _ = write!(text, "\n{lines} {}: {}{}{known}\n", step.kind, step.verdict, stable(&detail));
    indented(text, &step.source, "    ");
    if !step.stdout.is_empty() {
        text.push_str("  prints\n");
        indented(text, &stable(&step.stdout), "    ");
    }
    if !step.log.is_empty() {
        text.push_str("  emits\n");
        for message in &step.log {
            indented(text, &stable(message), "    ");
        }
    }
}

fn show_world(text: &mut String, ended: &Ended) {
    for table in &ended.model.tables {
        indented(text, &table.create, "");
    }
    for class in &ended.model.classes {
        show_class(text, class);
    }
    for rows in &ended.rows {
        show_rows(text, rows);
    }
}

fn show_class(text: &mut String, class: &ClassModel) {
    let _ = writeln!(text, "{} -> {}", class.name, class.table);
    for relationship in &class.relationships {
        let back =
            relationship.back_populates.as_deref().map(|back| format!(" <-> {back}")).unwrap_or_default();
        let many = if relationship.uselist { "list" } else { "scalar" };
        let made = if relationship.from_backref { ", by backref" } else { "" };
        let _ = writeln!(
            text,
            "    {}: {} {} {many}{back}{made}; {}",
            relationship.name, relationship.direction, relationship.target, relationship.join
        );
    }
}

fn show_rows(text: &mut String, rows: &Rows) {
    let _ = writeln!(text, "{} ({})", rows.table, rows.columns.join(", "));
    for row in &rows.rows {
        let _ = writeln!(text, "    {}", stable(&row.join(", ")));
    }
}

fn indented(text: &mut String, body: &str, margin: &str) {
    for line in body.trim_matches('\n').lines() {
        let _ = writeln!(text, "{}", format!("{margin}{line}").trim_end());
    }
}
