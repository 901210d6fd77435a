//! Blocks of a page saved as text, on which code, outputs and prose may run together.
//!
//! The end of code is where the parser says that a statement ends and prose goes on; the end of an output is
//! where a literal or a repr ends. A line may end one block and begin the next.

mod code;
pub(super) mod flat;
pub(super) mod shown;

use super::source::{Line, indent};
use super::transcript::{Ends, is_prompt, unmarked};
use super::{Block, Body, Example, Listing, ipython, marks, saved};
use code::{Piece, listing, program_length};
pub(super) use code::{is_code, is_surely_code};

/// The blocks of a page.
pub(super) fn blocks(lines: &[String]) -> Vec<Block> {
    let lines: Vec<Line> = saved::without_frames(lines)
        .iter()
        .enumerate()
        .map(|(index, text)| Line { number: index + 1, text: marks::without_leading_mark(text) })
        .collect();
    let mut page =
        Page { found: Vec::new(), lead: String::new(), announced: false, flat: flat::lost(&lines) > 0 };
    let mut at = 0;
    while at < lines.len() {
        let line = &lines[at];
        let announced = page.announced && !line.is_blank();
        if announced {
            page.announced = false;
        }
        if let Some((example, taken)) = ipython_example(&lines[at..]) {
            page.example(example, lines[at + taken - 1].number);
            at += taken;
        } else if begins_prompt(&line.text) {
            at = page.prompt(&lines, at);
        } else if line.is_blank() {
            page.lead.clear();
            at += 1;
        } else if super::output::is_log_line(&line.text) {
            at = page.log(&lines, at);
        } else if announced && can_print(&line.text) && !shown::reads_as_prose(&line.text) {
            at = page.output(&lines, at, shown::output_length(&lines[at..]));
        } else if let Some(piece) = listing(&lines[at..], &page.lead, page.flat) {
            at = page.listing(&lines, at, &piece);
        } else {
            page.prose(line.number, &line.text);
            at += 1;
        }
    }
    page.found
}

/// Whether a line begins with a prompt, even one with prose stuck to it.
fn begins_prompt(text: &str) -> bool {
    text.trim_start().starts_with(">>>") || ipython::is_prompt(text)
}

/// One of IPython's prompts, if words do not merely begin like one.
fn ipython_example(lines: &[Line]) -> Option<(Example, usize)> {
    if !ipython::is_prompt(&lines[0].text) {
        return None;
    }
    let (example, taken) = ipython::example(lines, Ends::AtBlank)?;
    ipython::parses(&example.source).then_some((example, taken))
}

/// Whether code shows anything but logs and errors: what only binds names does not.
fn can_print(source: &str) -> bool {
    let source = source.trim_start();
    !["import ", "from ", "class ", "def ", "@"].iter().any(|word| source.starts_with(word))
}

/// Whether a line is a label for an output: a word or a few that say so.
fn is_output_label(text: &str) -> bool {
    let text = text.trim();
    let few = text.split_whitespace().count() <= 5;
    few && !text.starts_with('#')
        && super::output::announced(text)
        && (text.ends_with([':', '：']) || !text.contains(' '))
}

/// What has been found so far, and the prose that led here.
struct Page {
    found: Vec<Block>,
    lead: String,
    /// Whether the page has lost its indentation.
    flat: bool,
    /// Whether the words just before name what follows as the output of the code above.
    announced: bool,
}

impl Page {
    fn prose(&mut self, number: usize, text: &str) {
        text.clone_into(&mut self.lead);
        self.announced = is_output_label(text) && self.prints();
        self.found.push(Block { line: number, end_line: number, body: Body::Prose });
    }

    /// Whether the last code is a listing that prints.
    fn prints(&self) -> bool {
        let last = self.found.iter().rev().find(|block| block.body != Body::Prose);
        last.is_some_and(|block| match &block.body {
            Body::Listing(listing) => ["print", "echo"].iter().any(|word| listing.code.contains(word)),
            _ => false,
        })
    }

    /// What is left of a line after code or an output: prose, if there is anything.
    fn rest(&mut self, line: &Line, from: usize) {
        let rest = line.text.get(from..).unwrap_or("");
        if !rest.trim().is_empty() {
            self.prose(line.number, rest);
        }
    }

    fn listing(&mut self, lines: &[Line], at: usize, piece: &Piece) -> usize {
        let last = at + piece.lines - 1;
        let listing = Listing {
            code: piece.code.clone(),
            language: None,
            skip: false,
            cell: false,
            remarks: Vec::new(),
        };
        self.found.push(Block {
            line: lines[at].number,
            end_line: lines[last].number,
            body: Body::Listing(listing),
        });
        self.lead.clear();
        if let Some(column) = piece.cut {
            self.rest(&lines[last], column);
        }
        last + 1
    }

    fn log(&mut self, lines: &[Line], at: usize) -> usize {
        self.output(lines, at, shown::log_length(&lines[at..]))
    }

    fn output(&mut self, lines: &[Line], at: usize, length: usize) -> usize {
        let text = super::source::joined(&super::source::trimmed(&lines[at..at + length]));
        self.found.push(Block {
            line: lines[at].number,
            end_line: lines[at + length - 1].number,
            body: Body::Output(text),
        });
        at + length
    }

    /// One prompt, its output, and the prose after either.
    fn prompt(&mut self, lines: &[Line], at: usize) -> usize {
        if !lines[at].text.trim_start().starts_with(">>>") {
            // Words that begin like a prompt.
            self.prose(lines[at].number, &lines[at].text);
            return at + 1;
        }
        let width = indent(&lines[at].text);
        let mut source: Vec<&str> = Vec::new();
        let mut next = at;
        while let Some(line) = lines.get(next) {
            let mark = if next == at { ">>>" } else { "..." };
            let Some(code) = line.text.get(width..).and_then(|body| body.strip_prefix(mark)) else { break };
            if next > at && !code.is_empty() && !code.starts_with([' ', '\t']) {
                break;
            }
            source.push(code.strip_prefix([' ', '\t']).unwrap_or(code));
            next += 1;
        }
        let mut code = source.join("\n") + "\n";
        next += unmarked(&mut code, &lines[next..], width);
        code.pop();
        if self.flat
            && let Some(indented) = flat::again(&code)
        {
            indented.trim_end().clone_into(&mut code);
        }
        let length = program_length(&code);
        let glued = !is_prompt(&lines[at].text);
        let length = match length {
            Some(length) => length,
            // `>>>Prose` is an empty prompt; `>>> not python` is code that fails.
            None if glued => 0,
            None => code.len(),
        };
        let taken = code[..length].matches('\n').count();
        let last = at + taken;
        let rest_from = lines[last].text.len() - code[length..].split('\n').next().unwrap_or("").len();
        let cut = !code[length..].trim().is_empty();
        let mut example = Example {
            line: lines[at].number,
            end_line: lines[last].number,
            source: if code[..length].trim().is_empty() {
                String::new()
            } else {
                format!("{}\n", &code[..length])
            },
            want: String::new(),
            want_line: None,
            options: marks::doctest_options(&code[..length]),
            skip: false,
            cell: false,
        };
        example.skip = example.options.iter().any(|(name, on)| name == "SKIP" && *on);
        if cut {
            self.example(example, lines[last].number);
            self.rest(&lines[last], rest_from);
            return last + 1;
        }
        let shown = if example.is_empty() {
            shown::Shown::default()
        } else {
            shown::after_prompt(&lines[next..], width, can_print(&example.source))
        };
        if shown.lines == 0 {
            let end = lines[next - 1].number;
            self.example(example, end);
            return next;
        }
        let end = next + shown.lines - 1;
        example.want = shown.text;
        example.want_line = Some(lines[next].number);
        self.example(example, lines[end].number);
        if let Some(column) = shown.cut {
            self.rest(&lines[end], column);
        }
        end + 1
    }

    fn example(&mut self, example: Example, end_line: usize) {
        self.lead.clear();
        if let Some(Block { end_line: last, body: Body::Transcript(examples), .. }) = self.found.last_mut() {
            *last = end_line;
            examples.push(example);
            return;
        }
        self.found.push(Block { line: example.line, end_line, body: Body::Transcript(vec![example]) });
    }
}
