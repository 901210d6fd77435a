"""Random programs of what `wide.py` leaves out: attributes that are more than a column (deferred, synonyms, hybrids, validated,
proxies, versions), listeners, and the options and statements that go with them.

Nothing here runs a program. What is not of these kinds is as `wide.py` makes it.
"""

from generate import Program
from wide import Wide

EXTRA = {
    "sqlalchemy": ("and_", "event", "exists", "literal", "or_"),
    "sqlalchemy.orm": ("Load", "aliased", "column_property", "defer", "deferred", "load_only", "synonym", "undefer", "validates", "with_parent"),
}
LISTENED = ("before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete")
FLUSHES = ("before_flush", "after_flush", "after_flush_postexec", "after_commit", "after_rollback", "before_commit")


class Broad(Wide):
    """One program of the broadest kind while it is being written."""

    NAMES = (
        *((module, tuple(sorted({*names, *EXTRA.get(module, ())}))) for module, names in Wide.NAMES),
        ("sqlalchemy.ext.associationproxy", ("association_proxy",)),
        ("sqlalchemy.ext.hybrid", ("hybrid_property",)),
    )

    def __init__(self, rng, numbers):
        super().__init__(rng, numbers)
        self.plain, self.proxies, self.mapped_names = {}, {}, {}

    # Models

    SHAPES = (*Program.SHAPES, *Wide.SHAPES)

    def named(self, made):
        return any(name == "name" for name, _ in made.columns)

    def more(self, made):
        """Attributes beside columns and relationships."""
        words = self.mapped_names.setdefault(made, [])
        own = any(name == "name" for name, _ in made.own_columns)
        if self.chance(0.25):
            body = "note: Mapped[Optional[str]] = mapped_column(deferred=True)" if self.typed else "note = deferred(Column(String))"
            made.own_columns.append(("note", body))
            words.append("note")
        if own and self.chance(0.2):
            made.bodies.append('label = synonym("name")')
            words.append("label")
        if own and self.chance(0.15):
            made.bodies.append('loud = column_property(name + "!")')
        if own and self.chance(0.2):
            made.bodies += ["@hybrid_property", "def brief(self):", "    return self.name"]
            if self.chance(0.5):
                made.bodies += ["@brief.setter", "def brief(self, value):", "    self.name = value"]
                words.append("brief")
            self.plain.setdefault(made, []).append("brief")
        watched = [relation.name for relation in made.own_relations if not relation.view] + (["name"] if own else [])
        if watched and self.chance(0.2):
            names = ", ".join(f'"{name}"' for name in watched if self.chance(0.7)) or f'"{watched[0]}"'
            made.bodies += [f"@validates({names})", "def check(self, key, value):", "    print(key, type(value).__name__)", "    return value"]
        for relation in made.own_relations:
            if relation.kind in ("list", "set") and self.named(relation.target) and self.chance(0.3):
                name = f"{relation.name}_name" + ("s" if relation.many else "")
                creator = f", creator=lambda name: {relation.target.name}(name=name)"
                made.bodies.append(f'{name} = association_proxy("{relation.name}", "name"{creator})')
                self.proxies.setdefault(made, []).append((name, relation))
        if made.base is None and self.chance(0.12):
            made.own_columns.append(("version", "version: Mapped[int]" + " = mapped_column()" if self.typed else "version = Column(Integer, nullable=False)"))
            made.mapper.append('"version_id_col": version')

    def declared(self, made, loaded):
        self.more(made)
        super().declared(made, loaded)

    def values(self, made):
        return [text for text in super().values(made) if not text.startswith(("version=", "note="))]

    def text(self):
        text = super().text()
        marks = 'engine = create_engine("sqlite://", echo=True)\n'
        return text.replace(marks, marks + "".join(line + "\n" for line in self.listeners), 1)

    def models(self):
        super().models()
        self.listeners = []
        if self.chance(0.2):
            made = self.rng.choice(self.classes)
            for name in LISTENED:
                if self.chance(0.4):
                    self.listeners.append(f'event.listen({made.name}, "{name}", lambda mapper, connection, target: print("{name}", target))')
        if self.chance(0.2):
            for name in FLUSHES:
                if self.chance(0.4):
                    self.listeners.append(f'event.listen(Session, "{name}", lambda *arguments: print("{name}", len(arguments)))')
        if self.chance(0.25):
            made = self.rng.choice(self.classes)
            for relation in made.own_relations:
                if relation.view:
                    continue
                if relation.many:
                    for name in ("append", "remove"):
                        if self.chance(0.6):
                            self.listeners.append(f'event.listen({made.name}.{relation.name}, "{name}", lambda target, value, by: print("{name}", type(value).__name__))')
                elif self.chance(0.6):
                    self.listeners.append(f'event.listen({made.name}.{relation.name}, "set", lambda target, value, old, by: print("set", type(value).__name__, type(old).__name__))')
        if any("event.listen" in line for line in self.listeners):
            self.lines.append("")

    def imported(self):
        self.lines, kept = [*self.lines, *self.listeners], self.lines
        lines = super().imported()
        self.lines = kept
        return lines

    # Operations

    def operations(self):
        return (*super().operations(), (self.op_word, 4), (self.op_proxy, 4), (self.op_columns_loaded, 3), (self.op_parent, 2), (self.op_more_queries, 3))

    def op_word(self):
        name = self.variable()
        made = self.variables[name]
        words = [word for other, some in self.mapped_names.items() if made.is_a(other) for word in some]
        words += [word for other, some in self.plain.items() if made.is_a(other) for word in some]
        if not words:
            return self.op_column()
        word = self.rng.choice(words)
        self.counter += 1
        return [self.one(f"print({name}.{word})", f'{name}.{word} = "w{self.counter}"', f"print(session.query({made.name}).filter({made.name}.{word} == None).count())")]

    def op_proxy(self):
        found = [
            (name, proxy, relation) for name, made in self.variables.items() for other, some in self.proxies.items() if made.is_a(other)
            for proxy, relation in some]
        if not found:
            return self.op_read()
        name, proxy, relation = self.rng.choice(found)
        place = f"{name}.{proxy}"
        self.counter += 1
        if not relation.many:
            return [self.one(f"print({place})", f'{place} = "p{self.counter}"')]
        if relation.kind == "set":
            return [self.one(f"print(sorted(map(repr, {place})))", f'{place}.add("p{self.counter}")', f'{place}.discard("p{self.counter - 1}")', f"print(len({place}))")]
        return [self.one(
            f"print({place})", f"print(list({place}))", f'{place}.append("p{self.counter}")', f"print(len({place}))", f"print({place}.pop())",
            f'{place} = ["p{self.counter}"]', f'print("p{self.counter - 1}" in {place})', f'{place}.extend(["p{self.counter}", "q"])')]

    def op_columns_loaded(self):
        made = self.rng.choice(self.classes)
        columns = [column for column, _ in made.columns]
        column = f"{made.name}.{self.rng.choice(columns)}"
        other = f"{made.name}.{self.rng.choice(columns)}"
        option = self.one(f"load_only({column})", f"load_only({column}, {other})", f"defer({column})", f"undefer({column})", f"defer({other})")
        if made.relations and self.chance(0.4):
            relation = self.rng.choice(made.relations)
            far = f"{relation.target.name}.{self.rng.choice(relation.target.columns)[0]}"
            kind = self.one("joinedload", "selectinload", "subqueryload", "defaultload")
            option = f"{kind}({made.name}.{relation.name}).{self.one('load_only', 'defer')}({far})"
        order = ", ".join(f"{made.name}.{key}" for key in made.keys)
        return [f"for one in session.query({made.name}).options({option}).order_by({order}).all():", "    print(sorted(one.__dict__))"]

    def op_parent(self):
        name = self.variable()
        made = self.variables[name]
        if not made.relations:
            return self.op_query()
        relation = self.rng.choice(made.relations)
        order = ", ".join(f"{relation.target.name}.{key}" for key in relation.target.keys)
        return [f"print(session.query({relation.target.name}).filter(with_parent({name}, {made.name}.{relation.name})).order_by({order}).all())"]

    def op_more_queries(self):
        made = self.rng.choice(self.classes)
        key = f"{made.name}.{made.keys[0]}"
        order = ", ".join(f"{made.name}.{one}" for one in made.keys)
        first, second = self.condition(made), self.condition(made)
        return [self.one(
            f"print(session.query({made.name}).filter(or_({first}, {second})).order_by({order}).all())",
            f"print(session.query({made.name}).filter({first}).union(session.query({made.name}).filter({second})).all())",
            f"print(session.query(session.query({made.name}).filter({first}).exists()).scalar())",
            f"print(session.query({key}).filter({first}).order_by({order}).first())",
            f"print(session.execute(select({made.name}).where({first}).order_by({order}), execution_options={{\"populate_existing\": True}}).unique().all())",
            f"print(session.query({made.name}).filter({key}.in_(session.query({key}).filter({first}))).order_by({order}).all())",
            f"print([row._mapping for row in session.query({key}, literal(1).label('n')).order_by({order})])",
            f"print(session.query({made.name}).filter({first}).order_by({order}).populate_existing().all())",
            f"session.bulk_save_objects([{self.variable()}])",
            f"print(session.query({made.name}).with_entities({key}).filter({first}).order_by({order}).all())")]
