//! Since when, in words: `holds 1.3–1.4, not since 2.0: cascade over backrefs removed`.
//!
//! A series' edge is said as the series (1.4), one within a series as the release (2.0.10). What is not known is
//! said to be so, and is counted neither with what holds nor with what does not.

use super::{Answer, Because, Cause, Change, Seen, Span, WhenStep};

/// Causes named at most; the others are counted.
const NAMED: usize = 3;

/// The series or the release with which the span `at` begins.
fn start(spans: &[Span], at: usize) -> String {
    let first = spans[at].first;
    if begins_series(spans, at) { format!("{}.{}", first.major, first.minor) } else { first.to_string() }
}

fn begins_series(spans: &[Span], at: usize) -> bool {
    at.checked_sub(1).is_none_or(|before| spans[before].last.series() != spans[at].first.series())
}

fn ends_series(spans: &[Span], at: usize) -> bool {
    spans.get(at + 1).is_none_or(|next| next.first.series() != spans[at].last.series())
}

/// The releases from the span `from` to the span `to`: `1.4`, `1.3–1.4`, `2.0.0–2.0.8`, `2.0.9`.
pub fn range(spans: &[Span], from: usize, to: usize) -> String {
    let (Some(one), Some(other)) = (spans.get(from), spans.get(to)) else { return String::new() };
    let (first, last) = (one.first, other.last);
    let (begins, ends) = (begins_series(spans, from), ends_series(spans, to));
    if first.series() == last.series() {
        return match (begins && ends, first == last) {
            (true, _) => start(spans, from),
            (false, true) => first.to_string(),
            (false, false) => format!("{first}–{last}"),
        };
    }
    let end = if ends { format!("{}.{}", last.major, last.minor) } else { last.to_string() };
    format!("{}–{end}", start(spans, from))
}

/// The longest stretches of neighbouring spans with one answer: answer, first and last.
fn stretches(answers: &[Answer]) -> Vec<(Answer, usize, usize)> {
    let mut stretches: Vec<(Answer, usize, usize)> = Vec::new();
    for (at, answer) in answers.iter().enumerate() {
        match stretches.last_mut() {
            Some((last, _, to)) if last == answer => *to = at,
            _ => stretches.push((*answer, at, at)),
        }
    }
    stretches
}

fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `in 1.2–1.3`, or `since 2.1` where it goes on to the end.
fn within(spans: &[Span], from: usize, to: usize) -> String {
    if to + 1 == spans.len() && from > 0 {
        format!("since {}", start(spans, from))
    } else {
        format!("in {}", range(spans, from, to))
    }
}

fn phrases(causes: &[Cause]) -> String {
    let mut parts: Vec<String> = causes.iter().take(NAMED).map(|cause| cause.change.clone()).collect();
    if causes.len() > NAMED {
        parts.push(format!("{} more", causes.len() - NAMED));
    }
    listed(&parts)
}

/// The last line of an exception's text is enough where it has several.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a change says of itself, if anything.
fn reason(spans: &[Span], change: &Change) -> Option<String> {
    match &change.because {
        Because::Behaviours(causes) => Some(phrases(causes)),
        Because::Together => Some(format!("several changes of {} together", start(spans, change.at))),
        Because::Raises(text) => Some(one_line(text)),
        Because::Follows(place) => Some(format!("{place} fails")),
        Because::Unexplained => None,
    }
}

/// Everything that is to be said of a step's releases, in one line.
pub fn sentence(spans: &[Span], step: &WhenStep) -> String {
    let answers: Vec<Answer> = step.answers().collect();
    let mut text = answer(spans, &answers, step.claim);
    let holding = answers.contains(&Answer::Holds);
    if holding {
        explain(&mut text, spans, &answers, step);
    } else if answers.contains(&Answer::Fails) {
        alike(&mut text, &answers, step);
    }
    unknown(&mut text, spans, &answers, step);
    text
}

/// The answer alone, without what explains it.
pub fn answer(spans: &[Span], answers: &[Answer], claim: bool) -> String {
    let verb = if claim { "holds" } else { "runs" };
    let stretches = stretches(answers);
    let since = spans.first().map(|_| start(spans, 0)).unwrap_or_default();
    if stretches.iter().all(|(answer, ..)| *answer == Answer::Holds) {
        return format!("{verb} in every release since {since}");
    }
    if stretches.iter().all(|(answer, ..)| *answer == Answer::Fails) {
        return format!("{verb} in no release since {since}");
    }
    if stretches.iter().all(|(answer, ..)| *answer == Answer::Unknown) {
        return "not known".to_owned();
    }
    let end = spans.len();
    let parts =
        |wanted: Answer| -> Vec<String> {
            stretches
                .iter()
                .filter(|(answer, ..)| *answer == wanted)
                .map(|&(_, from, to)| {
                    if to + 1 == end {
                        format!("since {}", start(spans, from))
                    } else {
                        range(spans, from, to)
                    }
                })
                .collect()
        };
    let holds = parts(Answer::Holds);
    if holds.is_empty() {
        return format!("{verb} not {}", listed(&parts(Answer::Fails)));
    }
    let mut text = format!("{verb} {}", listed(&holds));
    let last = stretches.iter().rposition(|(answer, ..)| *answer == Answer::Holds).unwrap_or(0);
    if let Some(&(Answer::Fails, from, to)) = stretches.get(last + 1) {
        let over = if to + 1 == end {
            format!(", not since {}", start(spans, from))
        } else {
            format!(", not in {}", range(spans, from, to))
        };
        text.push_str(&over);
    }
    text
}

/// Adds what explains the changes: the newest straight after the answer, the others in clauses of their own.
fn explain(text: &mut String, spans: &[Span], answers: &[Answer], step: &WhenStep) {
    for (nth, change) in step.changes.iter().rev().enumerate() {
        let Some(reason) = reason(spans, change) else { continue };
        let begins = answers[change.at] == Answer::Holds;
        let raises = matches!(change.because, Because::Raises(_) | Because::Follows(_));
        let at = start(spans, change.at);
        let clause = match (nth, begins, raises) {
            (0, true, true) => format!("; before, {reason}"),
            (0, _, _) => format!(": {reason}"),
            (_, true, _) => format!("; not before {at}: {reason}"),
            (_, false, _) => format!("; not in {at}: {reason}"),
        };
        text.push_str(&clause);
        if let (0, Some(exception)) = (nth, &change.raises) {
            let when = if begins { "before" } else { "then" };
            text.push_str(&format!("; {when}, {}", one_line(exception)));
        }
    }
}

/// Adds how a claim fails that holds nowhere, where it fails in the same way everywhere.
fn alike(text: &mut String, answers: &[Answer], step: &WhenStep) {
    let mut details =
        step.seen.iter().zip(answers).filter(|(_, answer)| **answer == Answer::Fails).map(|(seen, _)| {
            match &seen.follows {
                Some(place) => Some(format!("{place} fails")),
                None => seen.detail.clone(),
            }
        });
    if let Some(Some(first)) = details.next()
        && details.all(|detail| detail.as_deref() == Some(&first))
    {
        text.push_str(&format!(": {}", one_line(&first)));
    }
}

/// Why nothing is known of a step, if that is known.
fn not_run(seen: &Seen) -> String {
    match (&seen.follows, &seen.detail) {
        (Some(place), _) => format!(": {place} is not run"),
        (None, Some(detail)) => format!(": {}", one_line(detail)),
        (None, None) => String::new(),
    }
}

/// Adds where nothing is known, and why.
fn unknown(text: &mut String, spans: &[Span], answers: &[Answer], step: &WhenStep) {
    if answers.iter().all(|answer| *answer == Answer::Unknown) {
        text.push_str(&step.seen.first().map(not_run).unwrap_or_default());
        return;
    }
    for (answer, from, to) in stretches(answers) {
        if answer != Answer::Unknown {
            continue;
        }
        text.push_str(&format!("; not known {}", within(spans, from, to)));
        text.push_str(&not_run(&step.seen[from]));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Because, Cause, Change, Release, Seen, Span, WhenStep};
    use super::{range, sentence};
    use crate::judge::Verdict;
    use pretty_assertions::assert_eq;

    const fn span(first: (u16, u16, u16), last: (u16, u16, u16)) -> Span {
        Span {
            first: Release { major: first.0, minor: first.1, patch: first.2 },
            last: Release { major: last.0, minor: last.1, patch: last.2 },
        }
    }

    const SPANS: [Span; 6] = [
        span((1, 2, 0), (1, 2, 19)),
        span((1, 3, 0), (1, 3, 24)),
        span((1, 4, 0), (1, 4, 54)),
        span((2, 0, 0), (2, 0, 9)),
        span((2, 0, 10), (2, 0, 51)),
        span((2, 1, 0), (2, 1, 9)),
    ];

    /// A claim by its answers, a letter a span: `h`olds, `f`ails, `u`nsupported.
    fn claim(answers: &str) -> WhenStep {
        let seen = answers
            .chars()
            .map(|letter| match letter {
                'h' => Seen { verdict: Verdict::Agrees, detail: None, follows: None },
                'f' => {
                    Seen { verdict: Verdict::Differs, detail: Some("it is `2`".to_owned()), follows: None }
                }
                _ => Seen {
                    verdict: Verdict::Unsupported,
                    detail: Some("`async def`".to_owned()),
                    follows: None,
                },
            })
            .collect();
        WhenStep {
            line: 1,
            end_line: 1,
            kind: "prompt",
            source: String::new(),
            documented: Some(String::new()),
            documented_line: Some(2),
            claim: true,
            seen,
            changes: Vec::new(),
            acknowledged: None,
        }
    }

    fn because(step: &mut WhenStep, at: usize, changes: &[&str]) {
        let cause = |change: &&str| Cause {
            name: String::new(),
            change: (*change).to_owned(),
            sentence: String::new(),
        };
        let because = Because::Behaviours(changes.iter().map(cause).collect());
        step.changes.push(Change { at, because, raises: None });
    }

    #[test]
    fn a_series_edge_is_the_series_and_an_edge_within_one_is_the_release() {
        assert_eq!(range(&SPANS, 2, 2), "1.4");
        assert_eq!(range(&SPANS, 1, 2), "1.3–1.4");
        assert_eq!(range(&SPANS, 3, 3), "2.0.0–2.0.9");
        assert_eq!(range(&SPANS, 3, 4), "2.0");
        assert_eq!(range(&SPANS, 2, 3), "1.4–2.0.9");
        assert_eq!(range(&SPANS, 4, 5), "2.0.10–2.1");
        assert_eq!(range(&SPANS, 0, 5), "1.2–2.1");
    }

    #[test]
    fn each_pattern_of_answers_has_its_words() {
        for (answers, words) in [
            ("hhhhhh", "holds in every release since 1.2"),
            ("ffffff", "holds in no release since 1.2: it is `2`"),
            ("uuuuuu", "not known: `async def`"),
            ("fffffh", "holds since 2.1"),
            ("ffffhh", "holds since 2.0.10"),
            ("fhhfff", "holds 1.3–1.4, not since 2.0"),
            ("hhhhff", "holds 1.2–2.0.9, not since 2.0.10"),
            ("fffhff", "holds 2.0.0–2.0.9, not since 2.0.10"),
            ("ffhfhh", "holds 1.4 and since 2.0.10"),
            ("hfhfhf", "holds 1.2, 1.4 and 2.0.10–2.0.51, not since 2.1"),
            ("uuhhhh", "holds since 1.4; not known in 1.2–1.3: `async def`"),
            ("hhhffu", "holds 1.2–1.4, not in 2.0; not known since 2.1: `async def`"),
            ("ffffuu", "holds not 1.2–2.0.9: it is `2`; not known since 2.0.10: `async def`"),
        ] {
            assert_eq!(sentence(&SPANS, &claim(answers)), words, "{answers}");
        }
    }

    #[test]
    fn what_explains_a_change_stands_after_the_answer() {
        let mut removed = claim("fhhfff");
        because(&mut removed, 1, &["counted anew"]);
        because(&mut removed, 3, &["cascade over backrefs removed"]);
        assert_eq!(
            sentence(&SPANS, &removed),
            "holds 1.3–1.4, not since 2.0: cascade over backrefs removed; not before 1.3: counted anew"
        );
        let mut many = claim("fffhhh");
        because(&mut many, 3, &["a", "b", "c", "d", "e"]);
        assert_eq!(sentence(&SPANS, &many), "holds since 2.0: a, b, c and 2 more");
    }

    #[test]
    fn an_exception_is_told_beside_the_behaviour_that_explains_it() {
        let mut added = claim("fffhhh");
        because(&mut added, 3, &["a name"]);
        added.changes[0].raises = Some("ImportError: no name".to_owned());
        assert_eq!(sentence(&SPANS, &added), "holds since 2.0: a name; before, ImportError: no name");
        let mut removed = claim("hhhfff");
        because(&mut removed, 3, &["a name removed"]);
        removed.changes[0].raises = Some("ImportError: no name".to_owned());
        let words = "holds 1.2–1.4, not since 2.0: a name removed; then, ImportError: no name";
        assert_eq!(sentence(&SPANS, &removed), words);
    }

    #[test]
    fn an_exception_explains_where_nothing_dated_does() {
        let mut added = claim("fffhhh");
        let because = Because::Raises("ImportError: no\n name".to_owned());
        added.changes.push(Change { at: 3, because, raises: None });
        assert_eq!(sentence(&SPANS, &added), "holds since 2.0; before, ImportError: no name");
        let mut removed = claim("hhhfff");
        removed.claim = false;
        let because = Because::Raises("TypeError: x".to_owned());
        removed.changes.push(Change { at: 3, because, raises: None });
        assert_eq!(sentence(&SPANS, &removed), "runs 1.2–1.4, not since 2.0: TypeError: x");
        let mut together = claim("hhhfff");
        together.changes.push(Change { at: 3, because: Because::Together, raises: None });
        assert_eq!(
            sentence(&SPANS, &together),
            "holds 1.2–1.4, not since 2.0: several changes of 2.0 together"
        );
    }
}
