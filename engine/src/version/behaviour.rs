//! Every difference between releases that this engine knows, each stated once: when it holds, what it is, and where it
//! was seen.
//!
//! A date is that of the nearest releases observed on both sides: `observed` names them. Nothing here acts;
//! [`Profile::has`](super::Profile::has) is asked wherever a behaviour makes a difference.

use super::Version;

/// What is known of a behaviour: its dates, and how it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dated {
    /// A stable name in kebab-case, which reports use.
    pub name: &'static str,
    /// The first version that behaves so; `None` where it is as old as what can be asked for.
    pub first: Option<Version>,
    /// The last version that behaves so; `None` where it still holds.
    pub last: Option<Version>,
    /// What is so while it holds.
    pub sentence: &'static str,
    /// What changed where it begins, or ends if it has no beginning: a phrase.
    pub change: &'static str,
    /// The releases in which it was seen, and what shows it.
    pub observed: &'static str,
}

impl Dated {
    /// Whether it holds in a release.
    pub(super) fn holds(self, version: Version) -> bool {
        self.first.is_none_or(|first| first <= version) && self.last.is_none_or(|last| version <= last)
    }
}

/// First and last version.
type Dates = (Option<Version>, Option<Version>);

/// From a release on.
const fn since(major: u16, minor: u16, patch: u16) -> Dates {
    (Some(Version::new(major, minor, patch)), None)
}

/// To the end of a series.
const fn through(major: u16, minor: u16) -> Dates {
    (None, Some(Version::end_of(major, minor)))
}

/// To a release.
const fn until(major: u16, minor: u16, patch: u16) -> Dates {
    (None, Some(Version::new(major, minor, patch)))
}

/// From a release to the end of a series.
const fn between(first: (u16, u16, u16), last: (u16, u16)) -> Dates {
    (Some(Version::new(first.0, first.1, first.2)), Some(Version::end_of(last.0, last.1)))
}

macro_rules! behaviours {
    ($($variant:ident $name:literal $dates:expr, $sentence:literal, $change:literal, $observed:literal;)*) => {
        /// One dated behaviour: something that not every release does.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Behaviour {
            $(#[doc = $sentence] $variant,)*
        }

        impl Behaviour {
            /// Every behaviour, in the order of the table.
            pub const ALL: &'static [Behaviour] = &[$(Behaviour::$variant,)*];

            /// When it holds, what it is, where it was seen.
            pub const fn dated(self) -> Dated {
                match self {
                    $(Behaviour::$variant => {
                        let (first, last) = $dates;
                        Dated { name: $name, first, last, sentence: $sentence, change: $change, observed: $observed }
                    })*
                }
            }
        }
    };
}

behaviours! {
    StatementMarks "statement-marks" since(1, 4, 0),
        "Log messages carry a statement mark (`[raw sql]`, `[generated in …]`) and come from `sqlalchemy.engine.Engine`.",
        "statement marks in the log",
        "1.3.24 without, logger `sqlalchemy.engine.base.Engine`; 1.4.54 with: the echo log of any statement";
    CompiledCache "compiled-cache" since(1, 4, 0),
        "Statements are compiled once for equal structure, and the log marks later ones `[cached since …]`.",
        "compiled statements cached",
        "1.3.24 without, 1.4.54 with: the echo log of a statement that is executed twice";
    ConnectProbes "connect-probes" through(1, 3),
        "The first connection probes the driver for how it returns text.",
        "connect-time probes removed",
        "1.3.24 with (`SELECT CAST('test plain returns' AS VARCHAR(60)) AS anon_1`), 1.4.54 without: the echo log";
    Autocommit "autocommit" through(1, 4),
        "Each statement of a connection outside a transaction commits at once.",
        "autocommit of connections removed",
        "1.3.24 and 1.4.54 with, 2.0.8 without: the echo log of `engine.execute()` and `create_all()`";
    SchemaCommitsEach "schema-commits-each" through(1, 3),
        "The statements of `create_all()` commit one by one.",
        "one transaction for `create_all()`",
        "1.3.24 with, 1.4.54 without: the echo log of `create_all()`";
    ExecutemanyLoggedAsList "executemany-logged-as-list" since(2, 0, 0),
        "The parameter sets of an executemany are logged as a list.",
        "parameter sets logged as a list",
        "1.4.54 logs a tuple, 2.0.8 a list: the echo log of a flush of several objects";
    LongParametersTruncated "long-parameters-truncated" since(2, 0, 0),
        "More than 100 parameters of one set are logged in part.",
        "long parameter sets logged in part",
        "1.4.54 without, 2.0.8 with: the echo log of an `IN` of 120 values";
    InsertManyValues "insertmanyvalues" since(2, 0, 0),
        "Inserts of several objects that fetch generated keys use `INSERT … RETURNING` in batches.",
        "insertmanyvalues with RETURNING",
        "1.4.54 without, 2.0.8 with: the echo log of a flush of several objects";
    InsertManyValuesOrdered "insertmanyvalues-ordered" since(2, 0, 10),
        "Inserts of several objects return the keys in the order of the rows, one row at a time where the database cannot order them.",
        "insertmanyvalues in order",
        "2.0.8 inserts in one batch, 2.0.51 row by row, marked `(ordered; batch not supported)`: the echo log of a flush of several objects";
    Returning "returning-on-sqlite" since(2, 0, 0),
        "`RETURNING` can be used with SQLite.",
        "RETURNING with SQLite",
        "1.4.54 without, 2.0.8 with: `insert(…).returning(…)`";
    UpdateFrom "update-from-on-sqlite" since(2, 0, 0),
        "`UPDATE … FROM` can be used with SQLite.",
        "UPDATE … FROM with SQLite",
        "1.4.54 without, 2.0.8 with: an update whose criteria name another table";
    MultirowInsertsPrinted "multirow-inserts-printed" since(1, 4, 0),
        "The default dialect, which `print()` uses, writes inserts of several rows.",
        "inserts of several rows printed",
        "1.3.24 raises `CompileError`, 1.4.54 prints: `print(insert(…).values([…, …]))`";
    ExpandingIn "expanding-in" since(1, 4, 0),
        "`IN` lists are bound when the statement is executed, and print as `IN (__[POSTCOMPILE_id_1])`.",
        "`IN` lists bound at execution",
        "1.3.24 without, 1.4.54 with: `print(User.id.in_([1, 2]))`";
    ExpandingInWithNull "expanding-in-with-null" since(2, 0, 9),
        "An `IN` list with a `None` is bound at execution, as others are.",
        "`IN` lists with `None` bound at execution",
        "2.0.8 writes the list out with `NULL`, 2.0.51 binds it: `print(User.id.in_([1, None]))`";
    NotInGrouped "not-in-grouped" since(1, 4, 0),
        "`NOT IN` is written in parentheses.",
        "parentheses around `NOT IN`",
        "1.3.24 without, 1.4.54 with: `print(User.id.notin_([1]))`";
    ConcatGroupsInComparison "concat-grouped-in-comparison" since(2, 0, 21),
        "`a || b` has parentheses as an operand of a comparison.",
        "parentheses around `a || b`",
        "2.0.8 without, 2.0.51 with: `print((User.name + 'x') == 'y')`";
    NotGroupsOperand "not-groups-operand" since(2, 0, 0),
        "`~(a + b)` has parentheses.",
        "parentheses within `NOT`",
        "1.4.54 without, 2.0.8 with: `print(~(User.id + 1))`";
    TrueDivision "true-division" since(2, 0, 0),
        "`a / b` divides as Python does, not as the database does.",
        "true division",
        "1.4.54 without, 2.0.8 with: `print(User.id / 2)`";
    FloatBindIsDouble "float-bind-is-double" since(2, 1, 0),
        "A Python float is bound as a `Double`.",
        "floats bound as `Double`",
        "2.0.51 without, 2.1.9 with: the cast in `print(User.id / 2.5)`";
    DisambiguatedNames "names-told-apart" since(1, 4, 0),
        "A select labels columns of one name apart (`id AS id_1`), and keeps a column that is named twice.",
        "columns of one name labelled apart",
        "1.3.24 without, 1.4.54 with: a select of two tables with a column `id` each";
    CastKeepsName "cast-keeps-name" since(1, 4, 0),
        "`CAST(id AS …)` is labelled `id`.",
        "casts keep their column's name",
        "1.3.24 without, 1.4.54 with: a select of `cast(User.id, String)`";
    NotUnlabelled "not-unlabelled" since(2, 0, 9),
        "`NOT ok` among a select's columns has no label.",
        "no label for `NOT`",
        "2.0.8 labels it, 2.0.51 does not: `print(select(~User.ok))`";
    ParenthesizedServerDefault "server-default-in-parentheses" until(2, 0, 8),
        "`DEFAULT (CURRENT_TIMESTAMP)` has parentheses.",
        "no parentheses around `CURRENT_TIMESTAMP`",
        "2.0.8 with, 2.0.51 without: the `CREATE TABLE` of a column with `server_default=func.now()`";
    TypesMakeChecks "types-make-checks" through(1, 3),
        "`Boolean` and `Enum` make check constraints unless they are told not to.",
        "no check constraints of `Boolean` and `Enum`",
        "1.3.24 with, 1.4.54 without: the `CREATE TABLE` of a column of these types";
    UrlNotQuoted "url-not-quoted" since(2, 0, 9),
        "An unreadable engine URL is not repeated in its error.",
        "URLs kept out of errors",
        "2.0.8 repeats it, 2.0.51 does not: `create_engine('nonsense')`";
    LegacyColumnLabels "legacy-column-labels" through(2, 0),
        "Loads of the ORM's own label every column `table_column`.",
        "no `table_column` labels in the ORM's own loads",
        "2.0.51 with, 2.1.9 without: the echo log of a lazy load; `session.query()` keeps them";
    RefreshUnlabelled "refresh-unlabelled" since(1, 4, 0),
        "`session.refresh()` selects bare column names.",
        "no labels in refreshes",
        "1.3.24 labels them, 1.4.54 does not: the echo log of `session.refresh()`";
    ExistsTargetFirst "exists-target-first" since(2, 0, 0),
        "`any()` over a secondary selects from the target before the secondary.",
        "target first in `any()`",
        "1.4.54 without, 2.0.8 with: `print(Post.tags.any())`";
    ExpiredLoadsEager "expired-loads-eager" since(1, 4, 0),
        "The load of an expired object loads its eager relationships too.",
        "expired objects load eager relationships",
        "1.3.24 without, 1.4.54 with: the echo log after `commit()` where a relationship is `lazy='joined'`";
    ExpiredLoadsAutoflush "expired-loads-autoflush" since(1, 4, 0),
        "The load of an expired object's columns flushes first, as a query does.",
        "autoflush before an expired object's load",
        "1.3.24 without, 1.4.54 with: the echo log of reading an expired column while an object is pending";
    ImmediateInOrder "immediate-in-order" since(2, 0, 0),
        "`lazy='immediate'` loads take their turn among the loads that follow a query; before, they came first.",
        "immediate loads in order",
        "1.4.54 without, 2.0.8 with: the echo log of a query with `immediate` and `selectin` relationships";
    SelectinFromSecondary "selectin-from-secondary" since(2, 1, 0),
        "`selectin` over a secondary that has the parent's key leaves the parent's table out.",
        "selectin loads from the secondary",
        "2.0.51 without, 2.1.9 with: the echo log of a `lazy='selectin'` many-to-many";
    EmptyCollectionsApart "empty-collections-apart" since(1, 4, 0),
        "Reading the empty collection of an object without a row leaves its `__dict__` alone.",
        "empty collections kept apart",
        "1.3.24 without, 1.4.54 with: `'addresses' in User().__dict__` after reading it";
    BlankHistoryIsNone "blank-history-is-none" through(1, 4),
        "The parts of a history without any value are `None`.",
        "blank histories are empty tuples",
        "1.4.54 with, 2.0.8 without: `attributes.get_history()` of an attribute that was never set";
    DeferredScalarHistory "deferred-scalar-history" since(1, 4, 0),
        "Setting a scalar relationship whose old object only a query can tell leaves the query to the flush.",
        "old scalar objects loaded at flush",
        "1.3.24 without, 1.4.54 with: the echo log of setting an expired many-to-one";
    CascadeBackrefs "cascade-backrefs" through(1, 4),
        "Objects cascade into a session along backrefs, unless `cascade_backrefs=False`.",
        "cascade over backrefs removed",
        "1.3.24 and 1.4.54 with, 2.0.8 without: `address.user = user` where only `user` is in a session";
    IdentityConflictIsError "identity-conflict-is-error" through(1, 3),
        "Flushing a second object of one identity is an error before any SQL.",
        "identity conflicts only warn before the insert",
        "1.3.24 raises `FlushError`, 1.4.54 warns and sends the `INSERT`: two objects of one primary key";
    ColumnsInTableOrder "columns-in-table-order" since(2, 0, 0),
        "A class's columns are mapped in the order of its table, those under another name or with options of their own too.",
        "columns mapped in the table's order",
        "1.4.54 without, 2.0.8 with: the echo log of a query of a class with `Column('other_name', …)`";
    ConfigureByRegistry "configure-by-registry" since(1, 4, 0),
        "The first use of a class configures the mappers of its registry, not those of the whole program.",
        "mappers configured by registry",
        "1.3.24 without, 1.4.54 with: a broken mapper under another base";
    BackPopulatesChecksKind "back-populates-checks-kind" since(1, 4, 0),
        "`back_populates` to a column is refused with a message of its own.",
        "`back_populates` to a column refused",
        "1.3.24 raises `AttributeError`, 1.4.54 `ArgumentError`: `relationship(back_populates='id')`";
    MapperInBrackets "mapper-in-brackets" since(2, 0, 0),
        "Messages call a mapper `Mapper[User(user)]`; before, `mapped class User->user`.",
        "mappers named `Mapper[User(user)]`",
        "1.4.54 without, 2.0.8 with: the message of a misspelt `back_populates`";
    ResultErrorsInCore "result-errors-in-core" since(1, 4, 0),
        "`NoResultFound` and `MultipleResultsFound` are classes of `sqlalchemy.exc`, and links to the background of errors are `https`.",
        "errors of results in `sqlalchemy.exc`",
        "1.3.24 has `sqlalchemy.orm.exc.NoResultFound`, 1.4.54 `sqlalchemy.exc.NoResultFound`: `query.one()` without a row";
    PendingRollbackErrors "pending-rollback-errors" since(1, 4, 0),
        "`PendingRollbackError` exists; before, its cases were `InvalidRequestError`.",
        "`PendingRollbackError`",
        "1.3.24 without, 1.4.54 with: a query after a flush that failed";
    UnboundSpeaksOfExpression "unbound-speaks-of-expression" between((1, 4, 0), (1, 4)),
        "A session without an engine speaks of an SQL expression even where it was given none.",
        "the message of a session without an engine",
        "1.3.24 and 2.0.8 without, 1.4.54 with: `Session().connection()`";
    BlankOutNamesColumn "blank-out-names-column" since(2, 0, 0),
        "The refusal to blank out a primary key names the column that the rule stands on.",
        "the message of a blanked-out primary key",
        "1.4.54 without, 2.0.8 with: removing a child whose foreign key is its primary key";
}

impl Behaviour {
    /// The bit that stands for it in a set.
    pub(super) const fn bit(self) -> u128 {
        const { assert!(Behaviour::ALL.len() <= 128, "a profile's flipped behaviours are the bits of one number") };
        1 << self as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_in_kebab_case() {
        let mut names: Vec<&str> = Behaviour::ALL.iter().map(|behaviour| behaviour.dated().name).collect();
        for name in &names {
            let kebab = name.split('-').all(|word| {
                !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
            });
            assert!(kebab, "{name}");
        }
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    }

    #[test]
    fn a_sentence_is_whole_and_a_change_is_a_phrase() {
        for behaviour in Behaviour::ALL {
            let Dated { name, sentence, change, observed, .. } = behaviour.dated();
            assert!(sentence.ends_with('.'), "{name}: {sentence}");
            assert!(!change.ends_with('.') && change.chars().count() <= 60, "{name}: {change}");
            assert!(observed.contains(|c: char| c.is_ascii_digit()), "{name}: {observed}");
        }
    }

    #[test]
    fn a_behaviour_changes_somewhere() {
        for behaviour in Behaviour::ALL {
            let Dated { name, first, last, .. } = behaviour.dated();
            assert!(first.is_some() || last.is_some(), "{name} always holds");
            assert!(first.is_none_or(|first| last.is_none_or(|last| first <= last)), "{name} never holds");
        }
    }
}
