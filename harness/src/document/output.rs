//! What printed output and SQL logs look like on a page.

use regex::Regex;
use std::sync::LazyLock;

static LOG_LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[,.]\d+ )?(?:INFO|DEBUG)[ :]+(?:\[?)sqlalchemy\.[\w.]+")
        .ok()
});

static BARE_LOG: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^\s*(?:BEGIN \(implicit\)|\[(?:raw sql|no key|generated in|cached since|caching disabled|\.\.\.)[^\]]*\]( [(\[{].*)?)\s*$",
    )
    .ok()
});

static ANNOUNCED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(outputs?|prints?|printed|printing|logs|logged|result(s|ing)?|displays?|shows?|emits?|stdout)\b.{0,60}$")
        .ok()
});

fn matches(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// Whether a line begins a message of the engine's log as a logger prints it.
pub(super) fn is_log_line(line: &str) -> bool {
    matches(&LOG_LINE, line)
}

/// Whether a text is a log: its first line is a message, or one of its lines could be nothing else.
pub(super) fn is_log(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    is_log_line(first) || text.lines().any(|line| matches(&BARE_LOG, line))
}

/// Whether the prose before a block says that an output follows.
pub(super) fn announced(lead: &str) -> bool {
    let lead = lead.trim().trim_end_matches([':', '.', '*', '`']);
    matches(&ANNOUNCED, lead)
}

/// Whether a line goes on with a message that began on an earlier line: statements are indented or in capitals.
pub(super) fn continues_log(line: &str) -> bool {
    if line.starts_with([' ', '\t', '(', ')', '[']) {
        return true;
    }
    let word: String = line.chars().take_while(char::is_ascii_alphabetic).collect();
    word.len() > 1 && word.chars().all(|letter| letter.is_ascii_uppercase())
}
