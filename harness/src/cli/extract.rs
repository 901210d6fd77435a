//! `backproof extract`: what was found on a page, what of it is not run, and as JSON exactly what is.

use super::{ExtractArgs, Format, UNREADABLE, complain, find, on_a_stack, print};
use crate::case::{Case, Problem, read_page};
use crate::check::{check, hash};
use crate::document::{Block, Body, Document};
use crate::world::Limits;
use backproof_engine::version::Profile;
use serde::Serialize;
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
    match extract(args) {
        Ok(text) => {
            print(&text);
            0
        }
        Err(problem) => {
            complain(&format!("error: {problem}"));
            UNREADABLE
        }
    }
}

fn extract(args: &ExtractArgs) -> Result<String, Problem> {
    if args.path.is_dir() {
        let message = "is a folder: name a page in it, or a case file";
        return Err(Problem::new(&args.path, None, message));
    }
    if args.format == Format::Human && !find::is_case(&args.path) {
        let document = read_page(&args.path, args.reader)?;
        return Ok(human(&args.path, &document));
    }
    // A file makes one plan.
    let plan = find::plans(&args.path).into_iter().next();
    let mut plan = plan.unwrap_or_else(|| Err(Problem::new(&args.path, None, "holds no document")))?;
    plan.reader = args.reader;
    let case = Case::load(&plan)?;
    match args.format {
        Format::Human => Ok(case.pages.iter().map(|page| human(&page.path, &page.document)).collect()),
        Format::Json => json(&args.path, &case, args.sqlalchemy),
    }
}

/// What was found on the pages of a case, and what of it runs.
fn json(path: &Path, case: &Case, asked: Option<Profile>) -> Result<String, Problem> {
    let profile = case.profile_or(asked);
    let checked = on_a_stack(|| check(case, profile, Limits::default()))
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
    let json = serde_json::json!({
        "tool": "backproof",
        "schema": 1,
        "path": path.display().to_string(),
        "reader": case.pages.first().map(|page| page.document.reader.name()),
        "blocks": blocks,
        "profile": profile.to_string(),
        "hash": hash(&checked.runs),
        "runs": checked.runs,
    });
    Ok(format!("{json:#}\n"))
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
            vec![Found { source: Some(&listing.code), reason, ..plain("listing") }]
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
