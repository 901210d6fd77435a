//! `backproof extract`: what was found on a page, and what of it is not run.

use super::{ExtractArgs, Format, UNREADABLE, complain, print};
use crate::case::read_page;
use crate::document::{Block, Body, Document};
use serde::Serialize;
use std::fmt::Write;

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

pub(super) fn main(args: &ExtractArgs) -> u8 {
    let document = match read_page(&args.path, args.reader) {
        Ok(document) => document,
        Err(problem) => {
            complain(&format!("error: {problem}"));
            return UNREADABLE;
        }
    };
    let found: Vec<Found<'_>> = document.blocks.iter().flat_map(found).collect();
    match args.format {
        Format::Human => print(&human(&args.path.display().to_string(), &document, &found)),
        Format::Json => {
            let json = serde_json::json!({
                "tool": "backproof",
                "schema": 1,
                "path": args.path.display().to_string(),
                "reader": document.reader.name(),
                "blocks": found,
            });
            print(&format!("{json:#}\n"));
        }
    }
    0
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

fn human(path: &str, document: &Document, found: &[Found<'_>]) -> String {
    let mut text = format!("{path}: read as {}\n", document.reader);
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for part in found {
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
