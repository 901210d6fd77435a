//! Rows of the behaviour table about mapped dataclasses.
//!
//! The macro adds them to the rows that it is given, and hands all on.

macro_rules! of_dataclasses {
    ($($rows:tt)*) => {
        of_statements! {
            $($rows)*
            DataclassHashArgument "dataclass-hash-argument" since(2, 0, 36),
                "What a dataclass's field is declared by takes `hash`.",
                "the argument `hash` of a mapped dataclass's fields",
                "2.0.35 raises `TypeError`, 2.0.36 takes it: `mapped_column(hash=False)`";
            DataclassDefaultWithoutInit "dataclass-default-without-init" since(2, 0, 16),
                "A mapped dataclass's constructor sets the default of a field with `init=False`.",
                "defaults of fields that are no arguments set",
                "2.0.15 shows `rank=None`, 2.0.16 `rank=3`: `mapped_column(default=3, init=False)`";
            DataclassExpressionsReadOnly "dataclass-expressions-read-only" since(2, 0, 10),
                "`column_property()` and `query_expression()` are no arguments of a mapped dataclass's constructor.",
                "expressions left out of a dataclass's constructor",
                "2.0.9 asks for `upper`, 2.0.10 does not: `upper: Mapped[str] = column_property(func.upper(name))`";
            DataclassCallableDefaultTold "dataclass-callable-default-told" since(2, 0, 17),
                "A callable as the `default` of a mapped dataclass's field is warned of.",
                "warnings of callable defaults of dataclasses",
                "2.0.16 without, 2.0.17 with: `mapped_column(default=str)`";
            DataclassAnnotatedArgumentsDropped "dataclass-annotated-arguments-dropped" since(2, 0, 14),
                "What a `mapped_column()` in `Annotated[…]` says of a dataclass's field does not count.",
                "arguments for fields within `Annotated[…]` dropped",
                "2.0.13 has the default, 2.0.14 asks for the argument: `Annotated[str, mapped_column(default='plain')]`";
            DataclassKeywordsHandedOn "dataclass-keywords-handed-on" since(2, 0, 24),
                "`MappedAsDataclass` hands class keywords that it does not know on to the next class.",
                "class keywords handed on by `MappedAsDataclass`",
                "2.0.23 speaks of `MappedAsDataclass.__init_subclass__()`, 2.0.24 of the class: `class Author(Base, frozen=True)`";
            DataclassArgumentsCounted "dataclass-arguments-counted" since(2, 0, 22),
                "`compare`, `kw_only` and `hash` of an attribute are refused, too, where the class is no dataclass.",
                "`kw_only` and `compare` refused outside of dataclasses",
                "2.0.21 takes it, 2.0.22 raises `ArgumentError`: `mapped_column(kw_only=True)`";
            DataclassDefaultsNotSet "dataclass-defaults-not-set" since(2, 1, 0),
                "A mapped dataclass's constructor leaves defaults unset; objects show them all the same.",
                "defaults of dataclasses shown and not set",
                "2.0.58 has it in `__dict__`, 2.1.0 does not: `mapped_column(default=3)`";
            DataclassMixinFieldsRead "dataclass-mixin-fields-read" since(2, 1, 0),
                "A mixin's fields are made of what its attributes say, and a field's type is the whole `Mapped[…]`.",
                "arguments of a dataclass mixin's attributes read",
                "2.0.58 shows `int`, 2.1.0 `Mapped[int]`: `fields(Author)[0].type`";
            DataclassMixinsMade "dataclass-mixins-made" since(2, 0, 1),
                "A mixin or base that derives from `MappedAsDataclass` is a dataclass itself.",
                "mixins made dataclasses",
                "2.0.0 `False`, 2.0.1 `True`: `is_dataclass(Named)`";
            DataclassPlainMixinsTold "dataclass-plain-mixins-told" since(2, 0, 8),
                "A mapped dataclass with attributes of a mixin that is no dataclass is warned of.",
                "warnings of mixins that are no dataclasses",
                "2.0.7 without, 2.0.8 with: `class Author(Named, Base)`";
            DataclassPlainMixinsRefused "dataclass-plain-mixins-refused" since(2, 1, 0),
                "A mapped dataclass takes no attributes from a mixin that is no dataclass.",
                "mixins that are no dataclasses refused",
                "2.0.58 takes them, 2.1.0 raises `InvalidRequestError`: `class Author(Named, Base)`";
            InsertDefaultAlone "insert-default-alone" since(2, 1, 0),
                "A column takes `default` or `insert_default`, not both.",
                "`default` beside `insert_default` refused",
                "2.0.58 takes both, 2.1.0 raises `ArgumentError`: `mapped_column(default=1, insert_default=2)`";
        }
    };
}

pub(super) use of_dataclasses;
