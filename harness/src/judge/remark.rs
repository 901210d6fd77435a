//! Comments against what their statement printed: `print(x)  # [1, 2]`.
//!
//! A statement that printed several times may be meant by any of them; one that never printed shows nothing. A comment that
//! could as well describe counts only where it is what was printed.

use super::{Judgement, Options, Said, Verdict, judge};
use crate::outcome::{End, Outcome, Piece};

/// Holds what a comment says against what its statement printed; a string may be written with its quotes.
///
/// `hard` says that the comment can be nothing but a claim.
pub fn judge_remark(said: Said<'_>, outcome: &Outcome, options: &Options, hard: bool) -> Judgement {
    let text = said.text.trim();
    let bare = ["'", "\""].iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
    let printed: Vec<&str> = outcome
        .pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Stdout(text) => Some(text.as_str()),
            Piece::Log(_) => None,
        })
        .collect();
    let silent = || Judgement { verdict: Verdict::Silent, detail: None, held_against: String::new() };
    if outcome.end == End::Done && printed.is_empty() {
        return silent();
    }
    let whole = judge(Some(said), outcome, options, &[]);
    if whole.verdict != Verdict::Differs {
        return whole;
    }
    let agrees = |text: &str, shown: &str| {
        let pieces = vec![Piece::Stdout(shown.to_owned())];
        let one = Outcome { pieces, ..Outcome::default() };
        judge(Some(Said { text, apart: false, bare: false }), &one, options, &[]).verdict == Verdict::Agrees
    };
    let all = outcome.stdout();
    let every = |text: &str| printed.iter().all(|shown| agrees(text, shown));
    if every(text) || bare.is_some_and(|bare| agrees(bare, &all) || every(bare)) {
        return Judgement { verdict: Verdict::Agrees, detail: None, held_against: all };
    }
    // Several lines are all that was printed.
    if hard && (printed.len() == 1 || text.contains('\n')) { whole } else { silent() }
}
