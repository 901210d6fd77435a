//! A case: pages in order with what they leave out, as steps to run.
//!
//! Turns blocks into steps with their claims, places givens before the steps that they name, and binds
//! acknowledgements to steps. Runs nothing.

mod file;
mod program;
mod steps;

pub use file::{Acknowledge, At, CaseFile, Given};
pub use program::{Program, class_names, complete, makes_base, syntax_error_line};

use crate::document::{Document, ReadError, Reader};
use crate::judge::{Options, Verdict};
use backproof_engine::version::Profile;
use std::fmt;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Something that keeps a case from being run: unreadable input, with its place and a remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub path: PathBuf,
    /// 1-based, where one line is to blame.
    pub line: Option<usize>,
    pub message: String,
}

impl Problem {
    pub fn new(path: &Path, line: Option<usize>, message: impl Into<String>) -> Self {
        Problem { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        write!(f, " {}", self.message)
    }
}

impl std::error::Error for Problem {}

/// What to run together: pages in one world, and what stands beside them.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// What the run is called: the page, or the case file.
    pub name: PathBuf,
    pub pages: Vec<PathBuf>,
    /// Case files that speak of these pages, with where each was read.
    pub beside: Vec<CaseFile>,
    /// Doctest options asked for on the command line.
    pub options: Options,
    pub reader: Option<Reader>,
}

impl Plan {
    /// A page with nothing beside it.
    pub fn of(page: &Path) -> Self {
        Plan { name: page.to_owned(), pages: vec![page.to_owned()], ..Plan::default() }
    }
}

/// A page of a case.
#[derive(Debug, Clone)]
pub struct Page {
    pub path: PathBuf,
    pub document: Document,
}

/// Pages and the items to run, in order.
#[derive(Debug, Clone)]
pub struct Case {
    pub name: PathBuf,
    pub pages: Vec<Page>,
    pub items: Vec<Item>,
    /// The SQLAlchemy version that the case file names.
    pub profile: Option<String>,
    pub acknowledged: Vec<Bound>,
}

/// One thing to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    Given(GivenCode),
    Step(Step),
}

/// Context that a page leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenCode {
    pub code: String,
    pub path: PathBuf,
    /// 1-based line of the case file.
    pub line: usize,
}

/// What a step is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Prompt,
    Listing,
    Output,
    /// A comment of a listing that says what one of its statements prints.
    Comment,
}

impl Kind {
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Prompt => "prompt",
            Kind::Listing => "listing",
            Kind::Output | Kind::Comment => "output",
        }
    }
}

/// One thing on a page to execute, or an output to hold against what was executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Index into the case's pages.
    pub page: usize,
    /// 1-based first and last line on the page.
    pub line: usize,
    pub end_line: usize,
    pub kind: Kind,
    /// Whether it is run as a notebook's cell: the value of its last expression is shown.
    pub cell: bool,
    pub source: String,
    pub claim: Option<Claim>,
    /// Doctest options in force here.
    pub options: Options,
    /// Why the page says not to run this.
    pub skip: Option<String>,
    /// For an output shown apart and for a comment: the item index of the step that it is held against.
    pub of: Option<usize>,
    /// For a log shown apart from several prompts: the item index of the first of them.
    pub from: Option<usize>,
    /// For a comment: the statement that it speaks of.
    pub remark: Option<Remarked>,
}

/// The statement that a comment on what is printed speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remarked {
    /// Its first and last line within the listing, 1-based.
    pub lines: RangeInclusive<usize>,
    /// Whether the comment can be nothing but a claim.
    pub hard: bool,
}

/// What the page says that a step shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub text: String,
    /// 1-based line on which it begins.
    pub line: usize,
    /// Whether it stands in a block of its own.
    pub apart: bool,
    /// Whether the page shows no log where its prompts show something: what is echoed is left out throughout.
    pub bare: bool,
}

/// An acknowledgement and the item that it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    pub item: usize,
    pub verdict: Verdict,
    pub reason: String,
    pub path: PathBuf,
    /// 1-based line of the case file.
    pub line: usize,
}

impl Case {
    /// Reads the pages of `plan` and lays out their steps.
    pub fn load(plan: &Plan) -> Result<Case, Problem> {
        let mut options = plan.options.clone();
        let mut profile = None;
        for file in &plan.beside {
            options.extend(&file.options);
            profile = profile.or_else(|| file.profile.clone());
        }
        let mut builder = steps::Builder::new(options, plan.reader);
        for path in &plan.pages {
            builder.page(path)?;
        }
        let (pages, steps) = builder.finish();
        let (items, acknowledged) = file::bind(&pages, steps, &plan.beside)?;
        Ok(Case { name: plan.name.clone(), pages, items, profile, acknowledged })
    }

    /// The profile that is asked for, else the case's own, else the default.
    pub fn profile_or(&self, asked: Option<Profile>) -> Profile {
        // A name that is no version was refused when the case file was read.
        let own = || self.profile.as_deref().and_then(|name| name.parse().ok());
        asked.or_else(own).unwrap_or_default()
    }

    /// The steps with their item indices.
    pub fn steps(&self) -> impl Iterator<Item = (usize, &Step)> {
        self.items.iter().enumerate().filter_map(|(index, item)| match item {
            Item::Step(step) => Some((index, step)),
            Item::Given(_) => None,
        })
    }
}

/// Reads one page from disk.
pub fn read_page(path: &Path, reader: Option<Reader>) -> Result<Document, Problem> {
    let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
    let extension = path.extension().and_then(|extension| extension.to_str());
    crate::document::read(&bytes, reader, extension)
        .map_err(|error: ReadError| Problem::new(path, Some(error.line()), error.to_string()))
}

/// Why a file could not be opened, with what to do.
pub fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    let message = match error.kind() {
        std::io::ErrorKind::NotFound => "no such file: check the path".to_owned(),
        std::io::ErrorKind::PermissionDenied => "may not be read: check its permissions".to_owned(),
        _ if path.is_dir() => "is a folder: name a page in it, or give the folder to `check`".to_owned(),
        _ => format!("cannot be read ({error}): check the path"),
    };
    Problem::new(path, None, message)
}

/// A file's text, or the line on which it stops being UTF-8.
pub fn utf8(path: &Path, bytes: Vec<u8>, what: &str) -> Result<String, Problem> {
    String::from_utf8(bytes).map_err(|error| {
        let good = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
        let line = 1 + good.matches('\n').count();
        Problem::new(path, Some(line), format!("not UTF-8: save the {what} as UTF-8"))
    })
}
