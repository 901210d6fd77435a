//! The marks that SQLAlchemy's documentation adds to its pages, and highlight marks.
//!
//! `{execsql}` and its kin say where a log begins and ends for a page's display; the text without them is
//! what a reader sees, on the same lines.

use super::source::Line;
use regex::Regex;
use std::sync::LazyLock;

static SQL_MARKS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\{(?:execsql|printsql|opensql|sql|stop)\}").ok());

/// The line without display marks.
pub(super) fn without_sql_marks(line: &str) -> String {
    if !line.contains('{') {
        return line.to_owned();
    }
    match SQL_MARKS.as_ref() {
        Some(marks) => marks.replace_all(line, "").into_owned(),
        None => line.to_owned(),
    }
}

static LEADING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(\s*)(?:(?:\{(?:execsql|printsql|opensql|sql|stop)\})+|(?i:\[?sql\]?)(>>>))").ok()
});

/// The line without a display mark at its start, or the word that a saved page has of the button before a prompt.
pub(super) fn without_leading_mark(line: &str) -> String {
    match LEADING.as_ref() {
        Some(mark) if line.contains('{') || line.contains(">>>") => mark.replace(line, "$1$2").into_owned(),
        _ => line.to_owned(),
    }
}

static OUTPUT_MARK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:\s*(?:>{1,2}|[-=]{1,2}>|→|⇒|➜)|#\s*(?:[-=]{1,2}>|→|⇒|➜))\s+(\S.*)$").ok()
});

/// What a line says is printed, where it begins with a mark that says so and that no other line of Python begins with.
pub(super) fn after_output_mark(line: &str) -> Option<&str> {
    Some(OUTPUT_MARK.as_ref()?.captures(line)?.get(1)?.as_str())
}

static LANGUAGE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?::::|#!(?:/usr/bin/(?:env )?)?)([A-Za-z][\w+]*)\s*$").ok());

/// The language that the first line of a block names for what colours it: `:::python`, `#!python`.
pub(super) fn language(line: &str) -> Option<&str> {
    Some(LANGUAGE.as_ref()?.captures(line.trim())?.get(1)?.as_str())
}

static ESCAPE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\\([_*\[\](){}#+.!`>~|=<-])").ok());

/// Lines of code without the backslashes that a converter has put before what Markdown would read.
pub(super) fn unescaped(lines: Vec<Line>) -> Vec<Line> {
    let is_escaped =
        |line: &Line| line.text.trim_start().starts_with("\\>>>") || line.text.contains("\\_\\_");
    let Some(escape) = ESCAPE.as_ref().filter(|_| lines.iter().any(is_escaped)) else { return lines };
    let plain = |line: Line| Line { text: escape.replace_all(&line.text, "$1").into_owned(), ..line };
    lines.into_iter().map(plain).collect()
}

/// The line of code without the `~~` that highlights it.
pub(super) fn without_highlight(line: &str) -> &str {
    line.strip_prefix("~~").unwrap_or(line)
}

/// The options that a `# doctest: +NAME, -NAME` comment sets.
pub(super) fn doctest_options(source: &str) -> Vec<(String, bool)> {
    let mut options = Vec::new();
    for line in source.lines() {
        let Some((_, rest)) = line.split_once('#') else { continue };
        let Some((_, list)) = rest.split_once("doctest:") else { continue };
        for word in list.split([',', ' ']).filter(|word| !word.is_empty()) {
            if let Some(name) = word.strip_prefix('+') {
                options.push((name.to_owned(), true));
            } else if let Some(name) = word.strip_prefix('-') {
                options.push((name.to_owned(), false));
            }
        }
    }
    options
}
