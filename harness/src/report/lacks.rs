//! What documents need that is not run, counted: the first line is what to build next.
//!
//! Knows constructs and counts, not how they came about.

use super::counted;
use serde::Serialize;
use serde_json::json;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// A construct that is not run, and what hangs on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lack {
    /// The construct with its reason.
    pub what: String,
    /// Steps that stopped at it.
    pub stopped: usize,
    /// Steps that need what those would have done.
    pub followed: usize,
    /// Claims of the steps of both kinds.
    pub claims: usize,
    /// The first page that needs it, and the line there.
    pub page: PathBuf,
    pub line: usize,
}

impl Lack {
    /// The entry for a construct; a new one says that it was first met here.
    pub fn at<'a>(lacks: &'a mut Vec<Lack>, what: &str, page: &Path, line: usize) -> &'a mut Lack {
        let index = lacks.iter().position(|lack| lack.what == what).unwrap_or_else(|| {
            let (what, page) = (what.to_owned(), page.to_owned());
            lacks.push(Lack { what, stopped: 0, followed: 0, claims: 0, page, line });
            lacks.len() - 1
        });
        &mut lacks[index]
    }
}

/// Everything that was counted.
#[derive(Debug, Clone, Default)]
pub struct LacksReport {
    pub profile: String,
    pub documents: usize,
    /// Steps and claims in all, run or not.
    pub steps: usize,
    pub claims: usize,
    /// Most frequent first.
    lacks: Vec<Lack>,
}

impl LacksReport {
    /// Counts what one case needs with what others did.
    pub fn add(&mut self, lacks: Vec<Lack>) {
        for Lack { what, stopped, followed, claims, page, line } in lacks {
            let all = Lack::at(&mut self.lacks, &what, &page, line);
            all.stopped += stopped;
            all.followed += followed;
            all.claims += claims;
        }
        // A stable sort: what is equally frequent stays in the order in which it was met.
        self.lacks.sort_by_key(|lack| std::cmp::Reverse((lack.stopped, lack.claims, lack.followed)));
    }

    /// Steps and claims that are not run.
    fn not_run(&self) -> (usize, usize) {
        let steps = self.lacks.iter().map(|lack| lack.stopped + lack.followed).sum();
        (steps, self.lacks.iter().map(|lack| lack.claims).sum())
    }

    /// For a person: an entry a construct, and a line of totals.
    pub fn human(&self) -> String {
        let mut text = String::new();
        for Lack { what, stopped, followed, claims, page, line } in &self.lacks {
            let what = what.replace('\n', " ");
            let _ = writeln!(text, "{}:{line}: {what}", page.display());
            let times = if *stopped == 1 { "once".to_owned() } else { format!("{stopped} times") };
            let needed = match followed {
                0 => String::new(),
                1 => ", and 1 step more needs what was not run".to_owned(),
                more => format!(", and {more} steps more need what was not run"),
            };
            let _ = writeln!(text, "  {times}{needed}; {} on it", hang(*claims));
        }
        let (steps, claims) = self.not_run();
        if !self.lacks.is_empty() {
            text.push('\n');
        }
        let _ = writeln!(
            text,
            "{}, {}, {}: {steps} steps and {claims} claims not run, for {}; SQLAlchemy {}",
            counted(self.documents, "document"),
            counted(self.steps, "step"),
            counted(self.claims, "claim"),
            counted(self.lacks.len(), "reason"),
            self.profile
        );
        text
    }

    /// For programs.
    pub fn json(&self) -> String {
        let (steps, claims) = self.not_run();
        let json = json!({
            "tool": "backproof",
            "schema": 1,
            "profile": self.profile,
            "unsupported": self.lacks,
            "summary": {
                "documents": self.documents,
                "steps": self.steps,
                "claims": self.claims,
                "steps_not_run": steps,
                "claims_not_run": claims,
                "reasons": self.lacks.len(),
            },
        });
        format!("{json:#}\n")
    }
}

fn hang(claims: usize) -> String {
    match claims {
        0 => "no claim hangs".to_owned(),
        1 => "1 claim hangs".to_owned(),
        many => format!("{many} claims hang"),
    }
}
