//! Quoting of identifiers.

use super::Dialect;

/// Words that the default dialect quotes.
const DEFAULT_RESERVED: &str = "all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate column constraint create cross current_date current_role current_time current_timestamp current_user default deferrable desc distinct do else end except false for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join leading left like limit localtime localtimestamp natural new not notnull null off offset old on only or order outer overlaps placing primary references right select session_user set similar some symmetric table then to trailing true union unique user using verbose when where";

/// Words that SQLite's dialect quotes.
const SQLITE_RESERVED: &str = "add after all alter analyze and as asc attach autoincrement before begin between by cascade case cast check collate column commit conflict constraint create cross current_date current_time current_timestamp database default deferrable deferred delete desc detach distinct drop each else end escape except exclusive exists explain fail false for foreign from full glob group having if ignore immediate in index indexed initially inner insert instead intersect into is isnull join key left like limit match natural not notnull null of offset on or order outer plan pragma primary query raise references reindex rename replace restrict right rollback row select set table temp temporary then to transaction trigger true union unique update using vacuum values view virtual when where";

/// An identifier, quoted where it is reserved, has upper case or characters of other kinds, or where it was asked for.
pub(crate) fn quote(dialect: Dialect, name: &str, asked: Option<bool>) -> String {
    let needed = asked.unwrap_or_else(|| needs_quotes(dialect, name));
    if needed { always(name) } else { name.to_owned() }
}

/// An identifier in quotes.
pub(crate) fn always(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn needs_quotes(dialect: Dialect, name: &str) -> bool {
    let reserved = match dialect {
        Dialect::Default => DEFAULT_RESERVED,
        Dialect::Sqlite => SQLITE_RESERVED,
    };
    let lower = name.to_lowercase();
    reserved.split(' ').any(|word| word == lower) || has_illegal_characters(name) || lower != name
}

/// Whether a name has characters that must be quoted, or begins as a name must not.
pub(crate) fn has_illegal_characters(name: &str) -> bool {
    let legal = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '$');
    name.starts_with(|first: char| first.is_ascii_digit() || first == '$')
        || name.is_empty()
        || !name.chars().all(legal)
}
