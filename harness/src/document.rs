//! A page's bytes as blocks: prose, listings, transcripts and printed outputs, each with its lines.
//!
//! Nothing is run here and no answer is looked at: what a block is, and where it ends, is decided from the page
//! alone. Line `i` of a block's text always stands on line `line + i` of the page, so whatever is said about a
//! block's text points into the page.

mod classify;
mod detect;
mod ipython;
mod markdown;
mod marks;
mod notebook;
mod output;
mod remarks;
mod repr;
mod rst;
mod saved;
mod source;
mod syntax;
mod text;
mod transcript;
mod values;

pub use ipython::without_commands;
pub use output::may_be_log;
pub use source::ReadError;

use std::fmt;
use std::str::FromStr;

/// How a page is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    Markdown,
    Rst,
    Text,
}

impl Reader {
    pub const fn name(self) -> &'static str {
        match self {
            Reader::Markdown => "markdown",
            Reader::Rst => "rst",
            Reader::Text => "text",
        }
    }
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Reader {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "markdown" => Ok(Reader::Markdown),
            "rst" => Ok(Reader::Rst),
            "text" => Ok(Reader::Text),
            other => Err(format!("`{other}` is not a reader: give markdown, rst or text")),
        }
    }
}

/// A page as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub reader: Reader,
    /// The page's own lines, without their ends.
    pub lines: Vec<String>,
    /// In the page's order; lines in no block are blank.
    pub blocks: Vec<Block>,
}

/// A run of lines of one role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// 1-based first line.
    pub line: usize,
    /// 1-based last line, included. Run-together pages may end one block and begin the next on the same line.
    pub end_line: usize,
    pub body: Body,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    Prose,
    /// Python without prompts.
    Listing(Listing),
    /// Prompts and what they show.
    Transcript(Vec<Example>),
    /// Printed output or a SQL log, shown apart from its code.
    Output(String),
    /// Something that is not run, and why.
    Other(String),
    /// Another page, whose steps stand here.
    Include(String),
}

/// Code without prompts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The code, dedented, with a newline at its end.
    pub code: String,
    /// The language that the page names, if it does.
    pub language: Option<String>,
    /// Whether the page says that this is not to be run.
    pub skip: bool,
    /// Whether the page shows the value of its last expression, as a notebook does.
    pub cell: bool,
    /// Its comments that say what a statement prints.
    pub remarks: Vec<Remark>,
}

/// A comment that says what a statement prints. Lines are 1-based lines of the listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The comment's own lines.
    pub line: usize,
    pub end_line: usize,
    /// The statement's lines.
    pub first: usize,
    pub last: usize,
    /// The statement.
    pub source: String,
    /// What it prints.
    pub text: String,
    /// Whether the comment can be nothing else; a soft one counts only where it is right.
    pub hard: bool,
}

/// One prompt with what the page shows after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// 1-based line of the prompt.
    pub line: usize,
    /// 1-based last line of the code.
    pub end_line: usize,
    /// The code with a newline at its end; empty for a bare `>>>`.
    pub source: String,
    /// What the page shows; empty where it shows nothing.
    pub want: String,
    /// 1-based line on which `want` begins.
    pub want_line: Option<usize>,
    /// Options that a `# doctest:` comment sets for this example alone, and whether on or off.
    pub options: Vec<(String, bool)>,
    /// Whether the page says that this is not to be run.
    pub skip: bool,
    /// Whether only the value of its last expression is shown, as IPython does.
    pub cell: bool,
}

impl Example {
    /// Whether the prompt stands alone, with nothing to run.
    pub fn is_empty(&self) -> bool {
        self.source.trim().is_empty()
    }
}

/// Reads a page. The reader is chosen by content, with the file's extension for a tie, unless one is given.
pub fn read(bytes: &[u8], reader: Option<Reader>, extension: Option<&str>) -> Result<Document, ReadError> {
    let lines = source::lines(bytes)?;
    let from_outside = reader.is_some();
    let chosen = reader.unwrap_or_else(|| detect::reader(&lines, extension));
    let read = |reader| match reader {
        Reader::Markdown | Reader::Text if notebook::is_notebook(&lines) => notebook::blocks(&lines),
        Reader::Markdown => markdown::blocks(&lines),
        Reader::Rst => rst::blocks(&lines),
        Reader::Text => text::blocks(&lines),
    };
    let (mut reader, mut blocks) = (chosen, read(chosen));
    if !from_outside && chosen != Reader::Text && detect::misses_code(chosen, &lines, &blocks) {
        // Without code to its markup, a page may be one that was saved as text.
        let as_text = read(Reader::Text);
        if as_text.iter().any(|block| !matches!(block.body, Body::Prose | Body::Other(_))) {
            (reader, blocks) = (Reader::Text, as_text);
        }
    }
    let mut blocks = source::with_prose(blocks);
    for block in &mut blocks {
        if let Body::Listing(listing) = &mut block.body {
            listing.remarks = remarks::remarks(&listing.code);
        }
    }
    Ok(Document { reader, lines, blocks })
}
