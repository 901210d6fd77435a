//! Prompts that stand outside the code blocks of a Markdown page, as doctest finds them.
//!
//! Markdown takes `>>>` for a quotation in a quotation in a quotation. Lines that are prompts by their look and
//! hold no Python are left to it. Within HTML, a line that closes an element ends an output.

use super::super::source::Line;
use super::super::transcript::{Ends, examples, is_prompt};
use super::super::{Block, Body, Example, ipython, syntax};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::ops::Range;

/// Quotations around the text after a prompt.
const QUOTES_OF_A_PROMPT: usize = 3;

/// What Markdown says of each line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Words,
    Html,
    Code,
}

/// The transcripts among `lines`, whose text is `text`; `lines_of` turns a range of bytes into one of indices.
pub(super) fn transcripts(
    lines: &[Line],
    text: &str,
    lines_of: impl Fn(&Range<usize>) -> Range<usize>,
) -> Vec<Block> {
    if !lines.iter().any(|line| is_prompt(&line.text)) {
        return Vec::new();
    }
    let kinds = kinds(lines.len(), text, lines_of);
    let ends_output = |at: usize| {
        let body = lines[at].text.trim_start();
        lines[at].is_blank()
            || kinds[at] == Kind::Code
            || (kinds[at] == Kind::Html && (body.starts_with("</") || body.starts_with("-->")))
    };
    let mut found: Vec<Block> = Vec::new();
    let mut at = 0;
    // The index after the last transcript, while only blank lines have followed it.
    let mut joins = None;
    while at < lines.len() {
        if lines[at].is_blank() {
            at += 1;
            continue;
        }
        if kinds[at] != Kind::Code && is_prompt(&lines[at].text) {
            let end = (at + 1..lines.len()).find(|at| ends_output(*at)).unwrap_or(lines.len());
            let steps = examples(&lines[at..end], Ends::AtBlank);
            if steps.iter().any(|step| !step.is_empty() && is_python(step)) {
                let end_line = lines[end - 1].number;
                match found.last_mut() {
                    Some(Block { end_line: last, body: Body::Transcript(before), .. })
                        if joins == Some(at) =>
                    {
                        *last = end_line;
                        before.extend(steps);
                    }
                    _ => {
                        found.push(Block { line: lines[at].number, end_line, body: Body::Transcript(steps) });
                    }
                }
                joins = (end..lines.len()).find(|at| !lines[*at].is_blank());
            }
            at = end;
            continue;
        }
        at += 1;
    }
    found
}

fn is_python(step: &Example) -> bool {
    if step.cell { ipython::parses(&step.source) } else { syntax::parses(&step.source) }
}

/// What each of `count` lines is to Markdown.
fn kinds(count: usize, text: &str, lines_of: impl Fn(&Range<usize>) -> Range<usize>) -> Vec<Kind> {
    let mut kinds = vec![Kind::Words; count];
    let mut quotes = 0;
    for (event, range) in Parser::new(text).into_offset_iter() {
        let kind = match event {
            Event::Start(Tag::BlockQuote(_)) => {
                quotes += 1;
                continue;
            }
            Event::End(TagEnd::BlockQuote(_)) => {
                quotes -= 1;
                continue;
            }
            // Code that a prompt indents stands in the quotations which the prompt itself makes.
            Event::Start(Tag::CodeBlock(_)) if quotes < QUOTES_OF_A_PROMPT => Kind::Code,
            Event::Start(Tag::HtmlBlock) => Kind::Html,
            _ => continue,
        };
        if let Some(lines) = kinds.get_mut(lines_of(&range)) {
            lines.fill(kind);
        }
    }
    kinds
}
