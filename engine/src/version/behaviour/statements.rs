//! Rows of the behaviour table about the log, connections and statements as they are executed.
//!
//! The macro puts them before the rows that it is given, and makes the table of all.

macro_rules! of_statements {
    ($($rows:tt)*) => {
        behaviours! {
            StatementMarks "statement-marks" since(1, 4, 0),
                "Log messages carry a statement mark (`[raw sql]`, `[generated in …]`) and come from `sqlalchemy.engine.Engine`.",
                "statement marks in the log",
                "1.3.24 without, logger `sqlalchemy.engine.base.Engine`; 1.4.0 with: the echo log of any statement";
            CompiledCache "compiled-cache" since(1, 4, 0),
                "Statements are compiled once for equal structure, and the log marks later ones `[cached since …]`.",
                "compiled statements cached",
                "1.3.24 without, 1.4.0 with: the echo log of a statement that is executed twice";
            ConnectProbes "connect-probes" through(1, 3),
                "The first connection probes the driver for how it returns text.",
                "connect-time probes removed",
                "1.3.24 with (`SELECT CAST('test plain returns' AS VARCHAR(60)) AS anon_1`), 1.4.0 without: the echo log";
            Autocommit "autocommit" through(1, 4),
                "Each statement of a connection outside a transaction commits at once.",
                "autocommit of connections removed",
                "1.3.24 and 1.4.54 with, 2.0.0 without: the echo log of `engine.execute()` and `create_all()`";
            SchemaCommitsEach "schema-commits-each" through(1, 3),
                "The statements of `create_all()` commit one by one.",
                "one transaction for `create_all()`",
                "1.3.24 with, 1.4.0 without: the echo log of `create_all()`";
            TablesProbedBySchema "tables-probed-by-schema" since(1, 3, 7),
                "`create_all()` asks for each table in `main`, then among temporary ones.",
                "tables asked for in `main` and `temp`",
                "1.3.6 has `PRAGMA table_info(…)`, 1.3.7 `PRAGMA main.table_info(…)` and `temp`: the echo log of `create_all()`";
            ExecutemanyLoggedAsList "executemany-logged-as-list" since(2, 0, 0),
                "The parameter sets of an executemany are a list, in the log, too.",
                "parameter sets logged as a list",
                "1.4.54 logs a tuple, 2.0.0 a list: the echo log of a flush of several objects";
            LongParametersTruncated "long-parameters-truncated" since(2, 0, 0),
                "More than 100 parameters of one set are logged in part.",
                "long parameter sets logged in part",
                "1.4.54 without, 2.0.0 with: the echo log of an `IN` of 120 values";
            InsertManyValues "insertmanyvalues" since(2, 0, 0),
                "Inserts of several objects that fetch generated keys use `INSERT … RETURNING` in batches.",
                "insertmanyvalues with RETURNING",
                "1.4.54 without, 2.0.0 with: the echo log of a flush of several objects";
            InsertManyValuesOrdered "insertmanyvalues-ordered" since(2, 0, 10),
                "Inserts of several objects return the keys in the order of the rows, one row at a time where the database cannot order them.",
                "insertmanyvalues in order",
                "2.0.9 inserts in one batch, 2.0.10 row by row, marked `(ordered; batch not supported)`: the echo log of a flush of several objects";
            BatchesToldAfterwards "batches-told-afterwards" since(2, 1, 0),
                "`after_cursor_execute` is told of each batch of rows with its statement and parameters, and not of the statement for one row with the parameters of all.",
                "batches of rows told after the cursor ran them",
                "2.0.51 gives the sets of all rows after each batch, 2.1.0 those of the batch: listeners of the cursor and a flush of several objects";
            EagerDefaultsOfUpdates "eager-defaults-of-updates" since(2, 0, 0),
                "`eager_defaults=True` brings in what SQL in `default` and `onupdate` makes of a row, not only what the database's own defaults do.",
                "eager defaults of SQL in `onupdate`",
                "1.4.54 loads the default alone, 2.0.0 the column with `onupdate`, too: the echo log of a flush of one object";
            SessionEndsSavepoint "session-ends-savepoint" between((1, 4, 0), (1, 4)),
                "The commit of a session that is bound to a connection within a savepoint releases that savepoint.",
                "sessions end the savepoint of their connection",
                "1.3.24 leaves the savepoint open, 1.4.54 releases it, 2.0.51 sets one of its own: the echo log of a session in such a connection";
            MappingViewsNamed "mapping-views-named" since(2, 0, 0),
                "The views of a row's mapping have a class for its values and one for its items.",
                "classes of the views of a row's mapping",
                "1.4.54 shows `ROMappingView` for both, 2.0.0 `ROMappingKeysValuesView` and `ROMappingItemsView`: `type(row._mapping.values())`";
            CloseUndoesSavepoints "close-undoes-savepoints" since(2, 0, 0),
                "`session.close()` rolls back to each savepoint that is open before it rolls back the transaction, and so does the rollback of an outer savepoint with those within it.",
                "`close()` rolls back to open savepoints",
                "1.4.54 logs `ROLLBACK` alone, 2.0.0 `ROLLBACK TO SAVEPOINT` before it: `session.close()` after `begin_nested()` and a flush";
            ReplacedIdentityAsked "replaced-identity-asked" within((1, 3, 9), (2, 0, 55)),
                "A flush that gives an object the identity of another reads what that one has for its key by now, where it has expired.",
                "the key of an object whose identity goes to another",
                "1.3.8 and 2.0.56 emit no `SELECT`, 1.3.9 and 2.0.55 do: a flush of a new object that gets the key of an expired one";
            ReplacedIdentityAskedAgain "replaced-identity-asked-again" within((2, 1, 0), (2, 1, 5)),
                "A flush that gives an object the identity of another reads what that one has for its key by now, where it has expired: in 2.1, too.",
                "the key of an object whose identity goes to another, in 2.1",
                "2.0.58 and 2.1.6 emit no `SELECT`, 2.1.0 and 2.1.5 do: a flush of a new object that gets the key of an expired one";
            FlushesSeeUnloadedChanges "flushes-see-unloaded-changes" since(2, 0, 19),
                "A flush writes what the other side of a relationship has put into a collection that is not loaded, and not only what its own side holds.",
                "flushes see changes of collections that are not loaded",
                "2.0.18 writes one row, 2.0.19 two: `author.books.append(book)` once more, over a many-to-many whose other side is not loaded";
            MarkersAreEnums "markers-are-enums" since(2, 0, 0),
                "The library's markers for values that are absent are members of an enum; a driver refuses one as the key of a row to delete.",
                "markers of absent values are members of an enum",
                "1.4.54 logs `DELETE` with the parameter `symbol('NO_VALUE')`, 2.0.0 raises `ProgrammingError`: a delete cascade that reaches a pending object";
            FlushActionsPrivate "flush-actions-private" since(2, 1, 0),
                "The actions that wait for each other in a circle have private names in the message.",
                "actions of a flush have private names",
                "2.0.51 names `SaveUpdateState(…)`, 2.1.0 `_SaveUpdateState(…)`: the `CircularDependencyError` of a node that is its own parent";
            JoinTransactionMode "join-transaction-mode" since(2, 0, 0),
                "A session that is bound to a connection within a savepoint works in one of its own, unless `join_transaction_mode` says otherwise.",
                "`join_transaction_mode` of sessions",
                "1.4.54 releases the connection's own savepoint, 2.0.51 one of the session's: the echo log of a session in such a connection";
            Returning "returning-on-sqlite" since(2, 0, 0),
                "`RETURNING` can be used with SQLite.",
                "RETURNING with SQLite",
                "1.4.54 without, 2.0.0 with: `insert(…).returning(…)`";
            UpdateFrom "update-from-on-sqlite" since(2, 0, 0),
                "`UPDATE … FROM` can be used with SQLite.",
                "UPDATE … FROM with SQLite",
                "1.4.54 without, 2.0.0 with: an update whose criteria name another table";
            MultirowInsertsPrinted "multirow-inserts-printed" since(1, 4, 7),
                "The default dialect, which `print()` uses, writes inserts of several rows.",
                "inserts of several rows printed",
                "1.4.6 raises `CompileError`, 1.4.7 prints: `print(insert(…).values([…, …]))`";
            FlushesIgnoreRaise "flushes-ignore-raise" since(1, 4, 0),
                "A flush loads what it needs of a relationship with lazy=\"raise\" or \"raise_on_sql\".",
                "flushes load relationships that raise on access",
                "1.3.24 and 1.4.54: flush after session.delete() of a parent whose lazy=\"raise\" collection is not loaded.";
            EngineLoggerNamed "engine-logger-named" since(1, 4, 0),
                "Engines log as `sqlalchemy.engine.Engine`; before, as `sqlalchemy.engine.base.Engine`.",
                "the name of the engines' logger",
                "1.3.24 has `sqlalchemy.engine.base.Engine`, 1.4.0 `sqlalchemy.engine.Engine`: the echo log";
            EnginesFutureOnly "engines-future-only" since(2, 0, 0),
                "`create_engine()` refuses `future=False`.",
                "`future=False` of engines refused",
                "1.4.54 takes it, 2.0.0 raises `ArgumentError`: `create_engine('sqlite://', future=False)`";
            OrmExecuteEvent "orm-execute-event" since(1, 4, 0),
                "Sessions have the event `do_orm_execute`.",
                "the event `do_orm_execute`",
                "1.3.24 raises `InvalidRequestError`, 1.4.0 with: `event.listen(Session, 'do_orm_execute', …)`";
            WarnsOf20 "warns-of-2-0" between((1, 4, 0), (1, 4)),
                "Whoever sets `SQLALCHEMY_WARN_20` is told what 2.0 no longer does.",
                "warnings of what 2.0 no longer does",
                "1.3.24 and 2.0.0 do not, 1.4.0 and 1.4.54 do: an object that comes into a session along a backref";
            MovesTold "moves-told" since(2, 0, 0),
                "The use of `sqlalchemy.ext.declarative` warns that it has moved, whether that is asked for or not.",
                "warnings of what has moved",
                "1.4.54 without, 2.0.0 with: `declarative_base()` of `sqlalchemy.ext.declarative`";
            MovesDatedAnew "moves-dated-anew" since(2, 0, 0),
                "The warning of what has moved from `sqlalchemy.ext.declarative` says that it has since 2.0; before, since 1.4.",
                "the release that a warning of what has moved names",
                "1.4.54 `deprecated since: 1.4`, 2.0.0 `deprecated since: 2.0`: `declarative_base()` under `SQLALCHEMY_WARN_20`";
            AutocommitTold "autocommit-told" since(1, 4, 35),
                "The log says of transactions with the isolation level AUTOCOMMIT that the driver has none.",
                "what the log says of transactions with AUTOCOMMIT",
                "1.4.32 `BEGIN (implicit)`, 1.4.35 `BEGIN (implicit; DBAPI should not BEGIN due to autocommit mode)`: the echo log of `engine.begin()`";
            AutocommitEndsTold "autocommit-ends-told" since(2, 0, 43),
                "The log says of the ends of transactions with the isolation level AUTOCOMMIT what they do not do, and how to be without.",
                "how the log tells of ends with AUTOCOMMIT",
                "2.0.42 `DBAPI should ignore due to autocommit mode`, 2.0.43 `has no effect due to autocommit mode`: the echo log of `engine.begin()`";
            LogTokens "log-tokens" since(1, 4, 0),
                "What a connection logs begins with its `logging_token`.",
                "tokens in the log",
                "1.3.24 without, 1.4.0 with: the echo log of a connection with `execution_options(logging_token=…)`";
            UrlImmutable "url-immutable" since(1, 4, 0),
                "URLs cannot be changed: `URL.create()`, `url.set()` and `url.update_query_dict()` make new ones.",
                "immutable URLs",
                "1.3.24 sets `url.database`, 1.4.0 raises `AttributeError`: `make_url()`";
            UrlHidesPassword "url-hides-password" since(2, 0, 0),
                "The text of a URL hides its password.",
                "passwords hidden in the text of URLs",
                "1.4.54 `tiger`, 2.0.0 `***`: `str(make_url('postgresql://scott:tiger@localhost/test'))`";
            UrlNamesQuoted "url-names-quoted" since(2, 0, 24),
                "The text of a URL has all but letters and digits of its user's name written as `%41`.",
                "quoting of names in URLs",
                "2.0.23 `sc!ott`, 2.0.24 `sc%21ott`: `make_url('postgresql://sc!ott@localhost/test')`";
            UrlDatabaseQuoted "url-database-quoted" since(2, 1, 0),
                "The text of a URL has signs in its database's name written as `%3A`.",
                "quoting of a database's name in URLs",
                "2.0.58 `sqlite:///:memory:`, 2.1.0 `sqlite:///%3Amemory%3A`: `str(make_url('sqlite:///:memory:'))`";
            IsolationLevelsAnyCase "isolation-levels-any-case" since(2, 0, 0),
                "Isolation levels are named in lower case, too.",
                "isolation levels in lower case",
                "1.4.54 raises `ArgumentError`, 2.0.0 takes it: `isolation_level='autocommit'`";
            UncachedTypesTold "uncached-types-told" since(1, 4, 14),
                "Statements with values of a decorated type whose class does not set `cache_ok` are not cached, with a warning.",
                "warnings of types without `cache_ok`",
                "1.4.13 without, 1.4.14 with: a select that compares a column of a `TypeDecorator`";
            UncachedTypesExplained "uncached-types-explained" since(1, 4, 28),
                "The warning of a type without `cache_ok` tells what that costs.",
                "the warning of types without `cache_ok`",
                "1.4.27 `Set this flag to True`, 1.4.28 `Set this attribute to True`: a select that compares a column of a `TypeDecorator`";
            VariantsKeepClass "variants-keep-class" since(2, 0, 0),
                "A type with variants is of its own class, and `with_variant()` takes several dialects.",
                "the class of types with variants",
                "1.4.54 `Variant`, 2.0.0 `String`: `type(String(5).with_variant(Integer(), 'sqlite'))`";
            EnumLengthOfNative "enum-length-of-native" since(2, 0, 0),
                "An `Enum` has the length that it is given, whether the database has such types or not.",
                "the length of an `Enum`",
                "1.4.54 `6`, 2.0.0 `20`: `Enum('first', 'second', length=20).length`";
            EnumShownInFull "enum-shown-in-full" since(1, 4, 32),
                "The `repr()` of an `Enum` shows its length and whether it makes a constraint.",
                "the `repr()` of an `Enum`",
                "1.4.31 without, 1.4.32 `create_constraint=True, length=20`: `repr(Enum(…, create_constraint=True, length=20))`";
            $($rows)*
            LateDriverErrorsPlain "late-driver-errors-plain" since(2, 1, 0),
                "What the driver says while a parameter is worked out is told as it is, and not as an error of the statement.",
                "driver's errors of working out parameters",
                "2.0.58 raises `StatementError`, 2.1.0 `ProgrammingError`: the members of an object that was never given a key";
            MissingTablesAskedFor "missing-tables-asked-for" since(1, 4, 26),
                "Where a reflected table has no columns, it is asked whether it is there.",
                "a missing table is asked for again",
                "1.4.25 without, 1.4.26 with `PRAGMA main.table_info`: the echo log of `Table('item', MetaData(), autoload_with=engine)`";
            HiddenColumnsReflected "hidden-columns-reflected" since(1, 3, 18),
                "Columns are reflected by `PRAGMA table_xinfo`, before by `PRAGMA table_info`.",
                "how columns are reflected",
                "1.3.17 has `table_info`, 1.3.18 `table_xinfo`: the echo log of `Table('item', MetaData(), autoload=True, autoload_with=engine)`";
            InspectorHasTable "inspector-has-table" since(1, 4, 0),
                "An inspector has `has_table()`.",
                "`has_table()` of inspectors",
                "1.3.24 raises `AttributeError`, 1.4.0 with: `inspect(engine).has_table('item')`";
            IndexesHaveOptions "indexes-have-options" since(1, 4, 45),
                "What an inspector says of an index has `dialect_options`.",
                "`dialect_options` of reflected indexes",
                "1.4.44 without, 1.4.45 with: `inspect(engine).get_indexes('item')`";
            CacheSizeTaken "cache-size-taken" since(1, 4, 0),
                "`create_engine()` takes `query_cache_size`.",
                "`query_cache_size` of engines",
                "1.3.24 raises `TypeError`, 1.4.0 with: `create_engine('sqlite://', query_cache_size=10)`";
        }
    };
}

pub(super) use of_statements;
