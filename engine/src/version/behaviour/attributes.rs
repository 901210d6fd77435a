//! Rows of the behaviour table about mapped attributes and the options for them.
//!
//! The macro adds them to the rows that it is given, and hands all on.

macro_rules! of_attributes {
    ($($rows:tt)*) => {
        of_dataclasses! {
            $($rows)*
            AutomapLoadsWith "automap-loads-with" since(1, 4, 0),
                "`prepare()` of an automap takes `autoload_with`.",
                "`autoload_with` of automaps",
                "1.3.24 raises `TypeError`, 1.4.0 with: `Base.prepare(autoload_with=engine)`";
            HybridsNamedByColumn "hybrids-named-by-column" since(1, 4, 0),
                "A hybrid that is a column of its table is called by the column in the rows of queries.",
                "what rows of queries call hybrids",
                "1.3.24 has the hybrid's name, 1.4.0 the column's: `session.query(Item.extent).one()._fields`";
            BundledHybridsNamedByColumn "bundled-hybrids-named-by-column" within((1, 4, 0), (2, 0, 29)),
                "A hybrid that is a column of its table is called by the column in the bundles of queries.",
                "what bundles of queries call hybrids",
                "1.3.24 and 2.0.30 have the hybrid's name, 1.4.0 and 2.0.29 the column's: `session.query(Bundle('whole', Item.extent))`";
            UnionKeysSpread "union-keys-spread" within((2, 0, 0), (2, 0, 36)),
                "A union among the keys of `type_annotation_map` says the type of each type in it, too.",
                "unions in `type_annotation_map` mean the whole union",
                "2.0.0 and 2.0.36 make `Mapped[int]` a `JSON`, 2.0.37 an `INTEGER`: `type_annotation_map = {Union[int, str]: JSON}`";
            CollectionConverters "collection-converters" through(2, 0),
                "A class of collections may have a method that makes members of what is assigned (`collection.converter`).",
                "`collection.converter` gone",
                "2.0.58 with, 2.1.0 raises `AttributeError`: `collection.converter`";
            AttributeEventsNamed "attribute-events-named" since(1, 4, 0),
                "What set off a change of an attribute is told to listeners as an `AttributeEvent`, before as an `Event`.",
                "the class of what set off a change",
                "1.3.24 has `Event`, 1.4.0 `AttributeEvent`: `type(initiator).__name__` in a listener of `set`";
            EventTokensNamed "event-tokens-named" since(2, 0, 0),
                "What set off a change of an attribute is told to listeners as an `AttributeEventToken`.",
                "what set off a change is a token",
                "1.4.54 has `AttributeEvent`, 2.0.0 `AttributeEventToken`: `type(initiator).__name__` in a listener of `set`";
            IncomingColumnNamedLast "incoming-column-named-last" since(2, 0, 0),
                "What is raised of a subclass's `deferred()` column under an inherited name tells the inherited one first; one under the name of an expression is refused, too.",
                "the inherited column named first where two are combined",
                "1.4.54 has `bee.note with column ant.note`, 2.0.0 `ant.note with column bee.note`: `deferred()` in a joined subclass";
            NeverSet "never-set" through(1, 3),
                "What stands for the old object of a relationship that was never set, or a key without a value, is `NEVER_SET`.",
                "`NO_VALUE` for what was never set",
                "1.3.24 has `NEVER_SET`, 1.4.0 `NO_VALUE`: the old value in a listener of `set`";
            CriteriaOnAttributes "criteria-on-attributes" since(1, 4, 0),
                "A relationship's attribute takes further criteria by `and_()`.",
                "`and_()` of relationships",
                "1.3.24 raises `AttributeError`, 1.4.0 with: `Shelf.books.and_(Book.id > 1)`";
            SearchKeywordsNamed "search-keywords-named" since(2, 0, 0),
                "`startswith()` and `endswith()` hand `escape` and `autoescape` on to an operator of a document's own, given or not.",
                "keywords of `startswith()` handed on",
                "1.4.54 hands on what was given, 2.0.0 both: `operate()` of a `Comparator`";
            OperatorsRenamed "operators-renamed" since(1, 4, 0),
                "Operators that negate are called `not_like_op`, `not_in_op`, `is_not` and so on; before, `notlike_op`, `notin_op`, `isnot`.",
                "the names of operators that negate",
                "1.3.24 has `notlike_op`, 1.4.0 `not_like_op`: `op.__name__` in `operate()` of a `Comparator`";
            ValidatorsSkipBackrefs "validators-skip-backrefs" within((2, 0, 0), (2, 0, 15)),
                "`validates()` leaves out what comes from the other side of a relationship, unless it is told otherwise.",
                "validators without what backrefs bring",
                "1.4.54 calls the validator, 2.0.0 and 2.0.15 do not, 2.0.16 does: `Book(author=author)` with `@validates('books')`";
            StrictConcreteBase "strict-concrete-base" since(2, 0, 0),
                "A class below `AbstractConcreteBase` has no objects of its own, and `strict_attrs` leaves it the attributes that it declares.",
                "`strict_attrs` of `AbstractConcreteBase`",
                "1.4.54 makes an object, 2.0.0 raises `InvalidRequestError`: `Shelf()` of a `class Shelf(AbstractConcreteBase, Base)`";
            UnionJoinedApart "union-joined-apart" through(1, 3),
                "A class that is read from a union is joined to under another name.",
                "joins to a union by its own name",
                "1.3.24 has `JOIN (…) AS anon_1`, 1.4.0 `JOIN (…) AS pjoin`: `query(House).join(House.shelves)` with `class Shelf(ConcreteBase, Base)`";
            UnionsWrittenToRefused "unions-written-to-refused" since(1, 4, 0),
                "A class that is read from a union is refused where it is to be written to.",
                "refuses to write to a union",
                "1.3.24 emits an `UPDATE` of the class's table, 1.4.0 raises `ArgumentError`: `query(Shelf).update(…)` of a `class Shelf(ConcreteBase, Base)`";
            SelectinBesideUnion "selectin-beside-union" between((1, 3, 0), (2, 0)),
                "`selectinload()` looks for the members of a collection of concrete classes by their base's own table, beside the union that they are read from.",
                "`selectinload()` of concrete classes by their base",
                "2.0.58 has `FROM … AS pjoin, shelf`, 2.1.0 `FROM … AS pjoin`: `selectinload(House.shelves)` with `class Shelf(ConcreteBase, Base)`";
            SecondaryByName "secondary-by-name" since(2, 1, 0),
                "A string given as `secondary` is the name of a table; before, an expression.",
                "`secondary` as a name alone",
                "2.0.58 joins, 2.1.0 raises `InvalidRequestError`: `relationship('Tag', secondary='join(Mark, Label)')`";
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
            HybridInPlace "hybrid-in-place" since(2, 0, 4),
                "Hybrids have `inplace`, whose decorators change the hybrid itself.",
                "`inplace` of hybrids",
                "2.0.3 raises `AttributeError`, 2.0.4 with: `@area.inplace.setter`";
            OperatorRowsUnevaluated "operator-rows-unevaluated" since(2, 0, 0),
                "Three operands of `+`, `*` or `||` in a row are not worked out in Python for an update.",
                "operators between three operands left to the database",
                "1.4.54 evaluates, 2.0.0 raises `InvalidRequestError`: `query.filter(Author.a + Author.b + 1 == 3).update(…, 'evaluate')`";
            ExecutionsToldFirst "executions-told-first" since(2, 0, 0),
                "`do_orm_execute` comes before the flush that a statement brings about.",
                "executions told before their flush",
                "1.4.54 flushes first, 2.0.0 tells first: `session.execute(select(Author))` with a new object";
            MutableItemsDropped "mutable-items-dropped" within((2, 0, 0), (2, 0, 43)),
                "An item of a `MutableList` that is set to something iterable stays as it was.",
                "items of a `MutableList` set to lists",
                "1.4.54 sets it, 2.0.0 and 2.0.43 do not, 2.0.44 does: `values[0] = [1]`";
            MutableTextsDropped "mutable-texts-dropped" within((2, 0, 0), (2, 0, 23)),
                "An item of a `MutableList` that is set to a string stays as it was.",
                "items of a `MutableList` set to strings",
                "1.4.54 sets it, 2.0.0 and 2.0.23 do not, 2.0.24 does: `values[0] = 'b'`";
            MappedAnnotationError "mapped-annotation-error" since(2, 0, 40),
                "An annotation that a mapping cannot use raises a `MappedAnnotationError`, which is an `ArgumentError`.",
                "`MappedAnnotationError` of annotations",
                "2.0.39 raises `ArgumentError`, 2.0.40 `MappedAnnotationError`: `name: str` in a mapped class";
            UnknownAnnotationExplained "unknown-annotation-explained" since(2, 0, 44),
                "The error of a type that stands for no type of SQL says that the registry cannot resolve it.",
                "the message of a type that stands for no type of SQL",
                "2.0.43 without, 2.0.44 with: `name: Mapped[range]`";
            DeferAllKeepsKey "defer-all-keeps-key" since(2, 0, 0),
                "`defer('*')` leaves the primary key to be loaded with the row.",
                "the primary key loaded under `defer('*')`",
                "1.4.54 has no columns to select, 2.0.0 the key: `session.query(Author).options(defer('*'))`";
        }
    };
}

pub(super) use of_attributes;
