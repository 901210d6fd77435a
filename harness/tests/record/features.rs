//! FEATURES.md: what the suite shows of the library, release by release, made from the cases and their records alone.
//!
//! Nothing is run: that backproof does as the record says, but for the known differences, is what the other tests here hold.

#[path = "features/names.rs"]
mod names;
#[path = "features/uses.rs"]
mod uses;

use super::known::{Known, Place};
use super::shown::Record;
use super::{RELEASES, file};
use backproof::case::{Case, Plan, Problem};
use libtest_mimic::Failed;
use std::fmt::Write;

const TABLE: &str = "FEATURES.md";
/// Set to `write`, it makes the table anew.
const ASKED: &str = "BACKPROOF_FEATURES";
const AGAIN: &str = "BACKPROOF_FEATURES=write cargo test --test record -- FEATURES";

const HEAD: &str = "\
# Features

What the suite shows of SQLAlchemy, in the five releases that are on record. This page is made from the cases in
`doc-cases/` and what the real library showed for them in `snapshots/recorded/`, never by hand:
`BACKPROOF_FEATURES=write cargo test --test record -- FEATURES` writes it, and a test fails where it is out of date.

| word | in that release |
| --- | --- |
| agrees | backproof does as the real library does, step by step: what it prints, logs and raises |
| in part | so, too; some of the steps (how many agree is told) use what the release does not have, and raise in both |
| not there | it needs what the release does not have: the real library raises, and so does backproof |
| unsupported | backproof says that it does not run it |
| differs | backproof shows something else, as [DIVERGENCES](DIVERGENCES.md) tells |
| – | no case shows it there |
";

/// What became of one step in one release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Agrees,
    /// The release refuses what the page's own release takes.
    Refused,
    Unsupported,
    Differs,
}

/// One step of a case in all releases.
struct Told {
    source: String,
    held: [Held; RELEASES.len()],
    /// What the real library raised, release by release.
    raised: [Option<String>; RELEASES.len()],
}

/// A case with what its record says.
struct Page {
    id: String,
    path: String,
    title: String,
    /// Source of givens and steps in order; what was given is nobody's claim, but binds names.
    steps: Vec<Told>,
}

/// Holds the tracked table against the cases, or writes it where that is asked for.
pub(crate) fn table(plans: &[(String, Result<Plan, Problem>)], known: &Known) -> Result<(), Failed> {
    let mut pages = Vec::new();
    for (id, plan) in plans {
        // A case that cannot be read, or has no record yet, fails in its own test.
        if let Ok(plan) = plan
            && let Ok(case) = Case::load(plan)
            && let Some(page) = page(id, &case, known)
        {
            pages.push(page);
        }
    }
    let mut text = HEAD.to_owned();
    by_page(&mut text, &pages);
    names::by_name(&mut text, &pages);
    if std::env::var_os(ASKED).is_some_and(|value| value == "write") {
        return Ok(std::fs::write(TABLE, text)?);
    }
    let tracked = std::fs::read_to_string(TABLE).unwrap_or_default();
    if tracked == text {
        return Ok(());
    }
    let first = tracked.lines().zip(text.lines()).position(|(tracked, text)| tracked != text);
    let line = first.unwrap_or_else(|| tracked.lines().count().min(text.lines().count())) + 1;
    Err(format!("{TABLE}:{line}: is not what the cases and their records say: make it anew with `{AGAIN}`")
        .into())
}

fn page(id: &str, case: &Case, known: &Known) -> Option<Page> {
    let records: Vec<Record> = RELEASES
        .iter()
        .map(|release| {
            let text = std::fs::read_to_string(file(id, release)).ok()?;
            serde_json::from_str(&text).ok()
        })
        .collect::<Option<_>>()?;
    let own = case.profile_or(None).to_string();
    let own = RELEASES.iter().position(|release| *release == own).unwrap_or(3);
    let first = case.pages.first()?;
    let mut steps = Vec::new();
    for (index, step) in records[own].steps.iter().enumerate() {
        let source = case.pages.iter().position(|page| page.path.to_string_lossy() == step.page);
        let source = case.steps().find(|(_, other)| Some(other.page) == source && other.line == step.line);
        let Some((_, source)) = source else { continue };
        let raised = |at: usize| records.get(at)?.steps.get(index)?.raised.as_ref();
        let held = std::array::from_fn(|at| {
            let place = Place { case: id, release: RELEASES[at], page: &step.page, line: step.line };
            match known.of(place) {
                Some(entry) if entry.unsupported() => Held::Unsupported,
                Some(_) => Held::Differs,
                None if raised(at).is_some() && raised(own).is_none() => Held::Refused,
                None => Held::Agrees,
            }
        });
        let raised = std::array::from_fn(|at| raised(at).map(|raised| raised.message.clone()));
        steps.push(Told { source: source.source.clone(), held, raised });
    }
    // In saved text, a line like that is a comment of some listing.
    let marked = first.path.extension().is_some_and(|extension| extension != "txt");
    let heading = |line: &&String| marked && line.starts_with("# ");
    let title = first.document.lines.iter().find(heading).map(|line| line[2..].trim().to_owned());
    let underlined = || {
        let lines = &first.document.lines;
        let under = |line: &String| line.len() > 3 && line.chars().all(|c| c == '=');
        let at = lines.iter().position(under)?;
        Some(lines.get(at.checked_sub(1)?)?.trim().to_owned()).filter(|title| !title.is_empty())
    };
    let title = title.or_else(underlined).unwrap_or_else(|| id.to_owned());
    let path = case.name.to_string_lossy().into_owned();
    Some(Page { id: id.to_owned(), path, title, steps })
}

/// A table for each folder: its pages, release by release.
fn by_page(text: &mut String, pages: &[Page]) {
    text.push_str("\n# Pages\n");
    let mut folder = "";
    for page in pages {
        let of = page.id.split('.').next().unwrap_or_default();
        if of != folder {
            folder = of;
            let _ = write!(text, "\n## {folder}\n\n");
            head(text, "page");
        }
        let cells: [String; RELEASES.len()] = std::array::from_fn(|at| page_cell(page, at));
        let _ =
            writeln!(text, "| [{}]({}) | {} |", page.title.replace('|', "\\|"), page.path, cells.join(" | "));
    }
}

fn head(text: &mut String, first: &str) {
    let _ = writeln!(text, "| {first} | {} |", RELEASES.join(" | "));
    let _ = writeln!(text, "| --- |{}", " --- |".repeat(RELEASES.len()));
}

fn page_cell(page: &Page, at: usize) -> String {
    let count = |held: Held| page.steps.iter().filter(|step| step.held[at] == held).count();
    let (all, refused) = (page.steps.len(), count(Held::Refused));
    let of = |count: usize| format!("{count} of {all} steps");
    match (count(Held::Unsupported), count(Held::Differs)) {
        (0, 0) if refused == 0 => "agrees".to_owned(),
        (0, 0) if refused * 2 >= all => "not there".to_owned(),
        (0, 0) => format!("in part ({})", of(all - refused)),
        (0, differs) => format!("differs ({})", of(differs)),
        (unsupported, _) => format!("unsupported ({})", of(unsupported)),
    }
}
