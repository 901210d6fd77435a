//! Every difference between releases that this engine knows, each stated once: when it holds, what it is, and where it
//! was seen.
//!
//! Dates are exact: `observed` names the last release on one side and the first on the other, found by bisecting the real
//! releases (`snapshots/boundaries/`, one probe a behaviour). Nothing here acts;
//! [`Profile::has`](super::Profile::has) is asked wherever a behaviour makes a difference.

mod attributes;
mod dataclasses;
mod loading;
mod sql;
mod statements;

use super::dated::{Dated, behaviours, between, since, through, until, within};
use attributes::of_attributes;
use dataclasses::of_dataclasses;
use loading::of_loading;
use sql::of_sql;
use statements::of_statements;

of_loading! {
    RowTupleUnderscored "row-tuple-underscored" since(2, 0, 19),
        "A row has `_tuple()` and `_t` beside `tuple()` and `t`.",
        "`_tuple()` of rows",
        "2.0.18 raises `AttributeError`, 2.0.19 does not: `row._tuple()`";
    UrlNotQuoted "url-not-quoted" since(2, 0, 41),
        "An unreadable engine URL is not repeated in its error.",
        "URLs kept out of errors",
        "2.0.40 repeats it, 2.0.41 does not: `create_engine('nonsense')`";
    UrlOfSqlalchemy "url-of-sqlalchemy" since(1, 4, 42),
        "The error of an unreadable engine URL speaks of a SQLAlchemy URL, no longer of `rfc1738`.",
        "the message of an unreadable URL",
        "1.4.41 without, 1.4.42 with: `create_engine('nonsense')`";
    UnsetKeysRefused "unset-keys-refused" since(2, 0, 0),
        "An object does not come into a dictionary by an attribute that it was never given.",
        "dictionary keys that were never set refused",
        "1.4.54 takes it under `None`, 2.0.0 raises `InvalidRequestError`: `Address(user=user)` for a dictionary by email";
    DynamicFirstNeedsSession "dynamic-first-needs-session" since(1, 4, 0),
        "`first()` of the `dynamic` collection of an object that is in no session raises `DetachedInstanceError`.",
        "`first()` of dynamic collections needs a session",
        "1.3.24 gives `None`, 1.4.0 raises: `User().posts.first()`";
    BlankHistoryIsNone "blank-history-is-none" through(1, 4),
        "The parts of a history without any value are `None`.",
        "blank histories are empty tuples",
        "1.4.54 with, 2.0.0 without: `attributes.get_history()` of an attribute that was never set";
    DeferredScalarHistory "deferred-scalar-history" since(1, 4, 21),
        "Setting a scalar relationship whose old object only a query can tell leaves the query to the flush.",
        "old scalar objects loaded at flush",
        "1.4.20 without, 1.4.21 with: the echo log of setting an expired many-to-one";
    RaiseSparesCascades "raise-spares-cascades" since(2, 0, 8),
        "A delete cascade loads a relationship with `lazy=\"raise\"`; only reading it raises.",
        "cascades load what raises on access",
        "2.0.7 raises, 2.0.8 loads: `session.delete(ant)` with `cascade=\"all\", lazy=\"raise\"`";
    ClosedBlocksEndQuietly "closed-blocks-end-quietly" since(1, 4, 14),
        "A `with` block of a transaction that was ended inside takes no more work, and ends without a word.",
        "blocks of ended transactions no longer raise",
        "1.4.13 raises ResourceClosedError, 1.4.14 does not: `with session.begin_nested(): session.rollback()`";
    OrphanIsReferencedBy "orphan-is-referenced-by" since(2, 0, 22),
        "The refusal of a delete-orphan cascade speaks of an object `referenced by` another; before, `referred towards by`.",
        "wording of the delete-orphan refusal",
        "2.0.21 without, 2.0.22 with: a many-to-one with `cascade=\"all, delete-orphan\"`";
    OrphanRefusalExplained "orphan-refusal-explained" since(1, 3, 18),
        "The refusal of a delete-orphan cascade explains what `single_parent` means.",
        "an explanation in the delete-orphan refusal",
        "1.3.17 without, 1.3.18 with: a many-to-one with `cascade=\"all, delete-orphan\"`";
    MapperNamesItsConstructor "mapper-names-its-constructor" since(1, 4, 0),
        "An argument that mappers do not have is refused in the name of `Mapper.__init__()`; before, of `mapper()`.",
        "wording of unknown mapper arguments",
        "1.3.24 `mapper()`, 1.4.0 `Mapper.__init__()`: `__mapper_args__ = {\"pages\": 1}`";
    OverlapsParameter "overlaps-parameter" since(1, 4, 0),
        "`relationship()` has the parameter `overlaps`, and none called `extension`.",
        "relationship(overlaps=…) added",
        "1.3.24 raises TypeError, 1.4.0 takes it: `relationship(\"X\", overlaps=None)`";
    WarningsAtCaller "warnings-at-caller" since(1, 4, 15),
        "A warning of the library comes from the line of the program that called it, not from one of the library's.",
        "warnings placed where the program called",
        "1.4.14 shows one, 1.4.15 two: the same warning from two lines of a program, each place shown once";
    WarningsNameThemselves "warnings-name-themselves" since(2, 0, 10),
        "A warning that is explained on a page of the documentation calls itself a warning, not an error.",
        "the words before a warning's background",
        "2.0.9 `Background on this error at`, 2.0.10 `Background on this warning at`: overlapping relationships";
    AutoflushWarningsTold "autoflush-warnings-told" since(2, 0, 0),
        "A warning of a flush that a query set off says so.",
        "warnings say that they come from autoflush",
        "1.4.54 without, 2.0.0 with: a query where a related object is in no session";
    AutoflushWarningsAdvise "autoflush-warnings-advise" since(2, 0, 37),
        "A warning of a flush that a query set off advises `no_autoflush`.",
        "warnings of autoflush advise `no_autoflush`",
        "2.0.36 without, 2.0.37 with: a query where a related object is in no session";
    ViewonlyTakesPart "viewonly-takes-part" through(1, 3),
        "A `viewonly` relationship cascades as others do, and is kept in step with its other side.",
        "viewonly relationships take no part in writing",
        "1.3.24 with, 1.4.0 without: `parent.view.append(child)`, then `child in session` and `child.parent`";
    ViewonlyCascadeRefused "viewonly-cascade-refused" between((1, 4, 0), (1, 4)),
        "A `viewonly` relationship with a cascade that writes is refused, from 1.4 on.",
        "writing cascades of viewonly relationships dropped silently",
        "1.3.24 and 2.0.0 do not, 1.4.0 and 1.4.54 raise: `relationship(viewonly=True, cascade=\"all\")`";
    CascadeBackrefs "cascade-backrefs" through(1, 4),
        "Objects cascade into a session along backrefs, unless `cascade_backrefs=False`.",
        "cascade over backrefs removed",
        "1.3.24 and 1.4.54 with, 2.0.0 without: `address.user = user` where only `user` is in a session";
    IdentityConflictIsError "identity-conflict-is-error" through(1, 3),
        "Flushing a second object of one identity is an error before any SQL.",
        "identity conflicts only warn before the insert",
        "1.3.24 raises `FlushError`, 1.4.0 warns and sends the `INSERT`: two objects of one primary key";
    ColumnsInTableOrder "columns-in-table-order" since(2, 0, 0),
        "A class's columns are mapped in the order of its table, those under another name or with options of their own too.",
        "columns mapped in the table's order",
        "1.4.54 without, 2.0.0 with: the echo log of a query of a class with `Column('other_name', …)`";
    ConfigureByRegistry "configure-by-registry" since(1, 4, 0),
        "The first use of a class configures the mappers of its registry, not those of the whole program.",
        "mappers configured by registry",
        "1.3.24 without, 1.4.0 with: a broken mapper under another base";
    BackPopulatesChecksKind "back-populates-checks-kind" since(1, 4, 16),
        "`back_populates` to a column is refused with a message of its own.",
        "`back_populates` to a column refused",
        "1.4.15 raises `AttributeError`, 1.4.16 `InvalidRequestError`: `relationship(back_populates='id')`";
    InheritConditionExplained "inherit-condition-explained" since(1, 4, 26),
        "The refusal of a subclass whose table cannot be joined to its base's speaks of the inherit condition.",
        "the message of a missing inherit condition",
        "1.4.25 `Can't find any foreign key relationships …`, 1.4.26 `Can't determine the inherit condition …`: a subclass's table without a foreign key";
    BaseRenamedWithSubclass "base-renamed-with-subclass" since(1, 4, 37),
        "Where a join writes a subclass's tables under other names, the base class's attributes follow it too.",
        "base attributes renamed along with a joined subclass",
        "1.4.36 without, 1.4.37 with: the echo log of `join(Base).join(Subclass, Subclass.id == Base.id)`";
    ColumnConflictAdvises "column-conflict-advises" since(2, 0, 0),
        "The refusal of a subclass's column that the shared table has already advises `use_existing_column`.",
        "advice where a subclass's column conflicts",
        "1.4.54 without, 2.0.0 with: two subclasses without tables that declare one column";
    BulkLimitedToClass "bulk-limited-to-class" since(1, 4, 0),
        "A bulk update or delete of a class that shares its base's table is limited to rows of the class.",
        "bulk statements limited to the class",
        "1.3.24 without, 1.4.0 with: the echo log of `query(Subclass).delete()` under single-table inheritance";
    ExistsLimitsClassTwice "exists-limits-class-twice" since(2, 1, 0),
        "`any()` and `has()` of a class that shares its base's table limit the rows to the class twice.",
        "class criterion of `any()` and `has()` repeated",
        "2.0.58 once, 2.1.0 twice: the echo log of `any()` along `of_type(Subclass)` under single-table inheritance";
    BackPopulatesAsksViewonly "back-populates-asks-viewonly" since(1, 3, 14),
        "What `back_populates` leads to is asked whether it is `viewonly` first; a column fails there.",
        "the message of `back_populates` to a column",
        "1.3.13 raises `AttributeError: _reverse_property`, 1.3.14 `AttributeError: viewonly`: `relationship(back_populates='id')`";
    MapperInBrackets "mapper-in-brackets" since(2, 0, 0),
        "Messages call a mapper `Mapper[User(user)]`; before, `mapped class User->user`.",
        "mappers named `Mapper[User(user)]`",
        "1.4.54 without, 2.0.0 with: the message of a misspelt `back_populates`";
    MapperInBars "mapper-in-bars" through(1, 2),
        "Messages call a mapper `Mapper|User|user`.",
        "mappers named `mapped class User->user`",
        "1.2.19 with, 1.3.0 without: the message of a class without a primary key";
    ResultErrorsInCore "result-errors-in-core" since(1, 4, 0),
        "`NoResultFound` and `MultipleResultsFound` are classes of `sqlalchemy.exc`.",
        "errors of results in `sqlalchemy.exc`",
        "1.3.24 has `sqlalchemy.orm.exc.NoResultFound`, 1.4.0 `sqlalchemy.exc.NoResultFound`: `query.one()` without a row";
    ErrorLinksSecure "error-links-https" since(1, 4, 21),
        "Links to the background of errors are `https`.",
        "links of errors are `https`",
        "1.4.20 has `http`, 1.4.21 `https`: the message of a flush that failed";
    ErrorLinksOfSeries "error-links-of-series" since(1, 3, 18),
        "Links to the background of errors name the series: `/e/13/gkpj`.",
        "links of errors name the series",
        "1.3.17 has `/e/gkpj`, 1.3.18 `/e/13/gkpj`: the message of a flush that failed";
    StatementErrorsInLines "statement-errors-in-lines" since(1, 3, 0),
        "A failed statement and its parameters stand in lines of their own in the message, without quotes.",
        "failed statements in lines of their own",
        "1.2.19 has `[SQL: 'INSERT …']` in one line, 1.3.0 in its own: the message of a flush that failed";
    RollbackLinked "rolled-back-session-linked" since(1, 3, 5),
        "The message of a session whose flush has failed links to its background.",
        "a link in the message of a rolled back session",
        "1.3.4 without, 1.3.5 with: a query after a flush that failed";
    PendingRollbackErrors "pending-rollback-errors" since(1, 4, 0),
        "`PendingRollbackError` exists; before, its cases were `InvalidRequestError`.",
        "`PendingRollbackError`",
        "1.3.24 without, 1.4.0 with: a query after a flush that failed";
    UnboundSpeaksOfExpression "unbound-speaks-of-expression" between((1, 4, 0), (1, 4)),
        "A session without an engine speaks of an SQL expression even where it was given none.",
        "the message of a session without an engine",
        "1.3.24 and 2.0.0 without, 1.4.0 and 1.4.54 with: `Session().connection()`";
    BlankOutNamesColumn "blank-out-names-column" since(2, 0, 24),
        "The refusal to blank out a primary key names the column that the rule stands on.",
        "the message of a blanked-out primary key",
        "2.0.23 without, 2.0.24 with: removing a child whose foreign key is its primary key";
    StringsExecuted "strings-executed" through(1, 4),
        "Sessions and connections execute strings.",
        "execution of strings refused",
        "1.4.54 with, 2.0.0 raises: `session.execute('SELECT 1')`";
    NegativeIndexes "negative-indexes" through(1, 4),
        "A query's rows can be counted from the end.",
        "negative indexes of queries refused",
        "1.4.54 loads all rows, 2.0.0 raises `IndexError`: `query[-1]`";
    SynchronizeAuto "synchronize-auto" since(2, 0, 0),
        "A query's `update()` and `delete()` know the strategy `auto`.",
        "`synchronize_session='auto'`",
        "1.4.54 raises `ArgumentError`, 2.0.0 with: `query.delete(synchronize_session='auto')`";
    StatementsSynchronize "statements-synchronize" since(1, 4, 0),
        "`session.execute()` of an update or delete of a mapped class flushes first, and objects of the session follow.",
        "objects of the session follow executed updates and deletes",
        "1.3.24 without, 1.4.54 with: `session.execute(update(User).values(name='x'))` and the name of a loaded user";
    ListsEvaluated "lists-evaluated" since(1, 4, 0),
        "Criteria with `IN` are evaluated in memory for objects of the session; so is the joining of texts.",
        "`IN` evaluated in memory",
        "1.3.24 raises `InvalidRequestError`, 1.4.54 with: `query.filter(User.name.in_(['a'])).delete()`";
    PlainColumnsNotEvaluated "plain-columns-not-evaluated" since(2, 0, 0),
        "Only columns that are named by an attribute are evaluated in memory for objects of the session, so `!=` of an object is not.",
        "`!=` of an object not evaluated in memory",
        "1.4.54 deletes, 2.0.0 raises `InvalidRequestError`: `query.filter(Address.user != user).delete('evaluate')`";
    PrefixesEvaluated "prefixes-evaluated" since(2, 0, 0),
        "`startswith()` and `endswith()` are evaluated in memory for objects of the session.",
        "`startswith()` evaluated in memory",
        "1.4.54 raises `InvalidRequestError`, 2.0.8 with: `query.filter(User.name.startswith('a')).delete('evaluate')`";
    ExpiredNotEvaluated "expired-not-evaluated" since(2, 0, 0),
        "Objects with expired attributes follow a change by criteria without being loaded for it.",
        "expired attributes not loaded by bulk changes",
        "1.4.54 emits `SELECT`, 2.0.8 does not: `query.filter(User.name == 'a').update({'age': 1})` after `expire(user, ['name'])`";
    FetchBesideReturning "fetch-beside-returning" since(2, 0, 10),
        "A change by criteria that returns columns returns the primary key too, where objects are found by it.",
        "objects follow a statement that returns columns",
        "2.0.9 without, 2.0.10 with: `update(User).where(User.name.like('a')).values(name='z').returning(User.age)`";
    ReturningPopulates "returning-populates" since(2, 0, 36),
        "`populate_existing` makes objects take what an update or delete returns.",
        "`populate_existing` with `returning()`",
        "2.0.35 without, 2.0.36 with: `update(User).returning(User)` with `synchronize_session=False` and `populate_existing=True`";
    RenderNulls "render-nulls" since(2, 0, 23),
        "The execution option `render_nulls` has bulk inserts write `NULL` for `None`.",
        "`render_nulls` of bulk inserts",
        "2.0.22 without, 2.0.51 with: `insert(User).execution_options(render_nulls=True)` and `[{'age': None}]`";
    BulkByParameters "bulk-by-parameters" since(2, 0, 0),
        "An insert or update of a mapped class that is executed with parameter sets goes by attributes and row by row.",
        "bulk inserts and updates by parameter sets",
        "1.4.54 takes names of columns, 2.0.0 those of attributes: `session.execute(insert(User), [{…}])`";
    SetOfOneTable "set-of-one-table" since(2, 0, 42),
        "An update that sets columns of another table, such as those of a class above, is refused when it is compiled.",
        "`SET` of other tables refused",
        "2.0.41 says `Unconsumed column names`, 2.0.42 `Backend does not support additional tables in the SET clause`: `update(Engineer).values(name='a')`";
    BulkUpdateChecked "bulk-update-checked" since(2, 0, 16),
        "An update by primary key says which keys are missing.",
        "missing keys of bulk updates told",
        "2.0.15 raises `StaleDataError`, 2.0.16 `InvalidRequestError`: `session.execute(update(User), [{'name': 'a'}])`";
    SessionGet "session-get" since(1, 4, 0),
        "Sessions have `get()`.",
        "`Session.get()`",
        "1.3.24 raises `AttributeError`, 1.4.0 with: `session.get(User, 1)`";
    SessionScalars "session-scalars" since(1, 4, 24),
        "Sessions have `scalars()`.",
        "`Session.scalars()`",
        "not in 1.3.24, in 1.4.54: `session.scalars(select(User))`";
    SessionGetOne "session-get-one" since(2, 0, 22),
        "Sessions have `get_one()`.",
        "`Session.get_one()`",
        "2.0.21 raises `AttributeError`, 2.0.22 with: `session.get_one(User, 1)`";
    SessionKeywordsOnly "session-keywords-only" since(2, 0, 0),
        "`Session()` and `sessionmaker()` take all but the engine by keyword.",
        "parameters of sessions by keyword only",
        "1.4.54 without, 2.0.0 raises `TypeError`: `Session(engine, True)`";
    ImperativeMapperFunction "imperative-mapper-function" through(1, 4),
        "`mapper()` maps a class to a table.",
        "function `mapper()` removed",
        "1.4.54 maps, 2.0.0 raises `InvalidRequestError`: `mapper(User, user_table)`";
    StarLeavesModules "star-leaves-modules" through(1, 4),
        "`from sqlalchemy import *` leaves the modules out.",
        "`import *` brings the library's modules along",
        "1.4.54 leaves `exc` undefined, 2.0.0 defines it: `from sqlalchemy import *`";
    SessionIsContextManager "session-context-manager" since(1, 4, 0),
        "A session stands in a `with` block, which closes it.",
        "sessions are context managers",
        "1.3.24 raises `TypeError`, 1.4.0 does not: `with Session(engine) as session`";
    QueryPropertyChecksClass "query-property-checks-class" through(1, 4),
        "`query_property()` gives nothing on a class that is not mapped.",
        "`query_property()` of an unmapped class raises",
        "1.4.54 has `None`, 2.0.0 raises `ArgumentError`: `Base.query`";
    SessionAutocommit "session-autocommit" through(1, 4),
        "Sessions have a mode `autocommit`, which the repr of a `sessionmaker()` shows.",
        "`autocommit` mode of sessions removed",
        "1.4.54 with, 2.0.0 raises `ArgumentError`: `Session(engine, autocommit=True)`";
    IsModifiedPassive "is-modified-passive" through(1, 3),
        "`Session.is_modified()` takes the parameter `passive`, which says nothing.",
        "is_modified(passive=…) removed",
        "1.3.24 takes it, 1.4.0 raises TypeError: `session.is_modified(page, passive=True)`";
    IsModifiedPassiveTold "is-modified-passive-told" since(1, 3, 0),
        "The parameter `passive` of `Session.is_modified()` is warned of.",
        "is_modified(passive=…) deprecated",
        "1.2.19 without, 1.3.0 with: `session.is_modified(page, passive=True)`";
    FutureFlag "future-flag" since(1, 4, 0),
        "Sessions take the flag `future`.",
        "`future` flag of sessions",
        "1.3.24 raises `TypeError`, 1.4.0 with: `Session(engine, future=True)`";
    FutureAlways "future-always" since(2, 0, 0),
        "Sessions are of the `future` kind, and refuse to be otherwise.",
        "`future=False` refused",
        "1.4.54 without, 2.0.0 raises `ArgumentError`: `Session(engine, future=False)`";
    SessionAutobeginFlag "session-autobegin-flag" since(2, 0, 0),
        "Sessions take the flags `autobegin` and `join_transaction_mode`.",
        "`autobegin` flag of sessions",
        "1.4.54 raises `TypeError`, 2.0.0 with: `Session(engine, autobegin=False)`";
    SessionCloseResetsOnly "session-close-resets-only" since(2, 0, 22),
        "Sessions take the flag `close_resets_only`.",
        "`close_resets_only` flag of sessions",
        "2.0.21 raises `TypeError`, 2.0.22 with: `Session(engine, close_resets_only=False)`";
    SessionExtensions "session-extensions" through(1, 3),
        "Sessions take `extension` and `weak_identity_map`.",
        "`extension` of sessions removed",
        "1.3.24 with, 1.4.0 raises `TypeError`: `Session(engine, extension=None)`";
    DeclarativeInOrm "declarative-in-orm" since(1, 4, 0),
        "Declarative bases are classes of `sqlalchemy.orm.decl_api` and have a `registry`.",
        "declarative bases with a registry",
        "1.3.24 has `sqlalchemy.ext.declarative.api.Base`, 1.4.0 `sqlalchemy.orm.decl_api.Base`: `repr(declarative_base())`";
    DeclarativeBaseKeywordsOnly "declarative-base-keywords-only" since(2, 0, 0),
        "`declarative_base()` takes keywords only, and no `bind`.",
        "`bind` of `declarative_base()` removed",
        "1.4.54 without, 2.0.0 raises `TypeError`: `declarative_base(engine)`";
    OwnColumnsFirst "own-columns-first" since(2, 0, 0),
        "A class's own columns come before those of its mixins.",
        "own columns before those of mixins",
        "1.4.54 without, 2.0.0 with: the `CREATE TABLE` of a class with a mixin";
    MetadataReserved "metadata-reserved" through(2, 0),
        "A mapped attribute cannot be named `metadata`.",
        "attributes may be named `metadata`",
        "2.0.58 raises `InvalidRequestError`, 2.1.0 does not: `metadata = Column(String)`";
    DeclarativeApiNamed "declarative-api-named" since(2, 0, 0),
        "The refusal of an attribute `metadata` speaks of the Declarative API.",
        "the message of an attribute `metadata`",
        "1.4.54 without, 2.0.0 with: `metadata = Column(String)`";
    RegistryLookupIsAttributeError "registry-lookup-is-attribute-error" since(1, 4, 0),
        "A string argument that names no attribute of a mapped class raises `AttributeError`.",
        "`AttributeError` for names that a class lacks",
        "1.3.24 raises `InvalidRequestError`, 1.4.0 `AttributeError`: `primaryjoin='User.nope == …'`";
    RelationshipSubclass "relationship-subclass" since(2, 0, 0),
        "`relationship()` gives an object of a class derived from `RelationshipProperty`.",
        "a class of its own for `relationship()`",
        "1.4.54 has `RelationshipProperty`, 2.0.0 `Relationship`: `repr(relationship('User'))`";
    RelationshipDeclared "relationship-declared" since(2, 0, 29),
        "`relationship()` gives a `_RelationshipDeclared`.",
        "`relationship()` gives a `_RelationshipDeclared`",
        "2.0.28 has `Relationship`, 2.0.29 `_RelationshipDeclared`: `repr(relationship('User'))`";
    DirectionIsEnum "direction-is-enum" since(2, 0, 0),
        "A relationship's direction is a member of an enum.",
        "directions are an enum",
        "1.4.54 has `symbol('ONETOMANY')`, 2.0.0 `<RelationshipDirection.ONETOMANY: 1>`: `User.addresses.property.direction`";
    ReadOnlyProperties "read-only-properties" since(2, 0, 0),
        "A mapper's collections are `ReadOnlyProperties`.",
        "mappers' collections are `ReadOnlyProperties`",
        "1.4.54 has `ImmutableProperties`, 2.0.0 `ReadOnlyProperties`: `type(inspect(User).attrs)`";
    MissingPropertyAdvises "missing-property-advises" since(2, 0, 2),
        "A mapper that lacks a property says what may be missing.",
        "the message of a mapper's missing property",
        "2.0.1 without, 2.0.2 with: `inspect(User).get_property('nope')`";
    AliasShownAsCall "alias-shown-as-call" since(2, 0, 0),
        "The attributes of an alias are shown as `aliased(User).name`.",
        "aliases shown as `aliased(User)`",
        "1.4.54 has `AliasedClass_User.name`, 2.0.0 `aliased(User).name`: `print(aliased(User).name)`";
    EntityErrorsAreArguments "entity-errors-are-arguments" since(1, 4, 0),
        "What cannot be queried raises `ArgumentError`.",
        "`ArgumentError` for what cannot be queried",
        "1.3.24 raises `InvalidRequestError`, 1.4.0 `ArgumentError`: `session.query(object())`";
    ColumnsClauseNamed "columns-clause-named" since(2, 0, 0),
        "What cannot be queried is told to be no element of the columns clause.",
        "the message of what cannot be queried",
        "1.4.54 without, 2.0.0 with: `session.query(object())`";
    WhereRoleNamed "where-role-named" since(1, 4, 0),
        "What cannot be a condition is told to be no expression for the WHERE clause.",
        "the message of what cannot be a condition",
        "1.3.24 without, 1.4.0 with: `query.filter(5)`";
    EntityNamespaceNamed "entity-namespace-named" since(1, 4, 0),
        "`filter_by()` speaks of the entity's namespace where a property is missing.",
        "the message of `filter_by()`",
        "1.3.24 without, 1.4.0 with: `query.filter_by(nope=1)`";
    FunctionHybridsUnnamed "function-hybrids-unnamed" since(1, 4, 0),
        "A hybrid that gives a function is labelled by the function.",
        "hybrids of functions labelled by the function",
        "1.3.24 labels `low`, 1.4.0 `lower_1`: `print(session.query(User.low))`";
    RowsAreTuples "rows-are-tuples" through(1, 3),
        "The rows of a query are tuples with names, of the class `result`.",
        "rows of the class `Row`",
        "1.3.24 with, 1.4.0 without: `isinstance(query.first(), tuple)`";
    RowsByName "rows-by-name" between((1, 4, 7), (1, 4)),
        "The rows of a query give values by name in brackets.",
        "rows of queries by name",
        "1.4.6 and 2.0.0 raise `TypeError`, 1.4.7 with: `session.query(User.name).first()['name']`";
    CursorResults "cursor-results" since(1, 4, 0),
        "Execution gives a `CursorResult` with `all()`, `one()`, `scalars()` and `mappings()`; inserted keys are rows.",
        "`CursorResult`",
        "1.3.24 has `ResultProxy`, 1.4.0 `CursorResult`: `type(session.execute(…))`";
    AnnotatedDeclarative "annotated-declarative" since(2, 0, 0),
        "Classes can be declared by annotations: `DeclarativeBase`, `Mapped`, `mapped_column()`.",
        "`DeclarativeBase` and `mapped_column()`",
        "1.4.54 raises `ImportError`, 2.0.0 with: `from sqlalchemy.orm import DeclarativeBase`";
    EngineExecute "engine-execute" through(1, 4),
        "Engines execute statements: `engine.execute()`.",
        "`engine.execute()` removed",
        "1.4.54 with, 2.0.0 raises `AttributeError`: `engine.execute(…)`";
    BoundMetadata "bound-metadata" through(1, 4),
        "A `MetaData` can be bound to an engine.",
        "bound metadata removed",
        "1.4.54 with, 2.0.0 raises `TypeError`: `MetaData(bind=engine)`";
    QueryFromSelf "query-from-self" through(1, 4),
        "Queries have `from_self()` and `select_entity_from()`.",
        "`Query.from_self()` removed",
        "1.4.54 with, 2.0.0 raises `AttributeError`: `session.query(User).from_self()`";
    TransactionsGiveOuter "transactions-give-outer" through(1, 4),
        "`commit()` and `rollback()` of a session's transaction give the transaction around it.",
        "what `commit()` of a savepoint gives",
        "1.4.54 gives a `SessionTransaction`, 2.0.0 `None`: `session.begin_nested().commit()`";
    SessionAutobegin "session-autobegin" since(1, 4, 0),
        "A session begins its transaction when it is first used, so that `begin()` can come before.",
        "sessions begin when they are used",
        "1.3.24 raises `InvalidRequestError`, 1.4.0 with: `Session(engine).begin()`";
    EngineUnicodeOptions "engine-unicode-options" through(1, 4),
        "`create_engine()` takes `encoding`, `convert_unicode` and `case_sensitive`.",
        "`encoding` of engines removed",
        "1.4.54 with, 2.0.0 raises `TypeError`: `create_engine(url, encoding='utf8')`";
    FilesArePooled "files-are-pooled" since(2, 0, 0),
        "Engines of SQLite files have a `QueuePool`.",
        "pools for SQLite files",
        "1.4.54 raises `TypeError`, 2.0.0 with: `create_engine('sqlite:///x.db', pool_size=2)`";
    MetadataShowsBind "metadata-shows-bind" through(1, 3),
        "The repr of a `MetaData` shows what it is bound to.",
        "`MetaData()` shown without its engine",
        "1.3.24 has `MetaData(bind=None)`, 1.4.0 `MetaData()`: `repr(MetaData())`";
    CoreRowsAreProxies "core-rows-are-proxies" through(1, 3),
        "The rows of an execution are `RowProxy`: they give values by name in brackets, and have `items()`.",
        "`RowProxy` removed",
        "1.3.24 with, 1.4.0 without: `session.execute(…).fetchone()`";
    RemovalToldFirst "removal-told-first" since(1, 3, 0),
        "A relationship's list tells of a removal before it looks for the member.",
        "removals told before the member is looked for",
        "1.2.19 raises `ValueError`, 1.3.0 `AttributeError`: `user.addresses.remove('x')`";
    SetMembersToldAgain "set-members-told-again" since(1, 4, 16),
        "Adding an object to a relationship's set that has it brings it into the session again.",
        "objects added to a set that has them cascade anew",
        "1.4.15 `False`, 1.4.16 `True`: `book in session` after `expunge(book)` and a second `author.books.add(book)`";
    KeptMembersToldAgain "kept-members-told-again" since(2, 0, 19),
        "Replacing a collection brings the members that stay into the session again.",
        "members that stay in a replaced collection cascade anew",
        "2.0.18 `False`, 2.0.19 `True`: `book in session` after `book.author = author` and `author.books = [book]`";
    KeyedDictsRenamed "keyed-dicts-renamed" since(2, 0, 0),
        "A relationship's keyed dictionary is a `_MKeyfuncMapped`.",
        "keyed dictionaries of a class of another name",
        "1.4.54 has `MappedCollection`, 2.0.0 `_MKeyfuncMapped`: `type(Author().books).__name__`";
    OmitJoinParameter "omit-join-parameter" since(1, 3, 0),
        "`relationship()` takes `omit_join`.",
        "`omit_join` of relationships",
        "1.2.19 raises `TypeError`, 1.3.0 with: `relationship('User', omit_join=True)`";
    HideParameters "hide-parameters" since(1, 3, 8),
        "`create_engine()` takes `hide_parameters`.",
        "`hide_parameters` of engines",
        "1.3.7 raises `TypeError`, 1.3.8 with: `create_engine(url, hide_parameters=True)`";
    EnumKeepsAliases "enum-keeps-aliases" through(1, 4),
        "An `Enum` of a Python enumeration has its members' other names, too.",
        "aliases left out of an `Enum`",
        "1.4.54 has `Enum('blue', 'azure', name='color')`, 2.0.0 `Enum('blue', name='color')`: `repr(Enum(Color))`";
    PsycopgByDefault "psycopg-by-default" since(2, 1, 0),
        "The own driver of `postgresql` is psycopg, whose parameters have casts.",
        "psycopg as PostgreSQL's driver",
        "2.0.51 has `%(x_1)s`, 2.1.0 `%(x_1)s::INTEGER`: `(column('x') == 5).compile(dialect=postgresql.dialect())`";
    SyncBackrefParameter "sync-backref-parameter" since(1, 3, 17),
        "`relationship()` takes `sync_backref`.",
        "`sync_backref` of relationships",
        "1.3.16 raises `TypeError`, 1.3.17 with: `relationship('User', sync_backref=False)`";
    UnsetParametersFrozen "unset-parameters-frozen" between((1, 3, 11), (1, 3)),
        "Errors tell a statement's parameters that are not yet known as `immutabledict({})`.",
        "unknown parameters told as `immutabledict({})`",
        "1.3.10 `[{}]`, 1.3.11 `[immutabledict({})]`, 1.4.0 `[{}]`: a query for the books of an author without a key";
    UnboundFullStop "unbound-full-stop" since(1, 4, 0),
        "The message of a session without an engine ends with a full stop.",
        "a full stop after the message of an unbound session",
        "1.3.24 without, 1.4.0 with: a query of a session without an engine";
    SavepointEndedOnce "savepoint-ended-once" since(1, 4, 0),
        "A savepoint of a connection that is released twice raises.",
        "savepoints are released once",
        "1.3.24 takes a second `commit()`, 1.4.0 raises: `connection.begin_nested()`";
    ReturningKeywordsLate "returning-keywords-refused-late" within((2, 0, 0), (2, 0, 9)),
        "`returning()` refuses keywords it does not know with an `ArgumentError`.",
        "`returning()` refuses keywords of its own accord",
        "1.4.54 `TypeError`, 2.0.0 `ArgumentError`, 2.0.10 `TypeError`: `insert(…).returning(…, wrong=True)`";
}

#[cfg(test)]
mod tests;
