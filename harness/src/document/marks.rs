//! The marks that SQLAlchemy's documentation adds to its pages, and highlight marks.
//!
//! `{execsql}` and its kin say where a log begins and ends for a page's display; the text without them is
//! what a reader sees, on the same lines.

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
