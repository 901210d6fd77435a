//! The command as a person meets it: exit codes, messages for bad input, and the JSON report's shape.

#[path = "command/comments.rs"]
mod comments;
#[path = "command/lacks.rs"]
mod lacks;
#[path = "command/when.rs"]
mod when;

use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

fn backproof(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_backproof"))
        .args(args)
        .current_dir(folder)
        .output()
        .expect("the command runs")
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder within");
        std::fs::write(path, bytes).expect("a file");
    }
    folder
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", out(output), err(output)))
}

const GOOD: &[u8] = b"A sum:\n\n```python\n>>> 1 + 1\n2\n```\n";
const WRONG: &[u8] = b"A sum:\n\n```python\n>>> 1 + 1\n3\n>>> x = 1\n```\n\nThat is all.\n";

#[test]
fn a_true_page_passes_and_a_false_one_does_not() {
    let folder = folder(&[("good.md", GOOD), ("wrong.md", WRONG)]);
    let good = backproof(folder.path(), &["check", "good.md"]);
    assert_eq!(good.status.code(), Some(0), "{}", out(&good));
    assert!(out(&good).contains("1 document, 1 step: 1 agrees"), "{}", out(&good));
    let wrong = backproof(folder.path(), &["check", "wrong.md"]);
    assert_eq!(wrong.status.code(), Some(1));
    let text = out(&wrong);
    assert!(text.starts_with("wrong.md:5: differs: the page shows `3`; it is `2`\n"), "{text}");
    assert!(text.contains("> 5 | 3\n"), "{text}");
    assert!(text.contains("      -3\n      +2\n"), "{text}");
    assert!(text.contains("\n1 document, 2 steps: 1 differs, 1 silent; SQLAlchemy 2.0.51\n"), "{text}");
    assert!(!text.contains('\u{1b}'), "no colours but on a terminal");
}

#[test]
fn the_json_report_has_the_keys_of_its_schema() {
    let folder = folder(&[("wrong.md", WRONG)]);
    let report =
        json(&backproof(folder.path(), &["check", "--format", "json", "--sqlalchemy", "1.4", "wrong.md"]));
    let keys = |value: &serde_json::Value| -> Vec<String> {
        value.as_object().map(|object| object.keys().cloned().collect()).unwrap_or_default()
    };
    assert_eq!(keys(&report), ["tool", "schema", "profile", "documents", "summary"]);
    assert_eq!(report["tool"], "backproof");
    assert_eq!(report["schema"], 1);
    assert_eq!(report["profile"], "1.4.54");
    assert_eq!(keys(&report["documents"][0]), ["path", "steps"]);
    let step = &report["documents"][0]["steps"][0];
    let expected = [
        "line",
        "end_line",
        "kind",
        "source",
        "documented",
        "documented_line",
        "stdout",
        "log",
        "actual",
        "verdict",
        "detail",
        "acknowledged",
    ];
    assert_eq!(keys(step), expected);
    assert_eq!(step["line"], 4);
    assert_eq!(step["kind"], "prompt");
    assert_eq!(step["source"], "1 + 1\n");
    assert_eq!(step["documented"], "3\n");
    assert_eq!(step["documented_line"], 5);
    assert_eq!(step["actual"], "2\n");
    assert_eq!(step["verdict"], "differs");
    let verdicts = ["agrees", "differs", "undocumented", "silent", "raises", "unsupported", "skipped"];
    assert_eq!(keys(&report["summary"]), verdicts);
    assert_eq!(report["summary"]["differs"], 1);
}

#[test]
fn a_missing_file_is_named_and_the_others_are_checked() {
    let folder = folder(&[("good.md", GOOD)]);
    let output = backproof(folder.path(), &["check", "gone.md", "good.md"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(err(&output), "error: gone.md: no such file: check the path\n");
    assert!(out(&output).contains("1 agrees"), "{}", out(&output));
}

#[test]
fn a_folder_without_documents_says_what_it_looked_for() {
    let folder = folder(&[("empty/code.py", b"x = 1\n")]);
    let output = backproof(folder.path(), &["check", "empty"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("empty: holds no documents (.md, .rst, .txt)"), "{}", err(&output));
}

#[test]
fn bytes_that_are_not_utf8_are_named_with_their_line() {
    let folder = folder(&[("latin.md", b"one\ntwo caf\xe9\n"), ("good.md", GOOD)]);
    let output = backproof(folder.path(), &["check", "."]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        err(&output).contains("latin.md:2: byte 0xe9 is not UTF-8: save the page as UTF-8"),
        "{}",
        err(&output)
    );
    assert!(out(&output).contains("1 agrees"), "{}", out(&output));
}

#[test]
fn faults_of_a_case_file_are_named_with_their_line() {
    let page = ("page.md", GOOD);
    for (text, line, says) in [
        ("sqlalchemy = \"1.4\"\nprofile = \"x\"\n", 2, "unknown field `profile`"),
        ("sqlalchemy = \"0.7\"\n", 1, "`0.7` is not a SQLAlchemy version"),
        ("doctest = [\n  \"ELLIPSE\",\n]\n", 2, "`ELLIPSE` is no doctest option"),
        ("[[given]]\nbefore = \"no such text\"\ncode = \"x = 1\"\n", 3, "no step has a line with that text"),
        ("[[given]]\nbefore = 1\ncode = \"x = 1\"\n", 3, "no step stands on that line"),
        ("[[acknowledge]]\nat = 4\nverdict = \"wrong\"\nreason = \"\"\n", 3, "`wrong` is no verdict"),
        ("[[acknowledge]]\nat = 1\nverdict = \"differs\"\nreason = \"\"\n", 2, "no step stands on that line"),
        ("documents = [\"other.md\"]\n", 1, "other.md, which is not there"),
        ("documents = [\n", 1, "a case file has"),
    ] {
        let folder = folder(&[page, ("page.case.toml", text.as_bytes())]);
        let output = backproof(folder.path(), &["check", "--case", "page.case.toml"]);
        assert_eq!(output.status.code(), Some(2), "{text}");
        let message = err(&output);
        assert!(message.starts_with(&format!("error: page.case.toml:{line}: ")), "{text}: {message}");
        assert!(message.contains(says), "{text}: {message}");
    }
}

#[test]
fn an_acknowledged_fault_passes_until_it_is_mended() {
    let case: &[u8] = b"[[acknowledge]]\nat = 4\nverdict = \"differs\"\nreason = \"an old release\"\n";
    let folder = folder(&[("page.md", WRONG), ("page.case.toml", case)]);
    let known = backproof(folder.path(), &["check", "page.md"]);
    assert_eq!(known.status.code(), Some(0), "{}", out(&known));
    assert!(out(&known).contains("(1 acknowledged)"), "{}", out(&known));
    std::fs::write(folder.path().join("page.md"), GOOD).expect("the page is mended");
    let mended = backproof(folder.path(), &["check", "page.md"]);
    assert_eq!(mended.status.code(), Some(1));
    assert!(out(&mended).contains("page.case.toml:2: acknowledges `differs` here, which no longer applies"));
}

#[test]
fn a_given_runs_before_the_step_that_it_names() {
    let page: &[u8] = b"```python\n>>> total + 1\n3\n```\n";
    let case: &[u8] = b"[[given]]\nbefore = \"total + 1\"\ncode = \"\"\"\ntotal = 2\n\"\"\"\n";
    let folder = folder(&[("page.md", page), ("page.case.toml", case)]);
    let output = backproof(folder.path(), &["check", "page.md"]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
}

#[test]
fn a_page_that_a_case_names_is_not_run_again_alone() {
    let one: &[u8] = b"```python\nx = 1\n```\n";
    let two: &[u8] = b"```python\n>>> x\n1\n```\n";
    let case: &[u8] = b"documents = [\"one.md\", \"two.md\"]\n";
    let folder = folder(&[("one.md", one), ("two.md", two), ("both.case.toml", case)]);
    let output = backproof(folder.path(), &["check", "."]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert!(out(&output).contains("2 documents, 2 steps: 1 agrees, 1 silent"), "{}", out(&output));
}

#[test]
fn pages_together_share_a_world_and_pages_apart_do_not() {
    let one: &[u8] = b"```python\nx = 1\n```\n";
    let two: &[u8] = b"```python\n>>> x\n1\n```\n";
    let folder = folder(&[("one.md", one), ("two.md", two)]);
    let together = backproof(folder.path(), &["check", "--together", "one.md", "two.md"]);
    assert_eq!(together.status.code(), Some(0), "{}", out(&together));
    let apart = backproof(folder.path(), &["check", "one.md", "two.md"]);
    assert_eq!(apart.status.code(), Some(1));
    assert!(out(&apart).contains("two.md:2: raises: NameError: name 'x' is not defined"), "{}", out(&apart));
}

#[test]
fn a_syntax_error_inside_a_listing_is_told_with_its_line() {
    let page: &[u8] = b"Text.\n\n```python\nx = 1\ny = = 2\n```\n\n    not Python at all\n";
    let folder = folder(&[("page.md", page)]);
    let output = backproof(folder.path(), &["check", "page.md"]);
    assert_eq!(output.status.code(), Some(1));
    let text = out(&output);
    assert!(text.contains("page.md:5: raises: SyntaxError"), "{text}");
    assert!(text.contains("> 5 | y = = 2\n"), "{text}");
    assert!(text.contains("1 document, 1 step: 1 raises"), "{text}");
}

#[test]
fn what_is_not_supported_is_neither_passed_nor_called_an_exception() {
    let page: &[u8] = b"```python\nasync def f():\n    pass\n```\n";
    let folder = folder(&[("page.md", page), ("good.md", GOOD)]);
    let output = backproof(folder.path(), &["check", "page.md", "good.md"]);
    assert_eq!(output.status.code(), Some(1), "{}", out(&output));
    assert!(out(&output).contains("page.md:2: unsupported: "), "{}", out(&output));
    assert!(out(&output).contains("1 agrees"), "{}", out(&output));
}

#[test]
fn each_output_apart_is_held_against_the_code_before_it() {
    let page: &[u8] = b"# A\n\n```python\nprint('one')\nprint('two')\n```\n\nIt prints:\n\n    one\n    two\n\nOutput:\n\n    one\n    three\n";
    let folder = folder(&[
        ("page.md", page),
        ("alone.txt", b"Output:\n\n2020-01-01 10:00:00,123 INFO sqlalchemy.engine.Engine BEGIN (implicit)\n"),
    ]);
    let output = backproof(folder.path(), &["check", "page.md", "alone.txt"]);
    assert_eq!(output.status.code(), Some(1));
    let text = out(&output);
    assert!(text.starts_with("page.md:16: differs: the page shows `three`; it is `two`\n"), "{text}");
    assert!(text.contains("alone.txt:3: unsupported: an output with no code before it"), "{text}");
    assert!(text.contains("2 documents, 3 steps: 1 agrees, 1 differs, 1 unsupported"), "{text}");
}

#[test]
fn a_documented_traceback_agrees_by_its_last_line() {
    let page: &[u8] = b"```python\n>>> [][1]\nTraceback (most recent call last):\n  ...\nIndexError: list index out of range\n>>> [][2]\nTraceback (most recent call last):\n  ...\nIndexError: no such thing\n>>> 1\nTraceback (most recent call last):\n  ...\nValueError: one\n```\n";
    let folder = folder(&[("page.md", page)]);
    let text = out(&backproof(folder.path(), &["check", "page.md"]));
    assert!(
        text.starts_with("page.md:9: differs: it raises IndexError: list index out of range\n"),
        "{text}"
    );
    assert!(text.contains(": differs: the page shows `ValueError: one`; nothing was raised\n"), "{text}");
    assert!(text.contains("1 document, 3 steps: 1 agrees, 2 differs"), "{text}");
}

#[test]
fn usage_faults_end_with_two() {
    let folder = folder(&[("good.md", GOOD), ("code.py", b"x = 1\n")]);
    for args in [
        &["check"][..],
        &["check", "--sqlalchemy", "0.5", "good.md"],
        &["check", "--reader", "html", "good.md"],
        &["check", "--format", "xml", "good.md"],
        &["check", "--doctest", "ELLIPSE", "good.md"],
        &["check", "code.py"],
        &["extract", "gone.md"],
        &["extract", "."],
        &["extract", "good.md", "good.md"],
        &["extract", "--unsupported", "gone.md"],
        &["run", "gone.py"],
        &["lint"],
        &[],
    ] {
        let output = backproof(folder.path(), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(!err(&output).is_empty(), "{args:?}");
    }
}

#[test]
fn undocumented_output_fails_only_where_it_is_asked_to() {
    let page: &[u8] = b"```python\nprint(1)\n```\n";
    let folder = folder(&[("page.md", page)]);
    assert_eq!(backproof(folder.path(), &["check", "page.md"]).status.code(), Some(0));
    let strict = backproof(folder.path(), &["check", "--strict", "page.md"]);
    assert_eq!(strict.status.code(), Some(1));
    assert!(out(&strict).contains("page.md:2: undocumented"), "{}", out(&strict));
}

#[test]
fn run_prints_what_python_prints_and_ends_as_it_does() {
    let folder = folder(&[
        ("fine.py", b"print('one')\nprint(2)\n"),
        ("fails.py", b"print('one')\nint('x')\n"),
        ("async.py", b"print('one')\n\nasync def f():\n    pass\n"),
    ]);
    let fine = backproof(folder.path(), &["run", "fine.py"]);
    assert_eq!((fine.status.code(), out(&fine), err(&fine)), (Some(0), "one\n2\n".into(), String::new()));
    let fails = backproof(folder.path(), &["run", "fails.py"]);
    assert_eq!(fails.status.code(), Some(1));
    assert_eq!(out(&fails), "one\n");
    assert!(err(&fails).starts_with("Traceback (most recent call last):\n"), "{}", err(&fails));
    assert!(
        err(&fails).ends_with("ValueError: invalid literal for int() with base 10: 'x'\n"),
        "{}",
        err(&fails)
    );
    let unsupported = backproof(folder.path(), &["run", "async.py"]);
    assert_eq!(unsupported.status.code(), Some(3));
    assert!(err(&unsupported).starts_with("async.py:3: not supported: "), "{}", err(&unsupported));
}

#[test]
fn extract_lists_what_was_found_and_what_is_not_run() {
    let page: &[u8] = b"# Title\n\n```python\nx = 1\n```\n\n```bash\nls\n```\n\n```\n>>> x\n1\n>>>\n```\n";
    let folder = folder(&[("page.md", page)]);
    let report = json(&backproof(folder.path(), &["extract", "page.md", "--format", "json"]));
    let blocks = report["blocks"].as_array().cloned().unwrap_or_default();
    let found: Vec<(u64, String)> = blocks
        .iter()
        .map(|block| (block["line"].as_u64().unwrap_or(0), block["kind"].as_str().unwrap_or("").to_owned()))
        .filter(|(_, kind)| kind != "prose")
        .collect();
    let expected = [(4, "listing"), (8, "not run"), (12, "prompt"), (14, "empty prompt")];
    assert_eq!(found, expected.map(|(line, kind)| (line, kind.to_owned())));
    let human = out(&backproof(folder.path(), &["extract", "page.md"]));
    assert!(human.starts_with("page.md: read as markdown\n4: listing\n    x = 1\n"), "{human}");
    assert!(human.contains("8: not run (the page calls it bash, not Python)\n"), "{human}");
}

#[test]
fn extract_says_what_runs_in_which_world() {
    let listing = |name: &str| {
        format!(
            "from sqlalchemy import Column, Integer\nfrom sqlalchemy.orm import declarative_base\n\nBase = declarative_base()\n\n\nclass {name}(Base):\n    __tablename__ = \"t\"\n    id = Column(Integer, primary_key=True)\n"
        )
    };
    let page = format!(
        "```python\n{}```\n\n```python\nclass A(Base):\n    # ...\n    size = 1\n```\n\n```\n>>> A.size + more\n>>> 2\n```\n\n```python\n{}```\n",
        listing("A"),
        listing("B")
    );
    let case: &[u8] = b"[[given]]\nbefore = \"A.size\"\ncode = \"more = 1\"\n";
    let folder = folder(&[("page.md", page.as_bytes()), ("page.case.toml", case)]);
    let report = json(&backproof(folder.path(), &["extract", "page.case.toml", "--format", "json"]));
    let runs = report["runs"].as_array().cloned().unwrap_or_default();
    let ran: Vec<(u64, &str, &str, u64)> = runs
        .iter()
        .map(|run| {
            let number = |key: &str| run[key].as_u64().unwrap_or(0);
            let text = |key: &str| run[key].as_str().unwrap_or("");
            (number("world"), text("kind"), text("page"), number("line"))
        })
        .collect();
    let expected = [
        (1, "listing", "page.md", 2),
        (2, "listing", "page.md", 14),
        (2, "given", "page.case.toml", 3),
        (2, "prompt", "page.md", 20),
        (2, "prompt", "page.md", 21),
        (3, "listing", "page.md", 25),
    ];
    assert_eq!(ran, expected);
    assert_eq!(runs[1]["completed_from"], 2);
    let completed = runs[1]["source"].as_str().unwrap_or("");
    assert!(completed.contains("__tablename__") && completed.contains("size = 1"), "{completed}");
    assert_eq!(report["profile"], "2.0.51");
    let by_page = json(&backproof(folder.path(), &["extract", "page.md", "--format", "json"]));
    assert_eq!(by_page["hash"], report["hash"]);
    // Where the release has no such import, no listing completes the fragment.
    let older = &["extract", "page.md", "--format", "json", "--sqlalchemy", "1.3"];
    let older = json(&backproof(folder.path(), older));
    assert_eq!(older["profile"], "1.3.24");
    assert_ne!(older["hash"], report["hash"]);
}

#[test]
fn source_that_nests_without_end_is_refused_and_not_crashed_on() {
    let deep = format!("```python\nx = {}1\n```\n", "(".repeat(200_000));
    let chain = format!("```python\nx = {}1\n```\n", "-".repeat(200_000));
    let prompts = format!(">>> x = {}\n", "[".repeat(200_000));
    let folder = folder(&[
        ("deep.md", deep.as_bytes()),
        ("chain.md", chain.as_bytes()),
        ("prompts.txt", prompts.as_bytes()),
        ("good.md", GOOD),
    ]);
    let output = backproof(folder.path(), &["check", "."]);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    assert!(out(&output).contains("1 agrees"), "{}", out(&output));
    assert!(out(&output).contains("3 unsupported"), "{}", out(&output));
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let page = "```python\n>>> 1\n2\n```\n".repeat(3000);
    let folder = folder(&[("page.md", page.as_bytes())]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_backproof"))
        .args(["check", "page.md"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(err(&output), "");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_program_that_ends_itself_is_no_traceback() {
    let folder = folder(&[
        ("done.py", b"import sys\nprint('x')\nsys.exit()\n"),
        ("number.py", b"import sys\nsys.exit(3)\n"),
        ("words.py", b"raise SystemExit('that is all')\n"),
    ]);
    let done = backproof(folder.path(), &["run", "done.py"]);
    assert_eq!((done.status.code(), &*out(&done), &*err(&done)), (Some(0), "x\n", ""));
    let number = backproof(folder.path(), &["run", "number.py"]);
    assert_eq!((number.status.code(), &*err(&number)), (Some(1), ""));
    let words = backproof(folder.path(), &["run", "words.py"]);
    assert_eq!((words.status.code(), &*err(&words)), (Some(1), "that is all\n"));
}

#[test]
fn frames_of_one_line_are_summed_up_and_a_loop_is_not_marked() {
    let program = b"def f(n):\n    return f(n - 1) if n else 1 / 0\n\n\ndef g():\n    yield 1\n    f(4)\n\n\nfor x in g():\n    pass\n";
    let folder = folder(&[("deep.py", program)]);
    let text = err(&backproof(folder.path(), &["run", "deep.py"]));
    assert!(text.contains("  [Previous line repeated 2 more times]\nZeroDivisionError"), "{text}");
    assert!(text.contains("in <module>\n    for x in g():\n  File"), "{text}");
}

#[test]
fn what_only_our_own_bounds_refuse_is_unsupported_and_no_exception() {
    let blob = b"from sqlalchemy import create_engine, text\nc = create_engine('sqlite://').connect()\ntry:\n    c.execute(text('select zeroblob(900000000)'))\nexcept Exception:\n    print('caught')\n";
    let hook = b"class A:\n    def __getattribute__(self, name):\n        return 1\n";
    let last = b"class A:\n    def __del__(self):\n        print('gone')\n";
    let mut classes = String::from("class C0: pass\n");
    for n in 1..2000 {
        classes.push_str(&format!("class C{n}(C{}): pass\n", n - 1));
    }
    let mut joined = String::from(
        "from sqlalchemy import *\nfrom sqlalchemy.orm import *\nBase = declarative_base()\nclass N(Base):\n    __tablename__ = 'n'\n    id = Column(Integer, primary_key=True)\n    p = Column(ForeignKey('n.id'))\n",
    );
    joined.push_str("    kids = relationship('N', lazy='joined', join_depth=50)\nprint(select(N))\n");
    let folder = folder(&[
        ("blob.py", blob),
        ("hook.py", hook),
        ("last.py", last),
        ("classes.py", classes.as_bytes()),
        ("joined.py", joined.as_bytes()),
    ]);
    for (name, reason) in [
        ("blob.py", "a value of more than 32 MiB"),
        ("hook.py", "a class with `__getattribute__`"),
        ("last.py", "a class with `__del__`"),
        ("classes.py", "a class with more than 200 ancestors"),
        ("joined.py", "joined loading more than 30 relationships deep"),
    ] {
        let output = backproof(folder.path(), &["run", name]);
        assert_eq!(output.status.code(), Some(3), "{name}: {}", err(&output));
        assert_eq!(out(&output), "", "{name}");
        assert!(err(&output).contains(reason), "{name}: {}", err(&output));
    }
}
