//! IPython's prompts, `In [3]: …` and `Out[3]: …`, and the cells of a notebook saved as text.
//!
//! A cell is run as IPython runs it: only its last expression's value is shown.

use super::source::{Line, indent};
use super::transcript::{self, Ends};
use super::{Example, syntax};
use regex::Regex;
use std::sync::LazyLock;

static IN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\s*In ?\[\d*\]:(?: |$)").ok());
static MORE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\s*\.{3,}:(?: |$)").ok());
static OUT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\s*Out ?\[\d*\]:(?: |$)").ok());

/// What follows a mark at the start of a line.
fn after<'a>(pattern: &LazyLock<Option<Regex>>, text: &'a str) -> Option<&'a str> {
    let found = pattern.as_ref()?.find(text)?;
    text.get(found.end()..)
}

/// Whether a line begins with `In [3]:`.
pub(super) fn is_prompt(text: &str) -> bool {
    after(&IN, text).is_some()
}

/// Whether a line is `In [3]:` and nothing else: the cell stands below it.
pub(super) fn is_label(text: &str) -> bool {
    after(&IN, text).is_some_and(|rest| rest.trim().is_empty())
}

/// One cell at `lines[0]`, and how many lines it and its output take.
pub(super) fn example(lines: &[Line], ends: Ends) -> Option<(Example, usize)> {
    let first = lines.first()?;
    let width = indent(&first.text);
    let mut source = after(&IN, &first.text)?.to_owned();
    source.push('\n');
    let mut at = 1;
    while let Some(code) = lines.get(at).and_then(|line| after(&MORE, &line.text)) {
        source.push_str(code);
        source.push('\n');
        at += 1;
    }
    at += transcript::unmarked(&mut source, &lines[at..], width);
    let end_line = lines[at - 1].number;
    let length = transcript::shown(&lines[at..], ends);
    let shown = &lines[at..at + length];
    let (want, want_line) = wanted(shown, width);
    if source.trim().is_empty() {
        source.clear();
    }
    let options = Vec::new();
    let example =
        Example { line: first.number, end_line, source, want, want_line, options, skip: false, cell: true };
    Some((example, at + length))
}

/// What a cell shows without its `Out[3]:`, and the line on which it begins.
pub(super) fn wanted(shown: &[Line], width: usize) -> (String, Option<usize>) {
    let (mut want, mut want_line) = (String::new(), None);
    for line in shown {
        let text = match after(&OUT, &line.text) {
            Some(rest) if rest.trim().is_empty() => continue,
            Some(rest) => rest,
            None => &line.text[indent(&line.text).min(width)..],
        };
        if want_line.is_none() && !text.trim().is_empty() {
            want_line = Some(line.number);
        }
        if want_line.is_some() {
            want.push_str(text);
            want.push('\n');
        }
    }
    (want, want_line)
}

/// Whether a cell is Python, but for commands of IPython's own.
pub(super) fn parses(source: &str) -> bool {
    match without_commands(source) {
        Some((_, python)) => syntax::parses(&python),
        None => syntax::parses(source),
    }
}

/// Where a cell's first command of IPython's own stands, from 1, and the cell without such commands; `None` where it has none.
pub fn without_commands(source: &str) -> Option<(usize, String)> {
    let is_command = |line: &str| line.starts_with(['%', '!']);
    let at = source.lines().position(is_command)?;
    let python = source.lines().filter(|line| !is_command(line)).map(|line| format!("{line}\n"));
    Some((at + 1, python.collect()))
}
