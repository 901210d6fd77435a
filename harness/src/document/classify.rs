//! What a block of code is: Python to run, a transcript, an output of what was run before, or something else.
//!
//! Reads the language that the page names, the words before the block and the block's own shape.

use super::source::{Line, joined, trimmed};
use super::transcript::{Ends, examples, is_prompt};
use super::{Block, Body, Listing, marks, output, syntax};

/// What is known of a block besides its lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    /// The first word of a fence's or a directive's argument.
    pub(super) language: Option<&'a str>,
    /// The last line of prose before the block.
    pub(super) lead: &'a str,
    /// Whether there is code before it on the page that an output could be of.
    pub(super) after_code: bool,
    /// Where outputs end within a transcript.
    pub(super) ends: Ends,
    /// Whether the page says that this is not to be run.
    pub(super) skip: bool,
}

const PYTHON: &[&str] = &["python", "py", "python3", "py3", "python2", "sage", "default"];
const TRANSCRIPT: &[&str] = &["pycon", "pycon3", "pycon+sql", "doctest", "python-repl", "console", "ipython"];
const OUTPUT: &[&str] = &["output", "text", "txt", "plain", "plaintext", "none", "console", "log", "stdout"];

/// Whether a language's name says Python.
fn says_python(language: &str) -> bool {
    let language = language.to_ascii_lowercase();
    PYTHON.contains(&language.as_str()) || language.starts_with("python+")
}

/// The blocks that a run of code lines holds.
pub(super) fn blocks(lines: &[Line], context: Context<'_>) -> Vec<Block> {
    let lines: Vec<Line> = trimmed(lines)
        .into_iter()
        .map(|line| Line { text: marks::without_highlight(&line.text).to_owned(), ..line })
        .collect();
    let lines = trimmed(&lines);
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
        return Vec::new();
    };
    let named = context.language.map(str::to_ascii_lowercase);
    let may_hold_prompts = named
        .as_deref()
        .is_none_or(|name| says_python(name) || TRANSCRIPT.contains(&name) || OUTPUT.contains(&name));
    if may_hold_prompts && let Some(prompt) = lines.iter().position(|line| is_prompt(&line.text)) {
        return transcript(&lines, prompt, context);
    }
    let body = body(&lines, named.as_deref(), context);
    vec![Block { line: first.number, end_line: last.number, body }]
}

/// A block with prompts; code before the first of them is a listing of its own.
fn transcript(lines: &[Line], prompt: usize, context: Context<'_>) -> Vec<Block> {
    let mut found = Vec::new();
    let (before, after) = lines.split_at(prompt);
    let head = trimmed(before);
    if let (Some(first), Some(last)) = (head.first(), head.last()) {
        let code = joined(&head);
        let body = if syntax::is_program(&code) {
            Body::Listing(Listing { code, language: context.language.map(str::to_owned), skip: context.skip })
        } else {
            Body::Prose
        };
        found.push(Block { line: first.number, end_line: last.number, body });
    }
    let mut steps = examples(after, context.ends);
    for step in &mut steps {
        step.skip |= context.skip;
    }
    if let (Some(first), Some(last)) = (after.first(), after.last()) {
        found.push(Block { line: first.number, end_line: last.number, body: Body::Transcript(steps) });
    }
    found
}

fn body(lines: &[Line], language: Option<&str>, context: Context<'_>) -> Body {
    let code = joined(lines);
    let listing = |code: String| {
        Body::Listing(Listing { code, language: language.map(str::to_owned), skip: context.skip })
    };
    let may_be_output = language.is_none_or(|name| OUTPUT.contains(&name) || name == "sql");
    if may_be_output && output::is_log(&code) {
        return Body::Output(code);
    }
    match language {
        Some(name) if says_python(name) || name.starts_with("pycon") => listing(code),
        Some("output") => Body::Output(code),
        Some(name) if OUTPUT.contains(&name) => {
            if context.after_code && output::announced(context.lead) {
                Body::Output(code)
            } else {
                Body::Other(format!("the page calls it {name}, not Python"))
            }
        }
        Some(name) => Body::Other(format!("the page calls it {name}, not Python")),
        None if context.after_code && output::announced(context.lead) && !syntax::is_program(&code) => {
            Body::Output(code)
        }
        None if syntax::is_program(&code) => listing(code),
        None if syntax::parses(&code) => {
            Body::Other("no language is named, and it does nothing as Python".into())
        }
        None => Body::Other("no language is named, and it does not parse as Python".into()),
    }
}
