//! Whether a claim is what is so, by doctest's rules.

use super::Options;
use super::normalise::{
    Addresses, as_in_ipython, comparable, has_open_address, has_open_mark, with_open_marks,
};

/// Whether a page's text says what `got` says.
pub(super) fn texts(want: &str, got: &str, options: &Options) -> bool {
    if options.ipython {
        let plain = Options { ipython: false, ..options.clone() };
        return texts(want, got, &plain) || texts(&as_in_ipython(want), &as_in_ipython(got), &plain);
    }
    if matches(&comparable(want, Addresses::Numbered), &comparable(got, Addresses::Numbered), options) {
        return true;
    }
    if has_open_mark(want) {
        let open = |text| with_open_marks(&comparable(text, Addresses::Numbered));
        if matches(&open(want), &open(got), options) {
            return true;
        }
    }
    // An address that is left open, or hidden by an ellipsis, throws the numbering off.
    (has_open_address(want) || options.ellipsis)
        && matches(&comparable(want, Addresses::Alike), &comparable(got, Addresses::Alike), options)
}

fn matches(want: &str, got: &str, options: &Options) -> bool {
    let want = want.replace("<BLANKLINE>", "");
    let want = want.trim_matches('\n');
    if want == got {
        return true;
    }
    let (want, got) = if options.normalize_whitespace {
        (squeezed(want), squeezed(got))
    } else {
        (want.to_owned(), got.to_owned())
    };
    want == got || (options.ellipsis && ellipsis(&want, &got))
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether `got` is `want` with each `...` standing for any text.
fn ellipsis(want: &str, got: &str) -> bool {
    let pieces: Vec<&str> = want.split("...").collect();
    let [first, middle @ .., last] = pieces.as_slice() else { return want == got };
    let Some(rest) = got.strip_prefix(first) else { return false };
    let Some(mut rest) = rest.strip_suffix(last) else { return false };
    for piece in middle {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    true
}

/// A traceback that a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Traceback {
    /// What the claim shows before it.
    pub(super) before: String,
    /// Everything above the exception, what stands before the traceback included.
    pub(super) above: String,
    /// The exception at its end.
    pub(super) message: String,
}

/// The traceback that a claim shows, if it shows one.
pub(super) fn traceback(want: &str) -> Option<Traceback> {
    let header = |line: &str| {
        let line = line.trim();
        line.starts_with("Traceback (most recent call last)")
            || line.starts_with("Traceback (innermost last)")
    };
    let lines: Vec<&str> = want.lines().collect();
    if let Some(shown) = ipython_traceback(&lines) {
        return Some(shown);
    }
    // Of a chain of exceptions, the last one is what ends the step.
    let at = lines.iter().rposition(|line| header(line))?;
    let first = lines.iter().position(|line| header(line)).unwrap_or(at);
    let margin = lines[at].len() - lines[at].trim_start().len();
    let begins = |line: &&str| {
        let body = line.get(margin..).unwrap_or("");
        body.chars().next().is_some_and(|letter| letter == '_' || letter.is_alphanumeric())
    };
    let message_at = at + 1 + lines[at + 1..].iter().position(begins)?;
    let message: Vec<&str> =
        lines[message_at..].iter().map(|line| line.get(margin..).unwrap_or("").trim_end()).collect();
    Some(Traceback {
        before: lines[..first].join("\n"),
        above: lines[..message_at].join("\n"),
        message: message.join("\n").trim_end().to_owned(),
    })
}

/// IPython's form: the class stands before `Traceback`, and again without its module on the last line of all.
fn ipython_traceback(lines: &[&str]) -> Option<Traceback> {
    let title = |line: &str| {
        let name = line.trim().strip_suffix("Traceback (most recent call last)")?.trim();
        (!name.is_empty() && name.chars().all(|letter| letter == '_' || letter.is_alphanumeric()))
            .then(|| name.to_owned())
    };
    let at = lines.iter().rposition(|line| title(line).is_some())?;
    let name = title(lines[at])?;
    let said = |line: &&str| {
        line.trim_start()
            .strip_prefix(name.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    };
    let message_at = at + 1 + lines[at + 1..].iter().rposition(said)?;
    let first = lines[..at]
        .iter()
        .rposition(|line| !line.trim().is_empty() && line.trim().chars().all(|letter| letter == '-'))
        .unwrap_or(at);
    let message: Vec<&str> = lines[message_at..].iter().map(|line| line.trim_end()).collect();
    Some(Traceback {
        before: lines[..first].join("\n"),
        above: lines[..message_at].join("\n"),
        message: message.join("\n").trim().to_owned(),
    })
}

/// Whether an exception's last lines say the same.
pub(super) fn exceptions(want: &str, got: &str, options: &Options) -> bool {
    if texts(want, got, options) {
        return true;
    }
    // IPython names the class without its module.
    let (kind, message) = got.split_once(':').map_or((got, ""), |(kind, _)| (kind, &got[kind.len()..]));
    if let Some((_, short)) = kind.rsplit_once('.')
        && !want.split(':').next().unwrap_or("").contains('.')
        && texts(want, &format!("{short}{message}"), options)
    {
        return true;
    }
    let name = |text: &str| {
        let first = text.lines().next().unwrap_or("");
        let kind = first.split(':').next().unwrap_or("");
        kind.rsplit('.').next().unwrap_or("").trim().to_owned()
    };
    options.ignore_exception_detail && name(want) == name(got)
}

#[cfg(test)]
mod tests {
    use super::{exceptions, texts, traceback};
    use crate::judge::Options;

    fn with(names: &[&str]) -> Options {
        let mut options = Options::default();
        for name in names {
            assert!(options.set(name, true));
        }
        options
    }

    #[test]
    fn options_count_only_when_they_are_on() {
        let plain = Options::default();
        assert!(!texts("[1, ...]", "[1, 2, 3]", &plain));
        assert!(texts("[1, ...]", "[1, 2, 3]", &with(&["ELLIPSIS"])));
        assert!(!texts("[1, ..., 9]", "[1, 2, 3]", &with(&["ELLIPSIS"])));
        assert!(!texts("a...a", "a", &with(&["ELLIPSIS"])));
        assert!(!texts("a  b", "a b", &plain));
        assert!(texts("a  b", "a\nb", &with(&["NORMALIZE_WHITESPACE"])));
    }

    #[test]
    fn a_notebook_writes_objects_and_classes_in_its_own_way() {
        let notebook = Options { ipython: true, ..Options::default() };
        assert!(texts("[<__main__.Shop at 0x5f>]", "[<__main__.Shop object at 0x7f00>]", &notebook));
        assert!(texts("__main__.Shop", "<class '__main__.Shop'>", &notebook));
        assert!(!texts("<__main__.Cart at 0x5f>", "<__main__.Shop object at 0x7f00>", &notebook));
        assert!(!texts("<__main__.Shop at 0x5f>", "<__main__.Shop object at 0x7f00>", &Options::default()));
    }

    #[test]
    fn an_open_address_is_any_address() {
        assert!(texts("<Shop object at 0x...>", "<Shop object at 0x7f00>", &Options::default()));
        assert!(!texts("<Shop object at 0x...>", "<Cart object at 0x7f00>", &Options::default()));
    }

    #[test]
    fn a_tracebacks_last_lines_are_its_claim() {
        let want = "Traceback (most recent call last):\n  File \"x\", line 1\n    y()\nValueError: no such\n  cart\n";
        let shown = traceback(want).expect("a traceback");
        assert_eq!((shown.before.as_str(), shown.message.as_str()), ("", "ValueError: no such\n  cart"));
        assert!(shown.above.ends_with("    y()"), "{}", shown.above);
        assert_eq!(traceback("ValueError: no\n"), None);
    }

    #[test]
    fn an_exceptions_detail_counts_unless_it_is_ignored() {
        assert!(!exceptions("shop.Empty: x", "Empty: y", &Options::default()));
        assert!(exceptions("shop.Empty: x", "Empty: y", &with(&["IGNORE_EXCEPTION_DETAIL"])));
        assert!(!exceptions("shop.Full: x", "Empty: x", &with(&["IGNORE_EXCEPTION_DETAIL"])));
    }
}
