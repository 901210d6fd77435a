//! Blocks of a reST page: literal blocks, code directives and doctest prompts, with SQLAlchemy's marks.
//!
//! Prompts are found wherever they stand, comments included, as doctest finds them.

use super::classify::{self, Context};
use super::source::{Line, indent};
use super::transcript::{self, Ends, is_prompt};
use super::{Block, Body, marks};

/// What a line of a page begins.
enum Opening {
    /// A code block after this line, with the language it names.
    Code(Option<String>),
    /// Examples from here on are not run.
    Disable,
    /// Examples from here on are run.
    Enable,
    /// The steps of another page.
    Include(String),
    Nothing,
}

/// The blocks of a page.
pub(super) fn blocks(lines: &[String]) -> Vec<Block> {
    let lines: Vec<Line> = lines
        .iter()
        .enumerate()
        .map(|(index, text)| Line { number: index + 1, text: marks::without_sql_marks(text) })
        .collect();
    let mut found = Vec::new();
    let mut at = 0;
    let mut skip = false;
    let mut lead = String::new();
    let mut after_code = false;
    while at < lines.len() {
        let line = &lines[at];
        if is_prompt(&line.text)
            && let Some((mut example, taken)) = transcript::example(&lines[at..], Ends::AtBlank)
        {
            example.skip |= skip;
            let end_line = lines[at + taken - 1].number;
            add_example(&mut found, example, end_line);
            after_code = true;
            at += taken;
            continue;
        }
        if line.is_blank() {
            at += 1;
            continue;
        }
        found.push(Block { line: line.number, end_line: line.number, body: Body::Prose });
        match opening(&line.text) {
            Opening::Disable => skip = true,
            Opening::Enable => skip = false,
            Opening::Include(path) => {
                found.push(Block { line: line.number, end_line: line.number, body: Body::Include(path) });
            }
            Opening::Code(language) => {
                let (from, to) = literal_block(&lines, at);
                let block = &lines[from..to];
                if !block.iter().any(|line| is_prompt(&line.text)) {
                    let context = Context {
                        flat: false,
                        language: language.as_deref(),
                        lead: if line.text.trim_start().starts_with("..") { &lead } else { &line.text },
                        after_code,
                        ends: Ends::AtBlank,
                        skip,
                        follows: None,
                    };
                    let blocks = classify::blocks(block, context);
                    classify::show_value(&mut found, &blocks, false);
                    after_code |= blocks.iter().any(|block| matches!(block.body, Body::Listing(_)));
                    found.extend(blocks);
                    at = to.max(at + 1);
                    lead.clear();
                    continue;
                }
            }
            Opening::Nothing => lead.clone_from(&line.text),
        }
        at += 1;
    }
    found
}

/// Adds an example to the transcript before it, if nothing but blank lines stands between.
fn add_example(found: &mut Vec<Block>, example: super::Example, end_line: usize) {
    if let Some(Block { end_line: last, body: Body::Transcript(examples), .. }) = found.last_mut() {
        *last = end_line;
        examples.push(example);
        return;
    }
    found.push(Block { line: example.line, end_line, body: Body::Transcript(vec![example]) });
}

/// What a line begins.
fn opening(text: &str) -> Opening {
    let body = text.trim();
    if let Some(directive) = body.strip_prefix("..") {
        let directive = directive.trim_start();
        let (name, argument) = directive.split_once([':', ' ']).unwrap_or((directive, ""));
        let argument = argument.trim_start_matches(':').trim();
        return match name {
            "doctest-disable" => Opening::Disable,
            "doctest-enable" => Opening::Enable,
            "doctest-include" if !argument.is_empty() => Opening::Include(argument.to_owned()),
            "code-block" | "sourcecode" | "code" | "ipython" | "parsed-literal"
                if directive.contains("::") =>
            {
                let word = argument.split_whitespace().next().map(str::to_owned);
                Opening::Code(word)
            }
            "doctest" | "testcode" if directive.contains("::") => Opening::Code(Some("python".into())),
            "testoutput" if directive.contains("::") => Opening::Code(Some("output".into())),
            _ => Opening::Nothing,
        };
    }
    if body.ends_with("::") { Opening::Code(None) } else { Opening::Nothing }
}

/// The indented lines after line `at`, without a directive's options, as a range of indices.
fn literal_block(lines: &[Line], at: usize) -> (usize, usize) {
    let margin = indent(&lines[at].text);
    let directive = lines[at].text.trim_start().starts_with("..");
    let mut from = at + 1;
    while directive
        && lines.get(from).is_some_and(|line| {
            indent(&line.text) > margin
                && line.text.trim_start().starts_with(':')
                && line.text.trim_start()[1..].contains(':')
        })
    {
        from += 1;
    }
    let mut to = from;
    let mut end = from;
    while let Some(line) = lines.get(to) {
        if !line.is_blank() {
            if indent(&line.text) <= margin {
                break;
            }
            end = to + 1;
        }
        to += 1;
    }
    (from, end)
}
