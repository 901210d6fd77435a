//! The evidence of every dated behaviour: a probe, what the real releases showed for it, and that our profiles show
//! the same.
//!
//! The records under `snapshots/boundaries/` are made by `harness/oracle/boundaries.py`; no Python runs here.

use backproof::outcome::End;
use backproof::world::{Limits, Mode, Source, World};
use backproof_engine::version::{Behaviour, Dated, Profile, Version};
use regex::Regex;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// As the command gives the threads that run documents.
const STACK: usize = 512 << 20;

/// Behaviours that no program shows, and why.
const WITHOUT_PROBE: &[(&str, &str)] = &[
    (
        "immediate-in-order",
        "from 2.0.0 on the order is that of addresses in the real library's memory, which no program keeps",
    ),
    ("percent-doubled", "it ends before 1.2.13, the first release that can be asked"),
];

/// Behaviours that change nothing in their probe where they are turned over alone, and why.
const UNTURNED: &[(&str, &str)] = &[
    ("engine-execute", "the engine runs what 1.x takes without asking for it"),
    ("files-are-pooled", "options of pools are taken in every release"),
];

/// Where what is known to differ is listed, with its reason.
const LIST: &str = "snapshots/known-differences.toml";

/// A span of a record whose output ours is known to differ from.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    name: String,
    /// The span's first release.
    from: String,
    reason: String,
}

fn known() -> Vec<Known> {
    #[derive(Deserialize)]
    struct List {
        probe: Vec<Known>,
    }
    let text = std::fs::read_to_string(root().join(LIST)).expect(LIST);
    let list: List = toml::from_str(&text).unwrap_or_else(|error| panic!("{LIST}: {error}"));
    list.probe
}

/// What the real releases showed for one probe.
#[derive(Deserialize)]
struct Record {
    /// A SHA-256 of the probe.
    probe: String,
    /// What of the log is kept: `whole`, `messages` or `statements`.
    log: String,
    spans: Vec<Shown>,
}

/// Consecutive releases that showed the same.
#[derive(Deserialize)]
struct Shown {
    first: String,
    last: String,
    output: Vec<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn probe(name: &str) -> PathBuf {
    root().join(format!("harness/oracle/probes/{name}.py"))
}

fn record(name: &str) -> Option<Record> {
    let text = std::fs::read_to_string(root().join(format!("snapshots/boundaries/{name}.json"))).ok()?;
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("the record of {name}: {error}")))
}

fn profile(release: &str) -> Profile {
    release.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn version(release: &str) -> Version {
    profile(release).version()
}

/// The stems of a folder's files of one kind.
fn names(folder: &str, extension: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(root().join(folder)).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("a readable folder").path());
    paths
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect()
}

fn run(code: &str, profile: Profile) -> Result<String, String> {
    std::thread::scope(|scope| {
        let program = || {
            let mut world = World::new(profile, Limits::default());
            let outcome = world.run(Source { code, file: "probe.py", line: 1, mode: Mode::Program });
            match &outcome.end {
                End::Done => Ok(outcome.terminal()),
                End::Raised(raised) => Err(raised.traceback.clone()),
                End::Unsupported(unsupported) => Err(format!("not supported: {}", unsupported.what)),
            }
        };
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, program);
        thread.expect("a thread").join().unwrap_or_else(|_| Err("a panic".to_owned()))
    })
}

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The lines that a record keeps of an output, as `boundaries.py` reads them.
fn kept(output: &str, log: &str) -> Vec<String> {
    fn pattern(text: &str) -> Regex {
        Regex::new(text).expect("a pattern")
    }
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern("0x[0-9a-f]+"));
    static TIME: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\[(generated in|cached since|no key|caching disabled(?: \([^)]*\))?|insertmanyvalues) [0-9.e+-]+s",
        )
    });
    static STAMP: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ "));
    static ORIGIN: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ INFO sqlalchemy\.engine\S* "));
    static MARK: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"^\[(generated in|cached since|no key|raw sql|caching disabled|insertmanyvalues)[^]]*\] ")
    });
    let text = ADDRESS.replace_all(output, "0x…");
    let text = TIME.replace_all(&text, "[$1 …s");
    let lines = text.lines().filter_map(|line| {
        let Some(origin) = ORIGIN.find(line) else { return Some(STAMP.replace(line, "").into_owned()) };
        let message = &line[origin.end()..];
        match log {
            "whole" => Some(STAMP.replace(line, "").into_owned()),
            "messages" => Some(MARK.replace(message, "").into_owned()),
            "statements" => (!message.starts_with(['[', '(', '{'])).then(|| message.to_owned()),
            other => panic!("no view of the log is called `{other}`"),
        }
    });
    lines.collect()
}

/// Whether the record has an edge that begins with `first`, or one that ends with `last`.
fn has_edge(record: &Record, first: Option<Version>, last: Option<Version>) -> bool {
    record.spans.windows(2).any(|pair| {
        let (before, after) = (version(&pair[0].last), version(&pair[1].first));
        let begins = first.is_some_and(|first| first == after);
        let ends = last.is_some_and(|last| match last.patch {
            u16::MAX => before <= last && last < after,
            _ => before == last,
        });
        begins || ends
    })
}

fn without_probe(name: &str) -> bool {
    WITHOUT_PROBE.iter().any(|(listed, _)| *listed == name)
}

/// Fails with every line there is, so that one run shows all that is to be mended.
fn none(problems: &[String]) {
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn every_behaviour_has_a_probe_and_a_record_and_every_record_a_probe() {
    let (probes, records) = (names("harness/oracle/probes", "py"), names("snapshots/boundaries", "json"));
    let mut problems = Vec::new();
    for behaviour in Behaviour::ALL {
        let name = behaviour.dated().name;
        match (without_probe(name), probes.contains(name)) {
            (false, false) => problems.push(format!("{name} has no probe in harness/oracle/probes")),
            (true, true) => problems.push(format!("{name} is listed as without a probe and has one")),
            _ => {}
        }
    }
    for (name, _) in WITHOUT_PROBE.iter().chain(UNTURNED) {
        if !Behaviour::ALL.iter().any(|behaviour| behaviour.dated().name == *name) {
            problems.push(format!("{name} is listed in this file and is no behaviour"));
        }
    }
    for Known { name, from, .. } in known() {
        if !record(&name).is_some_and(|record| record.spans.iter().any(|span| span.first == from)) {
            problems.push(format!("{LIST}: no record of {name} has a span that begins with {from}"));
        }
    }
    problems.extend(probes.difference(&records).map(|name| {
        format!("{name} has no record: run `harness/oracle/boundaries.py --cache FOLDER {name}`")
    }));
    problems.extend(records.difference(&probes).map(|name| format!("the record of {name} has no probe")));
    none(&problems);
}

#[test]
fn a_record_tells_of_the_probe_as_it_is() {
    let mut problems = Vec::new();
    for name in names("snapshots/boundaries", "json") {
        let (Some(record), Ok(code)) = (record(&name), std::fs::read_to_string(probe(&name))) else {
            continue;
        };
        let view = code.strip_prefix("# log: ").and_then(|rest| rest.lines().next()).unwrap_or("whole");
        if record.probe != sha256(&code) || record.log != view {
            problems.push(format!("{name} was recorded with another program: record it again"));
        }
    }
    none(&problems);
}

#[test]
fn the_dates_are_those_of_the_real_releases() {
    let mut problems = Vec::new();
    for behaviour in Behaviour::ALL {
        let Dated { name, first, last, .. } = behaviour.dated();
        let Some(record) = record(name) else { continue };
        let spans: Vec<String> =
            record.spans.iter().map(|span| format!("{}–{}", span.first, span.last)).collect();
        let oldest = version(&record.spans[0].first);
        if let Some(first) = first.filter(|first| *first > oldest)
            && !has_edge(&record, Some(first), None)
        {
            problems.push(format!("{name} does not begin with {first}: {}", spans.join(" | ")));
        }
        if let Some(last) = last
            && !has_edge(&record, None, Some(last))
        {
            problems.push(format!("{name} does not end with {last}: {}", spans.join(" | ")));
        }
    }
    none(&problems);
}

#[test]
fn every_edge_on_record_is_a_dated_one() {
    let mut problems = Vec::new();
    let known = known();
    for name in names("snapshots/boundaries", "json") {
        let record = record(&name).expect("a record");
        for pair in record.spans.windows(2) {
            let edge = Record {
                probe: String::new(),
                log: String::new(),
                spans: pair
                    .iter()
                    .map(|span| Shown {
                        first: span.first.clone(),
                        last: span.last.clone(),
                        output: Vec::new(),
                    })
                    .collect(),
            };
            let dated = Behaviour::ALL.iter().any(|behaviour| {
                let Dated { first, last, .. } = behaviour.dated();
                has_edge(&edge, first, last)
            });
            let known = known.iter().any(|known| known.name == name && known.from == pair[1].first);
            if !dated && !known {
                problems.push(format!("{name} changes with {}, and no behaviour does", pair[1].first));
            }
        }
    }
    none(&problems);
}

#[test]
fn our_profiles_show_what_the_real_releases_showed() {
    let mut problems = Vec::new();
    let known = known();
    for name in names("snapshots/boundaries", "json") {
        let (Some(record), Ok(code)) = (record(&name), std::fs::read_to_string(probe(&name))) else {
            continue;
        };
        for span in &record.spans {
            let known = known.iter().find(|known| known.name == name && known.from == span.first);
            let releases: BTreeSet<&str> = [span.first.as_str(), span.last.as_str()].into();
            let mut differs = Vec::new();
            for release in releases {
                match run(&code, profile(release)).map(|output| kept(&output, &record.log)) {
                    Ok(ours) if ours == span.output => {}
                    Ok(ours) => differs.push(format!(
                        "{name} in {release}\n  real: {}\n  ours: {}",
                        span.output.join("\n        "),
                        ours.join("\n        ")
                    )),
                    Err(why) => differs.push(format!("{name} in {release}: {why}")),
                }
            }
            match known {
                None => problems.extend(differs),
                Some(Known { from, reason, .. }) if differs.is_empty() => {
                    problems.push(format!(
                        "{LIST}: {name} from {from} is no longer different; remove it: {reason}"
                    ));
                }
                Some(_) => {}
            }
        }
    }
    none(&problems);
}

#[test]
fn a_probe_is_about_its_behaviour() {
    let mut problems = Vec::new();
    for behaviour in Behaviour::ALL {
        let Dated { name, first, last, .. } = behaviour.dated();
        let (Some(record), Ok(code)) = (record(name), std::fs::read_to_string(probe(name))) else { continue };
        let edge = record.spans.iter().find(|span| {
            first.is_some_and(|first| version(&span.first) == first)
                || last.is_some_and(|last| last.patch != u16::MAX && version(&span.last) == last)
        });
        let release = edge.map_or_else(
            || record.spans.iter().rev().find(|span| last.is_some_and(|last| version(&span.last) <= last)),
            Some,
        );
        let Some(release) = release.map(|span| profile(&span.first)) else { continue };
        let turned = run(&code, release.flipped(*behaviour));
        let unturned = UNTURNED.iter().any(|(listed, _)| *listed == name);
        let same = run(&code, release) == turned;
        if unturned && !same {
            problems.push(format!("{name} is listed as making no difference to its probe, and makes one"));
        }
        if same && !unturned {
            problems.push(format!("{name} makes no difference to its probe in {release}"));
        }
    }
    none(&problems);
}
