//! Rows of the behaviour table about mapped attributes and the options for them.
//!
//! The macro adds them to the rows that it is given, and hands all on.

macro_rules! of_attributes {
    ($($rows:tt)*) => {
        of_dataclasses! {
            $($rows)*
            ValidatorsSkipBackrefs "validators-skip-backrefs" within((2, 0, 0), (2, 0, 15)),
                "`validates()` leaves out what comes from the other side of a relationship, unless it is told otherwise.",
                "validators without what backrefs bring",
                "1.4.54 calls the validator, 2.0.0 and 2.0.15 do not, 2.0.16 does: `Book(author=author)` with `@validates('books')`";
            QueryExpressionNull "query-expression-null" within((1, 3, 18), (1, 4, 7)),
                "An attribute of `query_expression()` that a query gives no expression is selected as `NULL`.",
                "attributes of `query_expression()` selected as `NULL`",
                "1.3.17 has no such column, 1.3.18 `NULL AS anon_1`, 1.4.8 none again: `print(session.query(Author))`";
            RefreshDefers "refresh-defers" since(2, 0, 0),
                "`refresh()` leaves out the columns that the object's query deferred.",
                "columns that a query deferred left out by `refresh()`",
                "1.4.54 loads the column, 2.0.0 does not: `session.refresh(author)` after a query with `defer(Author.age)`";
            ExpiredLoadsDeferred "expired-loads-deferred" through(1, 3),
                "What an expired object is given back has the deferred columns that were loaded, too.",
                "deferred columns of expired objects loaded apart",
                "1.3.24 loads the column, 1.4.0 does not: the access to another attribute after `session.expire(author)`";
            HasRefusalSpaced "has-refusal-spaced" until(2, 0, 25),
                "What `has()` of a collection raises has two spaces between its sentences.",
                "one space in what `has()` of a collection raises",
                "2.0.25 has two, 2.0.26 one: `Author.books.has()`";
            CompositeComparesEach "composite-compares-each" since(2, 0, 0),
                "A composite is compared attribute by attribute, by any operator.",
                "composites compared attribute by attribute",
                "1.4.54 has `NOT (… = ? AND … = ?)`, 2.0.0 `… != ? AND … != ?`: `Vertex.at != Point(1, 2)`";
            CompositeNeverNone "composite-never-none" since(2, 1, 0),
                "A composite that is not annotated as optional is an object in any case.",
                "composites of an object without values made",
                "2.0.58 shows `None`, 2.1.0 `Point(None, None)`: `print(Vertex().at)`";
            DeferAllKeepsKey "defer-all-keeps-key" since(2, 0, 0),
                "`defer('*')` leaves the primary key to be loaded with the row.",
                "the primary key loaded under `defer('*')`",
                "1.4.54 has no columns to select, 2.0.0 the key: `session.query(Author).options(defer('*'))`";
        }
    };
}

pub(super) use of_attributes;
