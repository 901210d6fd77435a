//! Snippets run by the evaluator, held against what CPython 3.11 printed for them.
//!
//! Each `python/NAME.py` stands beside `python/NAME.out`. Recorded anew, in that folder, with
//! `for f in *.py; do TZ=UTC python3.11 -W ignore $f > ${f%.py}.out 2>/dev/null; done`.
//! Those in `tracebacks` end in an exception that nobody handles; `NAME.out` is what a copy of it named
//! `snippet.py` writes to standard error when it is run from its own folder.

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

/// Runs every snippet of a folder and fails with what differs from the outputs beside them.
fn hold(folder: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("harness/tests").join(folder);
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

#[test]
fn snippets_print_what_cpython_prints() {
    hold("python");
}

#[test]
fn unhandled_exceptions_are_shown_as_cpython_shows_them() {
    hold("tracebacks");
}

#[test]
fn hostile_sources_end_at_a_bound() {
    let sources = [
        "while True: pass".to_owned(),
        "'x' * 10**10".to_owned(),
        "x = [0] * 10**9".to_owned(),
        "10**10**8".to_owned(),
        "1 << 10**10".to_owned(),
        "x = 2\nwhile True: x = x * x".to_owned(),
        "s = 'a'\nwhile True: s += s".to_owned(),
        "while True: print('x' * 10000)".to_owned(),
        "list(range(10**9))".to_owned(),
        "l = []\nfor i in range(100000): l = [l]\nprint(l)".to_owned(),
        "def f():\n try:\n  f()\n finally:\n  f()\nf()".to_owned(),
        format!("x = {}", vec!["1"; 30_000].join(" + ")),
        format!("x = {}1", "-".repeat(3000)),
        format!("x = {}{}", "[".repeat(3000), "]".repeat(3000)),
        format!("x = a{}", ".b".repeat(20_000)),
    ];
    for source in sources {
        let start: String = source.chars().take(60).collect();
        let ended = run(source);
        assert!(matches!(&ended, Err(why) if why.contains("not supported: ")), "{start}: {ended:?}");
    }
}

#[test]
fn deep_structures_are_built_and_dropped() {
    let sources = [
        "l = []\nfor i in range(300000): l = [l]",
        "l = ()\nfor i in range(300000): l = (l,)",
        "class A: pass\nx = None\nfor i in range(100000):\n a = A(); a.n = x; x = a",
        "f = None\nfor i in range(50000):\n f = (lambda g: lambda: g)(f)",
        "e = None\nfor i in range(50000):\n try:\n  raise ValueError(i) from e\n except ValueError as x:\n  e = x",
    ];
    for source in sources {
        assert_eq!(run(source.to_owned()), Ok(String::new()), "{source}");
    }
}
