//! `extract --unsupported`: constructs that are not run, counted over pages and folders.

use super::{GOOD, backproof, err, folder, json, out};

/// Two steps stop at `async`, and what the first would have defined is needed twice.
const ASYNC: &[u8] = b"```\n>>> async def f():\n...     pass\n>>> f()\n1\n>>> f\n2\n```\n\n```python\nasync def g():\n    pass\n```\n\nOutput:\n\n    three\n";
const OPEN: &[u8] = b"```\n>>> x = 1\n>>> open('x').read()\n'text'\n```\n";

#[test]
fn what_is_not_run_is_counted_most_frequent_first_with_the_claims_that_hang_on_it() {
    let folder = folder(&[("b.md", OPEN), ("a/async.md", ASYNC), ("good.md", GOOD)]);
    let output = backproof(folder.path(), &["extract", "--unsupported", "--format", "json", "."]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let report = json(&output);
    let lacks = report["unsupported"].as_array().cloned().unwrap_or_default();
    let counted: Vec<(&str, u64, u64, u64, u64)> = lacks
        .iter()
        .map(|lack| {
            let number = |key: &str| lack[key].as_u64().unwrap_or(99);
            let page = lack["page"].as_str().unwrap_or("");
            (page, number("line"), number("stopped"), number("followed"), number("claims"))
        })
        .collect();
    assert_eq!(counted, [("./a/async.md", 2, 2, 2, 3), ("./b.md", 3, 1, 0, 1)], "{report:#}");
    assert!(lacks[1]["what"].as_str().is_some_and(|what| what.contains("open")), "{report:#}");
    let summary = serde_json::json!({
        "documents": 3, "steps": 7, "claims": 5, "steps_not_run": 5, "claims_not_run": 4, "reasons": 2
    });
    assert_eq!(report["summary"], summary);
    let human = out(&backproof(folder.path(), &["extract", "--unsupported", "b.md", "a", "good.md"]));
    assert!(human.starts_with("a/async.md:2: "), "{human}");
    assert!(
        human.contains("\n  2 times, and 2 steps more need what was not run; 3 claims hang on it\n"),
        "{human}"
    );
    assert!(human.contains("\nb.md:3: "), "{human}");
    let totals =
        "\n3 documents, 7 steps, 5 claims: 5 steps and 4 claims not run, for 2 reasons; SQLAlchemy 2.0.51\n";
    assert!(human.ends_with(totals), "{human}");
}

#[test]
fn what_is_wrong_after_a_step_that_was_not_run_is_not_the_pages_fault() {
    let page: &[u8] = b"```\n>>> items = []\n>>> items.append(open('x').read())\n>>> len(items)\n1\n>>> items[0]\n'text'\n>>> 1 + 1\n2\n```\n";
    let folder = folder(&[("page.md", page)]);
    let report = json(&backproof(folder.path(), &["check", "--format", "json", "page.md"]));
    let steps = report["documents"][0]["steps"].as_array().cloned().unwrap_or_default();
    let verdicts: Vec<&str> = steps.iter().map(|step| step["verdict"].as_str().unwrap_or("")).collect();
    assert_eq!(verdicts, ["silent", "unsupported", "unsupported", "unsupported", "agrees"], "{report:#}");
    let detail = |at: usize| steps[at]["detail"].as_str().unwrap_or("").to_owned();
    assert!(
        detail(2).starts_with("something else is shown after line 3, which was not run and may be why: "),
        "{}",
        detail(2)
    );
    assert!(
        detail(3).starts_with("`IndexError: list index out of range` is raised after line 3, "),
        "{}",
        detail(3)
    );
    let lacks = json(&backproof(folder.path(), &["extract", "--unsupported", "--format", "json", "page.md"]));
    let lack = &lacks["unsupported"][0];
    assert_eq!(
        (&lack["stopped"], &lack["followed"], &lack["claims"]),
        (&1.into(), &2.into(), &2.into()),
        "{lacks:#}"
    );
}

#[test]
fn a_mistake_that_nothing_before_it_could_mend_is_the_pages() {
    let page: &[u8] = b"```\n>>> items = []\n>>> items.append(open('x').read())\n>>> itmes\n[]\n>>> 1 + 1\n3\n>>> items = = 1\n\
        >>> from sqlalchemy import selct\n>>> len(items)\n1\n>>> itmes\nTraceback (most recent call last):\nIndexError: no\n```\n";
    let folder = folder(&[("page.md", page)]);
    let report = json(&backproof(folder.path(), &["check", "--format", "json", "page.md"]));
    let steps = report["documents"][0]["steps"].as_array().cloned().unwrap_or_default();
    let verdicts: Vec<&str> = steps.iter().map(|step| step["verdict"].as_str().unwrap_or("")).collect();
    let wanted =
        ["silent", "unsupported", "raises", "differs", "raises", "raises", "unsupported", "unsupported"];
    assert_eq!(verdicts, wanted, "{report:#}");
}

#[test]
fn names_that_may_have_been_bound_unseen_are_nobodys_mistake() {
    let page: &[u8] = b"```\n>>> from nowhere import *\n>>> open('x').read()\n'text'\n>>> itmes\n[]\n```\n";
    let folder = folder(&[("page.md", page)]);
    let report = json(&backproof(folder.path(), &["check", "--format", "json", "page.md"]));
    let steps = report["documents"][0]["steps"].as_array().cloned().unwrap_or_default();
    assert_eq!(steps[2]["verdict"], "unsupported", "{report:#}");
}

#[test]
fn a_statement_that_is_only_shown_is_not_why_a_later_step_fails() {
    let page: &[u8] =
        b"```\n>>> from sqlalchemy import column, select, table\n>>> item = table('item', column('id'))\n\
        >>> names = []\n>>> print(select(item.c.id).where(item.c.id == 1).compile(dialect=open))\nSELECT\n>>> len(names)\n1\n\
        >>> open(item)\n1\n>>> len(names)\n1\n```\n";
    let folder = folder(&[("page.md", page)]);
    let report = json(&backproof(folder.path(), &["check", "--format", "json", "page.md"]));
    let steps = report["documents"][0]["steps"].as_array().cloned().unwrap_or_default();
    let verdicts: Vec<&str> = steps.iter().map(|step| step["verdict"].as_str().unwrap_or("")).collect();
    assert_eq!(
        verdicts,
        ["silent", "silent", "silent", "unsupported", "differs", "unsupported", "unsupported"],
        "{report:#}"
    );
}

#[test]
fn what_a_cell_with_ipythons_commands_binds_is_withheld() {
    let page: &[u8] = b"In [1]: %matplotlib inline\n   ...: total = 1\n\nIn [2]: total\nOut[2]: 1\n\nIn [3]: [1][total]\nOut[3]: 2\n";
    let folder = folder(&[("page.md", page)]);
    let report = json(&backproof(folder.path(), &["check", "--format", "json", "page.md"]));
    let steps = report["documents"][0]["steps"].as_array().cloned().unwrap_or_default();
    let verdicts: Vec<&str> = steps.iter().map(|step| step["verdict"].as_str().unwrap_or("")).collect();
    assert_eq!(verdicts, ["unsupported", "unsupported", "unsupported"], "{report:#}");
}

#[test]
fn a_given_that_is_not_run_is_blamed_for_the_steps_after_it() {
    let case: &[u8] = b"[[given]]\nbefore = 2\ncode = \"\"\"\ny = 1\nopen('x')\n\"\"\"\n";
    let folder = folder(&[("page.md", OPEN), ("page.case.toml", case)]);
    let report =
        json(&backproof(folder.path(), &["extract", "--unsupported", "--format", "json", "page.md"]));
    let lacks = report["unsupported"].as_array().cloned().unwrap_or_default();
    assert_eq!(lacks.len(), 1, "{report:#}");
    assert_eq!(lacks[0]["page"], "page.case.toml");
    assert_eq!(lacks[0]["line"], 5);
    assert_eq!((&lacks[0]["stopped"], &lacks[0]["followed"]), (&1.into(), &2.into()));
}

#[test]
fn a_page_that_is_not_there_leaves_the_others_counted() {
    let folder = folder(&[("b.md", OPEN)]);
    let output = backproof(folder.path(), &["extract", "--unsupported", "gone.md", "b.md"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(err(&output), "error: gone.md: no such file: check the path\n");
    assert!(out(&output).contains("1 document, 2 steps"), "{}", out(&output));
}

#[test]
fn pages_that_run_whole_lack_nothing() {
    let folder = folder(&[("good.md", GOOD)]);
    let output = backproof(folder.path(), &["extract", "--unsupported", "--sqlalchemy", "1.4", "."]);
    let totals =
        "1 document, 1 step, 1 claim: 0 steps and 0 claims not run, for 0 reasons; SQLAlchemy 1.4.54\n";
    assert_eq!((output.status.code(), out(&output)), (Some(0), totals.to_owned()));
}
