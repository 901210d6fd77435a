//! Quoting of identifiers.

use super::Dialect;

/// An identifier, quoted where it is reserved, has upper case or characters of other kinds, or where it was asked for.
pub(crate) fn quote(dialect: Dialect, name: &str, asked: Option<bool>) -> String {
    let needed = asked.unwrap_or_else(|| needs_quotes(dialect, name));
    if needed { always_by(dialect, name) } else { name.to_owned() }
}

/// An identifier between the quotes of a dialect.
fn always_by(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Default | Dialect::Sqlite | Dialect::Postgresql | Dialect::Oracle => always(name),
        Dialect::Mysql => format!("`{}`", name.replace('`', "``")),
        Dialect::Mssql => format!("[{}]", name.replace(']', "]]")),
    }
}

/// An identifier in quotes.
pub(crate) fn always(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn needs_quotes(dialect: Dialect, name: &str) -> bool {
    let lower = name.to_lowercase();
    let starts_badly = dialect == Dialect::Oracle && name.starts_with('_');
    starts_badly
        || super::reserved::words(dialect).split(' ').any(|word| word == lower)
        || has_illegal_characters(name)
        || lower != name
}

/// Whether a name has characters that must be quoted, or begins as a name must not.
pub(crate) fn has_illegal_characters(name: &str) -> bool {
    let legal = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '$');
    name.starts_with(|first: char| first.is_ascii_digit() || first == '$')
        || name.is_empty()
        || !name.chars().all(legal)
}
