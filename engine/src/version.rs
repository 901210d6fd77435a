//! Versions of SQLAlchemy, and the behaviours that changed between them.
//!
//! Each difference is listed once, with the versions it holds for and where it was observed; code asks
//! [`Profile::has`] and never compares versions itself.

use std::fmt;
use std::str::FromStr;

/// A release of SQLAlchemy, `major.minor.patch`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    pub major: u16,
    pub minor: u16,
    pub patch: u16,
}

impl Version {
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Version { major, minor, patch }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The version whose behaviour is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    version: Version,
}

/// Series that can be asked for, with the last release of each that was observed.
const SERIES: &[Version] = &[
    Version::new(1, 2, 19),
    Version::new(1, 3, 24),
    Version::new(1, 4, 54),
    Version::new(2, 0, 51),
    Version::new(2, 1, 9),
];

/// Why a profile's name was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownProfile {
    given: String,
}

impl fmt::Display for UnknownProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a SQLAlchemy version that can be asked for: give a series from 1.2 to 2.1, or one of its releases, e.g. `1.4` or `2.0.8`",
            self.given
        )
    }
}

impl std::error::Error for UnknownProfile {}

impl Profile {
    pub fn version(self) -> Version {
        self.version
    }

    /// Whether `behaviour` holds in this version.
    pub fn has(self, behaviour: Behaviour) -> bool {
        let (first, last) = behaviour.versions();
        first <= self.version && last.is_none_or(|last| self.version <= last)
    }
}

impl Default for Profile {
    /// The last observed release of 2.0.
    fn default() -> Self {
        Profile { version: Version::new(2, 0, 51) }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.version.fmt(f)
    }
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    /// Reads `1.4` (the series' last observed release) or `1.4.54`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownProfile { given: text.to_owned() };
        let parts: Vec<u16> =
            text.trim().split('.').map(str::parse).collect::<Result<_, _>>().map_err(|_| unknown())?;
        let (major, minor, patch) = match parts[..] {
            [major, minor] => (major, minor, None),
            [major, minor, patch] => (major, minor, Some(patch)),
            _ => return Err(unknown()),
        };
        let series = SERIES
            .iter()
            .find(|version| version.major == major && version.minor == minor)
            .ok_or_else(unknown)?;
        Ok(Profile { version: Version::new(major, minor, patch.unwrap_or(series.patch)) })
    }
}

/// One dated behaviour: something that not every release does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Behaviour {
    /// Log messages carry a statement mark (`[raw sql]`, `[generated in …]`) and come from
    /// `sqlalchemy.engine.Engine`; before, bare parameters from `sqlalchemy.engine.base.Engine`.
    StatementMarks,
    /// A backref event cascades an object into the session of its other side unless
    /// `cascade_backrefs=False`.
    CascadeBackrefs,
    /// Inserts that fetch generated keys use `INSERT … RETURNING` with insertmanyvalues.
    InsertManyValues,
    /// insertmanyvalues sends rows without a sentinel one at a time, in order.
    InsertManyValuesOrdered,
    /// ORM queries label every column `table_column`.
    LegacyColumnLabels,
    /// `NoResultFound` and `MultipleResultsFound` are classes of `sqlalchemy.exc`; before, of
    /// `sqlalchemy.orm.exc`. Links to the background of errors are `https`.
    ResultErrorsInCore,
    /// A session without an engine speaks of an SQL expression even where it was given none.
    UnboundSpeaksOfExpression,
    /// The default dialect, which `print()` uses, writes inserts of several rows; before, it refused them.
    MultirowInsertsPrinted,
    /// The refusal to blank out a primary key names the column that the rule stands on.
    BlankOutNamesColumn,
    /// Messages call a mapper `Mapper[User(user)]`; before, `mapped class User->user`.
    MapperInBrackets,
    /// The first use of a class configures the mappers of its registry; before, all mappers of the program.
    ConfigureByRegistry,
    /// `back_populates` to a column is refused with a message of its own; before, an `AttributeError`.
    BackPopulatesChecksKind,
    /// The load of an expired object loads its eager relationships too.
    ExpiredLoadsEager,
    /// `session.refresh()` selects bare column names.
    RefreshUnlabelled,
    /// `any()` over a secondary selects from the target before the secondary.
    ExistsTargetFirst,
    /// `lazy="immediate"` loads take their turn among other loads that follow a query; before, they came first.
    ImmediateInOrder,
    /// `selectin` over a secondary that has the parent's key leaves the parent's table out.
    SelectinFromSecondary,
    /// A class's columns are mapped in the order of its table; before, those under another name or with
    /// options of their own came first, in the order of the class body.
    ColumnsInTableOrder,
    /// Executemany parameters are logged as a list; before, as a tuple.
    ExecutemanyLoggedAsList,
    /// Reading the empty collection of an object without a row leaves its `__dict__` alone.
    EmptyCollectionsApart,
    /// The parts of a history without any value are `None`; later, empty tuples.
    BlankHistoryIsNone,
    /// Flushing a second object of one identity is an error before any SQL; later, a warning.
    IdentityConflictIsError,
    /// Setting a scalar relationship whose old object only a query can tell leaves the query to the flush.
    DeferredScalarHistory,
    /// The load of an expired object's columns flushes first, as a query does.
    ExpiredLoadsAutoflush,
    /// `PendingRollbackError` exists; before, its cases are `InvalidRequestError`.
    PendingRollbackErrors,
    /// `IN` lists are bound when the statement is executed (`IN (__[POSTCOMPILE_id_1])`); before, when it is
    /// compiled.
    ExpandingIn,
    /// An `IN` list with a `None` is bound like others; before, it is written out with `NULL`.
    ExpandingInWithNull,
    /// `a || b` has parentheses as an operand of a comparison.
    ConcatGroupsInComparison,
    /// `~(a + b)` has parentheses.
    NotGroupsOperand,
    /// `a / b` divides as Python does; before, as the database does.
    TrueDivision,
    /// A select labels columns of one name apart (`id AS id_1`), and keeps a column that is named twice.
    DisambiguatedNames,
    /// `CAST(id AS …)` is labelled `id`.
    CastKeepsName,
    /// `NOT ok` among a select's columns has no label.
    NotUnlabelled,
    /// Each statement of a connection outside a transaction commits at once; `CREATE TABLE`s commit one by one.
    Autocommit,
    /// A connection probes the driver for how it returns text.
    ConnectProbes,
    /// `DEFAULT (CURRENT_TIMESTAMP)` has parentheses.
    ParenthesizedServerDefault,
    /// More than 100 parameters of one set are logged in part.
    LongParametersTruncated,
    /// Statements are compiled once for equal structure, and log `[cached since …]`.
    CompiledCache,
    /// `RETURNING` can be used with SQLite.
    Returning,
    /// `UPDATE … FROM` can be used with SQLite.
    UpdateFrom,
    /// A float's own type is `Double` in a cast of a division.
    FloatBindIsDouble,
    /// `Boolean` and `Enum` make check constraints unless they are told not to.
    TypesMakeChecks,
    /// The statements of `create_all()` commit one by one.
    SchemaCommitsEach,
    /// An unreadable engine URL is not repeated in its error.
    UrlNotQuoted,
    /// `NOT IN` is written in parentheses.
    NotInGrouped,
}

impl Behaviour {
    /// The first and the last version that behave so.
    pub const fn versions(self) -> (Version, Option<Version>) {
        const EVER: Version = Version::new(0, 0, 0);
        match self {
            Behaviour::StatementMarks
            | Behaviour::ResultErrorsInCore
            | Behaviour::ConfigureByRegistry
            | Behaviour::ExpiredLoadsEager
            | Behaviour::RefreshUnlabelled
            | Behaviour::BackPopulatesChecksKind
            | Behaviour::DeferredScalarHistory
            | Behaviour::ExpiredLoadsAutoflush
            | Behaviour::EmptyCollectionsApart
            | Behaviour::PendingRollbackErrors
            | Behaviour::ExpandingIn
            | Behaviour::NotInGrouped
            | Behaviour::DisambiguatedNames
            | Behaviour::CastKeepsName
            | Behaviour::CompiledCache
            | Behaviour::MultirowInsertsPrinted => (Version::new(1, 4, 0), None),
            Behaviour::UnboundSpeaksOfExpression => {
                (Version::new(1, 4, 0), Some(Version::new(1, 4, u16::MAX)))
            }
            Behaviour::BlankHistoryIsNone | Behaviour::CascadeBackrefs | Behaviour::Autocommit => {
                (EVER, Some(Version::new(1, 4, u16::MAX)))
            }
            Behaviour::IdentityConflictIsError
            | Behaviour::ConnectProbes
            | Behaviour::SchemaCommitsEach
            | Behaviour::TypesMakeChecks => (EVER, Some(Version::new(1, 3, u16::MAX))),
            Behaviour::InsertManyValues
            | Behaviour::ExecutemanyLoggedAsList
            | Behaviour::MapperInBrackets
            | Behaviour::BlankOutNamesColumn
            | Behaviour::ImmediateInOrder
            | Behaviour::ExistsTargetFirst
            | Behaviour::ColumnsInTableOrder
            | Behaviour::NotGroupsOperand
            | Behaviour::TrueDivision
            | Behaviour::LongParametersTruncated
            | Behaviour::Returning
            | Behaviour::UpdateFrom => (Version::new(2, 0, 0), None),
            Behaviour::InsertManyValuesOrdered => (Version::new(2, 0, 10), None),
            Behaviour::UrlNotQuoted | Behaviour::ExpandingInWithNull | Behaviour::NotUnlabelled => {
                (Version::new(2, 0, 9), None)
            }
            Behaviour::ConcatGroupsInComparison => (Version::new(2, 0, 21), None),
            Behaviour::ParenthesizedServerDefault => (EVER, Some(Version::new(2, 0, 8))),
            Behaviour::FloatBindIsDouble | Behaviour::SelectinFromSecondary => (Version::new(2, 1, 0), None),
            Behaviour::LegacyColumnLabels => (EVER, Some(Version::new(2, 0, u16::MAX))),
        }
    }
}
