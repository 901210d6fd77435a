//! What differs between two honest runs, as placeholders: the same as `harness/oracle/steady.py`, which says what and why.

use indexmap::IndexSet;
use regex::{Captures, Regex};
use std::sync::LazyLock;

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is well-formed")
}

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"( at )0x([0-9a-fA-F]+)"));
static MARK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\A\[(generated in|cached since|no key|caching disabled(?: \([^)]*\))?|dialect \S+ does not support caching) [0-9][0-9.e+-]*s",
    )
});
static TEXT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"));
static REPR: LazyLock<Regex> = LazyLock::new(|| pattern(r"datetime\.datetime\(([0-9]+(?:, [0-9]+){4,6})\)"));
static PLACE: LazyLock<Regex> = LazyLock::new(|| pattern(r#"[^\s'"()<>]*/site-packages/"#));

/// The hour in which every run here takes place: the world's clock starts with it.
const HOUR: &str = "2024-01-01 12:";
const HOUR_REPR: &str = "2024, 1, 1, 12, ";

/// Placeholders for one step.
#[derive(Debug, Default)]
pub(crate) struct Steady {
    addresses: IndexSet<String>,
}

impl Steady {
    pub(crate) fn text(&mut self, text: &str) -> String {
        let text = ADDRESS.replace_all(text, |found: &Captures<'_>| {
            let (place, _) = self.addresses.insert_full(found[2].to_ascii_lowercase());
            format!("{}0x#{}", &found[1], place + 1)
        });
        let text = TEXT.replace_all(&text, |found: &Captures<'_>| {
            let now = found[0].replace('T', " ").starts_with(HOUR);
            if now { "NOW".to_owned() } else { found[0].to_owned() }
        });
        let text = REPR.replace_all(&text, |found: &Captures<'_>| {
            let now = found[1].starts_with(HOUR_REPR);
            if now { "NOW".to_owned() } else { found[0].to_owned() }
        });
        PLACE.replace_all(&text, "ENV/").into_owned()
    }

    /// A log message.
    pub(crate) fn message(&mut self, text: &str) -> String {
        let text = MARK.replace(text, "[$1 T").into_owned();
        self.text(&text)
    }
}
