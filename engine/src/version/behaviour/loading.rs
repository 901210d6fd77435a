//! Rows of the behaviour table about how rows are loaded: strategies, their order, what refreshing does.
//!
//! The macro adds them to the rows that it is given, and hands all on.

macro_rules! of_loading {
    ($($rows:tt)*) => {
        of_sql! {
            $($rows)*
            UpdateOptionNamed "update-option-named" since(1, 4, 0),
                "The refusal of criteria that cannot be evaluated speaks of `synchronize_session` as an execution option, before as a parameter.",
                "how `synchronize_session` is spoken of",
                "1.3.24 has `parameter`, 1.4.0 `execution option`: `query.filter(func.abs(Item.id) == 1).delete('evaluate')`";
            FetchedValuesEvaluated "fetched-values-evaluated" since(1, 4, 0),
                "`query.update(…, 'fetch')` sets what it can evaluate on the objects that it found; before, they load it again.",
                "values evaluated after `fetch`",
                "1.3.24 without, 1.4.0 with: `'size' in item.__dict__` after `query.update({'size': 3}, 'fetch')`";
            UpdateNamesExpressions "update-names-expressions" since(1, 4, 26),
                "A name in `query.update()` that is no attribute is an invalid expression type, before a property that the entity lacks.",
                "the error of a wrong name in `query.update()`",
                "1.4.25 speaks of the entity, 1.4.26 of an expression type: `session.query(Item).update({'colour': 1})`";
            StatementsNameAttributes "statements-name-attributes" since(1, 4, 0),
                "The names in an executed `update()` of a class are those of its attributes.",
                "names of attributes in executed updates",
                "1.3.24 raises `CompileError`, 1.4.0 with: `session.execute(update(Item).values(size=3))` where the column has another name";
            RowErrorsQuoted "row-errors-quoted" until(1, 4, 25),
                "The error of a column that a text's row does not have shows itself in quotes, as a `KeyError` does.",
                "the error of a column that a row lacks without quotes",
                "1.4.25 with, 1.4.26 without: `query.from_statement(text('SELECT size FROM item')).all()`";
            TextNamesOfSubclasses "text-names-of-subclasses" until(1, 4, 17),
                "The columns of a text are found by their names for subclasses, too.",
                "subclasses' columns of a text left to be loaded",
                "1.4.17 with, 1.4.18 without: `'wings' in bird.__dict__` after `query(Animal).from_statement(text('SELECT * FROM animal'))`";
            RefreshesRelationshipsAlone "refreshes-relationships-alone" since(2, 0, 0),
                "`session.refresh(obj, [\"relationship\"])` refreshes relationships alone; before, some column must be named.",
                "relationships refreshed alone",
                "1.4.54 raises `InvalidRequestError`, 2.0.0 does not: `session.refresh(obj, [\"relationship\"])`";
            RefreshesLazyRelationships "refreshes-lazy-relationships" since(2, 0, 4),
                "`session.refresh()` loads the relationships that it is asked for by name, lazy ones too.",
                "lazy relationships refreshed by name",
                "2.0.3 leaves it out, 2.0.4 loads: `session.refresh(obj, [\"id\", \"relationship\"])`";
            ShallowestPathKept "shallowest-path-kept" since(2, 1, 0),
                "An object that the rows have at several places is loaded later as the place nearest to the query has it; before, as the last one.",
                "the place of a row by which an object's later loads go",
                "2.0.58 reads `node` alone, 2.1.0 joins: `session.refresh()` of the first of `query(Node).options(joinedload(Node.up))`, newest first";
            RefreshNeedsKey "refresh-needs-key" since(2, 0, 0),
                "`session.refresh(obj, [\"name\"])` is refused while a change of the primary key has not been flushed.",
                "partial refreshes of objects whose key was changed",
                "1.4.54 reads the row, 2.0.0 raises `InvalidRequestError`: `obj.id = 2; session.refresh(obj, [\"name\"])` without autoflush";
            QueriesRunOnFirstRow "queries-run-on-first-row" since(1, 4, 43),
                "The iterator of a `Query` runs it when its first row is asked for; before, it ran as the iterator was made.",
                "queries run with their first row",
                "1.4.42 at once, 1.4.43 later: `iter(session.query(Heron))` with a new object in the session, which a query flushes";
            PartsRefusedLate "parts-refused-late" since(1, 4, 0),
                "Loads for which rows cannot be read in parts are refused once the statement has run; before, without running it.",
                "when `yield_per()` refuses loads",
                "1.3.24 refuses the query, 1.4.0 its result: `query.options(joinedload(Heron.eggs)).yield_per(2)`";
            PartsRepeat "parts-repeat" since(1, 4, 6),
                "A `Query` whose rows are read in parts gives an object as often as rows have it; before, once in each part.",
                "objects that repeat with `yield_per()`",
                "1.4.5 once, 1.4.6 twice: `query.join(Heron.eggs).yield_per(2)` of one with two eggs";
            InnerJoinsAtRoot "inner-joins-at-root" until(2, 0, 35),
                "An inner joined load below an outer one that no joined class can take is joined to the queried class, if that can.",
                "inner joined loads that only the queried class can take",
                "2.0.35 joins it, 2.0.36 raises `AssertionError`: `joinedload(Bird.heron).joinedload(Heron.nest)`, where `nest` is a bird's";
            DeepLoadsUncached "deep-loads-uncached" since(2, 0, 0),
                "Loads on access of objects that more than a few loads led to, from a query with options, are not cached.",
                "deep loads outside the statement cache",
                "1.4.54 caches them, 2.0.0 marks them `[caching disabled …]`: the sixth load on access in a row";
            UncachedExplained "uncached-explained" since(2, 0, 26),
                "The mark of a load that is not cached says why: `(excess depth for ORM loader options)`.",
                "reasons in `[caching disabled …]`",
                "2.0.25 without, 2.0.26 with: the echo log of the sixth load on access in a row";
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
            ContainedTablesFollow "contained-tables-follow" since(2, 0, 0),
                "Of tables that nothing joins, FROM names that of the queried class before those that `contains_eager()` takes along.",
                "order of tables with contains_eager()",
                "1.4.54 `FROM bee, ant`, 2.0.0 `FROM ant, bee`: `query(Ant).options(contains_eager(Ant.bees))`";
            LazyLoadPath "lazy-load-path" since(1, 4, 0),
                "A load on access counts as a step where `selectin` and `subquery` loads would come back to a class that the path has passed.",
                "lazy loads among the steps of eager ones",
                "1.3.24 without, 1.4.54 with: the echo log of a lazy load of a class whose `selectin` relationship leads back";
            DistinctOrderSelected "distinct-order-selected" through(1, 4),
                "A `Query` with `distinct()` selects what it is ordered by, too.",
                "order columns of DISTINCT queries",
                "1.4.54 with, 2.0.51 without: the echo log of a query of one column, ordered by another";
            LoaderConflicts "loader-conflicts-refused" since(2, 0, 0),
                "Two loader options that ask for two ways to load one attribute are refused; before, the later one counts.",
                "loader options that contradict each other are refused",
                "1.4.54 takes the later one, 2.0.0 raises `InvalidRequestError`: `session.query(User).options(joinedload(User.posts), selectinload(User.posts)).all()`";
            LoaderConflictsNamed "loader-conflicts-named" since(2, 1, 0),
                "The refusal of loader options that contradict each other names both of them.",
                "the message of loader options that contradict each other",
                "2.0.51 names the path, 2.1.0 the options: `session.query(User).options(joinedload(User.posts), selectinload(User.posts)).all()`";
            LoaderHeadsByClass "loader-heads-by-class" since(2, 0, 0),
                "An option of a class that a query is not of is refused by the class; before, by the attribute, and an option of `Load()` was passed over.",
                "options of other classes refused by their class",
                "1.4.54 names the attribute, 2.0.0 the mapper: `str(session.query(Post).options(joinedload(User.posts)))`";
            LoaderHeadsShown "loader-heads-shown" since(2, 1, 0),
                "The refusal of an option of a class that a query is not of shows the option.",
                "options of other classes shown in their refusal",
                "2.0.51 names the mapper, 2.1.0 the class and the option: `str(session.query(Post).options(joinedload(User.posts)))`";
            OptionsCheckedAtOnce "options-checked-at-once" through(1, 3),
                "`options()` refuses an option of a class that the query is not of; later the statement does when it is made.",
                "options of other classes refused when the statement is made",
                "1.3.24 raises, 1.4.0 does not: `session.query(Post).options(joinedload(User.posts))`";
            LoadOnlyRaises "load-only-raises" since(2, 0, 0),
                "`load_only()` takes `raiseload`.",
                "`raiseload` of `load_only()`",
                "1.4.54 raises `TypeError`, 2.0.0 with: `load_only(User.id, raiseload=True)`";
            LoadTakesOptions "load-takes-options" since(2, 0, 0),
                "What begins with `Load()` takes `options()`.",
                "`options()` of `Load()`",
                "1.4.54 raises `NotImplementedError`, 2.0.0 with: `Load(User).options(joinedload(User.posts))`";
            LinksBySelectinPolymorphic "links-by-selectin-polymorphic" since(2, 0, 21),
                "An option goes on to a subclass that `selectin_polymorphic()` has named before; the refusal of others says so.",
                "options of subclasses beside `selectin_polymorphic()`",
                "2.0.20 does not, 2.0.21 does: the message of `selectinload(Pond.frogs).defer(Toad.warts)` for a subclass `Toad`";
            DistinctNests "distinct-nests" since(2, 1, 0),
                "A query with `distinct()` or `group_by()` goes into a subquery where joined loads of any kind come along, not of collections only.",
                "joined loads beside DISTINCT rows",
                "2.0.51 without, 2.1.9 with: the echo log of a DISTINCT query with a joined many-to-one";
            SelectinUnique "selectin-unique" through(2, 0),
                "A `selectin` load gives an object that several rows of a secondary table name to a collection once.",
                "objects that repeat in `selectin` loads",
                "2.0.51 once, 2.1.0 twice: `selectinload(Post.tags)` where two rows of the secondary table are the same";
            SelectinKeysSorted "selectin-keys-sorted" through(2, 0),
                "A `selectin` load of a many-to-one asks for its keys in their own order; later ones in that of the objects.",
                "keys of a many-to-one's `selectin` load",
                "2.0.51 sorted, 2.1.9 as they come: the parameters of such a load after a query in descending order";
            RefreshKeepsOthers "refresh-keeps-others" since(1, 4, 10),
                "A refresh leaves what other objects have as it is, also where its row brings them along.",
                "refreshes leave other objects alone",
                "1.4.9 forgets the change, 1.4.10 keeps it: `session.refresh()` of an object with a joined relationship, whose other end was changed";
            RefreshLoadsSingly "refresh-loads-singly" since(1, 4, 0),
                "A refresh loads for each object by itself, as on access, what a query loads for all of its objects by a statement of their own, also where a query would not come back to a class.",
                "eager loads of refreshed objects one by one",
                "1.3.24 without, 1.4.0 with: `session.refresh()` of an object with a `lazy='selectin'` relationship to its own class";
            ImmediateTakesExpired "immediate-takes-expired" since(1, 4, 7),
                "An immediate load of a many-to-one that leads back to a class takes what the session has, expired or not, and nothing else; before, it read the row.",
                "immediate loads that lead back read no rows",
                "1.4.6 reads the row, 1.4.7 does not: the echo log of a query of a class with a `lazy='immediate'` many-to-one to itself";
            ImmediateReturnsByDepth "immediate-returns-by-depth" since(2, 0, 20),
                "Where a relationship has a `join_depth`, an immediate load counts as one that leads back from that many steps on; before, at once.",
                "immediate loads lead back by `join_depth`",
                "2.0.19 reads no row, 2.0.20 does: the echo log of a query of a class with a `lazy='immediate'` many-to-one to itself and `join_depth=1`";
            ImmediateSparesRaise "immediate-spares-raise" since(1, 4, 8),
                "`immediateload()` loads a relationship with `lazy=\"raise\"`; before, it raised.",
                "immediate loads of what raises on access",
                "1.4.7 raises, 1.4.8 loads: a query with `immediateload()` of such a relationship";
            NoloadReadsDynamic "noload-reads-dynamic" since(2, 0, 0),
                "`noload()` of a `dynamic` collection reads its members, and keeps none of them.",
                "`noload()` of dynamic collections",
                "1.4.54 does nothing, 2.0.0 emits the collection's select: the echo log of `session.query(User).options(noload(User.posts))`";
            MergesQueriedAdded "merges-queried-added" since(1, 4, 0),
                "Merging an object of another session takes what was put into its `dynamic` collection along; before, what the database has alone.",
                "merging what was put into dynamic collections",
                "1.3.24 adds nothing, 1.4.0 one object: `session.new` after `session.merge(user)` of an object with a new member";
            MergesQueriedWhole "merges-queried-whole" since(2, 0, 0),
                "Merging an object whose `dynamic` collection has changed reads what the database has of it; before, what was put in is merged alone.",
                "merging changed dynamic collections",
                "1.4.54 merges, 2.0.0 raises `DetachedInstanceError`: `session.merge(user)` of a detached object after `user.posts.append(Post())`";
            JoinsLimitLeft "joins-limit-left" since(1, 4, 43),
                "A join along a relationship of a class that shares its table limits the statement to the rows of that class.",
                "joins limit the class they begin from",
                "1.4.42 without the criterion, 1.4.43 with: `print(Query([Book.id]).join(Rack.books))`";
            JoinFromLimitsLeft "join-from-limits-left" since(2, 0, 22),
                "`join_from()` of a class that shares its table limits the statement to the rows of that class.",
                "`join_from()` limits its class",
                "2.0.21 without the criterion, 2.0.22 with: `print(select(Book.id).join_from(Rack, Book))`";
            JoinFromLimitsLeftIn14 "join-from-limits-left-in-1-4" between((1, 4, 52), (1, 4)),
                "`join_from()` of a class that shares its table limits the statement to the rows of that class in late releases of 1.4, too.",
                "`join_from()` limits its class in 1.4",
                "1.4.51 without the criterion, 1.4.52 with: `print(select(Book.id).join_from(Rack, Book))`";
            NoloadMindsDynamic "noload-minds-dynamic" since(1, 4, 0),
                "`noload()` of a `dynamic` collection that has changed raises `AttributeError` where it overwrites what is there.",
                "`noload()` of changed dynamic collections",
                "1.3.24 does nothing, 1.4.0 raises: a query with `noload()` and `populate_existing()` of an object with a new member";
            SubclassSubqueryLimited "subclass-subquery-limited" since(1, 4, 0),
                "Where a class of one table brings a subclass along, what that loads by subquery is asked for by way of rows of its own.",
                "rows behind a subclass's load by subquery",
                "1.3.24 by way of all rows, 1.4.0 with `IN` of the subclass's identity: the echo log of a query of a class with `with_polymorphic='*'`";
            SubclassLoadsBelowJoined "subclass-loads-below-joined" since(2, 0, 49),
                "Where a joined load brings objects of a subclass, what its mapping loads by further statements is loaded, too.",
                "loads of a subclass below a joined load",
                "2.0.48 leaves them for their access, 2.0.49 loads: a joined load of a base class, a subclass of which has a `lazy='selectin'` relationship";
            FetchSelectsWholeClass "fetch-selects-whole-class" between((1, 4, 0), (1, 4)),
                "An update or delete with `synchronize_session=\"fetch\"` selects its rows from all tables of the class.",
                "tables of the select before an update or delete",
                "1.3.24 and 2.0.0 name the class's own table alone, 1.4.0 and 1.4.54 join it to the base's: the echo log of such an update of a joined subclass";
            BulkInsertsShare "bulk-inserts-share" between((2, 0, 0), (2, 0)),
                "`bulk_insert_mappings()` and a flush have one compiled statement.",
                "the cached statement of bulk inserts and flushes",
                "2.0.0 and 2.0.58 log `[cached since …]`, 1.4.54 and 2.1.0 `[generated in …]`: a flush after `bulk_insert_mappings()`";
            LostKeyToldAtOnce "lost-key-told-at-once" between((1, 4, 0), (1, 4)),
                "That rows lack the key which they are read by is told also where there are none.",
                "rows that lack their key refused where there are none",
                "1.3.24 and 2.0.0 show `[]`, 1.4.0 and 1.4.54 raise `NoSuchColumnError`: `session.query(Author).options(defer(Author.id)).all()` of no rows";
            BulkReturnsDeferred "bulk-returns-deferred" within((2, 0, 0), (2, 0, 9)),
                "What an insert of many rows returns of a class has deferred columns, too, which are not read.",
                "deferred columns returned by inserts of many rows",
                "2.0.0 and 2.0.9 have `RETURNING id, name, notes`, 2.0.10 `RETURNING id, name`: `insert(Author).returning(Author)` with parameters";
            DeferredWithinStatements "deferred-within-statements" since(1, 4, 19),
                "A query within a statement, as `count()` has it, selects deferred columns, too.",
                "deferred columns within statements",
                "1.4.18 without, 1.4.19 with: the echo log of `query(User).count()` where a column is deferred";
            DeleteOfHierarchyRefused "delete-of-hierarchy-refused" between((1, 4, 0), (1, 4)),
                "A delete by criteria is refused for a base class that its mapping loads joined to its subclasses.",
                "deletes of a class that is loaded with its subclasses",
                "1.3.24 and 2.0.0 emit it, 1.4.0 and 1.4.54 raise `NotImplementedError`: `query(Base).delete()` with `with_polymorphic: '*'`";
            ContainedNests "contained-nests" since(1, 4, 0),
                "A limited query that has a collection already (`contains_eager()`) goes into a subquery where joined loads of any kind come along.",
                "joined loads beside a limited collection",
                "1.3.24 without, 1.4.54 with: the text of such a query";
            ImmediateInOrder "immediate-in-order" since(2, 0, 0),
                "`lazy='immediate'` loads take their turn among the loads that follow a query, which go generation by generation; before, each object's came with its row.",
                "immediate loads in order",
                "1.4.54 with the rows, 2.0.0 after them in an order that varies: 40 queries of classes with `immediate` and `selectin` relationships";
            SubqueryLoadsFollow "subquery-loads-follow" since(2, 0, 20),
                "What follows a load by subquery takes its turn among the loads that follow the query, where a load by `selectin` has brought it; before, it came with the subquery's rows.",
                "loads after a subquery below `selectin` in order",
                "2.0.19 asks for the parents' children first, 2.0.20 for the children's: the echo log of a query of a tree with both strategies";
            ImmediateLoadsQueried "immediate-loads-queried" since(2, 0, 0),
                "`immediateload()` loads whatever it is about: what is mapped as `noload`, and a `dynamic` or `write_only` collection, which is refused only then.",
                "`immediateload()` loads `noload` and queried relationships",
                "1.4.54 ignores it, 2.0.0 raises `NotImplementedError`: `session.query(User).options(immediateload(User.posts))`";
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
            SubqueryOrdered "subquery-ordered" until(1, 3, 15),
                "Loads by subquery are ordered by the parent's key, before the order of the relationship.",
                "loads by subquery without an order of their own",
                "1.3.15 with, 1.3.16 without: the echo log of queries with `subqueryload()`";
            SelectinFromSecondary "selectin-from-secondary" since(2, 1, 0),
                "`selectin` over a secondary that has the parent's key leaves the parent's table out.",
                "selectin loads from the secondary",
                "2.0.58 without, 2.1.0 with: the echo log of a `lazy='selectin'` many-to-many";
            EmptyCollectionsApart "empty-collections-apart" since(1, 4, 0),
                "Reading the empty collection of an object without a row leaves its `__dict__` alone.",
                "empty collections kept apart",
                "1.3.24 without, 1.4.0 with: `'addresses' in User().__dict__` after reading it";
            SubclassLoadJoins "subclass-load-joins" since(1, 4, 30),
                "The load of a subclass's columns on access joins the tables further down the hierarchy by their columns.",
                "tables joined when a subclass's columns are loaded",
                "1.4.29 binds the key in each condition, 1.4.30 joins: the echo log of a column of the middle one of three tables";
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
            SubclassSelectinApart "subclass-selectin-apart" since(2, 0, 5),
                "Where a mapping loads a class and its subclass by `selectin`, objects of the subclass come by one statement alone, with what both have.",
                "one `selectin` load for each subclass",
                "2.0.4 reads the subclass's objects by both statements, 2.0.5 by one: `polymorphic_load='selectin'` in a class and a class below it";
            SubclassSelectinUnordered "subclass-selectin-unordered" since(2, 1, 0),
                "A `selectin` load of subclasses has no `ORDER BY`.",
                "`selectin` loads of subclasses unordered",
                "2.0.58 with `ORDER BY`, 2.1.0 without: the echo log of `selectin_polymorphic()`";
            PolymorphicPartsUnlimited "polymorphic-parts-unlimited" since(2, 1, 0),
                "An attribute of a subclass within `with_polymorphic()` does not limit the rows to the subclass.",
                "attributes of `with_polymorphic()` parts limit nothing",
                "2.0.58 limits, 2.1.0 does not: the echo log of `query(poly.Subclass.attribute)` under single-table inheritance";
            SingleCriterionAnew "single-criterion-anew" since(2, 1, 0),
                "What limits the rows of a shared table to a class is made for each place of a statement; before, it is one, whose parameters have one name.",
                "names of a shared table's class parameters",
                "2.0.58 has `kind_1` twice, 2.1.0 `kind_1` and `kind_2`: `print(select(Sub.id).union(select(Sub.id)))`";
            ExplicitFromFirst "explicit-from-first" since(2, 0, 0),
                "`FROM` begins with what was given explicitly; before, with what the columns and conditions bring along.",
                "explicit elements first in `FROM`",
                "1.4.54 `FROM c, a JOIN b`, 2.0.8 `FROM a JOIN b, c`: `print(select(c.c.id).select_from(a.join(b)))`";
            RowOfOtherClassRefused "row-of-other-class-refused" since(1, 4, 0),
                "A row whose discriminator is `NULL`, or names a class outside of the queried one, is refused.",
                "rows of another class, or of none, refused",
                "1.3.24 gives an object, 1.4.54 raises: a query of a base class with a `NULL` among its discriminators";
            JoinsByName "joins-by-name" through(1, 4),
                "`Query.join()` takes names of relationships, tuples and several targets.",
                "`join()` by name refused",
                "1.4.54 with, 2.0.0 raises `ArgumentError`: `query.join('addresses')`";
            OptionsByName "options-by-name" through(1, 4),
                "Loader options take names of attributes.",
                "loader options by name refused",
                "1.4.54 with, 2.0.0 raises `ArgumentError`: `joinedload('addresses')`";
            UpdatesByVersionUnchecked "updates-by-version-unchecked" within((2, 0, 0), (2, 0, 1)),
                "It is not told where the row of an update by version is missing; for `post_update`, such rows are updated one by one.",
                "updates by version checked",
                "1.4.54 and 2.0.2 raise `StaleDataError`, 2.0.1 does not: a flush after `UPDATE author SET version = 9`";
            PostUpdatesShareVersion "post-updates-share-version" until(2, 0, 42),
                "After a `post_update` of several rows with a version, each object has the first one's.",
                "versions after a `post_update` of several rows",
                "1.4.54, 2.0.2 and 2.0.42 print `3 3`, 2.0.43 `3 2`: two versions, of which one was changed twice";
            PostUpdateByVersionBefore "post-update-by-version-before" until(2, 0, 24),
                "A `post_update` looks for its row by the version before the flush, where the program has set another.",
                "`post_update` by a version that was set",
                "2.0.24 raises `StaleDataError`, 2.0.25 does not: `author.version = 8` with `author.best = book`";
            PostUpdateOfDeletedForgotten "post-update-of-deleted-forgotten" until(2, 0, 25),
                "The version that a `post_update` gives a row is not known as it is deleted.",
                "rows with a version deleted after a `post_update`",
                "2.0.25 raises `StaleDataError`, 2.0.26 does not: `session.delete(author)`";
            ParameterSetsReadProxies "parameter-sets-read-proxies" since(2, 1, 0),
                "Sets of parameters by attribute use each association proxy of their class, which sets it up there.",
                "association proxies used by sets of parameters",
                "2.1.0 finds the proxy's `_inst` in `Author.__dict__`, 2.0.58 does not: after `bulk_insert_mappings(Author, …)`";
            ExecutedSelectsAutoflush "executed-selects-autoflush" since(1, 4, 0),
                "`Session.execute()` flushes before it executes a select of mapped classes.",
                "autoflush before `Session.execute()` of classes",
                "1.3.24 counts 0, 1.4.0 1: `execute(select(Author.id))` with a new author";
            CriteriaConcernClasses "criteria-concern-classes" since(2, 0, 15),
                "A select of tables is one of mapped classes where its criteria, its order or the first of a union name one.",
                "selects that are of classes by their criteria",
                "2.0.14 does not flush, 2.0.15 does: `execute(table.select().where(Author.id > 0))`";
            CoreStatementsAutoflush "core-statements-autoflush" since(2, 1, 0),
                "`Session.execute()` flushes before whatever it executes.",
                "autoflush before statements of tables",
                "2.0.58 does not flush, 2.1.0 does: `execute(text('SELECT 1'))` with a new object";
            LostLinkToldAtOnce "lost-link-told-at-once" since(1, 4, 0),
                "A load by subquery whose rows lack the column that it goes by fails before any row is read.",
                "loads by subquery without their column fail at once",
                "1.3.24 gives no rows, 1.4.0 raises `NoSuchColumnError`: `subqueryload(Book.author), defer(Book.author_id)` without books";
            UnionsSelectKeyOnce "unions-select-key-once" within((1, 4, 0), (2, 0, 19)),
                "Of an attribute of several columns, a query of its own subquery or union selects the first.",
                "keys of joined subclasses in queries of unions",
                "1.3.24 and 2.0.20 select `anon_1.item_id`, too, 1.4.0 and 2.0.19 `anon_1.book_id` alone: `query.union(query)`";
        }
    };
}

pub(super) use of_loading;
