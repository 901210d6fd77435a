//! The `.case.toml` beside a page: givens, acknowledgements, profile, doctest options.
//!
//! Every fault names the file, the line and what to write instead; a name that matches nothing is a fault.

use super::{Bound, GivenCode, Item, Kind, Page, Problem, Step, unreadable, utf8};
use crate::judge::{Options, Verdict};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// A case file as it was read.
#[derive(Debug, Clone, Default)]
pub struct CaseFile {
    pub path: PathBuf,
    /// The pages that it names, resolved against its folder; none where it speaks of the page beside it.
    pub documents: Vec<PathBuf>,
    pub profile: Option<String>,
    pub options: Options,
    pub given: Vec<Given>,
    pub acknowledge: Vec<Acknowledge>,
}

/// Context that a page leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    pub before: At,
    pub code: String,
    /// 1-based line of the case file.
    pub line: usize,
}

/// A fault of the page that its reader knows of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledge {
    pub at: At,
    pub verdict: Verdict,
    pub reason: String,
    /// 1-based line of the case file.
    pub line: usize,
}

/// A place on a page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum At {
    /// A line's number.
    Line(usize),
    /// Text that a line contains.
    Text(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    documents: Vec<Spanned<String>>,
    sqlalchemy: Option<Spanned<String>>,
    #[serde(default)]
    doctest: Vec<Spanned<String>>,
    #[serde(default)]
    given: Vec<Spanned<RawGiven>>,
    #[serde(default)]
    acknowledge: Vec<Spanned<RawAcknowledge>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGiven {
    before: Spanned<toml::Value>,
    code: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAcknowledge {
    at: Spanned<toml::Value>,
    verdict: Spanned<String>,
    reason: String,
}

impl CaseFile {
    /// Reads a case file.
    pub fn read(path: &Path) -> Result<CaseFile, Problem> {
        let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
        let text = utf8(path, bytes, "case file")?;
        let line_of = |offset: usize| 1 + text.get(..offset).map_or(0, |before| before.matches('\n').count());
        let raw: RawFile = toml::from_str(&text).map_err(|error| {
            let line = error.span().map(|span| line_of(span.start));
            let message = format!("{}: {REMEDY}", error.message().replace('\n', " "));
            Problem::new(path, line, message)
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut options = Options::default();
        for name in &raw.doctest {
            if !options.set(name.get_ref(), true) {
                let message =
                    format!("`{}` is no doctest option: give {}", name.get_ref(), Options::NAMES.join(", "));
                return Err(Problem::new(path, Some(line_of(name.span().start)), message));
            }
        }
        let at = |value: &Spanned<toml::Value>, key: &str| match value.get_ref() {
            toml::Value::Integer(line) if *line > 0 => {
                Ok(At::Line(usize::try_from(*line).unwrap_or(usize::MAX)))
            }
            toml::Value::String(text) if !text.trim().is_empty() => Ok(At::Text(text.clone())),
            _ => {
                let message = format!(
                    "`{key}` is neither a line's number nor text: give the number of a line of the page, or text that it contains"
                );
                Err(Problem::new(path, Some(line_of(value.span().start)), message))
            }
        };
        if let Some(profile) = &raw.sqlalchemy
            && let Err(error) = profile.get_ref().parse::<backproof_engine::version::Profile>()
        {
            return Err(Problem::new(path, Some(line_of(profile.span().start)), error.to_string()));
        }
        let mut given = Vec::new();
        for entry in &raw.given {
            let entry = entry.get_ref();
            let start = entry.code.span().start;
            // A multi-line string's code begins after its opening quotes and their newline.
            let opened = text
                .get(start..)
                .is_some_and(|text| text.starts_with("\"\"\"\n") || text.starts_with("'''\n"));
            given.push(Given {
                before: at(&entry.before, "before")?,
                code: entry.code.get_ref().clone(),
                line: line_of(start) + usize::from(opened),
            });
        }
        let mut acknowledge = Vec::new();
        for entry in &raw.acknowledge {
            let entry = entry.get_ref();
            let verdict =
                entry.verdict.get_ref().parse::<Verdict>().map_err(|message| {
                    Problem::new(path, Some(line_of(entry.verdict.span().start)), message)
                })?;
            acknowledge.push(Acknowledge {
                at: at(&entry.at, "at")?,
                verdict,
                reason: entry.reason.clone(),
                line: line_of(entry.at.span().start),
            });
        }
        Ok(CaseFile {
            path: path.to_owned(),
            documents: raw.documents.iter().map(|name| folder.join(name.get_ref())).collect(),
            profile: raw.sqlalchemy.map(Spanned::into_inner),
            options,
            given,
            acknowledge,
        })
    }
}

const REMEDY: &str = "a case file has `documents`, `sqlalchemy`, `doctest`, `[[given]]` with `before` and `code`, and `[[acknowledge]]` with `at`, `verdict` and `reason`";

/// Whether a step takes up a line of its page, with its output if that follows it at once.
fn holds(step: &Step, page: usize, line: usize) -> bool {
    if step.page != page {
        return false;
    }
    let claim = step.claim.as_ref().filter(|claim| !claim.text.is_empty());
    (step.line..=step.end_line).contains(&line)
        || claim.is_some_and(|claim| (claim.line..claim.line + claim.text.lines().count()).contains(&line))
}

/// The step that a place names: the first on the page whose lines hold it.
fn find(pages: &[Page], steps: &[Step], at: &At) -> Option<usize> {
    let own = |page: usize, line: usize| {
        let code = |step: &Step| step.page == page && (step.line..=step.end_line).contains(&line);
        // A comment stands within its listing.
        let comment = |step: &Step| step.kind == Kind::Comment && code(step);
        steps
            .iter()
            .position(comment)
            .or_else(|| steps.iter().position(code))
            .or_else(|| steps.iter().position(|step| holds(step, page, line)))
    };
    match at {
        At::Line(line) => (0..pages.len()).find_map(|page| own(page, *line)),
        At::Text(text) => pages.iter().enumerate().find_map(|(page, read)| {
            let lines = read.document.lines.iter().enumerate();
            lines.filter(|(_, line)| line.contains(text.as_str())).find_map(|(index, _)| own(page, index + 1))
        }),
    }
}

fn nothing_there(path: &Path, line: usize, key: &str, at: &At) -> Problem {
    let message = match at {
        At::Line(number) => format!(
            "`{key} = {number}`: no step stands on that line: `backproof extract` lists the lines of steps"
        ),
        At::Text(text) => {
            format!("`{key} = {text:?}`: no step has a line with that text: copy it from the page")
        }
    };
    Problem::new(path, Some(line), message)
}

/// Puts givens before their steps, and binds acknowledgements to theirs.
pub(super) fn bind(
    pages: &[Page],
    steps: Vec<Step>,
    files: &[CaseFile],
) -> Result<(Vec<Item>, Vec<Bound>), Problem> {
    let mut given: Vec<Vec<GivenCode>> = vec![Vec::new(); steps.len()];
    let mut acknowledged = Vec::new();
    for file in files {
        for entry in &file.given {
            let step = find(pages, &steps, &entry.before)
                .ok_or_else(|| nothing_there(&file.path, entry.line, "before", &entry.before))?;
            let code = GivenCode { code: entry.code.clone(), path: file.path.clone(), line: entry.line };
            given[step].push(code);
        }
        for entry in &file.acknowledge {
            let step = find(pages, &steps, &entry.at)
                .ok_or_else(|| nothing_there(&file.path, entry.line, "at", &entry.at))?;
            acknowledged.push((step, entry, &file.path));
        }
    }
    let mut items = Vec::new();
    let mut item_of = Vec::new();
    for (mut step, given) in steps.into_iter().zip(given) {
        items.extend(given.into_iter().map(Item::Given));
        item_of.push(items.len());
        step.of = step.of.and_then(|of| item_of.get(of).copied());
        step.from = step.from.and_then(|from| item_of.get(from).copied());
        items.push(Item::Step(step));
    }
    let acknowledged = acknowledged
        .into_iter()
        .map(|(step, entry, path)| Bound {
            item: item_of[step],
            verdict: entry.verdict,
            reason: entry.reason.clone(),
            path: path.clone(),
            line: entry.line,
        })
        .collect();
    Ok((items, acknowledged))
}
