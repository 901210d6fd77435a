//! Every difference between releases that this engine knows, each stated once: when it holds, what it is, and where it
//! was seen.
//!
//! Dates are exact: `observed` names the last release on one side and the first on the other, found by bisecting the real
//! releases (`snapshots/boundaries/`, one probe a behaviour). Nothing here acts;
//! [`Profile::has`](super::Profile::has) is asked wherever a behaviour makes a difference.

mod attributes;
mod statements;

use super::dated::{Dated, behaviours, between, since, through, until, within};
use attributes::of_attributes;
use statements::of_statements;

of_attributes! {
    RefreshesRelationshipsAlone "refreshes-relationships-alone" since(2, 0, 0),
        "`session.refresh(obj, [\"relationship\"])` refreshes relationships alone; before, some column must be named.",
        "relationships refreshed alone",
        "1.4.54 raises `InvalidRequestError`, 2.0.0 does not: `session.refresh(obj, [\"relationship\"])`";
    RefreshesLazyRelationships "refreshes-lazy-relationships" since(2, 0, 4),
        "`session.refresh()` loads the relationships that it is asked for by name, lazy ones too.",
        "lazy relationships refreshed by name",
        "2.0.3 leaves it out, 2.0.4 loads: `session.refresh(obj, [\"id\", \"relationship\"])`";
    AliasOfAliasNamed "alias-of-alias-named" since(1, 4, 0),
        "The made-up name of an alias of something named begins with that name.",
        "names of aliases of subqueries",
        "1.3.24 `anon_1`, 1.4.0 `sq_1`: `print(select(select(…).subquery(\"sq\").alias()))`";
    AnonymousNamesShown "anonymous-names-shown" since(1, 4, 0),
        "An alias without a name shows as `anon_1` in `str()` and errors; before, by an address.",
        "anonymous names in errors",
        "1.3.24 `%(140119298068880 anon)s`, 1.4.0 `anon_1`: `print(alias.c.id)`";
    AnonymousAliasDescribed "anonymous-alias-described" since(2, 0, 42),
        "A table's alias without a name shows as `Anonymous alias of table` in `str()` and errors.",
        "anonymous aliases named by their table",
        "2.0.41 `anon_1`, 2.0.42 `Anonymous alias of table`: `print(table.alias().c.id)`";
    RowTupleUnderscored "row-tuple-underscored" since(2, 0, 19),
        "A row has `_tuple()` and `_t` beside `tuple()` and `t`.",
        "`_tuple()` of rows",
        "2.0.18 raises `AttributeError`, 2.0.19 does not: `row._tuple()`";
    JoinAdviceMisspelled "join-advice-misspelled" between((1, 3, 15), (1, 3)),
        "A join that has no left side is refused with advice that has `explcit` in it.",
        "spelling of the advice for joins",
        "1.3.14 gives other advice, 1.3.15 misspells it, 1.4.0 does not: `session.query(Other).join(Unrelated)`";
    SelectsCoercedToFrom "selects-coerced-to-from" through(2, 0),
        "A select in a `FROM` list becomes a subquery by itself, and selects put together have `.c`.",
        "selects in `FROM` refused",
        "2.0.58 with a warning, 2.1.0 raises `ArgumentError`: `select(…).select_from(select(…))`";
    ExpandingIn "expanding-in" since(1, 4, 0),
        "`IN` lists are bound when the statement is executed, and print as `IN (__[POSTCOMPILE_id_1])`.",
        "`IN` lists bound at execution",
        "1.3.24 without, 1.4.0 with: `print(User.id.in_([1, 2]))`";
    ExpandingInWithNull "expanding-in-with-null" since(2, 0, 38),
        "An `IN` list with a `None` is bound at execution, as others are.",
        "`IN` lists with `None` bound at execution",
        "2.0.37 writes the list out with `NULL`, 2.0.38 binds it: `print(User.id.in_([1, None]))`";
    PostcompileUnderlined "postcompile-underlined" since(1, 4, 27),
        "Lists that are bound at execution print as `__[POSTCOMPILE_id_1]`, with two underscores.",
        "underscores before `[POSTCOMPILE_…]`",
        "1.4.26 without, 1.4.27 with: `print(User.id.in_([1, 2]))`";
    NotInGrouped "not-in-grouped" since(1, 4, 14),
        "`NOT IN` is written in parentheses.",
        "parentheses around `NOT IN`",
        "1.4.13 without, 1.4.14 with: `print(User.id.notin_([1]))`";
    ConcatGroupsInComparison "concat-grouped-in-comparison" since(2, 0, 21),
        "`a || b` has parentheses as an operand of a comparison.",
        "parentheses around `a || b`",
        "2.0.20 without, 2.0.21 with: `print((User.name + 'x') == 'y')`";
    NotGroupsOperand "not-groups-operand" since(2, 0, 0),
        "`~(a + b)` has parentheses.",
        "parentheses within `NOT`",
        "1.4.54 without, 2.0.0 with: `print(~(User.id + 1))`";
    TrueDivision "true-division" since(2, 0, 0),
        "`a / b` divides as Python does, not as the database does.",
        "true division",
        "1.4.54 without, 2.0.0 with: `print(User.id / 2)`";
    FloatIsDouble "float-is-double" since(2, 1, 0),
        "A Python float is a `Double`, bound or in an annotation.",
        "floats are `Double`",
        "2.0.58 without, 2.1.0 with: the cast in `print(User.id / 2.5)`, the `CREATE TABLE` of a `Mapped[float]`";
    DisambiguatedNames "names-told-apart" since(1, 4, 0),
        "A select labels columns of one name apart (`id AS id_1`), and keeps a column that is named twice.",
        "columns of one name labelled apart",
        "1.3.24 without, 1.4.0 with: a select of two tables with a column `id` each";
    CastKeepsName "cast-keeps-name" since(1, 4, 0),
        "`CAST(id AS …)` is labelled `id`.",
        "casts keep their column's name",
        "1.3.24 without, 1.4.0 with: a select of `cast(User.id, String)`";
    NotUnlabelled "not-unlabelled" since(2, 0, 42),
        "`NOT ok` among a select's columns has no label.",
        "no label for `NOT`",
        "2.0.41 labels it, 2.0.42 does not: `print(select(~User.ok))`";
    ParenthesizedServerDefault "server-default-in-parentheses" within((1, 2, 18), (2, 0, 39)),
        "`DEFAULT (CURRENT_TIMESTAMP)` has parentheses.",
        "no parentheses around `CURRENT_TIMESTAMP`",
        "1.2.17 without, 1.2.18 and 2.0.39 with, 2.0.40 without: the `CREATE TABLE` of a column with `server_default=func.now()`";
    BareServerDefault "server-default-bare" until(1, 2, 17),
        "Server defaults are never put in parentheses.",
        "parentheses around server defaults",
        "1.2.17 with, 1.2.18 without: the `CREATE TABLE` of a column with `server_default=func.lower('A')`";
    TypesMakeChecks "types-make-checks" through(1, 3),
        "`Boolean` and `Enum` make check constraints unless they are told not to.",
        "no check constraints of `Boolean` and `Enum`",
        "1.3.24 with, 1.4.0 without: the `CREATE TABLE` of a column of these types";
    UrlNotQuoted "url-not-quoted" since(2, 0, 41),
        "An unreadable engine URL is not repeated in its error.",
        "URLs kept out of errors",
        "2.0.40 repeats it, 2.0.41 does not: `create_engine('nonsense')`";
    UrlOfSqlalchemy "url-of-sqlalchemy" since(1, 4, 42),
        "The error of an unreadable engine URL speaks of a SQLAlchemy URL, no longer of `rfc1738`.",
        "the message of an unreadable URL",
        "1.4.41 without, 1.4.42 with: `create_engine('nonsense')`";
    LegacyColumnLabels "legacy-column-labels" through(2, 0),
        "Loads of the ORM's own label every column `table_column`.",
        "no `table_column` labels in the ORM's own loads",
        "2.0.58 with, 2.1.0 without: the echo log of a lazy load; `session.query()` keeps them";
    RefreshUnlabelled "refresh-unlabelled" since(1, 4, 0),
        "`session.refresh()` selects bare column names.",
        "no labels in refreshes",
        "1.3.24 labels them, 1.4.0 does not: the echo log of `session.refresh()`";
    ExistsTargetFirst "exists-target-first" since(2, 0, 0),
        "`any()` over a secondary selects from the target before the secondary.",
        "target first in `any()`",
        "1.4.54 without, 2.0.0 with: `print(Post.tags.any())`";
    ExpiredLoadsEager "expired-loads-eager" since(1, 4, 0),
        "The load of an expired object loads its eager relationships too.",
        "expired objects load eager relationships",
        "1.3.24 without, 1.4.0 with: the echo log after `commit()` where a relationship is `lazy='joined'`";
    ExpiredLoadsAutoflush "expired-loads-autoflush" since(1, 4, 0),
        "The load of an expired object's columns flushes first, as a query does.",
        "autoflush before an expired object's load",
        "1.3.24 without, 1.4.0 with: the echo log of reading an expired column while an object is pending";
    LazyLoadPath "lazy-load-path" since(1, 4, 0),
        "A load on access counts as a step where `selectin` and `subquery` loads would come back to a class that the path has passed.",
        "lazy loads among the steps of eager ones",
        "1.3.24 without, 1.4.54 with: the echo log of a lazy load of a class whose `selectin` relationship leads back";
    DistinctOrderSelected "distinct-order-selected" through(1, 4),
        "A `Query` with `distinct()` selects what it is ordered by, too.",
        "order columns of DISTINCT queries",
        "1.4.54 with, 2.0.51 without: the echo log of a query of one column, ordered by another";
    DistinctNests "distinct-nests" since(2, 1, 0),
        "A query with `distinct()` or `group_by()` goes into a subquery where joined loads of any kind come along, not of collections only.",
        "joined loads beside DISTINCT rows",
        "2.0.51 without, 2.1.9 with: the echo log of a DISTINCT query with a joined many-to-one";
    SelectinKeysSorted "selectin-keys-sorted" through(2, 0),
        "A `selectin` load of a many-to-one asks for its keys in their own order; later ones in that of the objects.",
        "keys of a many-to-one's `selectin` load",
        "2.0.51 sorted, 2.1.9 as they come: the parameters of such a load after a query in descending order";
    ImmediateSparesRaise "immediate-spares-raise" since(1, 4, 8),
        "`immediateload()` loads a relationship with `lazy=\"raise\"`; before, it raised.",
        "immediate loads of what raises on access",
        "1.4.7 raises, 1.4.8 loads: a query with `immediateload()` of such a relationship";
    ContainedNests "contained-nests" since(1, 4, 0),
        "A limited query that has a collection already (`contains_eager()`) goes into a subquery where joined loads of any kind come along.",
        "joined loads beside a limited collection",
        "1.3.24 without, 1.4.54 with: the text of such a query";
    ImmediateInOrder "immediate-in-order" since(2, 0, 0),
        "`lazy='immediate'` loads take their turn among the loads that follow a query; before, they came first.",
        "immediate loads in order",
        "1.4.54 always first, 2.0.0 in an order that varies: 40 queries of classes with `immediate` and `selectin` relationships";
    UnsetKeysRefused "unset-keys-refused" since(2, 0, 0),
        "An object does not come into a dictionary by an attribute that it was never given.",
        "dictionary keys that were never set refused",
        "1.4.54 takes it under `None`, 2.0.0 raises `InvalidRequestError`: `Address(user=user)` for a dictionary by email";
    ImmediateLoadsQueried "immediate-loads-queried" since(2, 0, 0),
        "`immediateload()` loads whatever it is about: what is mapped as `noload`, and a `dynamic` or `write_only` collection, which is refused only then.",
        "`immediateload()` loads `noload` and queried relationships",
        "1.4.54 ignores it, 2.0.0 raises `NotImplementedError`: `session.query(User).options(immediateload(User.posts))`";
    DynamicFirstNeedsSession "dynamic-first-needs-session" since(1, 4, 0),
        "`first()` of the `dynamic` collection of an object that is in no session raises `DetachedInstanceError`.",
        "`first()` of dynamic collections needs a session",
        "1.3.24 gives `None`, 1.4.0 raises: `User().posts.first()`";
    SelectinJoinsParent "selectin-joins-parent" through(1, 2),
        "`selectin` loads of a one-to-many join the parent's table, too.",
        "one-to-many `selectin` without the parent's table",
        "1.2.19 with, 1.3.0 without: the echo log of a `lazy='selectin'` one-to-many";
    SelectinJoinsForManyToOne "selectin-joins-parent-many-to-one" until(1, 3, 5),
        "`selectin` loads of a many-to-one join the parent's table, too.",
        "many-to-one `selectin` without the parent's table",
        "1.3.5 with, 1.3.6 without: the echo log of a `lazy='selectin'` many-to-one";
    SelectinOrdered "selectin-ordered" until(1, 3, 15),
        "`selectin` loads are ordered by the parent's key.",
        "`selectin` without an order of its own",
        "1.3.15 with, 1.3.16 without: the echo log of a `lazy='selectin'` one-to-many";
    SelectinFromSecondary "selectin-from-secondary" since(2, 1, 0),
        "`selectin` over a secondary that has the parent's key leaves the parent's table out.",
        "selectin loads from the secondary",
        "2.0.58 without, 2.1.0 with: the echo log of a `lazy='selectin'` many-to-many";
    EmptyCollectionsApart "empty-collections-apart" since(1, 4, 0),
        "Reading the empty collection of an object without a row leaves its `__dict__` alone.",
        "empty collections kept apart",
        "1.3.24 without, 1.4.0 with: `'addresses' in User().__dict__` after reading it";
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
        "A `with` block of a transaction that was ended inside ends without a word.",
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
    SubclassLoadJoins "subclass-load-joins" since(1, 4, 30),
        "The load of a subclass's columns on access joins the tables further down the hierarchy by their columns.",
        "tables joined when a subclass's columns are loaded",
        "1.4.29 binds the key in each condition, 1.4.30 joins: the echo log of a column of the middle one of three tables";
    ColumnConflictAdvises "column-conflict-advises" since(2, 0, 0),
        "The refusal of a subclass's column that the shared table has already advises `use_existing_column`.",
        "advice where a subclass's column conflicts",
        "1.4.54 without, 2.0.0 with: two subclasses without tables that declare one column";
    SelectinPolymorphicParents "selectin-polymorphic-parents" since(2, 0, 30),
        "`selectin_polymorphic()` of a class also loads the classes between it and the queried one, by statements of their own.",
        "`selectin_polymorphic()` loads classes in between",
        "2.0.29 without, 2.0.30 with: the echo log of `selectin_polymorphic(Base, [Third])` in a hierarchy of three tables";
    SubclassSelectinNestedPartial "subclass-selectin-nested-partial" since(2, 0, 21),
        "A `selectin` load of subclasses reads only what is theirs, below a relationship too.",
        "subclasses below a relationship loaded in part",
        "2.0.20 reads the base's columns again, 2.0.21 does not: the echo log of `polymorphic_load='selectin'` under `joinedload()`";
    SubclassSelectinLazyPartial "subclass-selectin-lazy-partial" through(1, 3),
        "A `selectin` load of subclasses reads only what is theirs, after a lazy load of a relationship too.",
        "subclasses after a lazy load loaded whole",
        "1.3.24 reads the subclass's columns, 1.4.0 the base's again: the echo log of `polymorphic_load='selectin'` after a lazy load";
    SubclassSelectinUnordered "subclass-selectin-unordered" since(2, 1, 0),
        "A `selectin` load of subclasses has no `ORDER BY`.",
        "`selectin` loads of subclasses unordered",
        "2.0.58 with `ORDER BY`, 2.1.0 without: the echo log of `selectin_polymorphic()`";
    PolymorphicPartsUnlimited "polymorphic-parts-unlimited" since(2, 1, 0),
        "An attribute of a subclass within `with_polymorphic()` does not limit the rows to the subclass.",
        "attributes of `with_polymorphic()` parts limit nothing",
        "2.0.58 limits, 2.1.0 does not: the echo log of `query(poly.Subclass.attribute)` under single-table inheritance";
    ExplicitFromFirst "explicit-from-first" since(2, 0, 0),
        "`FROM` begins with what was given explicitly; before, with what the columns and conditions bring along.",
        "explicit elements first in `FROM`",
        "1.4.54 `FROM c, a JOIN b`, 2.0.8 `FROM a JOIN b, c`: `print(select(c.c.id).select_from(a.join(b)))`";
    BulkLimitedToClass "bulk-limited-to-class" since(1, 4, 0),
        "A bulk update or delete of a class that shares its base's table is limited to rows of the class.",
        "bulk statements limited to the class",
        "1.3.24 without, 1.4.0 with: the echo log of `query(Subclass).delete()` under single-table inheritance";
    ExistsLimitsClassTwice "exists-limits-class-twice" since(2, 1, 0),
        "`any()` and `has()` of a class that shares its base's table limit the rows to the class twice.",
        "class criterion of `any()` and `has()` repeated",
        "2.0.58 once, 2.1.0 twice: the echo log of `any()` along `of_type(Subclass)` under single-table inheritance";
    RowOfOtherClassRefused "row-of-other-class-refused" since(1, 4, 0),
        "A row whose discriminator is `NULL`, or names a class outside of the queried one, is refused.",
        "rows of another class, or of none, refused",
        "1.3.24 gives an object, 1.4.54 raises: a query of a base class with a `NULL` among its discriminators";
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
    SelectTakesList "select-takes-list" through(1, 4),
        "`select()` takes a list of columns.",
        "`select([…])` refused",
        "1.2.19 to 1.4.54 with, 2.0.0 raises `ArgumentError`: `select([User.id])`";
    SelectTakesColumns "select-takes-columns" since(1, 4, 0),
        "`select()` takes columns one by one.",
        "`select()` of columns one by one",
        "1.3.24 raises, 1.4.0 with: `select(User.id, User.name)`";
    StringsExecuted "strings-executed" through(1, 4),
        "Sessions and connections execute strings.",
        "execution of strings refused",
        "1.4.54 with, 2.0.0 raises: `session.execute('SELECT 1')`";
    JoinsByName "joins-by-name" through(1, 4),
        "`Query.join()` takes names of relationships, tuples and several targets.",
        "`join()` by name refused",
        "1.4.54 with, 2.0.0 raises `ArgumentError`: `query.join('addresses')`";
    OptionsByName "options-by-name" through(1, 4),
        "Loader options take names of attributes.",
        "loader options by name refused",
        "1.4.54 with, 2.0.0 raises `ArgumentError`: `joinedload('addresses')`";
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
    ExistsGroupsSelect "exists-groups-select" within((1, 4, 21), (2, 0, 41)),
        "What cannot be evaluated in memory of `any()` is told to be a `SelectStatementGrouping`; before and after, a `Select`.",
        "`any()` groups its select",
        "2.0.41 names `SelectStatementGrouping`, 2.0.42 and 1.4.20 `Select`: `query.filter(User.addresses.any()).delete('evaluate')`";
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
    PercentDoubled "percent-doubled" through(1, 1),
        "The percent sign is doubled in the patterns of `contains()` and its like, and in `literal_column()`.",
        "percent signs no longer doubled",
        "1.1.18 prints `LIKE '%%' || :name_1 || '%%'`, 1.2.19 `LIKE '%' || :name_1 || '%'`: `print(User.name.contains('x'))`";
    TextCoerced "text-coerced" through(1, 2),
        "A string is taken as SQL, with a warning, where a condition or an ordering is expected.",
        "strings refused where SQL is expected",
        "1.2.19 with, 1.3.0 raises `ArgumentError`: `query.filter('id = 1')`";
    InListChecked "in-list-checked" since(1, 4, 0),
        "`in_()` refuses what is no list.",
        "`in_()` refuses what is no list",
        "1.3.24 takes a string apart, 1.4.0 raises `ArgumentError`: `User.id.in_('x')`";
    CaseTakesList "case-takes-list" through(1, 4),
        "`case()` takes a list of pairs.",
        "`case([…])` refused",
        "1.4.54 with, 2.0.0 raises `ArgumentError`: `case([(User.id == 1, 2)])`";
    CaseTakesPairs "case-takes-pairs" since(1, 4, 0),
        "`case()` takes pairs one by one.",
        "`case()` of pairs one by one",
        "1.3.24 raises, 1.4.0 with: `case((User.id == 1, 2))`";
    SubqueryMethods "subquery-methods" since(1, 4, 0),
        "Selects have `subquery()` and `scalar_subquery()`.",
        "`subquery()` of a select",
        "1.3.24 raises `AttributeError`, 1.4.0 with: `select(…).subquery()`";
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
    StatementArguments "statement-arguments" through(1, 4),
        "A table's `insert()`, `update()`, `delete()` and `select()` take values and criteria.",
        "arguments of `table.insert()` and its like removed",
        "1.4.54 with, 2.0.0 raises `TypeError`: `table.update(table.c.id == 1)`";
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
    JsonPartsCast "json-parts-cast" since(2, 1, 0),
        "A part of a JSON value that is told to be of a type is cast to it on SQLite.",
        "parts of JSON values cast on SQLite",
        "2.0.51 has `JSON_EXTRACT(x, ?)`, 2.1.0 `CAST(JSON_EXTRACT(x, ?) AS VARCHAR)`: `column('x', JSON)['a'].as_string().compile(dialect=sqlite.dialect())`";
    EnumKeepsAliases "enum-keeps-aliases" through(1, 4),
        "An `Enum` of a Python enumeration has its members' other names, too.",
        "aliases left out of an `Enum`",
        "1.4.54 has `Enum('blue', 'azure', name='color')`, 2.0.0 `Enum('blue', name='color')`: `repr(Enum(Color))`";
    PsycopgByDefault "psycopg-by-default" since(2, 1, 0),
        "The own driver of `postgresql` is psycopg, whose parameters have casts.",
        "psycopg as PostgreSQL's driver",
        "2.0.51 has `%(x_1)s`, 2.1.0 `%(x_1)s::INTEGER`: `(column('x') == 5).compile(dialect=postgresql.dialect())`";
    ConcatFlattened "concat-flattened" since(2, 0, 0),
        "The `concat()` of `mysql` takes all the strings of a chain.",
        "one `concat()` for a chain on MySQL",
        "1.4.54 has `concat(concat(x, %s), %s)`, 2.0.0 `concat(x, %s, %s)`: `(column('x', String) + 'a' + 'b').compile(dialect=mysql.dialect())`";
    UpsertsCached "upserts-cached" since(2, 1, 0),
        "An insert that says what to do about a row that is there already is compiled once.",
        "upserts cached",
        "2.0.51 logs `[no key …]`, 2.1.0 `[generated in …]`: the echo log of `insert(table).values(…).on_conflict_do_nothing()`";
    BitwiseXorSpelledOut "bitwise-xor-spelled-out" since(2, 0, 32),
        "SQLite's exclusive or is written with what it has.",
        "exclusive or spelled out on SQLite",
        "2.0.31 has `x ^ ?`, 2.0.32 `(x | ? - x & ?)`: `column('x').bitwise_xor(5).compile(dialect=sqlite.dialect())`";
    FloorOfFloats "floor-of-floats" since(2, 0, 50),
        "The floor division of a float by a whole number takes the floor.",
        "floors of floats divided by whole numbers",
        "2.0.49 has `x / :x_1`, 2.0.50 `FLOOR(x / :x_1)`: `column('x', Float) // 5`";
    AnyNegatedWhole "any-negated-whole" since(2, 0, 25),
        "A comparison with `ANY` is negated as a whole.",
        "`NOT (x = ANY (y))`",
        "2.0.24 has `:param_1 != ANY (x)`, 2.0.25 `NOT (:param_1 = ANY (x))`: `~(literal(5) == any_(column('x')))`";
    CustomNegatedWhole "custom-negated-whole" since(2, 0, 25),
        "A comparison by an operator of one's own is negated as a whole.",
        "`NOT (x @@ y)`",
        "2.0.24 has `NOT x ~ :x_1`, 2.0.25 `NOT (x ~ :x_1)`: `~column('x').op('~', is_comparison=True)(5)`";
    RegexpMatchIsBoolean "regexp-match-is-boolean" within((2, 0, 0), (2, 0, 17)),
        "`regexp_match()` gives a truth value.",
        "`regexp_match()` is of no type",
        "1.4.54 and 2.0.18 have `NullType()`, 2.0.17 `Boolean()`: `column('x').regexp_match('a').type`";
    RegexpMatchWasBoolean "regexp-match-was-boolean" within((1, 4, 0), (1, 4, 48)),
        "`regexp_match()` of 1.4 gives a truth value.",
        "`regexp_match()` of 1.4 is of no type",
        "1.4.48 has `Boolean()`, 1.4.49 `NullType()`: `column('x').regexp_match('a').type`";
    ColumnsHavePowers "columns-have-powers" since(2, 1, 0),
        "`column ** 2` is `pow(column, 2)`.",
        "powers of columns",
        "2.0.51 raises `TypeError`, 2.1.0 has `pow(x, :pow_1)`: `column('x') ** 2`";
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
    MissingPropertyAdvice "missing-property-advice" since(2, 0, 2),
        "The message of a property that a mapper lacks speaks of `registry.configure()`.",
        "advice with a missing property",
        "2.0.1 without, 2.0.2 with: a `back_populates` that names nothing";
    ReturningKeywordsLate "returning-keywords-refused-late" within((2, 0, 0), (2, 0, 9)),
        "`returning()` refuses keywords it does not know with an `ArgumentError`.",
        "`returning()` refuses keywords of its own accord",
        "1.4.54 `TypeError`, 2.0.0 `ArgumentError`, 2.0.10 `TypeError`: `insert(…).returning(…, wrong=True)`";
}

#[cfg(test)]
mod tests;
