//! Prompts and what they show, from lines that have both.
//!
//! The rules are doctest's: code goes on at `...`, output ends at a blank line or at the next prompt. Where a
//! fence says that a block is all transcript, output may have blank lines within it. IPython's prompts are read
//! alike.

use super::ipython;
use super::marks::doctest_options;
use super::source::{Line, indent};
use super::{Example, syntax};

/// Where an output ends besides at the next prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// At the first blank line.
    AtBlank,
    /// Only with the block, or at a comment after a blank line.
    WithBlock,
}

/// Lines without dots that are read as more of one prompt's code.
const UNMARKED: usize = 60;

/// Whether a line begins with a prompt, after white space.
pub(super) fn is_prompt(text: &str) -> bool {
    let body = text.trim_start();
    let Some(rest) = body.strip_prefix(">>>") else { return ipython::is_prompt(text) };
    rest.is_empty() || rest.starts_with([' ', '\t']) || is_stuck_code(rest)
}

/// Whether what follows the mark without a space is code: words are prose.
fn is_stuck_code(rest: &str) -> bool {
    let first: String =
        rest.chars().take_while(|letter| *letter == '_' || letter.is_alphanumeric()).collect();
    let opens = ["class", "def", "for", "with", "if", "while", "try"].contains(&first.as_str());
    !first.is_empty()
        && !rest.starts_with(|letter: char| letter.is_ascii_digit())
        && ((opens && rest.len() > first.len())
            || syntax::is_program(rest)
            || (rest[first.len()..].starts_with(['.', '(', '['])
                && syntax::parses(rest.trim_end_matches(['(', ',', '\\'])))
            || (rest[first.len()..].starts_with(['.', '(', ' '])
                && rest.trim_end().ends_with(['(', ',', '\\'])))
}

/// The code on a prompt or continuation line, with `width` columns of white space before its mark.
fn code_after<'a>(text: &'a str, width: usize, mark: &str) -> Option<&'a str> {
    let body = text.get(width..)?;
    let rest = body.trim_end().strip_prefix(mark)?;
    if rest.is_empty() {
        return Some("");
    }
    let code = body.strip_prefix(mark)?;
    code.strip_prefix([' ', '\t'])
}

/// One prompt at `lines[0]`, and how many lines it and its output take.
pub(super) fn example(lines: &[Line], ends: Ends) -> Option<(Example, usize)> {
    let first = lines.first()?;
    if ipython::is_prompt(&first.text) {
        return ipython::example(lines, ends);
    }
    let width = indent(&first.text);
    let stuck = first.text.get(width..)?.strip_prefix(">>>").filter(|rest| is_stuck_code(rest));
    let mut source = stuck.or_else(|| code_after(&first.text, width, ">>>"))?.to_owned();
    source.push('\n');
    let mut at = 1;
    let mut open = Open::default();
    while let Some(code) = lines.get(at).and_then(|line| code_after(&line.text, width, "...")) {
        // An output may begin with dots as well: after a whole statement they are no code.
        if !open.after(&source, code) {
            break;
        }
        source.push_str(code);
        source.push('\n');
        at += 1;
    }
    at += unmarked(&mut source, &lines[at..], width);
    let end_line = lines.get(at - 1).map_or(first.number, |line| line.number);
    let want_from = at;
    at += shown(&lines[at..], ends);
    let mut want = String::new();
    for line in &lines[want_from..at] {
        let margin = indent(&line.text).min(width);
        want.push_str(&line.text[margin..]);
        want.push('\n');
    }
    if source.trim().is_empty() {
        source.clear();
    }
    let options = doctest_options(&source);
    let skip = options.iter().any(|(name, on)| name == "SKIP" && *on);
    let want_line = lines.get(want_from).filter(|_| !want.is_empty()).map(|line| line.number);
    let example =
        Example { line: first.number, end_line, source, want, want_line, options, skip, cell: false };
    Some((example, at))
}

/// Adds to code that its prompt leaves unfinished what goes on with it on lines without dots, as pages have it that were
/// written by hand; how many lines that takes.
///
/// Code that is not finished shows nothing, so nothing of an output is taken for code.
pub(super) fn unmarked(source: &mut String, lines: &[Line], width: usize) -> usize {
    let heads = source.trim_end().ends_with(':');
    if source.trim().is_empty() || !(heads || brackets(source) > 0) || syntax::parses(source) {
        return 0;
    }
    let binds = ["class ", "def ", "async def ", "@"].iter().any(|word| source.starts_with(word));
    let mut code = source.clone();
    // What is code, in lines and bytes, and how far its body is indented.
    let (mut taken, mut length, mut margin) = (0, 0, None);
    for (index, line) in lines.iter().take(UNMARKED).enumerate() {
        let own = indent(&line.text);
        let goes_on = if line.is_blank() { binds } else { heads && own >= margin.unwrap_or(width + 1) };
        if is_prompt(&line.text) || (taken > 0 && !goes_on) {
            break;
        }
        code.push_str(&line.text[own.min(width)..]);
        code.push('\n');
        if !line.is_blank() {
            margin.get_or_insert(own);
            if syntax::parses(&code) {
                (taken, length) = (index + 1, code.len());
            }
        }
    }
    if taken > 0 {
        code.truncate(length);
        *source = code;
    }
    taken
}

/// How many brackets are open at the end of code, strings and comments not told apart.
fn brackets(code: &str) -> usize {
    code.bytes().fold(0_usize, |open, byte| match byte {
        b'(' | b'[' | b'{' => open + 1,
        b')' | b']' | b'}' => open.saturating_sub(1),
        _ => open,
    })
}

/// How many lines after its code a prompt shows.
pub(super) fn shown(lines: &[Line], ends: Ends) -> usize {
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if is_prompt(&line.text) {
            break;
        }
        if line.is_blank() {
            if ends == Ends::AtBlank {
                break;
            }
            let next = lines[at..].iter().find(|line| !line.is_blank());
            if next.is_none_or(|line| is_prompt(&line.text) || line.text.trim_start().starts_with('#')) {
                break;
            }
        }
        at += 1;
    }
    at
}

/// Lines of one prompt's code for which the parser is asked whether it goes on; after them, dots are code.
const ASKED: usize = 200;

/// What is known of code that is read line by line, so that the parser is not asked again for each of them.
#[derive(Default)]
struct Open {
    /// Bytes of the code whose brackets are counted.
    counted: usize,
    /// Brackets open in them, strings and comments not told apart.
    brackets: usize,
    /// Whether a block was seen to be open.
    block: bool,
    /// How often the parser was asked.
    asked: usize,
}

impl Open {
    /// Whether the line `next` after `source` is more of the code.
    fn after(&mut self, source: &str, next: &str) -> bool {
        for byte in source.bytes().skip(self.counted) {
            match byte {
                b'(' | b'[' | b'{' => self.brackets += 1,
                b')' | b']' | b'}' => self.brackets = self.brackets.saturating_sub(1),
                _ => {}
            }
        }
        self.counted = source.len();
        if self.brackets > 0 || (self.block && (next.is_empty() || next.starts_with([' ', '\t']))) {
            return true;
        }
        self.asked += 1;
        self.block = self.asked > ASKED || goes_on(source);
        self.block
    }
}

/// Whether a line of dots after `source` is more of the code: it is unfinished, or a block that may go on.
fn goes_on(source: &str) -> bool {
    source.lines().all(|line| line.trim_start().starts_with('#')) || syntax::is_open(source)
}

/// Every example of a block of lines; lines before the first prompt are not looked at.
pub(super) fn examples(lines: &[Line], ends: Ends) -> Vec<Example> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if is_prompt(&lines[at].text)
            && let Some((example, taken)) = example(&lines[at..], ends)
        {
            found.push(example);
            at += taken.max(1);
        } else {
            at += 1;
        }
    }
    found
}
