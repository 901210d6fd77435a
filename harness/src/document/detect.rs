//! Which reader a page asks for, by what stands on it.
//!
//! A file's extension only decides where the page itself says nothing.

use super::source::indent;
use super::{Block, Body, Reader, syntax, text};

/// The reader for a page.
pub(super) fn reader(lines: &[String], extension: Option<&str>) -> Reader {
    let markdown = markdown_signs(lines);
    let rst = rst_signs(lines);
    let by_name = match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("md" | "markdown") => Some(Reader::Markdown),
        Some("rst" | "rest") => Some(Reader::Rst),
        _ => None,
    };
    if markdown == rst {
        return by_name.unwrap_or(Reader::Text);
    }
    // A page of a named kind needs more than a stray sign to be read as another.
    match by_name {
        Some(Reader::Markdown) if rst < markdown + 3 => Reader::Markdown,
        Some(Reader::Rst) if markdown < rst + 3 => Reader::Rst,
        _ if markdown > rst => Reader::Markdown,
        _ => Reader::Rst,
    }
}

/// Whether a page has code that its markup does not say is code: all of it, or imports and classes among its words
/// while it marks no code of its own.
pub(super) fn misses_code(reader: Reader, lines: &[String], blocks: &[Block]) -> bool {
    if blocks.iter().all(|block| block.body == Body::Prose) {
        return true;
    }
    let marks = |line: &String| {
        let body = line.trim_start();
        match reader {
            Reader::Markdown => body.starts_with("```") || body.starts_with("~~~"),
            Reader::Rst => body.starts_with("..") || body.trim_end().ends_with("::"),
            Reader::Text => true,
        }
    };
    if lines.iter().any(marks) {
        return false;
    }
    if blocks.iter().all(|block| matches!(block.body, Body::Prose | Body::Other(_))) {
        return true;
    }
    let in_code = |number: usize| {
        let code = blocks.iter().filter(|block| block.body != Body::Prose);
        code.into_iter().any(|block| (block.line..=block.end_line).contains(&number))
    };
    lines.iter().enumerate().any(|(index, line)| imports(line) && !in_code(index + 1))
}

/// Whether a line is an import and nothing else.
fn imports(line: &str) -> bool {
    let named =
        (line.starts_with("from ") && line.contains(" import ")) || line.starts_with("import sqlalchemy");
    named && syntax::parses(line)
}

fn markdown_signs(lines: &[String]) -> usize {
    let mut signs = 0;
    let mut after_blank = true;
    for (index, line) in lines.iter().enumerate() {
        let body = line.trim_start();
        if indent(line) < 4 && (body.starts_with("```") || body.starts_with("~~~")) {
            signs += 3;
        }
        let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
        // A comment stands directly above the code that it speaks of.
        let comments = || lines.get(index + 1).is_some_and(|next| text::is_code(next));
        if after_blank && (1..=6).contains(&hashes) && line[hashes..].starts_with(' ') && !comments() {
            signs += 1;
        }
        if line.contains("](") {
            signs += 1;
        }
        after_blank = body.is_empty();
    }
    signs
}

fn rst_signs(lines: &[String]) -> usize {
    let mut signs = 0;
    for (index, line) in lines.iter().enumerate() {
        let body = line.trim_start();
        if let Some(rest) = body.strip_prefix(".. ") {
            let word = rest.trim_start();
            if rest.contains("::") || word.starts_with('_') || word.starts_with("doctest-") {
                signs += 3;
            }
        }
        if body.contains(":ref:`")
            || body.contains(":class:`")
            || body.contains(":func:`")
            || body.contains(":meth:`")
        {
            signs += 1;
        }
        let next = lines.get(index + 1).map_or("", |line| line.trim());
        if line.trim_end().ends_with("::") && next.is_empty() && !body.starts_with("..") {
            let block = lines[index + 1..].iter().find(|line| !line.trim().is_empty());
            if block.is_some_and(|block| indent(block) > indent(line)) {
                signs += 2;
            }
        }
        if is_underline(next)
            && !body.is_empty()
            && indent(line) == 0
            && next.chars().count() >= body.trim_end().chars().count()
        {
            signs += 1;
        }
    }
    signs
}

/// A line that underlines a heading.
fn is_underline(line: &str) -> bool {
    let mut letters = line.chars();
    let Some(first) = letters.next() else { return false };
    line.len() >= 4 && "=-~^\"'*+#.:_`".contains(first) && letters.all(|letter| letter == first)
}
