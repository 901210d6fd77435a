//! Snippets run by the evaluator, held against what CPython 3.11 printed for them.
//!
//! Each `python/NAME.py` stands beside `python/NAME.out`. Recorded anew, in that folder, with
//! `for f in *.py; do TZ=UTC python3.11 -W ignore $f > ${f%.py}.out 2>/dev/null; done`.

use backproof::outcome::Outcome;
use backproof::python::{Interp, Limits, Mode, Stop};
use std::path::Path;

/// What a snippet prints, or why it was not run to its end.
fn run(source: String) -> Result<String, String> {
    let work = move || {
        let mut interp = Interp::new(Limits::default());
        let ended = interp.exec(&source, Mode::Program, "snippet.py", 1);
        let outcome = Outcome { pieces: interp.take_pieces(), ..Outcome::default() };
        match ended {
            Ok(()) => Ok(outcome.stdout()),
            Err(Stop::Raise(exception)) => Err(interp.traceback(&exception)),
            Err(Stop::Unsupported { what, .. } | Stop::Limit { what, .. }) => {
                Err(format!("{}not supported: {what}", outcome.stdout()))
            }
        }
    };
    let thread =
        std::thread::Builder::new().stack_size(256 << 20).spawn(work).map_err(|error| error.to_string())?;
    thread.join().map_err(|_| "it panicked".to_owned())?
}

#[test]
fn snippets_print_what_cpython_prints() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("harness/tests/python");
    let mut paths: Vec<_> = walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|ending| ending == "py"))
        .collect();
    assert!(!paths.is_empty(), "no snippets were found");
    let mut failures = Vec::new();
    for path in paths.drain(..) {
        let source = std::fs::read_to_string(&path).expect("a snippet is text");
        let expected =
            std::fs::read_to_string(path.with_extension("out")).expect("a snippet has its output beside it");
        let actual = run(source).unwrap_or_else(|problem| problem);
        if actual != expected {
            let diff = similar::TextDiff::from_lines(&expected, &actual);
            failures.push(format!("{}\n{}", path.display(), diff.unified_diff().context_radius(0)));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
