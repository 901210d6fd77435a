//! What the layout promises: who may import whom, how long a file may be, what is never committed.

use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// A source file and the path of its module from its crate's root.
struct Source {
    path: PathBuf,
    module: Vec<String>,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str) -> Vec<PathBuf> {
    let walk = WalkDir::new(root().join(folder)).sort_by_file_name().into_iter();
    let kept = walk.filter_entry(|entry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0 || !(name == "target" || name == ".git")
    });
    kept.filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect()
}

fn sources(folder: &str) -> Vec<Source> {
    files(folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let inner =
                path.strip_prefix(root().join(folder)).expect("a file of the folder").with_extension("");
            let module =
                inner.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
            let text = std::fs::read_to_string(&path).expect("source is UTF-8");
            Source { path, module, text }
        })
        .collect()
}

/// The source without comments, so that a sentence about a module is no use of it.
fn code(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// The modules at the crate's root that a file names, by `crate::`, by `super::` or in a group.
fn rooms_used(source: &Source) -> Vec<String> {
    let code = code(&source.text);
    let mut used = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        names_after(&code[at + "crate::".len()..], &mut used);
    }
    let climb = "super::".repeat(source.module.len());
    for (at, _) in code.match_indices(&climb) {
        if !code[..at].ends_with("super::") {
            let rest = &code[at + climb.len()..];
            if !rest.starts_with("super::") {
                names_after(rest, &mut used);
            }
        }
    }
    used
}

/// The first name of a path, or of each path in a group.
fn names_after(rest: &str, used: &mut Vec<String>) {
    let name = |text: &str| text.chars().take_while(|c| *c == '_' || c.is_alphanumeric()).collect::<String>();
    let Some(group) = rest.strip_prefix('{') else {
        used.push(name(rest));
        return;
    };
    let mut depth = 1;
    let mut fresh = true;
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => fresh = true,
            letter if fresh && depth == 1 && !letter.is_whitespace() => {
                used.push(name(&group[at..]));
                fresh = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
}

fn assert_unused(folder: &str, rooms: &[&str], forbidden: &[&str]) {
    for source in sources(folder) {
        let room = source.module.first().map(String::as_str).unwrap_or_default();
        if rooms.contains(&room) {
            let used = rooms_used(&source);
            let wrong = forbidden.iter().find(|name| used.iter().any(|used| used == *name));
            assert!(
                wrong.is_none(),
                "{} uses `{}`, which it must not",
                source.path.display(),
                wrong.unwrap_or(&"")
            );
        }
    }
}

fn assert_unnamed(folder: &str, rooms: &[&str], crates: &[&str]) {
    for source in sources(folder) {
        let room = source.module.first().map(String::as_str).unwrap_or_default();
        if rooms.is_empty() || rooms.contains(&room) {
            let code = code(&source.text);
            let wrong = crates
                .iter()
                .find(|name| code.contains(&format!("{name}::")) || code.contains(&format!("use {name}")));
            assert!(
                wrong.is_none(),
                "{} names `{}`, which it must not",
                source.path.display(),
                wrong.unwrap_or(&"")
            );
        }
    }
}

#[test]
fn documents_judging_and_reports_know_neither_engine_nor_python() {
    let rooms = ["document", "judge", "report"];
    assert_unnamed("harness/src", &rooms, &["backproof_engine"]);
    assert_unused("harness/src", &rooms, &["python", "sqlalchemy", "world", "case", "check", "cli"]);
}

#[test]
fn python_knows_no_engine() {
    assert_unnamed("harness/src", &["python"], &["backproof_engine", "rusqlite"]);
    assert_unused(
        "harness/src",
        &["python"],
        &["sqlalchemy", "document", "judge", "report", "case", "check", "cli"],
    );
}

#[test]
fn the_engine_knows_no_documents_and_no_python() {
    let crates = ["ruff_python_parser", "ruff_python_ast", "pulldown_cmark", "clap", "insta", "backproof"];
    assert_unnamed("engine/src", &[], &crates);
}

#[test]
fn rusqlite_is_named_in_the_engines_db_room_alone() {
    for source in sources("engine/src")
        .into_iter()
        .filter(|source| source.module.first().is_some_and(|room| room != "db"))
    {
        assert!(!code(&source.text).contains("rusqlite"), "{} names rusqlite", source.path.display());
    }
    assert_unnamed("harness/src", &[], &["rusqlite"]);
}

#[test]
fn the_engines_rooms_import_downwards() {
    assert_unused("engine/src", &["schema", "sql"], &["map", "attr", "state", "session"]);
    assert_unused("engine/src", &["attr"], &["unit", "session"]);
}

#[test]
fn versions_are_compared_in_one_place() {
    let engine = sources("engine/src");
    let elsewhere =
        engine.into_iter().filter(|source| source.module.first().is_some_and(|room| room != "version"));
    for source in elsewhere.chain(sources("harness/src")) {
        let room = source.module.first().map(String::as_str).unwrap_or_default();
        // Reports spell releases and series; what they tell does not depend on which one it is.
        let reports = ["check", "cli", "report", "when"].contains(&room);
        let code = code(&source.text);
        for comparing in ["Version::new(", ".version()", ".major", ".minor", ".patch"] {
            let shows = reports && comparing != "Version::new(";
            assert!(
                shows || !code.contains(comparing),
                "{}: ask a Behaviour, not `{comparing}`",
                source.path.display()
            );
        }
    }
}

#[test]
fn a_source_file_has_at_most_eight_hundred_lines() {
    for source in ["engine", "harness"].into_iter().flat_map(sources) {
        let lines = source.text.lines().count();
        assert!(lines <= 800, "{} has {lines} lines: split it by what it knows", source.path.display());
    }
}

#[test]
fn modules_stand_beside_their_folders() {
    for source in ["engine", "harness"].into_iter().flat_map(sources) {
        assert!(
            !source.path.ends_with("mod.rs"),
            "{}: foo.rs beside foo/ is the habit here",
            source.path.display()
        );
    }
}

#[test]
fn a_module_opens_with_what_it_is() {
    for source in ["engine/src", "harness/src"].into_iter().flat_map(sources) {
        assert!(source.text.starts_with("//! "), "{} does not open with `//!`", source.path.display());
    }
}

#[test]
fn no_pending_snapshot_lies_about_in_ci() {
    if std::env::var_os("CI").is_none() {
        return;
    }
    for path in files("") {
        assert!(!path.to_string_lossy().ends_with(".snap.new"), "{} is pending: review it", path.display());
    }
}

#[test]
fn nothing_names_a_path_of_a_machine() {
    // In pieces, so that this file does not name them.
    let roots = [["/wo", "rk/"], ["/ro", "ot/"], ["/ho", "me/"], ["/fa", "rm/"], ["/Us", "ers/"]]
        .map(|parts| parts.concat());
    let before =
        |text: &str| text.chars().next_back().is_some_and(|c| c == '.' || c == '}' || c.is_alphanumeric());
    for folder in ["engine", "harness", "doc-cases", "snapshots", ".github", ".ci"] {
        if !root().join(folder).exists() {
            continue;
        }
        for path in files(folder) {
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            for machine in &roots {
                let named = text.match_indices(machine.as_str()).any(|(at, _)| !before(&text[..at]));
                assert!(!named, "{} names a path below {machine}", path.display());
            }
        }
    }
}
