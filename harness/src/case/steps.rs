//! Pages to steps: each prompt one, each listing one, outputs held against the code before them.

use super::{Claim, Kind, Page, Problem, Remarked, Step, read_page};
use crate::document::{Block, Body, Document, Example, Reader, Remark};
use crate::judge::Options;
use std::path::{Component, Path, PathBuf};

/// Pages that may be brought in by other pages, and how deep.
const INCLUDES: usize = 64;
const INCLUDE_DEPTH: usize = 4;

/// Collects pages and their steps in the order in which they run.
pub(super) struct Builder {
    options: Options,
    reader: Option<Reader>,
    pages: Vec<Page>,
    steps: Vec<Step>,
}

impl Builder {
    pub(super) fn new(options: Options, reader: Option<Reader>) -> Self {
        Builder { options, reader, pages: Vec::new(), steps: Vec::new() }
    }

    pub(super) fn finish(self) -> (Vec<Page>, Vec<Step>) {
        (self.pages, self.steps)
    }

    pub(super) fn page(&mut self, path: &Path) -> Result<(), Problem> {
        let document = read_page(path, self.reader)?;
        self.document(path, document, 0)
    }

    fn document(&mut self, path: &Path, document: Document, depth: usize) -> Result<(), Problem> {
        let page = self.pages.len();
        let blocks = document.blocks.clone();
        self.pages.push(Page { path: path.to_owned(), document });
        // The last code on this page, which an output shown apart speaks of.
        let mut last: Option<usize> = None;
        // The first prompt of the last transcript, while what it logs has not been shown apart.
        let mut first: Option<usize> = None;
        let bare = leaves_out_logs(&blocks);
        for block in blocks {
            match block.body {
                Body::Prose | Body::Other(_) => {}
                Body::Listing(listing) => {
                    last = Some(self.steps.len());
                    first = None;
                    let mut options = self.options.clone();
                    options.normalize_whitespace |= listing.cell;
                    options.ipython |= listing.cell;
                    self.steps.push(Step {
                        page,
                        line: block.line,
                        end_line: block.end_line,
                        kind: Kind::Listing,
                        cell: listing.cell,
                        source: listing.code,
                        claim: None,
                        options,
                        skip: listing.skip.then(|| SKIPPED.to_owned()),
                        of: None,
                        from: None,
                        remark: None,
                    });
                    self.remarks(page, block.line, listing.remarks, last);
                }
                Body::Transcript(examples) => {
                    first = Some(self.steps.len());
                    for example in examples.into_iter().filter(|example| !example.is_empty()) {
                        last = Some(self.steps.len());
                        self.example(page, example, bare);
                    }
                }
                Body::Output(text) => {
                    let from = first.take().filter(|_| crate::document::may_be_log(&text));
                    self.output(page, (block.line, block.end_line), text, from, last);
                }
                Body::Include(name) => {
                    let included = beside(path, &name)
                        .filter(|_| depth < INCLUDE_DEPTH && self.pages.len() < INCLUDES)
                        .ok_or_else(|| {
                            let message = format!(
                                "`doctest-include {name}` cannot be followed: name a page in the same folder or below it"
                            );
                            Problem::new(path, Some(block.line), message)
                        })?;
                    let document = read_page(&included, self.reader).map_err(|problem| {
                        let message = format!("`doctest-include {name}`: {problem}");
                        Problem::new(path, Some(block.line), message)
                    })?;
                    self.document(&included, document, depth + 1)?;
                }
            }
        }
        Ok(())
    }

    fn example(&mut self, page: usize, example: Example, bare: bool) {
        let mut options = self.options.clone();
        // Notebooks spread values over lines, and set them apart from what is printed.
        options.normalize_whitespace |= example.cell;
        options.ipython |= example.cell;
        for (name, on) in &example.options {
            options.set(name, *on);
        }
        let claim = match example.want_line {
            Some(line) => {
                let bare = bare && !self.options.doctest();
                Some(Claim { text: example.want, line, apart: false, bare })
            }
            // Under doctest's rules an example that shows nothing says that nothing is printed.
            None if self.options.doctest() => {
                Some(Claim { text: String::new(), line: example.end_line, apart: false, bare: false })
            }
            None => None,
        };
        self.steps.push(Step {
            page,
            line: example.line,
            end_line: example.end_line,
            kind: Kind::Prompt,
            cell: example.cell,
            source: example.source,
            claim,
            options,
            skip: example.skip.then(|| SKIPPED.to_owned()),
            of: None,
            from: None,
            remark: None,
        });
    }

    /// Each comment that says what a statement prints is a step of its own, held against the listing.
    fn remarks(&mut self, page: usize, line: usize, remarks: Vec<Remark>, of: Option<usize>) {
        for remark in remarks {
            let mut options = self.options.clone();
            options.normalize_whitespace = true;
            let text = format!("{}\n", remark.text);
            let claim = Claim { text, line: line + remark.line - 1, apart: false, bare: false };
            self.steps.push(Step {
                page,
                line: line + remark.line - 1,
                end_line: line + remark.end_line - 1,
                kind: Kind::Comment,
                cell: false,
                source: format!("{}\n", remark.source),
                claim: Some(claim),
                options,
                skip: None,
                of,
                from: None,
                remark: Some(Remarked { lines: remark.first..=remark.last, hard: remark.hard }),
            });
        }
    }

    /// An output shown apart is the claim of the code before it; a second one is a step of its own, and so is the log of
    /// several prompts, the first of which is at `from`.
    fn output(
        &mut self,
        page: usize,
        (line, end_line): (usize, usize),
        text: String,
        from: Option<usize>,
        last: Option<usize>,
    ) {
        let claim = Claim { text, line, apart: true, bare: false };
        let from = from.filter(|from| last.is_some_and(|last| *from < last));
        if from.is_none()
            && let Some(step) = last.and_then(|last| self.steps.get_mut(last))
            && step.claim.as_ref().is_none_or(|claim| claim.text.is_empty())
        {
            step.claim = Some(claim);
            return;
        }
        let mut options = self.options.clone();
        // Beside prompts, what is logged is laid out for reading.
        let prompts =
            last.and_then(|last| self.steps.get(last)).is_some_and(|step| step.kind == Kind::Prompt);
        options.normalize_whitespace |= prompts && crate::document::may_be_log(&claim.text);
        self.steps.push(Step {
            page,
            line,
            end_line,
            kind: Kind::Output,
            cell: false,
            source: String::new(),
            claim: Some(claim),
            options,
            skip: None,
            of: last,
            from,
            remark: None,
        });
    }
}

/// Whether the prompts of a page show things, and never a statement that was logged.
fn leaves_out_logs(blocks: &[Block]) -> bool {
    let mut shows = false;
    for block in blocks {
        let Body::Transcript(examples) = &block.body else { continue };
        for example in examples.iter().filter(|example| !example.want.is_empty()) {
            if crate::document::may_be_log(&example.want) && !example.source.contains("print(") {
                return false;
            }
            shows = true;
        }
    }
    shows
}

const SKIPPED: &str = "the page says not to run it";

/// The page that `name` names, if it lies in the folder of `page` or below it: a document chooses no other files.
fn beside(page: &Path, name: &str) -> Option<PathBuf> {
    let name = Path::new(name);
    let plain = name.components().all(|part| matches!(part, Component::Normal(_)));
    let rst = name.extension().is_some_and(|extension| extension == "rst" || extension == "txt");
    let folder = page.parent().unwrap_or(Path::new(""));
    (plain && rst).then(|| folder.join(name))
}
