//! `backproof run`: a whole program, as Python would show it.

use super::{RunArgs, UNREADABLE, complain, on_a_stack, print};
use crate::case::{unreadable, utf8};
use crate::nesting::too_deep;
use crate::outcome::{End, Outcome, Unsupported};
use crate::world::{Limits, Mode, Source, World};

/// An uncaught Python exception.
const RAISED: u8 = 1;
/// A construct outside what backproof runs.
const UNSUPPORTED: u8 = 3;

pub(super) fn main(args: &RunArgs) -> u8 {
    let bytes = match std::fs::read(&args.file) {
        Ok(bytes) => bytes,
        Err(error) => {
            complain(&format!("error: {}", unreadable(&args.file, &error)));
            return UNREADABLE;
        }
    };
    let code = match utf8(&args.file, bytes, "program") {
        Ok(code) => code,
        Err(problem) => {
            complain(&format!("error: {problem}"));
            return UNREADABLE;
        }
    };
    let file = args.file.display().to_string();
    let profile = args.sqlalchemy.unwrap_or_default();
    let program = || {
        if let Some((line, what)) = too_deep(&code) {
            let end = End::Unsupported(Unsupported { what: what.to_owned(), line: Some(line) });
            return Outcome { end, ..Outcome::default() };
        }
        let mut world = World::new(profile, Limits::default());
        world.run(Source { code: &code, file: &file, line: 1, mode: Mode::Program })
    };
    match on_a_stack(program) {
        Ok(outcome) => show(&file, &outcome),
        Err(message) => {
            complain(&format!("{file}: {message}"));
            UNSUPPORTED
        }
    }
}

/// A program that ends itself: as Python does, a number is no message. Other codes than 0 and 1 mean other things here.
fn leave(code: &str) -> u8 {
    match code {
        "" | "None" | "0" => 0,
        number if number.parse::<i128>().is_ok() => RAISED,
        message => {
            complain(message);
            RAISED
        }
    }
}

fn show(file: &str, outcome: &Outcome) -> u8 {
    print(&outcome.terminal());
    match &outcome.end {
        End::Done => 0,
        End::Raised(raised) if raised.kind == "SystemExit" => leave(&raised.message),
        End::Raised(raised) => {
            complain(&raised.traceback);
            RAISED
        }
        End::Unsupported(unsupported) => {
            let line = unsupported.line.map(|line| format!(":{line}")).unwrap_or_default();
            complain(&format!("{file}{line}: not supported: {}", unsupported.what));
            UNSUPPORTED
        }
    }
}
