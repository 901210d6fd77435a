//! How a claim differs from what is so: in one line, and as a diff.

use super::normalise::{Addresses, comparable, without_headers};
use similar::{ChangeTag, DiffOp, TextDiff};

/// A line longer than this is cut in a one-line summary.
const WIDTH: usize = 90;

/// Words that are shown before and after the first that differs.
const WORDS: usize = 5;

/// Lines of either text that are looked at; the cost of a diff grows with their product.
const LINES: usize = 1500;

fn lines(text: &str) -> Vec<&str> {
    text.lines().take(LINES).collect()
}

/// The first difference in one line, with how many lines differ; nothing where the texts look alike.
pub(super) fn brief(want: &str, got: &str) -> Option<String> {
    let (want, got) = (comparable(want, Addresses::Numbered), comparable(got, Addresses::Numbered));
    let (want, got) = (lines(&want), lines(&got));
    let diff = TextDiff::from_slices(&want, &got);
    let mut changes = diff.ops().iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    let first = changes.next()?;
    let (page, real) = (&want[first.old_range()], &got[first.new_range()]);
    let summary = match (page, real) {
        ([], [real, ..]) => {
            format!("the page leaves out `{}`{}", shortened(real), times(real, got.as_slice()))
        }
        ([page, ..], []) => format!("the page shows `{}`, which is not there", shortened(page)),
        ([page, ..], [real, ..]) => {
            format!(
                "the page shows `{}`; it is `{}`{}",
                shortened(page),
                shortened(real),
                times(real, got.as_slice())
            )
        }
        ([], []) => return None,
    };
    let more = changes.count();
    Some(match more {
        0 => summary,
        1 => format!("{summary}; and one more place"),
        more => format!("{summary}; and {more} more places"),
    })
}

/// The first difference in words, where lines are not what counts: some words before it, and some from it on.
pub(super) fn brief_words(want: &str, got: &str) -> Option<String> {
    let (want, got) = (comparable(want, Addresses::Numbered), comparable(got, Addresses::Numbered));
    let (want, got): (Vec<&str>, Vec<&str>) =
        (want.split_whitespace().collect(), got.split_whitespace().collect());
    let same = want.iter().zip(&got).take_while(|(want, got)| want == got).count();
    let from = same.saturating_sub(WORDS);
    let told = |words: &[&str]| {
        let end = (same + WORDS).min(words.len());
        let dots = |left_out: bool| if left_out { "… " } else { "" };
        let text = words.get(from..end).unwrap_or_default().join(" ");
        format!("`{}{text}{}`", dots(from > 0), dots(end < words.len()).trim_end())
    };
    match (want.len() > same, got.len() > same) {
        (false, false) => None,
        (true, true) => Some(format!("the page shows {}; it is {}", told(&want), told(&got))),
        (true, false) => Some(format!("the page shows {}, which is not there", told(&want))),
        (false, true) => Some(format!("the page leaves out {}", told(&got))),
    }
}

/// The 0-based line of `want` on which it first differs from `got`.
pub fn first_line(want: &str, got: &str) -> usize {
    let above = without_headers(want).lines().take_while(|line| line.trim().is_empty()).count();
    let (want, got) = (comparable(want, Addresses::Numbered), comparable(got, Addresses::Numbered));
    let (want, got) = (lines(&want), lines(&got));
    let same = want.iter().zip(&got).take_while(|(want, got)| want == got).count();
    above + same.min(want.len().saturating_sub(1))
}

/// How often a line stands in a text, where that is more than once.
fn times(line: &str, all: &[&str]) -> String {
    match all.iter().filter(|other| **other == line).count() {
        0 | 1 => String::new(),
        count => format!(" ({count} times)"),
    }
}

fn shortened(line: &str) -> String {
    let line = line.trim();
    if line.chars().count() <= WIDTH {
        return line.to_owned();
    }
    let kept: String = line.chars().take(WIDTH - 1).collect();
    format!("{kept}…")
}

/// One line of a diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    /// `-` the page's, `+` what is so, a space for both, `@` where lines are left out.
    pub sign: char,
    pub text: String,
}

/// A unified diff from the claim to what is so, on the texts as they are compared.
pub fn unified(want: &str, got: &str, context: usize) -> Vec<DiffLine> {
    let (want, got) = (comparable(want, Addresses::Numbered), comparable(got, Addresses::Numbered));
    let (want, got) = (lines(&want), lines(&got));
    let diff = TextDiff::from_slices(&want, &got);
    let mut lines = Vec::new();
    for (index, group) in diff.grouped_ops(context).iter().enumerate() {
        if index > 0 {
            lines.push(DiffLine { sign: '@', text: String::new() });
        }
        for op in group {
            for change in diff.iter_changes(op) {
                let sign = match change.tag() {
                    ChangeTag::Equal => ' ',
                    ChangeTag::Delete => '-',
                    ChangeTag::Insert => '+',
                };
                lines.push(DiffLine { sign, text: (*change.value()).to_owned() });
            }
        }
    }
    lines
}
