//! `backproof when`: the words for each claim's versions, what explains a change, and the line that `check` adds.
//!
//! What the pages here claim was seen in 1.2.19, 1.3.24, 1.4.54, 2.0.8, 2.0.10, 2.0.51 and 2.1.9.

use super::{GOOD, WRONG, backproof, err, folder, json, out};
use serde_json::Value;

/// Two mapped classes and a user in a session, as every one of the releases runs them.
const MODEL: &str = "```python\n\
from sqlalchemy import Column, ForeignKey, Integer, create_engine\n\
from sqlalchemy.ext.declarative import declarative_base\n\
from sqlalchemy.orm import Session, relationship\n\
Base = declarative_base()\n\
class User(Base):\n    __tablename__ = 'user'\n    id = Column(Integer, primary_key=True)\n\
class Address(Base):\n    __tablename__ = 'address'\n    id = Column(Integer, primary_key=True)\n    \
user_id = Column(Integer, ForeignKey('user.id'))\n    user = relationship(User, backref='addresses')\n\
session = Session()\nuser = User()\nsession.add(user)\naddress = Address(user=user)\n\
```\n\n";

/// The first line after [`MODEL`]'s listing and the fence of what follows.
const FIRST: usize = 21;

fn page(examples: &str) -> Vec<u8> {
    format!("{MODEL}```pycon\n{examples}```\n").into_bytes()
}

#[test]
fn each_claim_is_told_with_the_versions_in_which_it_holds() {
    let page = page(
        ">>> address in session\nTrue\n\
         >>> address in session\nFalse\n\
         >>> print(User.id.notin_([1]))\n(\"user\".id NOT IN (__[POSTCOMPILE_id_1]))\n\
         >>> print(User.id / 2.5)\n\"user\".id / CAST(:id_1 AS DOUBLE)\n\
         >>> print(User.id / 2.5)\n\"user\".id / CAST(:id_1 AS FLOAT)\n\
         >>> address in session or 'DOUBLE' in str(User.id / 2.5)\nTrue\n\
         >>> 1 + 1\n3\n\
         >>> 1 + 1\n2\n",
    );
    let folder = folder(&[("page.md", &page)]);
    let output = backproof(folder.path(), &["when", "page.md"]);
    let text = out(&output);
    let answers: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("  line ")).map(|line| &line[4..]).collect();
    let expected = [
        "holds 1.2–1.4, not since 2.0: cascade over backrefs removed",
        "holds since 2.0: cascade over backrefs removed",
        "holds since 1.4.27: ",
        "holds since 2.1: ",
        "holds 2.0, not since 2.1: ",
        "holds 1.2–1.4 and since 2.1: ",
        "holds in no release since 1.2: the page shows `3`; it is `2`",
        "holds in every release since 1.2",
    ];
    assert_eq!(answers.len(), expected.len(), "{text}");
    for (nth, (answer, expected)) in answers.iter().zip(expected).enumerate() {
        assert!(answer.starts_with(expected), "{nth}: {answer}");
    }
    assert!(answers[5].ends_with("; not in 2.0: cascade over backrefs removed"), "{text}");
    assert!(text.contains(&format!("  line {FIRST}: holds 1.2–1.4")), "{text}");
    assert!(
        text.ends_with(
            "\n1 document, 8 claims: 1 in every release, 6 in some, 1 in none; SQLAlchemy 1.2–2.1\n"
        )
    );
    assert_eq!(output.status.code(), Some(1), "a claim that holds nowhere fails");
    assert!(!text.contains('\u{1b}'), "no colours but on a terminal");
}

#[test]
fn an_edge_within_a_series_is_told_by_its_release() {
    let listing = "from sqlalchemy import Column, Integer, create_engine\n\
        from sqlalchemy.ext.declarative import declarative_base\nfrom sqlalchemy.orm import Session\n\
        Base = declarative_base()\nclass Node(Base):\n    __tablename__ = 'node'\n    id = Column(Integer, primary_key=True)\n\
        engine = create_engine('sqlite://')\nBase.metadata.create_all(engine)\nengine.echo = True\n\
        session = Session(engine)\nsession.add_all([Node(), Node()])\nsession.flush()\n";
    let log = |lines: &[&str]| {
        lines.iter().fold(String::new(), |mut text, line| {
            text.push_str(&format!("    2026-11-22 10:00:00,123 INFO sqlalchemy.engine.Engine {line}\n"));
            text
        })
    };
    let batch = log(&[
        "BEGIN (implicit)",
        "INSERT INTO node (id) VALUES (NULL), (NULL) RETURNING id",
        "[generated in 0.00017s (insertmanyvalues)] ()",
    ]);
    let ordered = log(&[
        "BEGIN (implicit)",
        "INSERT INTO node (id) VALUES (NULL) RETURNING id",
        "[generated in 0.00012s (insertmanyvalues) 1/2 (ordered; batch not supported)] ()",
        "INSERT INTO node (id) VALUES (NULL) RETURNING id",
        "[insertmanyvalues 2/2 (ordered; batch not supported)] ()",
    ]);
    let page = format!("```python\n{listing}```\n\nOutput:\n\n{batch}\n\nOutput:\n\n{ordered}");
    let folder = folder(&[("page.md", page.as_bytes())]);
    let text = out(&backproof(folder.path(), &["when", "page.md"]));
    assert!(
        text.contains("  line 2 (output at line 19): holds 2.0.0–2.0.9, not since 2.0.10: insertmanyvalues in order; not before 2.0: "),
        "{text}"
    );
    assert!(text.contains(": holds since 2.0.10: insertmanyvalues in order\n"), "{text}");
}

#[test]
fn a_name_that_a_release_lacks_is_told_with_its_error() {
    let page: &[u8] = b"```python\nfrom sqlalchemy.orm import DeclarativeBase\n```\n\n```pycon\n>>> DeclarativeBase.__name__\n'DeclarativeBase'\n```\n";
    let folder = folder(&[("page.md", page)]);
    let output = backproof(folder.path(), &["when", "page.md"]);
    let text = out(&output);
    let line = text.lines().find(|line| line.starts_with("  line 2: runs since 2.0")).unwrap_or_default();
    let error = "; before, ImportError: cannot import name 'DeclarativeBase' from 'sqlalchemy.orm'";
    assert!(line.contains(error), "{text}");
    let claim = "  line 6: holds since 2.0; before, line 2 fails\n";
    assert!(text.contains(claim), "{text}");
    assert!(text.contains("1 claim: 1 in some; 1 other step failing in some;"), "{text}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn what_cannot_be_run_is_not_known_and_neither_holds_nor_fails() {
    let page: &[u8] = b"```pycon\n>>> open('x')\n1\n>>> 1\n1\n```\n";
    let folder = folder(&[("page.md", page)]);
    let output = backproof(folder.path(), &["when", "page.md"]);
    let text = out(&output);
    assert!(text.contains("  line 2: not known: "), "{text}");
    assert!(text.contains("2 claims: 1 in every release, 1 not known;"), "{text}");
    assert_eq!(output.status.code(), Some(1), "a claim of which nothing is known is not passed");
    let report = json(&backproof(folder.path(), &["when", "--format", "json", "page.md"]));
    let held = &report["documents"][0]["steps"][0]["holds"];
    assert_eq!((&held[0]["holds"], &held[0]["verdict"]), (&Value::Null, &Value::from("unsupported")));
}

#[test]
fn claims_that_hold_everywhere_are_folded_and_silent_steps_left_out() {
    let page: &[u8] = b"```pycon\n>>> 1\n1\n>>> x = 2\n>>> x\n2\n>>> print(x)\n2\n```\n";
    let silent: &[u8] = b"# Nothing\n\n```python\nx = 1\nprint(x)\n```\n";
    let folder = folder(&[("page.md", page), ("silent.md", silent)]);
    let output = backproof(folder.path(), &["when", "."]);
    assert_eq!(
        out(&output),
        "./page.md\n  lines 2–8: 3 claims, each holds in every release since 1.2\n\n\
         ./silent.md: claims nothing\n\n\
         2 documents, 3 claims: 3 in every release; SQLAlchemy 1.2–2.1\n"
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn the_json_of_when_has_the_keys_of_its_schema() {
    let page = page(">>> address in session\nTrue\n");
    let folder = folder(&[("page.md", &page)]);
    let output = backproof(folder.path(), &["when", "--format", "json", "page.md"]);
    assert_eq!(output.status.code(), Some(0));
    let report = json(&output);
    let keys = |value: &Value| -> Vec<String> {
        value.as_object().map(|object| object.keys().cloned().collect()).unwrap_or_default()
    };
    assert_eq!(keys(&report), ["tool", "schema", "spans", "documents", "summary"]);
    assert_eq!(report["schema"], 1);
    assert_eq!(report["spans"][0]["first"], "1.2.0");
    let step = &report["documents"][0]["steps"][1];
    let expected = [
        "line",
        "end_line",
        "kind",
        "source",
        "documented",
        "documented_line",
        "claim",
        "answer",
        "holds",
        "explained_by",
        "acknowledged",
    ];
    assert_eq!(keys(step), expected);
    assert_eq!(step["answer"], "holds 1.2–1.4, not since 2.0: cascade over backrefs removed");
    let held = step["holds"].as_array().cloned().unwrap_or_default();
    assert_eq!(held.len(), 2, "{held:?}");
    assert_eq!((&held[0]["first"], &held[0]["holds"]), (&Value::from("1.2.0"), &Value::from(true)));
    assert_eq!((&held[1]["first"], &held[1]["verdict"]), (&Value::from("2.0.0"), &Value::from("differs")));
    assert_eq!(step["explained_by"][0]["name"], "cascade-backrefs");
    assert_eq!(step["explained_by"][0]["at"], "2.0.0");
    assert!(step["explained_by"][0]["sentence"].as_str().is_some_and(|sentence| !sentence.is_empty()));
    assert_eq!(report["summary"]["some"], 1);
}

#[test]
fn an_acknowledged_claim_is_shown_as_such_and_passes() {
    let case: &[u8] = b"[[acknowledge]]\nat = 4\nverdict = \"differs\"\nreason = \"an old release\"\n";
    let folder = folder(&[("page.md", WRONG), ("page.case.toml", case)]);
    let output = backproof(folder.path(), &["when", "--case", "page.case.toml"]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert!(
        out(&output).contains("  line 4: holds in no release since 1.2: the page shows `3`; it is `2`\n      acknowledged: an old release\n"),
        "{}",
        out(&output)
    );
}

#[test]
fn pages_together_are_asked_as_one() {
    let one: &[u8] = b"```python\nx = 1\n```\n";
    let two: &[u8] = b"```pycon\n>>> x\n1\n```\n";
    let folder = folder(&[("one.md", one), ("two.md", two)]);
    let together = backproof(folder.path(), &["when", "--together", "one.md", "two.md"]);
    assert_eq!(together.status.code(), Some(0), "{}", out(&together));
    let apart = backproof(folder.path(), &["when", "one.md", "two.md"]);
    assert_eq!(apart.status.code(), Some(1));
    let text = out(&apart);
    assert!(
        text.contains("line 2: holds in no release since 1.2: NameError: name 'x' is not defined"),
        "{text}"
    );
}

#[test]
fn bad_input_to_when_ends_with_two_and_the_others_are_told() {
    let case: &[u8] = b"sqlalchemy = \"0.7\"\n";
    let folder =
        folder(&[("good.md", GOOD), ("old.md", GOOD), ("old.case.toml", case), ("latin.md", b"caf\xe9\n")]);
    for (args, says) in [
        (&["when", "gone.md", "good.md"][..], "error: gone.md: no such file"),
        (&["when", "old.md", "good.md"], "`0.7` is not a SQLAlchemy version"),
        (&["when", "latin.md", "good.md"], "is not UTF-8"),
    ] {
        let output = backproof(folder.path(), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(err(&output).contains(says), "{args:?}: {}", err(&output));
        assert!(out(&output).contains("holds in every release"), "{args:?}: {}", out(&output));
    }
    for args in
        [&["when"][..], &["when", "--doctest", "ELLIPSE", "good.md"], &["when", "--format", "xml", "good.md"]]
    {
        let output = backproof(folder.path(), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(!err(&output).is_empty(), "{args:?}");
    }
}

#[test]
fn check_says_of_a_failing_claim_where_it_holds_and_says_nothing_where_it_does_nowhere() {
    let page = page(">>> address in session\nTrue\n>>> 1 + 1\n3\n");
    let folder = folder(&[("page.md", &page)]);
    let sentence = "holds 1.2–1.4, not since 2.0: cascade over backrefs removed";
    let text = out(&backproof(folder.path(), &["check", "page.md"]));
    let first =
        format!("page.md:{}: differs: the page shows `True`; it is `False`\n  {sentence}\n", FIRST + 1);
    assert!(text.starts_with(&first), "{text}");
    assert_eq!(text.matches("holds").count(), 1, "{text}");
    let old = out(&backproof(folder.path(), &["check", "--sqlalchemy", "1.4", "page.md"]));
    assert!(!old.contains("holds"), "{old}");
    let report = json(&backproof(folder.path(), &["check", "--format", "json", "page.md"]));
    let steps = &report["documents"][0]["steps"];
    assert_eq!(steps[1]["detail"], "the page shows `True`; it is `False`");
    assert_eq!(steps[1]["holds"], sentence);
    assert_eq!(steps[2]["holds"], Value::Null);
}
