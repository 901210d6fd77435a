//! Rows of the behaviour table about the text of statements and what their constructs take.
//!
//! The macro adds them to the rows that it is given, and hands all on.

macro_rules! of_sql {
    ($($rows:tt)*) => {
        of_attributes! {
            $($rows)*
            WhereTakesSeveral "where-takes-several" since(1, 4, 0),
                "`where()` of a select and its like take several arguments.",
                "several arguments of `where()`",
                "1.3.24 raises `TypeError`, 1.4.0 with: `select.where(item.c.id > 1, item.c.size > 2)`";
            MetadataToldOfColumns "metadata-told-of-columns" since(1, 4, 0),
                "Listeners of a `MetaData` are told of the columns that are reflected into it (`column_reflect`), before those of tables alone.",
                "`column_reflect` of a `MetaData`",
                "1.3.24 takes the listener and tells it nothing, 1.4.0 calls it: `event.listen(metadata, 'column_reflect', …)`";
            QueriesKeepLabels "queries-keep-labels" through(1, 3),
                "A query within an expression keeps the labels of its columns.",
                "queries within expressions without labels",
                "1.3.24 has `SELECT item.id AS item_id`, 1.4.0 `SELECT item.id`: `print(Item.id.in_(session.query(Item.id)))`";
            ColumnsShownAsList "columns-shown-as-list" through(1, 3),
                "A collection of columns is shown as a list of their names.",
                "how collections of columns are shown",
                "1.3.24 has `['item.id']`, 1.4.0 `ImmutableColumnCollection(item.id)`: `print(item.c)`";
            CompoundsCountedAtOnce "compounds-counted-at-once" through(1, 3),
                "Selects with different numbers of columns are refused where they are put together.",
                "when unions of unlike selects are refused",
                "1.3.24 raises `ArgumentError`, 1.4.0 makes it: `union(item.select(), other.select())`";
            CtesShownEmpty "ctes-shown-empty" through(1, 3),
                "`str()` of a CTE is empty.",
                "how CTEs are shown",
                "1.3.24 without, 1.4.0 with its select: `print(item.select().cte())`";
            AliasesInUnwrapped "aliases-in-unwrapped" through(1, 3),
                "The alias of a select as the right side of `IN` is the select itself.",
                "subqueries within `IN` are selected from",
                "1.3.24 has `IN (SELECT item.id …)`, 1.4.0 `IN (SELECT items.id FROM (SELECT …) AS items)`: `item.c.id.in_(item.select().alias('items'))`";
            LightTablesShown "light-tables-shown" since(1, 4, 0),
                "`str()` of what `table()` makes is its name.",
                "how `table()` is shown",
                "1.3.24 is empty, 1.4.0 has the name: `print(table('item'))`";
            TextualSelectsNamed "textual-selects-named" since(1, 4, 0),
                "Text with columns is a `TextualSelect`, before a `TextAsFrom`.",
                "the class of text with columns",
                "1.3.24 has `TextAsFrom`, 1.4.0 `TextualSelect`: `type(text('…').columns()).__name__`";
            SubqueriesNamed "subqueries-named" since(1, 4, 0),
                "The alias of a select is a `Subquery`, before an `Alias`.",
                "the class of subqueries",
                "1.3.24 has `Alias`, 1.4.0 `Subquery`: `type(item.select().alias()).__name__`";
            ExistsTakesList "exists-takes-list" through(1, 3),
                "`exists()` takes a select or a list, and nothing else.",
                "what `exists()` takes",
                "1.3.24 raises `TypeError`, 1.4.0 takes it: `exists(5)`";
            ConstraintColumnsDeduped "constraint-columns-deduped" since(1, 4, 0),
                "The columns of a constraint are a `DedupeColumnCollection`.",
                "the class of a constraint's columns",
                "1.3.24 has `ColumnCollection`, 1.4.0 `DedupeColumnCollection`: `type(item.primary_key.columns).__name__`";
            DdlTakesConditions "ddl-takes-conditions" since(1, 4, 0),
                "`CreateTable` and its like take `if_not_exists` or `if_exists`.",
                "`if_not_exists` of `CreateTable`",
                "1.3.24 raises `TypeError`, 1.4.0 with: `CreateTable(item, if_not_exists=True)`";
            DefaultsByKind "defaults-by-kind" since(2, 0, 0),
                "A column's default is of a class that says what is given: `ScalarElementColumnDefault`.",
                "the class of column defaults",
                "1.4.54 has `ColumnDefault(5)`, 2.0.0 `ScalarElementColumnDefault(5)`: `Column(Integer, default=5).default`";
            ArraysNamedByClass "arrays-named-by-class" through(1, 3),
                "The refusal to write an array for SQLite names its class as `repr()` shows it.",
                "how a type that cannot be written is named",
                "1.3.24 names `<class 'sqlalchemy.sql.sqltypes.ARRAY'>`, 1.4.0 does not: `create_all()` of a table with an `ARRAY`";
            DescribedColumnsFail "described-columns-fail" between((1, 4, 35), (1, 4)),
                "What `returning_column_descriptions` says of a class that is returned is asked of its table, which has none.",
                "the error of `returning_column_descriptions`",
                "1.4.54 raises `AttributeError` of `AnnotatedTable`, 2.0.0 another: `insert(Item).returning(Item).returning_column_descriptions`";
            TuplesNotSelected "tuples-not-selected" since(1, 4, 0),
                "A statement that selects a `tuple_()` is refused when it is compiled.",
                "`tuple_()` refused among columns",
                "1.3.24 writes its parts, 1.4.0 raises `CompileError`: `print(select(tuple_(item.c.a, item.c.b)))`";
            CompoundsOrderedByNames "compounds-ordered-by-names" since(1, 4, 0),
                "A union that is ordered by a column of its selects names it without its table.",
                "unions ordered by names alone",
                "1.3.24 has `item.a`, 1.4.0 `a`: `print(union(…).order_by(item.c.a))`";
            JoinsNameMappers "joins-name-mappers" since(1, 4, 0),
                "A join without a left side names the mapper of the class that is joined to; before, the class.",
                "how a join without a left side is refused",
                "1.3.24 has `<class 'Shop'>`, 1.4.0 `<Mapper at …; Shop>`: `session.query(Item).join(Shop)`";
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
            ComparedArgumentsGrouped "compared-arguments-grouped" between((1, 3, 0), (1, 3)),
                "Arguments of a function that `as_comparison()` compares stand in parentheses where they are operations.",
                "arguments of `as_comparison()` without parentheses",
                "1.2.19 has no such method, 1.3.24 `instr(x, (y || :y_1))`, 1.4.0 without: `func.instr(column('x'), column('y') + '/').as_comparison(1, 2)`";
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
            SelectTakesList "select-takes-list" through(1, 4),
                "`select()` takes a list of columns.",
                "`select([…])` refused",
                "1.2.19 to 1.4.54 with, 2.0.0 raises `ArgumentError`: `select([User.id])`";
            SelectTakesColumns "select-takes-columns" since(1, 4, 0),
                "`select()` takes columns one by one.",
                "`select()` of columns one by one",
                "1.3.24 raises, 1.4.0 with: `select(User.id, User.name)`";
            ExistsGroupsSelect "exists-groups-select" within((1, 4, 21), (2, 0, 41)),
                "What cannot be evaluated in memory of `any()` is told to be a `SelectStatementGrouping`; before and after, a `Select`.",
                "`any()` groups its select",
                "2.0.41 names `SelectStatementGrouping`, 2.0.42 and 1.4.20 `Select`: `query.filter(User.addresses.any()).delete('evaluate')`";
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
            StatementArguments "statement-arguments" through(1, 4),
                "A table's `insert()`, `update()`, `delete()` and `select()` take values and criteria.",
                "arguments of `table.insert()` and its like removed",
                "1.4.54 with, 2.0.0 raises `TypeError`: `table.update(table.c.id == 1)`";
            JsonPartsCast "json-parts-cast" since(2, 1, 0),
                "A part of a JSON value that is told to be of a type is cast to it on SQLite.",
                "parts of JSON values cast on SQLite",
                "2.0.51 has `JSON_EXTRACT(x, ?)`, 2.1.0 `CAST(JSON_EXTRACT(x, ?) AS VARCHAR)`: `column('x', JSON)['a'].as_string().compile(dialect=sqlite.dialect())`";
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
            ReflectionByKind "reflection-by-kind" since(2, 0, 0),
                "Reflection asks for one kind of thing of all tables, then for the next; before, for all of one table.",
                "reflection of one kind of thing after the other",
                "1.4.54 has `[]`, 2.0.0 raises `NoSuchTableError`, and the order of statements changes with it: `inspect(engine).get_columns('missing')`";
            VirtualColumnsOfPostgresql "virtual-columns-of-postgresql" since(2, 1, 0),
                "A computed column of `postgresql` is stored only where that is said.",
                "computed columns of PostgreSQL that are not stored",
                "2.0.58 has `GENERATED ALWAYS AS (…) STORED`, 2.1.0 `GENERATED ALWAYS AS (…)`: `CREATE TABLE` of `Column('area', Integer, Computed('4 * 4'))`";
            NamedUuidOfEveryDatabase "named-uuid-of-every-database" since(2, 0, 26),
                "The type `UUID` has a name in every dialect.",
                "`UUID` written by every dialect",
                "2.0.25 raises `UnsupportedCompilationError`, 2.0.26 has `UUID`: `UUID().compile(dialect=sqlite.dialect())`";
        }
    };
}

pub(super) use of_sql;
