//! What a case's run consists of: every given, prompt and listing in the order in which they ran, each with its world.
//!
//! The run itself notes it, so that what the real library is given to run is what ran here. Outputs shown apart and
//! steps that the page says not to run are no part of it.

use crate::outcome::Outcome;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// One piece of source that ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ran {
    /// The world that it ran in: 1 for the first, and one more for each that began after it.
    pub world: usize,
    /// `given`, `prompt`, `listing` or `cell`: a prompt or listing of which the last expression's value is shown.
    pub kind: &'static str,
    /// The page, or for a given its case file, as it was named.
    pub page: String,
    /// 1-based line of the page on which the step begins.
    pub line: usize,
    /// The line of the listing that completed a fragment, where one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_from: Option<usize>,
    /// Exactly what ran: for a fragment, its completion.
    pub source: String,
    /// What it showed. What a given shows is nobody's claim.
    #[serde(skip)]
    pub outcome: Outcome,
}

/// The SHA-256 of what ran, in order: any change to it makes another.
pub fn hash(runs: &[Ran]) -> String {
    let mut hasher = Sha256::new();
    for ran in runs {
        let Ran { world, kind, page, line, completed_from, source, outcome: _ } = ran;
        let from = completed_from.map(|from| from.to_string()).unwrap_or_default();
        // With its length, so that no source can pass for the head of the next.
        hasher.update(format!("{world} {kind} {line} {from} {page}\n{}\n{source}", source.len()));
    }
    let mut text = String::new();
    for byte in hasher.finalize() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Ran, hash};
    use crate::outcome::Outcome;

    fn ran(source: &str) -> Ran {
        Ran {
            world: 1,
            kind: "prompt",
            page: "page.md".to_owned(),
            line: 3,
            completed_from: None,
            source: source.to_owned(),
            outcome: Outcome::default(),
        }
    }

    #[test]
    fn anything_that_changes_what_runs_changes_the_hash() {
        let one = hash(&[ran("x\n")]);
        assert_eq!(one, hash(&[ran("x\n")]));
        let others = [
            vec![],
            vec![ran("y\n")],
            vec![ran("x\n"), ran("x\n")],
            vec![Ran { world: 2, ..ran("x\n") }],
            vec![Ran { line: 4, ..ran("x\n") }],
            vec![Ran { kind: "listing", ..ran("x\n") }],
            vec![Ran { completed_from: Some(1), ..ran("x\n") }],
        ];
        for other in others {
            assert_ne!(one, hash(&other), "{other:?}");
        }
    }

    #[test]
    fn what_was_shown_is_no_part_of_the_hash() {
        let mut shown = ran("x\n");
        shown.outcome.pieces.push(crate::outcome::Piece::Stdout("1\n".to_owned()));
        assert_eq!(hash(&[shown]), hash(&[ran("x\n")]));
    }
}
