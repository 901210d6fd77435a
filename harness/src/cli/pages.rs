//! How `check` and `when` are told what to run: paths, cases, reader and doctest options.

use super::{find, options};
use crate::case::{Case, Plan, Problem};
use crate::document::Reader;
use clap::Args;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

const DOCTEST_HELP: &str = "Doctest options to turn on, with commas between: ELLIPSIS, NORMALIZE_WHITESPACE, IGNORE_EXCEPTION_DETAIL";

#[derive(Debug, Args)]
pub(super) struct PagesArgs {
    /// Documents (.md, .rst, .txt), case files (.case.toml), or folders of them
    #[arg(value_name = "PATH", required_unless_present = "case")]
    paths: Vec<PathBuf>,
    /// Run the PATHs in order in one world
    #[arg(long)]
    together: bool,
    /// A case file: documents, givens and acknowledgements
    #[arg(long, value_name = "FILE.case.toml")]
    case: Vec<PathBuf>,
    /// Doctest options to turn on, with commas between
    #[arg(long, value_name = "OPTIONS", value_delimiter = ',', long_help = DOCTEST_HELP)]
    doctest: Vec<String>,
    /// How to read documents, whatever they look like: markdown, rst or text
    #[arg(long, value_name = "READER")]
    reader: Option<Reader>,
}

impl PagesArgs {
    /// What is to be run, in the order of the arguments.
    pub(super) fn plans(&self) -> Result<Vec<Result<Plan, Problem>>, String> {
        let options = options(&self.doctest)?;
        let mut plans = Vec::new();
        if self.together && !self.paths.is_empty() {
            plans.push(find::together(&self.paths));
        } else {
            plans.extend(self.paths.iter().flat_map(|path| find::plans(path)));
        }
        plans.extend(self.case.iter().map(|path| find::case_plan(path)));
        for plan in plans.iter_mut().flatten() {
            plan.options.extend(&options);
            plan.reader = self.reader;
        }
        Ok(plans)
    }
}

/// Reads a plan's pages and does something with them; a panic outside any step is a problem of its document alone.
pub(super) fn guarded<R>(plan: &Result<Plan, Problem>, then: impl FnOnce(Case) -> R) -> Result<R, Problem> {
    let plan = plan.as_ref().map_err(Clone::clone)?;
    catch_unwind(AssertUnwindSafe(|| Case::load(plan).map(then))).unwrap_or_else(|_| {
        let message = "backproof itself failed on this document: please report it with the page";
        Err(Problem::new(&plan.name, None, message))
    })
}

/// The problem of a plan for which no thread could be started.
pub(super) fn not_run(plan: &Result<Plan, Problem>) -> Problem {
    match plan {
        Ok(plan) => Problem::new(&plan.name, None, "was not checked: no thread could be started for it"),
        Err(problem) => problem.clone(),
    }
}
