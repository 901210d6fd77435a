//! The second half of the table: each name of the library that cases use, its arguments and methods, release by release.

use super::uses::{Use, uses};
use super::{Held, Page, Told, head};
use crate::RELEASES;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Which names the library's modules and objects have, by release, as `backproof` itself has it.
const LISTINGS: [&str; 2] =
    [include_str!("../../../src/sqlalchemy/names.txt"), include_str!("../../../src/sqlalchemy/members.txt")];
/// Pages that are named of one name at most.
const NAMED: usize = 3;

/// The steps that use one name, with the index of their page.
type Steps<'a> = Vec<(usize, &'a Told)>;

pub(super) fn by_name(text: &mut String, pages: &[Page]) {
    let mut rows: BTreeMap<Use, Steps<'_>> = BTreeMap::new();
    for (index, page) in pages.iter().enumerate() {
        let sources: Vec<&str> = page.steps.iter().map(|step| step.source.as_str()).collect();
        for (step, uses) in page.steps.iter().zip(uses(&sources)) {
            for used in uses {
                rows.entry(used).or_default().push((index, step));
            }
        }
    }
    text.push_str("\n# Names\n\nEach name that the pages use, with its arguments, and some of the pages.\n");
    let mut owner = "";
    for (used, steps) in &rows {
        if used.owner != owner {
            owner = &used.owner;
            let _ = write!(text, "\n## `{owner}`\n\n");
            head(text, "name");
        }
        let cells: [&str; RELEASES.len()] = std::array::from_fn(|at| cell(used, steps, at));
        let _ = writeln!(text, "| `{}` {} | {} |", used.shown(), links(pages, steps), cells.join(" | "));
    }
}

fn links(pages: &[Page], steps: &Steps<'_>) -> String {
    let mut named: Vec<usize> = Vec::new();
    // Pages on which it works everywhere say more than those where it is refused.
    for whole in [true, false] {
        for (page, step) in steps {
            if (step.held.iter().all(|held| *held == Held::Agrees)) == whole && !named.contains(page) {
                named.push(*page);
            }
        }
    }
    let links = named.iter().take(NAMED).enumerate();
    links
        .map(|(number, page)| format!("[{}]({})", number + 1, pages[*page].path))
        .collect::<Vec<_>>()
        .join(" ")
}

fn cell(used: &Use, steps: &Steps<'_>, at: usize) -> &'static str {
    let any = |held: Held| steps.iter().any(|(_, step)| step.held[at] == held);
    if any(Held::Agrees) {
        // Known differences of one step are of that step: the page's own row tells of them.
        return "agrees";
    }
    if any(Held::Unsupported) {
        return "unsupported";
    }
    if any(Held::Differs) {
        return "differs";
    }
    let refused = |argument: &String| {
        let quoted = format!("'{argument}'");
        steps
            .iter()
            .any(|(_, step)| step.raised[at].as_ref().is_some_and(|message| message.contains(&quoted)))
    };
    let there = has(&used.owner, &used.name, RELEASES[at]) && !used.argument.as_ref().is_some_and(refused);
    // Refused together with something else on its pages.
    if there { "–" } else { "not there" }
}

/// Whether a module or class has a name in a release; one that is not listed counts as there.
fn has(owner: &str, name: &str, release: &str) -> bool {
    LISTINGS
        .iter()
        .find_map(|listing| {
            let releases = listing.lines().nth(1)?.trim_start_matches('#');
            let column = releases.split_whitespace().position(|other| other == release)?;
            let lines = listing.lines().skip_while(|line| *line != owner).skip(1);
            let mut lines = lines.take_while(|line| line.starts_with(' '));
            let found = lines.find(|line| line.split_whitespace().skip(1).any(|other| other == name))?;
            Some(found.trim_start().as_bytes().get(column) == Some(&b'1'))
        })
        .unwrap_or(true)
}
