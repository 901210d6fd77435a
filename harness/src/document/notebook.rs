//! A notebook saved as text: cells below lines of `In [3]:`, what they show, and words between them.
//!
//! Nothing marks where a cell's code ends and its output begins but blank lines: code goes on as long as a
//! paragraph can only be code, and an output ends where a heading or a sentence begins.

use super::source::{Line, indent, joined, trimmed};
use super::text::shown::reads_as_prose;
use super::{Block, Body, Example, ipython, output, repr, syntax};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// Labels that make a page a notebook.
const LABELS: usize = 2;

static BEGINS_CODE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^(?:
            (?:from|import|class|def|async|for|while|with|if|try|assert|del|raise|return)\b
          | @\w
          | [A-Za-z_][\w.]*(?:\[[^\]]*\])?(?:\s*,\s*[A-Za-z_][\w.]*)*\s*(?::\s*[\w.\[\]]+\s*)?[-+|&*/]?=[^=]
          | [a-z_][\w.]*\(
          | [A-Za-z_]\w*\.[\w.]+\(
        )",
    )
    .ok()
});

/// Whether a page is a notebook saved as text.
pub(super) fn is_notebook(lines: &[String]) -> bool {
    lines.iter().filter(|line| indent(line) == 0 && ipython::is_label(line)).count() >= LABELS
}

/// The blocks of a page.
pub(super) fn blocks(lines: &[String]) -> Vec<Block> {
    let lines: Vec<Line> = lines
        .iter()
        .enumerate()
        .map(|(index, text)| Line { number: index + 1, text: text.clone() })
        .collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if indent(&lines[at].text) == 0 && ipython::is_label(&lines[at].text) {
            let end =
                (at + 1..lines.len()).find(|at| ipython::is_label(&lines[*at].text)).unwrap_or(lines.len());
            at = cell(&lines, at, end, &mut found);
        } else {
            let line = &lines[at];
            if !line.is_blank() {
                found.push(Block { line: line.number, end_line: line.number, body: Body::Prose });
            }
            at += 1;
        }
    }
    found
}

/// The cell whose label stands at `label`; nothing from `end` on is part of it. Where to read on.
fn cell(lines: &[Line], label: usize, end: usize, found: &mut Vec<Block>) -> usize {
    let mut paragraphs = paragraphs(lines, label + 1..end).into_iter().peekable();
    let Some(first) = paragraphs.next() else { return end };
    let mut code = first;
    while let Some(next) = paragraphs.next_if(|next| goes_on(lines, &code, next)) {
        code.end = next.end;
    }
    let mut shown = code.end..code.end;
    let source = joined(&trimmed(&lines[code.clone()]));
    let (can_print, value) = (can_print(&source), syntax::ends_in_value(&source));
    while let Some(next) = paragraphs.next_if(|next| {
        let line = &lines[next.start].text;
        is_shown(line) && (can_print || shown.end > code.end || output::begins_shown(line))
    }) {
        shown.end = next.end;
        // The value of the last line is the last that is shown.
        if value && !source.contains("print(") && repr::is_whole(joined(&lines[next]).trim()) {
            break;
        }
    }
    let (want, want_line) = ipython::wanted(&lines[shown.clone()], 0);
    let (first, last) = (&lines[code.start], &lines[code.end - 1]);
    let example = Example {
        line: first.number,
        end_line: last.number,
        source: joined(&trimmed(&lines[code])),
        want,
        want_line,
        options: Vec::new(),
        skip: false,
        cell: true,
    };
    let end_line = lines[shown.end - 1].number;
    found.push(Block { line: first.number, end_line, body: Body::Transcript(vec![example]) });
    shown.end
}

/// Runs of lines with text.
fn paragraphs(lines: &[Line], range: Range<usize>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in range.filter(|at| !lines[*at].is_blank()) {
        match found.last_mut() {
            Some(last) if last.end == at => last.end = at + 1,
            _ => found.push(at..at + 1),
        }
    }
    found
}

/// Whether a paragraph is more of the code before it.
fn goes_on(lines: &[Line], code: &Range<usize>, next: &Range<usize>) -> bool {
    let before = joined(&lines[code.clone()]);
    if string_is_open(&before) {
        return true;
    }
    if !syntax::parses(&before) {
        // An unfinished string or bracket; what never parses is one paragraph.
        return syntax::parses(&joined(&lines[code.start..next.end]));
    }
    let both = || syntax::parses(&joined(&lines[code.start..next.end]));
    let first = &lines[next.start].text;
    if first.starts_with([' ', '\t']) {
        return syntax::is_open(&before) && both();
    }
    let own = joined(&lines[next.clone()]);
    if first.starts_with("\"\"\"") || first.starts_with("'''") {
        return string_is_open(&own) || both();
    }
    if first.starts_with('#') {
        // A heading stands alone.
        let more = lines[next.clone()].iter().any(|line| !line.text.trim_start().starts_with('#'));
        return more && both();
    }
    if is_name_of(own.trim(), &before) {
        return both();
    }
    begins_code(first) && !repr::is_whole(&own) && syntax::is_program(&own) && both()
}

/// Whether a string in three quotes is open at the end.
fn string_is_open(code: &str) -> bool {
    ["\"\"\"", "'''"].iter().any(|mark| code.matches(mark).count() % 2 == 1) && !syntax::parses(code)
}

/// Whether a cell can show anything but logs and errors: one that ends by binding names, and prints nothing, does not.
fn can_print(code: &str) -> bool {
    !syntax::parses(code) || code.contains("print(") || !syntax::ends_by_binding(code)
}

/// Whether a paragraph is a name that the code before it binds: a cell's last line shows its value.
fn is_name_of(paragraph: &str, code: &str) -> bool {
    let is_word = |letter: char| letter == '_' || letter.is_alphanumeric();
    let is_path = paragraph.starts_with(|letter: char| letter == '_' || letter.is_alphabetic())
        && paragraph.chars().all(|letter| letter == '.' || is_word(letter));
    let root = paragraph.split('.').next().unwrap_or("");
    is_path
        && !code.contains("print(")
        && code.split(|letter: char| !is_word(letter)).any(|word| word == root)
}

fn begins_code(line: &str) -> bool {
    BEGINS_CODE.as_ref().is_some_and(|pattern| pattern.is_match(line))
}

/// Whether a paragraph that begins with this line is an output: headings, images and sentences are not.
fn is_shown(line: &str) -> bool {
    let words = line.trim_start_matches('#');
    let heads = words.len() < line.len() && words.starts_with(' ');
    let is_image = line.starts_with("![");
    let is_sentence = line.trim_end().ends_with(['。', '：', '！', '？']) || reads_as_prose(line);
    !(heads || is_image || is_sentence)
}
