//! `backproof extract`: what was found on a page, what of it is not run, and as JSON exactly what is.

mod lacks;

use super::{ExtractArgs, Format, UNREADABLE, complain, find, on_a_stack, print};
use crate::case::{Case, Plan, Problem, read_page};
use crate::check::{check, hash};
use crate::document::{Block, Body, Document};
use crate::world::Limits;
use serde::Serialize;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;

/// One thing found on a page.
#[derive(Serialize)]
struct Found<'a> {
    line: usize,
    end_line: usize,
    /// `prose`, `listing`, `prompt`, `empty prompt`, `output`, `not run`, `include`.
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    documented: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    documented_line: Option<usize>,
    /// Why it is not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

/// A find with the page on which it stands.
#[derive(Serialize)]
struct OnPage<'a> {
    page: String,
    #[serde(flatten)]
    found: Found<'a>,
}

pub(super) fn main(args: &ExtractArgs) -> u8 {
    if args.unsupported {
        return lacks::main(args);
    }
    let [path] = args.paths.as_slice() else {
        complain(
            "error: several paths are taken with --unsupported only: name one page, case file or folder",
        );
        return UNREADABLE;
    };
    let extracted = match (args.format, path.is_dir()) {
        (Format::Json, true) => Ok(folder(path, args)),
        (Format::Human, true) => {
            let message =
                "is a folder: name a page in it or a case file, or ask for --format json or --unsupported";
            Err(Problem::new(path, None, message))
        }
        (_, false) => file(path, args).map(|text| (text, 0)),
    };
    match extracted {
        Ok((text, code)) => {
            print(&text);
            code
        }
        Err(problem) => {
            complain(&format!("error: {problem}"));
            UNREADABLE
        }
    }
}

fn file(path: &Path, args: &ExtractArgs) -> Result<String, Problem> {
    if args.format == Format::Human && !find::is_case(path) {
        let document = read_page(path, args.reader)?;
        return Ok(human(path, &document));
    }
    // A file makes one plan.
    let plan = find::plans(path).into_iter().next();
    let plan = plan.unwrap_or_else(|| Err(Problem::new(path, None, "holds no document")));
    match args.format {
        Format::Human => {
            let case = load(plan, args)?;
            Ok(case.pages.iter().map(|page| human(&page.path, &page.document)).collect())
        }
        Format::Json => Ok(format!("{:#}\n", json(path, plan, args)?)),
    }
}

/// Every case below a folder; one that cannot be read says so in its place.
fn folder(below: &Path, args: &ExtractArgs) -> (String, u8) {
    let mut code = 0;
    let mut cases = Vec::new();
    for plan in find::plans(below) {
        let path = plan.as_ref().map_or_else(|problem| problem.path.clone(), |plan| plan.name.clone());
        let id = find::id(&path, below);
        let mut case = json(&path, plan, args).unwrap_or_else(|problem| {
            code = UNREADABLE;
            complain(&format!("error: {problem}"));
            json!({"path": path.display().to_string(), "problem": problem.to_string()})
        });
        case["id"] = Value::String(id);
        cases.push(case);
    }
    (format!("{:#}\n", json!({"tool": "backproof", "schema": 1, "cases": cases})), code)
}

fn load(plan: Result<Plan, Problem>, args: &ExtractArgs) -> Result<Case, Problem> {
    Case::load(&Plan { reader: args.reader, ..plan? })
}

/// What was found on the pages of a case, and what of it runs.
fn json(path: &Path, plan: Result<Plan, Problem>, args: &ExtractArgs) -> Result<Value, Problem> {
    let case = load(plan, args)?;
    let profile = case.profile_or(args.sqlalchemy);
    let checked = on_a_stack(|| check(&case, profile, Limits::default()))
        .map_err(|why| Problem::new(path, None, why))?;
    let blocks: Vec<OnPage<'_>> = case
        .pages
        .iter()
        .flat_map(|page| {
            let path = page.path.display().to_string();
            let found = page.document.blocks.iter().flat_map(found);
            found.map(move |found| OnPage { page: path.clone(), found })
        })
        .collect();
    Ok(json!({
        "tool": "backproof",
        "schema": 1,
        "path": path.display().to_string(),
        "reader": case.pages.first().map(|page| page.document.reader.name()),
        "blocks": blocks,
        "profile": profile.to_string(),
        "hash": hash(&checked.runs),
        "runs": checked.runs,
    }))
}

fn found(block: &Block) -> Vec<Found<'_>> {
    let plain = |kind| Found {
        line: block.line,
        end_line: block.end_line,
        kind,
        source: None,
        documented: None,
        documented_line: None,
        reason: None,
    };
    match &block.body {
        Body::Prose => vec![plain("prose")],
        Body::Listing(listing) => {
            let reason = listing.skip.then_some("the page says not to run it");
            let comments = listing.remarks.iter().map(|remark| Found {
                line: block.line + remark.line - 1,
                end_line: block.line + remark.end_line - 1,
                documented: Some(&remark.text),
                documented_line: Some(block.line + remark.line - 1),
                ..plain("comment")
            });
            let code = Found { source: Some(&listing.code), reason, ..plain("listing") };
            std::iter::once(code).chain(comments).collect()
        }
        Body::Output(text) => {
            vec![Found { documented: Some(text), documented_line: Some(block.line), ..plain("output") }]
        }
        Body::Other(reason) => vec![Found { reason: Some(reason), ..plain("not run") }],
        Body::Include(name) => vec![Found { source: Some(name), ..plain("include") }],
        Body::Transcript(examples) => examples
            .iter()
            .map(|example| Found {
                line: example.line,
                end_line: example.end_line,
                kind: if example.is_empty() { "empty prompt" } else { "prompt" },
                source: (!example.is_empty()).then_some(&*example.source),
                documented: example.want_line.map(|_| &*example.want),
                documented_line: example.want_line,
                reason: example.skip.then_some("the page says not to run it"),
            })
            .collect(),
    }
}

fn human(path: &Path, document: &Document) -> String {
    let mut text = format!("{}: read as {}\n", path.display(), document.reader);
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for part in document.blocks.iter().flat_map(found) {
        match counts.iter_mut().find(|(kind, _)| *kind == part.kind) {
            Some((_, count)) => *count += 1,
            None => counts.push((part.kind, 1)),
        }
        if part.kind == "prose" {
            continue;
        }
        let lines = if part.line == part.end_line {
            part.line.to_string()
        } else {
            format!("{}-{}", part.line, part.end_line)
        };
        let reason = part.reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
        let _ = writeln!(text, "{lines}: {}{reason}", part.kind);
        for line in part.source.unwrap_or("").lines() {
            let _ = writeln!(text, "    {line}");
        }
        if let (Some(shown), Some(at)) = (part.documented, part.documented_line) {
            let _ = writeln!(text, "{at}: shows");
            for line in shown.lines() {
                let _ = writeln!(text, "    {line}");
            }
        }
    }
    let counts: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let _ =
        writeln!(text, "{}", if counts.is_empty() { "nothing found".to_owned() } else { counts.join(", ") });
    text
}
