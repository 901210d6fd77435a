//! Where code ends on a page of run-together text.
//!
//! The parser names the first place that is not Python; code ends there when prose is stuck to it, and at the
//! line before when it is not. What merely happens to parse (`relationship.lazy,`) is not code.

use super::super::source::{Line, indent};
use super::super::{remarks, syntax};
use super::begins_prompt;
use regex::Regex;
use std::sync::LazyLock;

/// Lines looked at for one listing, at first; doubled while all of them are code.
const WINDOW: usize = 64;
/// How often a candidate is shortened by a line before it is given up.
const TRIES: usize = 40;

/// A listing's code and what it takes of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// The code with a newline at its end.
    pub(super) code: String,
    /// Lines it takes, the last perhaps in part.
    pub(super) lines: usize,
    /// The byte column of the last line at which prose goes on, if it does.
    pub(super) cut: Option<usize>,
}

static STRONG: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)^(?:
            from\s+[\w.]+\s+import\s
          | import\s+[\w.]+\s*(?:,|as\b|\#|;|$)
          | (?:class|(?:async\s+)?def)\s+\w+\s*[(:]
          | @[A-Za-z_]
          | (?:for|while|with|if|try|async)\b.*:\s*(?:\#.*)?$
          | [A-Za-z_][\w.]*(?:\[[^\]]*\])?(?:\s*,\s*[A-Za-z_][\w.]*)*\s*(?::\s*[\w.\["']+\]?\s*)?[-+|&*/]?=(?:[^=]|$)
        )"#,
    )
    .ok()
});

static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:(?:await|assert|del|raise|return)\s+)?[A-Za-z_][\w.]*(?:\(|\[|\.\w)").ok()
});

fn matches(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// Whether a line can only be code, or words that begin like it.
pub(in super::super) fn is_surely_code(line: &str) -> bool {
    matches(&STRONG, line.trim_start())
}

/// Whether a line is surely code, or a call and nothing else.
pub(in super::super) fn is_code(line: &str) -> bool {
    let body = line.trim_start();
    matches(&STRONG, body) || (matches(&CALL, body) && syntax::is_program(body))
}

/// Whether code may begin at the first of `lines`; `lead` is the prose just before.
fn may_begin(lines: &[Line], lead: &str) -> bool {
    let first = lines[0].text.trim_start();
    if matches(&STRONG, first) {
        return true;
    }
    if first.starts_with('#') {
        let next = lines.iter().take(6).find(|line| !line.text.trim_start().starts_with('#'));
        return next.is_some_and(|line| is_code(&line.text));
    }
    let lead = lead.trim_end();
    let is_heading = lead.starts_with(char::is_uppercase) && !lead.trim().contains(' ');
    let ended = lead.is_empty() || is_heading || lead.ends_with([':', '.', '!', '?', ';']);
    ended && matches(&CALL, first)
}

/// The listing that begins at the first of `lines`, if one does; `flat` pages have lost their indentation.
pub(super) fn listing(lines: &[Line], lead: &str, flat: bool) -> Option<Piece> {
    if !may_begin(lines, lead) {
        return None;
    }
    if flat && let Some(piece) = super::flat::piece(lines) {
        return Some(piece);
    }
    let width = indent(&lines[0].text);
    let mut window = WINDOW;
    loop {
        let code = window_of(lines, width, window);
        let taken = code.matches('\n').count() + 1;
        // Python 2's `print` is code, too: it fails when it is run, not where it stands.
        let length = program_length(&syntax::with_prints_assigned(&code))?;
        let whole = taken >= window && code[length..].trim().is_empty();
        if whole && window < lines.len() {
            window *= 2;
            continue;
        }
        return piece(lines, width, &code, length);
    }
}

/// The lines that could belong to code at this indentation, without their margin.
fn window_of(lines: &[Line], width: usize, window: usize) -> String {
    let mut code: Vec<&str> = Vec::new();
    for line in lines.iter().take(window) {
        if begins_prompt(&line.text) || (!line.is_blank() && indent(&line.text) < width) {
            break;
        }
        code.push(line.text.get(width..).unwrap_or(""));
    }
    code.join("\n")
}

fn piece(lines: &[Line], width: usize, code: &str, length: usize) -> Option<Piece> {
    let program = code.get(..length)?.trim_end();
    if program.is_empty() {
        return None;
    }
    let taken = program.matches('\n').count() + 1;
    let last_start = program.rfind('\n').map_or(0, |at| at + 1);
    let column = width + program.len() - last_start;
    let rest = lines[taken - 1].text.get(column..).unwrap_or("");
    let cut = (!rest.trim().is_empty()).then_some(column);
    Some(Piece { code: format!("{program}\n"), lines: taken, cut })
}

/// How many bytes of `text` are a program, from its start; nothing where it does not begin with one.
pub(super) fn program_length(text: &str) -> Option<usize> {
    if syntax::parses(text) && !text.contains('\n') {
        return Some(text.len());
    }
    let mut code = text;
    for _ in 0..TRIES {
        let Some(error) = syntax::first_error(code) else {
            return strong_end(code);
        };
        if let Some(cut) = glue(code, error) {
            return Some(cut);
        }
        let line_start = code[..floor(code, error)].rfind('\n')?;
        code = &code[..line_start];
    }
    None
}

/// The end of the last statement that is surely code, with the comments of its block after it, and those that say
/// what it prints.
fn strong_end(code: &str) -> Option<usize> {
    let mut end = syntax::end_of_last_strong_statement(code)?;
    if code[..end].trim().is_empty() {
        return None;
    }
    loop {
        let rest = &code[end..];
        let line = rest.split('\n').next().unwrap_or("");
        if rest.len() > line.len() {
            let next = rest[line.len() + 1..].split('\n').next().unwrap_or("");
            let own_comment = line.trim().is_empty() || line.trim_start().starts_with('#');
            let of_block = next.starts_with([' ', '\t']) && next.trim_start().starts_with('#');
            if own_comment && (of_block || remarks::announces(next)) {
                end += line.len() + 1 + next.len();
                if !of_block {
                    end += comments_length(&code[end..]);
                }
                continue;
            }
        }
        if line.trim_start().starts_with('#') {
            end += line.len();
        }
        return Some(end);
    }
}

/// How much of a text after a comment is comments on the next lines.
pub(super) fn comments_length(text: &str) -> usize {
    let lines = text.strip_prefix('\n').map(|rest| rest.split('\n'));
    lines.into_iter().flatten().take_while(|line| line.starts_with('#')).map(|line| line.len() + 1).sum()
}

/// The nearest place at or before `at` where a character begins.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Where prose is stuck to code at or just before `error`.
fn glue(code: &str, error: usize) -> Option<usize> {
    let error = floor(code, error);
    let line_start = code[..error].rfind('\n').map_or(0, |at| at + 1);
    let line_end = code[error..].find('\n').map_or(code.len(), |at| error + at);
    // `)The`, `'Above`: a closing mark and then a word, no later than where the parser stumbled.
    let line = &code[line_start..line_end];
    let stop = error - line_start;
    let letters: Vec<(usize, char)> = line.char_indices().collect();
    for pair in letters.windows(2).rev() {
        let ((_, before), (at, after)) = (pair[0], pair[1]);
        if at > stop {
            continue;
        }
        let closes =
            matches!(before, ')' | ']' | '}' | '\'' | '"') && (after.is_alphabetic() || "“‘".contains(after));
        let camel =
            after.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit() || before == '_');
        if !closes && !camel {
            continue;
        }
        let cut = line_start + at;
        if camel && !followed_by_words(&line[at..]) {
            continue;
        }
        if syntax::is_program(&code[..cut]) || (line_start == 0 && syntax::parses(&code[..cut]) && closes) {
            return Some(cut);
        }
    }
    None
}

/// Whether a text begins with a capitalised word and another after it.
fn followed_by_words(text: &str) -> bool {
    let mut words = text.split(' ');
    let first = words.next().unwrap_or("").trim_end_matches([',', '.', ';', ':']);
    let capitalised =
        first.chars().skip(1).all(|letter| letter.is_lowercase() || letter == '’' || letter == '\'');
    let second = words.next().unwrap_or("");
    capitalised && second.chars().next().is_some_and(char::is_alphanumeric)
}
