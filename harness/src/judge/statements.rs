//! What statements of a log name.
//!
//! Reads shapes, not SQL: enough to tell which tables a log speaks of.

use regex::Regex;
use std::sync::LazyLock;

static TABLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)
        \bPRAGMA\s+(?:\w+\.)?\w+\("?(?P<pragma>[^")]+)"?\)
      | \b(?:CREATE\s+TABLE|INSERT\s+(?:OR\s+\w+\s+)?INTO|DELETE\s+FROM|DROP\s+TABLE|FROM|JOIN)\s+(?P<plain>"[^"]+"|[A-Za-z_]\w*)
      | \bUPDATE\s+(?P<updated>"[^"]+"|[A-Za-z_]\w*)\s+SET\b
    "#,
    )
    .ok()
});

static LOGGED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?m)^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[,.]\d+ )?(?:INFO|DEBUG)[ :]+\[?sqlalchemy\.|^(?:BEGIN \(implicit\)|COMMIT|ROLLBACK|\[(?:raw sql|no key|generated in|cached since))",
    )
    .ok()
});

/// Whether a text holds messages of an engine's log.
pub(super) fn has_log(text: &str) -> bool {
    LOGGED.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// Whether a text begins with a statement that an engine could log.
pub(super) fn begins_with_one(text: &str) -> bool {
    let words = [
        "SELECT ",
        "INSERT INTO ",
        "UPDATE ",
        "DELETE FROM ",
        "PRAGMA ",
        "CREATE ",
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
    ];
    words.iter().any(|word| text.trim_start().starts_with(word))
}

/// The tables that a log's statements name, in order of their names.
pub(super) fn tables(text: &str) -> Vec<String> {
    let Some(pattern) = TABLE.as_ref() else { return Vec::new() };
    let mut found: Vec<String> = pattern
        .captures_iter(text)
        .filter_map(|captures| {
            let name = captures
                .name("pragma")
                .or_else(|| captures.name("plain"))
                .or_else(|| captures.name("updated"))?;
            Some(name.as_str().trim_matches('"').to_owned())
        })
        .filter(|name| !name.starts_with("sqlite_") && name != "SELECT")
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The tables that a claimed log names and the program has not, neither mapped nor in its own log.
pub(super) fn foreign_tables(claim: &str, own: &[String], actual: &str) -> Vec<String> {
    if !has_log(claim) {
        return Vec::new();
    }
    let logged = tables(actual);
    let mut foreign = tables(claim);
    foreign.retain(|name| !own.contains(name) && !logged.contains(name));
    foreign
}

#[cfg(test)]
mod tests {
    use super::{foreign_tables, tables};

    #[test]
    fn statements_name_their_tables() {
        let log = "PRAGMA main.table_info(\"shop\")\nCREATE TABLE cart (\n\tid INTEGER\n)\nSELECT a.id FROM \"user\" JOIN item ON 1\nUPDATE till SET x=?\n";
        assert_eq!(tables(log), ["cart", "item", "shop", "till", "user"]);
    }

    #[test]
    fn a_programs_own_tables_are_not_foreign() {
        let claim = "BEGIN (implicit)\nINSERT INTO shop (id) VALUES (?)\nINSERT INTO cart (id) VALUES (?)\n";
        assert_eq!(foreign_tables(claim, &["shop".into()], ""), ["cart"]);
        assert_eq!(foreign_tables(claim, &["shop".into()], "DELETE FROM cart\n"), Vec::<String>::new());
        assert_eq!(foreign_tables("it comes FROM far", &[], ""), Vec::<String>::new());
    }
}
