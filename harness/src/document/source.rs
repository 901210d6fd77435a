//! A page's lines, and runs of them with their numbers.
//!
//! Line ends and a byte order mark are the only things changed; no line is added or lost.

use super::{Block, Body};
use std::fmt;

/// Why a page could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// The 1-based line on which the bytes stop being UTF-8, and the first such byte.
    NotUtf8 { line: usize, byte: u8 },
}

impl ReadError {
    /// The 1-based line that it speaks of.
    pub fn line(&self) -> usize {
        match self {
            ReadError::NotUtf8 { line, .. } => *line,
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::NotUtf8 { byte, .. } => {
                write!(f, "byte 0x{byte:02x} is not UTF-8: save the page as UTF-8 and check it again")
            }
        }
    }
}

impl std::error::Error for ReadError {}

/// The page's lines, whatever ends them.
pub(super) fn lines(bytes: &[u8]) -> Result<Vec<String>, ReadError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let line = 1 + good.matches('\n').count();
        ReadError::NotUtf8 { line, byte: bytes[error.valid_up_to()] }
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        lines.extend(line.split('\r').map(str::to_owned));
    }
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    Ok(lines)
}

/// A line with its 1-based number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) text: String,
}

impl Line {
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// How many columns of white space a line begins with.
pub(super) fn indent(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}

/// Drops blank lines at both ends and the white space that all lines begin with.
pub(super) fn trimmed(lines: &[Line]) -> Vec<Line> {
    let Some(first) = lines.iter().position(|line| !line.is_blank()) else {
        return Vec::new();
    };
    let last = lines.iter().rposition(|line| !line.is_blank()).unwrap_or(first);
    let lines = &lines[first..=last];
    let margin = common_margin(lines);
    lines
        .iter()
        .map(|line| Line {
            number: line.number,
            text: line.text.get(margin.len()..).unwrap_or("").to_owned(),
        })
        .collect()
}

/// The longest white space that every line with text begins with.
fn common_margin(lines: &[Line]) -> String {
    let mut margin: Option<&str> = None;
    for line in lines.iter().filter(|line| !line.is_blank()) {
        let own = &line.text[..indent(&line.text)];
        margin = Some(match margin {
            None => own,
            Some(margin) => {
                let shared = margin.bytes().zip(own.bytes()).take_while(|(a, b)| a == b).count();
                &margin[..shared]
            }
        });
    }
    margin.unwrap_or("").to_owned()
}

/// The lines' text, each with its newline.
pub(super) fn joined(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(&line.text);
        text.push('\n');
    }
    text
}

/// Joins neighbouring prose and keeps the page's order.
pub(super) fn with_prose(blocks: Vec<Block>) -> Vec<Block> {
    let mut merged: Vec<Block> = Vec::with_capacity(blocks.len());
    for block in blocks {
        match merged.last_mut() {
            Some(last) if last.body == Body::Prose && block.body == Body::Prose => {
                last.end_line = block.end_line;
            }
            _ => merged.push(block),
        }
    }
    merged
}
