//! Blocks of a Markdown page: fenced and indented code, prompts outside of it, and the words before it.
//!
//! The Markdown itself is read by `pulldown-cmark`; this keeps its lines. A metadata header, with fences or
//! without, is prose.

mod unfenced;

use super::classify::{self, Context, Follows};
use super::source::Line;
use super::transcript::Ends;
use super::{Block, Body};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// The blocks of a page.
pub(super) fn blocks(lines: &[String]) -> Vec<Block> {
    let header = header_lines(lines);
    let flat = super::text::flat::lost(&numbered(lines, 0)) > 1;
    let mut body = numbered(lines, header);
    let mut text = lines[header..].join("\n");
    let unfenced = {
        let starts = line_starts(&text);
        let index_of = |offset: usize| starts.partition_point(|start| *start <= offset).saturating_sub(1);
        unfenced::transcripts(&body, &text, |range| {
            index_of(range.start)..index_of(range.end.saturating_sub(1).max(range.start)) + 1
        })
    };
    if !unfenced.is_empty() {
        // To Markdown they are not there: they would be quotations and run on into the words after them.
        for block in &unfenced {
            body[block.line - 1 - header..block.end_line - header]
                .iter_mut()
                .for_each(|line| line.text.clear());
        }
        text = body.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
    }
    let mut unfenced = unfenced.into_iter().peekable();
    let starts = line_starts(&text);
    let line_of = |offset: usize| header + starts.partition_point(|start| *start <= offset);
    let mut found = Vec::new();
    if header > 0 {
        found.push(Block { line: 1, end_line: header, body: Body::Prose });
    }
    let mut lead = String::new();
    let mut after_code = false;
    let mut code: Option<(Option<String>, bool, Vec<Line>)> = None;
    // Whether the last block was fenced, while nothing has followed it.
    let mut follows: Option<bool> = None;
    let mut words = String::new();
    for (event, range) in Parser::new_ext(&text, Options::empty()).into_offset_iter() {
        while let Some(block) = unfenced.next_if(|block| block.line < line_of(range.start)) {
            after_code = true;
            found.push(block);
        }
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let (language, fenced) = match kind {
                    CodeBlockKind::Fenced(info) => (language(&info), true),
                    CodeBlockKind::Indented => (None, false),
                };
                code = Some((language, fenced, Vec::new()));
            }
            Event::End(TagEnd::CodeBlock) => {
                let Some((language, fenced, lines)) = code.take() else { continue };
                let before = follows.and_then(|before_fenced| match &found.last()?.body {
                    Body::Listing(listing) => Some((listing.code.clone(), before_fenced && !fenced)),
                    _ => None,
                });
                let context = Context {
                    language: language.as_deref(),
                    lead: &lead,
                    after_code,
                    ends: Ends::WithBlock,
                    skip: false,
                    flat,
                    follows: before.as_ref().map(|(code, as_in_a_notebook)| Follows {
                        code,
                        as_in_a_notebook: *as_in_a_notebook,
                    }),
                };
                let blocks = classify::blocks(&lines, context);
                classify::show_value(&mut found, &blocks, before.is_some());
                after_code |=
                    blocks.iter().any(|block| matches!(block.body, Body::Listing(_) | Body::Transcript(_)));
                found.extend(blocks);
                lead.clear();
                follows = Some(fenced);
            }
            Event::Text(text) => match &mut code {
                Some((_, _, lines)) => add_code(lines, &text, line_of(range.start)),
                None => words.push_str(&text),
            },
            Event::Code(text) => words.push_str(&text),
            Event::SoftBreak | Event::HardBreak => words.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item) => {
                if !words.trim().is_empty() {
                    follows = None;
                    // Under an "Output" heading, a line of explanation does not make the block less of an output.
                    let heading = matches!(event, Event::End(TagEnd::Heading(_)));
                    let under_output = !heading && super::output::announced(&lead) && lead.ends_with('\u{2}');
                    if !under_output {
                        lead = std::mem::take(&mut words);
                        if heading {
                            lead.push('\u{2}');
                        }
                    }
                    let from = line_of(range.start);
                    let to = line_of(range.end.saturating_sub(1).max(range.start)).max(from);
                    found.push(Block { line: from, end_line: to, body: Body::Prose });
                }
                words.clear();
            }
            _ => {}
        }
    }
    found.extend(unfenced);
    found
}

/// The lines after the first `header`.
fn numbered(lines: &[String], header: usize) -> Vec<Line> {
    let numbers = header + 1..;
    numbers.zip(&lines[header..]).map(|(number, text)| Line { number, text: text.clone() }).collect()
}

/// Adds code text that begins on line `number`; one line may come in pieces.
fn add_code(lines: &mut Vec<Line>, text: &str, number: usize) {
    for (index, piece) in text.split_inclusive('\n').enumerate() {
        let number = number + index;
        let body = piece.strip_suffix('\n').unwrap_or(piece);
        match lines.last_mut() {
            Some(last) if last.number == number => last.text.push_str(body),
            _ => {
                let next = lines.last().map_or(number, |line| line.number + 1);
                lines.extend((next..number).map(|number| Line { number, text: String::new() }));
                lines.push(Line { number, text: body.to_owned() });
            }
        }
    }
}

/// The first word of a fence's info, without the braces that some dialects put around it.
fn language(info: &str) -> Option<String> {
    let word =
        info.trim().trim_start_matches(['{', '.']).split([' ', ',', '{', '}', '\t']).next().unwrap_or("");
    let word = word.strip_prefix("code-block").unwrap_or(word);
    (!word.is_empty()).then(|| word.to_owned())
}

/// The byte offset at which each line begins.
fn line_starts(text: &str) -> Vec<usize> {
    let mut starts = vec![0];
    starts.extend(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1));
    starts
}

/// How many lines a metadata header takes: between `---` or `+++`, or `key: value` lines up to a blank one.
fn header_lines(lines: &[String]) -> usize {
    let Some(first) = lines.first().map(|line| line.trim_end()) else { return 0 };
    if first == "---" || first == "+++" {
        let close = lines.iter().skip(1).position(|line| {
            let line = line.trim_end();
            line == first || (first == "---" && line == "...")
        });
        return close.map_or(0, |at| at + 2);
    }
    let count = lines.iter().take_while(|line| !line.trim().is_empty()).count();
    let all_keys = lines[..count].iter().all(|line| {
        let key = line.split(':').next().unwrap_or("");
        line.starts_with([' ', '\t'])
            || (line.contains(':')
                && !key.is_empty()
                && key.chars().all(|c| c == '-' || c == '_' || c.is_alphanumeric()))
    });
    if count > 1 && all_keys && !first.starts_with([' ', '\t']) { count } else { 0 }
}
