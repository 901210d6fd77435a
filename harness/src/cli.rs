//! The command: arguments in, reports and exit codes out.
//!
//! The only place that prints, reads the environment or starts threads.

mod check;
mod extract;
pub mod find;
mod pages;
mod run;
mod threads;
mod when;

use crate::document::Reader;
use crate::judge::Options;
use backproof_engine::version::Profile;
use clap::{Args, Parser, Subcommand, ValueEnum};
use pages::PagesArgs;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Stack of a thread that runs a document: its code may nest as deep as the bounds allow.
const STACK: usize = 512 << 20;

/// Says claim by claim whether a page about SQLAlchemy relationships is true.
#[derive(Debug, Parser)]
#[command(name = "backproof", version, about, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Verdicts for documents; folders are walked
    Check(CheckArgs),
    /// For each claim of documents, the SQLAlchemy versions in which it holds
    When(WhenArgs),
    /// Run a whole program and print what Python would print, log included
    Run(RunArgs),
    /// Show what was found on a page, line by line, and what was not run; or count what is unsupported
    Extract(ExtractArgs),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

#[derive(Debug, Args)]
struct CheckArgs {
    #[command(flatten)]
    pages: PagesArgs,
    /// The SQLAlchemy version to hold documents against, e.g. 1.4 or 2.0.8
    #[arg(long, value_name = "VERSION")]
    sqlalchemy: Option<Profile>,
    /// Let undocumented output fail
    #[arg(long)]
    strict: bool,
    /// Show the tables and relationships that each document maps
    #[arg(long)]
    model: bool,
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Args)]
struct WhenArgs {
    #[command(flatten)]
    pages: PagesArgs,
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Args)]
struct RunArgs {
    #[arg(value_name = "FILE.py")]
    file: PathBuf,
    /// The SQLAlchemy version whose behaviour is asked for, e.g. 1.4 or 2.0.8
    #[arg(long, value_name = "VERSION")]
    sqlalchemy: Option<Profile>,
}

#[derive(Debug, Args)]
struct ExtractArgs {
    /// A document (.md, .rst, .txt), a case file (.case.toml), or with --format json a folder of them; with
    /// --unsupported any number of these
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Count what documents need that backproof does not run, most frequent first, and the claims that hang on it
    #[arg(long)]
    unsupported: bool,
    /// The SQLAlchemy version to run as: it decides which steps share a world, e.g. 1.4 or 2.0.8
    #[arg(long, value_name = "VERSION")]
    sqlalchemy: Option<Profile>,
    /// How to read the document, whatever it looks like: markdown, rst or text
    #[arg(long, value_name = "READER")]
    reader: Option<Reader>,
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// Runs the command with the process's arguments.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // A panic is reported for its document alone, in the report.
    std::panic::set_hook(Box::new(|_| {}));
    let code = match cli.command {
        Command::Check(args) => check::main(&args),
        Command::When(args) => when::main(&args),
        Command::Run(args) => run::main(&args),
        Command::Extract(args) => extract::main(&args),
    };
    ExitCode::from(code)
}

/// Usage, or unreadable input.
const UNREADABLE: u8 = 2;

/// The doctest options that the command line names.
fn options(names: &[String]) -> Result<Options, String> {
    let mut options = Options::default();
    for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        if !options.set(name, true) {
            return Err(format!(
                "--doctest: `{name}` is no doctest option: give {}",
                Options::NAMES.join(", ")
            ));
        }
    }
    Ok(options)
}

/// Runs on a thread with the stack that documents are given; says why where that could not be.
fn on_a_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, String> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        let thread = thread.map_err(|error| format!("a thread could not be started: {error}"))?;
        thread
            .join()
            .map_err(|_| "backproof itself failed on this: please report it with the file".to_owned())
    })
}

/// Writes to standard output. A reader that has gone away is no fault.
fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    finish(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

/// Writes a line to standard error.
fn complain(text: &str) {
    let mut err = std::io::stderr().lock();
    finish(err.write_all(format!("{}\n", text.trim_end_matches('\n')).as_bytes()));
}

fn finish(written: std::io::Result<()>) {
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        std::process::exit(i32::from(UNREADABLE));
    }
}

/// Whether to colour what goes to standard output.
fn colour() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    std::io::stdout().is_terminal() && !refused && !dumb
}
