//! One text for what may differ between two honest runs: addresses, times, white space at the ends of lines.
//!
//! Applied to a claim and to what is so alike. Words are never touched.

use indexmap::IndexSet;
use regex::{Captures, Regex};
use std::sync::LazyLock;

static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"0x[0-9a-fA-F]+").ok());
static ANY_ADDRESS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"0x(?:[0-9a-fA-F]+|\.\.\.|…)").ok());
static MARK_TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\[(generated in|cached since|no key|caching disabled(?: \([^)]*\))?|insertmanyvalues|dialect \S+ does not support caching) [0-9][0-9.e+-]*s",
    )
    .ok()
});
static LOG_HEADER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?m)^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[,.]\d+ )?(?:INFO|DEBUG)[ :]+\[?sqlalchemy\.[\w.]+\]?[ :]?",
    )
    .ok()
});
static STAMP: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ ").ok());

/// The default representation of an object, and that of a class.
static OBJECT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"<([\w.]+(?:\[[^\]]*\])?) object at (0x[0-9a-fA-F.…]+)>").ok());
static CLASS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"<class '([\w.]+)'>").ok());

/// How addresses are made alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Addresses {
    /// Numbered by first appearance: the same object keeps its address, distinct ones differ.
    Numbered,
    /// Any address is as good as another.
    Alike,
}

/// Addresses as numbers in order of appearance, or all alike.
fn addresses(text: &str, how: Addresses) -> String {
    let pattern = match how {
        Addresses::Numbered => ADDRESS.as_ref(),
        Addresses::Alike => ANY_ADDRESS.as_ref(),
    };
    let Some(pattern) = pattern else { return text.to_owned() };
    let mut seen: IndexSet<String> = IndexSet::new();
    pattern
        .replace_all(text, |found: &Captures<'_>| {
            if how == Addresses::Alike {
                return "0x#".to_owned();
            }
            let address = found[0].to_ascii_lowercase();
            let (number, _) = seen.insert_full(address);
            format!("0x#{}", number + 1)
        })
        .into_owned()
}

fn replaced(pattern: &LazyLock<Option<Regex>>, text: &str, with: &str) -> String {
    pattern.as_ref().map_or_else(|| text.to_owned(), |pattern| pattern.replace_all(text, with).into_owned())
}

static MARK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?m)^([ \t]*\[)(?:raw sql|(?:generated in|cached since|no key|caching disabled(?: \([^)]*\))?) T(?: ago)?)",
    )
    .ok()
});

/// Whether a page writes the mark of a statement as `[...]`, as the library's own pages do: it stands for any.
pub(super) fn has_open_mark(text: &str) -> bool {
    text.lines().any(|line| line.trim_start().starts_with("[...]") || line.trim_start().starts_with("[... ("))
}

/// A text that is compared, with every mark of a statement open.
pub(super) fn with_open_marks(text: &str) -> String {
    replaced(&MARK, text, "$1...")
}

/// Whether a page writes an address as `0x...`: it stands for any.
pub(super) fn has_open_address(text: &str) -> bool {
    text.contains("0x...") || text.contains("0x…")
}

/// A text as it is compared.
pub(super) fn comparable(text: &str, how: Addresses) -> String {
    let text = without_headers(text);
    let text = replaced(&MARK_TIME, &text, "[$1 T");
    let text = addresses(&text, how);
    let created = text.contains("CREATE TABLE");
    let mut lines: Vec<String> = Vec::new();
    for line in text.split('\n') {
        let line = line.trim_end();
        let body = line.trim_start_matches([' ', '\t']);
        // Pages show the tab that begins a column's line as spaces.
        lines.push(if created && body.len() < line.len() { format!("\t{body}") } else { line.to_owned() });
    }
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    let last = lines.iter().rposition(|line| !line.is_empty()).map_or(first, |last| last + 1);
    lines[first..last].join("\n")
}

/// A text with objects and classes written as IPython writes them.
pub(super) fn as_in_ipython(text: &str) -> String {
    replaced(&CLASS, &replaced(&OBJECT, text, "<$1 at $2>"), "$1")
}

/// Log messages without time, level and logger.
pub(super) fn without_headers(text: &str) -> String {
    replaced(&LOG_HEADER, text, "")
}

/// A text that is the same in every run, for snapshots: numbered addresses, no times.
pub fn stable(text: &str) -> String {
    let text = replaced(&STAMP, text, "");
    let text = replaced(&MARK_TIME, &text, "[$1 T");
    addresses(&text, Addresses::Numbered)
}

#[cfg(test)]
mod tests {
    use super::{Addresses, comparable};

    fn numbered(text: &str) -> String {
        comparable(text, Addresses::Numbered)
    }

    #[test]
    fn the_same_object_keeps_its_address_and_distinct_ones_differ() {
        assert_eq!(
            numbered("<A at 0x1f> <A at 0x2f> <A at 0x1F>"),
            numbered("<A at 0xa> <A at 0xb> <A at 0xa>")
        );
        assert_ne!(numbered("[<A at 0x1>, <A at 0x1>]"), numbered("[<A at 0x1>, <A at 0x2>]"));
    }

    #[test]
    fn times_are_alike_and_words_are_not() {
        let page = "2020-01-01 10:00:00,123 INFO sqlalchemy.engine.Engine [cached since 0.2s ago] (1,)\n";
        assert_eq!(numbered(page), numbered("[cached since 1.5e-05s ago] (1,)"));
        assert_ne!(numbered(page), numbered("[generated in 0.2s] (1,)"));
    }

    #[test]
    fn a_column_line_may_begin_with_spaces_or_a_tab() {
        assert_eq!(
            numbered("CREATE TABLE a (\n    id INTEGER, \n)"),
            numbered("\nCREATE TABLE a (\n\tid INTEGER,\n)\n\n")
        );
        assert_ne!(numbered("a\n    b"), numbered("a\n\tb"));
    }
}
