//! What a prompt shows on a page of run-together text, and where prose goes on after it.
//!
//! Decided by shape alone: reprs, logs and tracebacks have ends of their own; any other line is output unless it
//! reads as a sentence.

use super::super::output::{begins_shown, continues_log, is_log_line};
use super::super::repr;
use super::super::source::{Line, indent};
use super::begins_prompt;

/// Lines joined to look for the end of one repr.
const REPR_LINES: usize = 60;

/// What a prompt shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// The output with a newline at its end.
    pub(super) text: String,
    /// Lines it takes, the last perhaps in part.
    pub(super) lines: usize,
    /// The byte column of the last line at which prose goes on, if it does.
    pub(super) cut: Option<usize>,
}

/// How a line or several of an output end.
enum Taken {
    /// So many whole lines.
    Lines(usize),
    /// So many lines, the last of them up to a byte column.
    Cut(usize, usize),
    Nothing,
}

/// The output at the start of `lines`, after a prompt with `width` columns of white space before it; of code that
/// prints nothing, only logs and errors are.
pub(super) fn after_prompt(lines: &[Line], width: usize, prints: bool) -> Shown {
    let mut shown = Shown::default();
    let mut at = 0;
    while at < lines.len() {
        if at == 0 && !prints && !begins_shown(&lines[at].text) {
            break;
        }
        let taken = one(&lines[at..], at > 0);
        let (count, cut) = match taken {
            Taken::Nothing => break,
            Taken::Lines(count) => (count, None),
            Taken::Cut(count, column) => (count, Some(column)),
        };
        for (index, line) in lines[at..at + count].iter().enumerate() {
            let end = cut.filter(|_| index + 1 == count).unwrap_or(line.text.len());
            let margin = indent(&line.text).min(width).min(end);
            shown.text.push_str(&line.text[margin..end]);
            shown.text.push('\n');
        }
        at += count;
        shown.lines = at;
        if cut.is_some() {
            shown.cut = cut;
            break;
        }
    }
    shown
}

fn one(lines: &[Line], more: bool) -> Taken {
    let first = &lines[0];
    if first.is_blank() || begins_prompt(&first.text) {
        return Taken::Nothing;
    }
    if is_log_line(&first.text) {
        return Taken::Lines(log_length(lines));
    }
    if first.text.trim_start().starts_with("Traceback (") {
        return traceback(lines);
    }
    if let Some(taken) = whole_repr(lines) {
        return taken;
    }
    if reads_as_prose(&first.text) || (more && begins_code(&first.text)) {
        return Taken::Nothing;
    }
    match stuck(&first.text) {
        Some(column) => Taken::Cut(1, column),
        None => Taken::Lines(1),
    }
}

/// A repr at the start of `lines` that fills its lines or has prose stuck to it.
fn whole_repr(lines: &[Line]) -> Option<Taken> {
    let margin = indent(&lines[0].text);
    let count = lines
        .iter()
        .take(REPR_LINES)
        .take_while(|line| !line.is_blank() && !begins_prompt(&line.text))
        .count();
    let text = lines[..count].iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
    let end = margin + repr::end(&text[margin..])?;
    let above = text[..end].matches('\n').count();
    let column = end - text[..end].rfind('\n').map_or(0, |at| at + 1);
    let rest = lines[above].text.get(column..)?;
    if rest.trim().is_empty() {
        return Some(Taken::Lines(above + 1));
    }
    let next = rest.chars().next()?;
    (next.is_alphabetic() || "“‘".contains(next)).then_some(Taken::Cut(above + 1, column))
}

/// How many lines a log takes.
pub(super) fn log_length(lines: &[Line]) -> usize {
    let mut end = 1;
    let mut at = 1;
    while let Some(line) = lines.get(at) {
        if begins_prompt(&line.text) {
            break;
        }
        if is_log_line(&line.text) || (!line.is_blank() && continues_log(&line.text)) {
            end = at + 1;
        } else if !line.is_blank() {
            break;
        }
        at += 1;
    }
    end
}

/// How many lines an output takes that stands under a label of its own.
pub(super) fn output_length(lines: &[Line]) -> usize {
    let mut end = 0;
    for (at, line) in lines.iter().enumerate() {
        if begins_prompt(&line.text) {
            break;
        }
        if line.is_blank() {
            let next = lines[at..].iter().find(|line| !line.is_blank());
            if !next.is_some_and(|next| begins_shown(&next.text)) {
                break;
            }
        } else if at > 0 && (reads_as_prose(&line.text) || begins_code(&line.text)) {
            break;
        } else {
            end = at + 1;
        }
    }
    end.max(1)
}

fn traceback(lines: &[Line]) -> Taken {
    let margin = indent(&lines[0].text);
    let inside = |line: &Line| {
        indent(&line.text) > margin
            || line.text.trim() == "..."
            || line.text.trim_start().starts_with("Traceback")
    };
    let body = lines.iter().skip(1).take_while(|line| !line.is_blank() && inside(line)).count();
    match lines.get(body + 1) {
        Some(last) if !last.is_blank() && !begins_prompt(&last.text) => match stuck(&last.text) {
            Some(column) => Taken::Cut(body + 2, column),
            None => Taken::Lines(body + 2),
        },
        _ => Taken::Lines(body + 1),
    }
}

/// The byte column at which a capitalised word is stuck to a closing mark.
fn stuck(line: &str) -> Option<usize> {
    let letters: Vec<(usize, char)> = line.char_indices().collect();
    letters.windows(3).find_map(|three| {
        let ((_, before), (at, after), (_, next)) = (three[0], three[1], three[2]);
        let closes = matches!(before, ')' | ']' | '}' | '>' | '\'' | '"');
        let capital = closes && after.is_uppercase() && (next.is_lowercase() || next == ' ');
        (capital && line[at..].split_whitespace().nth(2).is_some()).then_some(at)
    })
}

/// Whether a line begins code that shows no output of its own.
fn begins_code(line: &str) -> bool {
    ["from ", "import ", "class ", "def ", "@"].iter().any(|word| line.starts_with(word))
}

/// Words that sentences have and outputs mostly do not.
const SMALL: &[&str] = &[
    "the", "a", "an", "of", "is", "are", "to", "we", "this", "that", "in", "with", "for", "it", "as", "on",
    "be", "by", "which", "when", "will", "can", "has", "have", "our", "its", "these", "was", "also", "you",
    "not",
];

/// Whether a line is a sentence in a script that is written without spaces.
fn reads_as_ideographs(line: &str) -> bool {
    let letters = line
        .chars()
        .filter(|letter| matches!(*letter, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'));
    letters.count() >= 12 || (line.contains(['，', '。', '、', '；']) && line.chars().count() >= 12)
}

/// Whether a line reads as a sentence or as part of one.
pub(in super::super) fn reads_as_prose(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let Some(first) = words.first() else { return false };
    if !first.starts_with(['<', '[', '(', '{', '\'', '"']) && reads_as_ideographs(line) {
        return true;
    }
    let shouting = first.len() > 1 && first.chars().all(|letter| letter.is_ascii_uppercase());
    if words.len() < 3 || shouting || first.starts_with(['<', '[', '(', '{', '\'', '"']) {
        return false;
    }
    let small = words
        .iter()
        .filter(|word| SMALL.contains(&word.to_lowercase().trim_matches([',', '.', ';', ':'])))
        .count();
    let begins = first.chars().next().is_some_and(char::is_uppercase);
    small >= 2
        || (small == 1 && words.len() >= 5)
        || (begins && words.len() >= 4 && line.trim_end().ends_with(['.', ':']))
}
