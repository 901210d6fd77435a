//! Claims against outcomes: a verdict for each step, and how a claim differs.
//!
//! Sees only text and plain outcomes; it runs nothing and knows neither Python nor the engine.

mod compare;
mod difference;
mod normalise;
mod options;
mod remark;
mod statements;

pub use difference::{first_line, unified};
pub use normalise::stable;
pub use options::Options;
pub use remark::judge_remark;

use crate::outcome::{Certain, End, Outcome, Raised};
use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// What is so about a step's claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The page says what is so.
    Agrees,
    /// The page says something else.
    Differs,
    /// Something is printed, and the page is silent.
    Undocumented,
    /// Nothing is claimed, and nothing is printed.
    Silent,
    /// An exception that the page does not show.
    Raises,
    /// Outside what backproof runs.
    Unsupported,
    /// The page says not to run it.
    Skipped,
}

impl Verdict {
    pub const ALL: [Verdict; 7] = [
        Verdict::Agrees,
        Verdict::Differs,
        Verdict::Undocumented,
        Verdict::Silent,
        Verdict::Raises,
        Verdict::Unsupported,
        Verdict::Skipped,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Agrees => "agrees",
            Verdict::Differs => "differs",
            Verdict::Undocumented => "undocumented",
            Verdict::Silent => "silent",
            Verdict::Raises => "raises",
            Verdict::Unsupported => "unsupported",
            Verdict::Skipped => "skipped",
        }
    }

    /// Whether a document with this verdict does not hold; undocumented output counts where `strict` says so.
    pub const fn fails(self, strict: bool) -> bool {
        match self {
            Verdict::Differs | Verdict::Raises | Verdict::Unsupported => true,
            Verdict::Undocumented => strict,
            Verdict::Agrees | Verdict::Silent | Verdict::Skipped => false,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl FromStr for Verdict {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Verdict::ALL.into_iter().find(|verdict| verdict.name() == text).ok_or_else(|| {
            let names: Vec<&str> = Verdict::ALL.into_iter().map(Verdict::name).collect();
            format!("`{text}` is no verdict: give {}", names.join(", "))
        })
    }
}

/// What a page says that a step shows.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    pub text: &'a str,
    /// Whether it stands in a block of its own, apart from the code.
    pub apart: bool,
    /// Whether the page leaves out what is logged wherever its prompts show something.
    pub bare: bool,
}

/// A verdict with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    pub detail: Option<String>,
    /// What the claim was held against, for showing the difference.
    pub held_against: String,
}

impl Judgement {
    /// A failure is not told as the page's where it may come from what was not run before it: `after` says what, and where.
    #[must_use]
    pub fn if_observed(self, after: Option<&str>, certain: Certain) -> Judgement {
        let Some(after) = after else { return self };
        let seen = match (self.verdict, certain, &self.detail) {
            (_, Certain::Everything, _) | (Verdict::Raises, Certain::Failure, _) => return self,
            (Verdict::Raises, _, Some(detail)) => format!("`{detail}` is raised after {after}"),
            (Verdict::Raises | Verdict::Differs, _, _) => format!("something else is shown after {after}"),
            _ => return self,
        };
        Judgement { verdict: Verdict::Unsupported, detail: Some(seen), ..self }
    }
}

/// Holds what the page says against what a step showed. `tables` are those that the program has. Of a claim that
/// differs, it says where doctest's options would have it agree.
pub fn judge(said: Option<Said<'_>>, outcome: &Outcome, options: &Options, tables: &[String]) -> Judgement {
    let judgement = judge_under(said, outcome, options, tables);
    let (Verdict::Differs, Some(claim)) = (judgement.verdict, said) else { return judgement };
    let agrees = |more: &Options| {
        let mut all = options.clone();
        all.extend(more);
        all != *options && judge_under(said, outcome, &all, tables).verdict == Verdict::Agrees
    };
    let Some(more) = options::looser(claim.text).into_iter().find(agrees) else { return judgement };
    let hint = format!("it agrees with `--doctest {}`", more.names().join(","));
    let detail = match judgement.detail {
        Some(detail) => format!("{detail}; {hint}"),
        None => hint,
    };
    Judgement { detail: Some(detail), ..judgement }
}

fn judge_under(said: Option<Said<'_>>, outcome: &Outcome, options: &Options, tables: &[String]) -> Judgement {
    let actual = outcome.actual();
    match &outcome.end {
        End::Unsupported(unsupported) => {
            let detail = Some(unsupported.what.clone());
            Judgement { verdict: Verdict::Unsupported, detail, held_against: actual }
        }
        End::Raised(raised) => raising(said, raised, actual, options),
        End::Done => match said {
            None if actual.is_empty() => {
                Judgement { verdict: Verdict::Silent, detail: None, held_against: actual }
            }
            None => Judgement { verdict: Verdict::Undocumented, detail: None, held_against: actual },
            Some(said) => showing(said, outcome, actual, options, tables),
        },
    }
}

/// How the detail of a step begins that raises another exception than the page shows.
pub const RAISES_OTHERWISE: &str = "it raises ";

/// An exception: it agrees where the page shows its traceback.
fn raising(said: Option<Said<'_>>, raised: &Raised, actual: String, options: &Options) -> Judgement {
    let exception = exception_line(raised);
    let shown = said.and_then(|said| compare::traceback(said.text));
    let Some(shown) = shown else {
        let held_against = format!("{actual}{}", raised.traceback);
        return Judgement { verdict: Verdict::Raises, detail: Some(exception), held_against };
    };
    let same_output = shown.before.trim().is_empty() || compare::texts(&shown.before, &actual, options);
    if same_output && compare::exceptions(&shown.message, &exception, options) {
        return Judgement { verdict: Verdict::Agrees, detail: None, held_against: actual };
    }
    // The page's own stack lines are no claim: only what differs is to be seen.
    let held_against = if same_output {
        format!("{}\n{exception}\n", shown.above)
    } else {
        format!("{actual}Traceback (most recent call last):\n    ...\n{exception}\n")
    };
    Judgement {
        verdict: Verdict::Differs,
        detail: Some(format!("{RAISES_OTHERWISE}{exception}")),
        held_against,
    }
}

/// The last line of a traceback, as Python prints it.
pub fn exception_line(raised: &Raised) -> String {
    if raised.message.is_empty() {
        raised.kind.clone()
    } else {
        format!("{}: {}", raised.kind, raised.message)
    }
}

fn showing(
    said: Said<'_>,
    outcome: &Outcome,
    actual: String,
    options: &Options,
    tables: &[String],
) -> Judgement {
    if let Some(shown) = compare::traceback(said.text) {
        let first = shown.message.lines().next().unwrap_or("an exception").to_owned();
        let detail = Some(format!("the page shows `{first}`; nothing was raised"));
        return Judgement { verdict: Verdict::Differs, detail, held_against: actual };
    }
    let has_log = statements::has_log(said.text) || (said.apart && statements::begins_with_one(said.text));
    let mut candidates = vec![actual.clone()];
    if said.apart || (said.bare && !has_log) {
        // A page may show only what a program prints, or only its log.
        let part = if has_log { bare_log(outcome) } else { outcome.stdout() };
        if !part.is_empty() && part != actual {
            candidates.push(part);
        }
    }
    for candidate in &candidates {
        if compare::texts(said.text, candidate, options) {
            return Judgement { verdict: Verdict::Agrees, detail: None, held_against: actual };
        }
    }
    if said.apart {
        let foreign = statements::foreign_tables(said.text, tables, &actual);
        if let Some(detail) = another_program(&foreign) {
            return Judgement { verdict: Verdict::Differs, detail: Some(detail), held_against: actual };
        }
    }
    // An output without a log is best seen beside what is printed alone, and a log without what is printed.
    let alone = !has_log || (said.apart && options.normalize_whitespace);
    let held_against = if alone { candidates.pop().unwrap_or(actual) } else { actual };
    let detail = if has_log && options.normalize_whitespace {
        difference::brief_words(said.text, &held_against)
    } else {
        difference::brief(said.text, &held_against)
    };
    Judgement { verdict: Verdict::Differs, detail, held_against }
}

/// How the detail of an output begins that is not of the program that it stands by.
pub const ANOTHER_PROGRAM: &str = "output of another program";

fn another_program(tables: &[String]) -> Option<String> {
    match tables {
        [] => None,
        [one] => Some(format!("{ANOTHER_PROGRAM}: table {one} is not in this program")),
        many => {
            let names = many.join(", ");
            Some(format!("{ANOTHER_PROGRAM}: tables {names} are not in this program"))
        }
    }
}

/// The log that a reader sees, without what is printed.
fn bare_log(outcome: &Outcome) -> String {
    outcome.log().iter().filter(|message| message.shown).fold(String::new(), |mut text, message| {
        text.push_str(&message.text);
        text.push('\n');
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Piece;

    fn detail(claim: &str, shown: &str) -> Option<String> {
        let outcome =
            Outcome { pieces: vec![Piece::Stdout(shown.to_owned())], end: End::Done, printed: Vec::new() };
        let said = Said { text: claim, apart: false, bare: false };
        judge(Some(said), &outcome, &Options::default(), &[]).detail
    }

    #[test]
    fn a_claim_says_which_option_of_doctest_would_have_it_agree() {
        let hint = |claim: &str, shown: &str| {
            detail(claim, shown).and_then(|text| Some(text.split_once("it agrees with ")?.1.to_owned()))
        };
        assert_eq!(hint("[1, ...]\n", "[1, 2]\n").as_deref(), Some("`--doctest ELLIPSIS`"));
        assert_eq!(hint("[1,\n2]\n", "[1, 2]\n").as_deref(), Some("`--doctest NORMALIZE_WHITESPACE`"));
        assert_eq!(
            hint("[1,\n...]\n", "[1, 2]\n").as_deref(),
            Some("`--doctest ELLIPSIS,NORMALIZE_WHITESPACE`")
        );
        assert_eq!(hint("[1, ..., 3]\n", "[1, 2]\n"), None);
        assert_eq!(detail("[1, 2]\n", "[1, 2]\n"), None);
    }
}
