"""Random relationship programs: a seed and a release make one plain Python program.

Nothing here runs a program. The same seed and release always make the same text, on any machine.
"""

import re

CASCADES = ("save-update", "merge", "refresh-expire", "expunge", "delete", "delete-orphan")
LOADS = ("select", "joined", "selectin", "subquery", "immediate", "raise", "noload", "raise_on_sql")


class Relation:
    """What operations need to know of one side of a relationship; `kind` is that of its collection."""

    def __init__(self, owner, name, target, many, view=False, kind="list"):
        self.owner, self.name, self.target, self.many = owner, name, target, many
        self.view, self.kind = view, kind


class Mapped:
    """One class to be written: columns, relationships, keys. `place` is the table that has its key."""

    def __init__(self, name, base=None, tabled=True):
        self.name, self.table, self.base, self.tabled = name, name.lower(), base, tabled
        self.place = self.table if tabled else base.place
        self.own_columns, self.own_relations, self.own_foreign = [], [], []
        self.bodies, self.arguments, self.mapper = [], [], []
        self.keys = base.keys if base else []

    @property
    def columns(self):
        return (self.base.columns if self.base else []) + self.own_columns

    @property
    def relations(self):
        return (self.base.relations if self.base else []) + self.own_relations

    @property
    def foreign(self):
        return (self.base.foreign if self.base else []) + self.own_foreign

    def is_a(self, other):
        return self is other or self.base is not None and self.base.is_a(other)

    def relation(self, *arguments, **options):
        found = Relation(self, *arguments, **options)
        self.own_relations.append(found)
        return found


def kind_of(options):
    """The kind of collection that the options of a side ask for."""
    found = [text for text in options if text.startswith(("collection_class=", "lazy="))]
    for kind, sign in (("set", "=set"), ("dict", "_mapped_collection("), ("dict", "_keyed_dict("), ("dynamic", '"dynamic"'), ("write_only", '"write_only"')):
        if any(sign in text for text in found):
            return kind
    return "list"


class Program:
    """One program while it is being written."""

    # What a program may have to import; `List` and its like stand in annotations, which may be quoted.
    NAMES = (
        ("typing", ("List", "Optional", "Set", "Dict")),
        ("sqlalchemy", (
            "Column", "ForeignKey", "ForeignKeyConstraint", "Integer", "String", "Table", "create_engine", "inspect", "select")),
        ("sqlalchemy.orm", (
            "DeclarativeBase", "Mapped", "Session", "attributes", "backref", "contains_eager", "declarative_base", "defaultload",
            "immediateload", "joinedload", "lazyload", "mapped_column", "noload", "raiseload", "relationship", "selectinload",
            "subqueryload")),
    )

    def __init__(self, rng, numbers):
        self.rng, self.numbers = rng, numbers
        self.typed = numbers >= (2, 0) and rng.random() < 0.6
        self.classes, self.secondaries = [], []
        self.letters = iter(("Ant", "Bee", "Cat", "Dog", "Elk", "Fox", "Gnu", "Hen"))
        self.lines = []
        self.variables = {}
        self.counter = 0
        self.nested = 0
        self.ways = ("populates", "populates", "backref", "backref", "backref-other", "forward", "backward")

    def chance(self, share):
        return self.rng.random() < share

    def one(self, *things):
        return self.rng.choice(things)

    # Models

    def mapped(self, composite=False, keyed=True):
        made = Mapped(next(self.letters))
        if composite:
            self.column(made, "x", "Integer", key=True)
            self.column(made, "y", "Integer", key=True)
            made.keys = ["x", "y"]
        elif keyed:
            self.column(made, "id", "Integer", key=True)
            made.keys = ["id"]
        if self.chance(0.9):
            self.column(made, "name", "String", null=True)
        if self.chance(0.15):
            self.column(made, "rank", "Integer", null=True, default=self.one("default=0", "default=7", 'server_default="3"'))
        self.classes.append(made)
        return made

    def column(self, made, name, kind, key=False, null=False, references=None, ondelete=None, default=None):
        arguments = []
        if references:
            text = f'"{references}"' + (f', ondelete="{ondelete}"' if ondelete else "")
            arguments.append(f"ForeignKey({text})")
        if key:
            arguments.append("primary_key=True")
        if default:
            arguments.append(default)
        if self.typed:
            plain = {"Integer": "int", "String": "str"}[kind]
            plain = f"Optional[{plain}]" if null else plain
            body = f"{name}: Mapped[{plain}]"
            body += f" = mapped_column({', '.join(arguments)})" if arguments else ""
        else:
            if not references or self.chance(0.7):
                arguments.insert(0, kind)
            if references and not null and not key:
                arguments.append("nullable=False")
            body = f"{name} = Column({', '.join(arguments)})"
        made.own_columns.append((name, body))
        if references:
            made.own_foreign.append(name)

    def body(self, made, name, target, many, options, bare=False):
        """The line of a relationship; `options` are `key=value` texts."""
        if self.typed and not bare:
            kind = f'List["{target.name}"]' if many else (f'Optional["{target.name}"]' if self.chance(0.5) else f'"{target.name}"')
            made.bodies.append(f"{name}: Mapped[{kind}] = relationship({', '.join(options)})")
        else:
            made.bodies.append(f"{name} = relationship({', '.join([chr(34) + target.name + chr(34), *options])})")

    def cascade(self, many, plural=False):
        """A `cascade=` of any valid subset, or none; `many` says that the other side is not of many parents."""
        if self.chance(0.45):
            return [], set()
        if self.chance(0.35):
            text = self.one("all", "all, delete-orphan", "all, delete-orphan", "save-update, merge, delete")
            chosen = set(CASCADES[:5]) if text.startswith("all") else {"save-update", "merge", "delete"}
            if "orphan" in text:
                chosen.add("delete-orphan")
        else:
            chosen = {one for one in CASCADES if self.chance(0.5)}
            if "delete-orphan" in chosen:
                chosen.add("delete")
            text = ", ".join(one for one in CASCADES if one in chosen)
        options = [f'cascade="{text}"']
        if "delete-orphan" in chosen and not many:
            options.append("single_parent=True")
        return options, chosen

    def options(self, target, many, alone, recursive=False):
        """Options of one side; `alone` says that its members have one owner each (one-to-many)."""
        options, chosen = self.cascade(alone)
        if many or alone:
            if self.chance(0.15):
                options.append("passive_deletes=True")
            elif self.chance(0.06) and "delete" not in chosen:
                options.append('passive_deletes="all"')
        if many and self.chance(0.3):
            column = self.rng.choice(target.columns)[0]
            options.append(f'order_by="{target.name}.{column}{self.one("", "", ".desc()")}"')
        if self.chance(0.4):
            options.append(f'lazy="{self.rng.choice(LOADS)}"')
            if recursive and self.chance(0.5):
                options.append(f"join_depth={self.one(1, 2)}")
        if self.numbers < (2, 0) and self.chance(0.15):
            options.append("cascade_backrefs=False")
        if self.chance(0.05):
            options.append("active_history=True")
        if self.chance(0.04):
            options.append("passive_updates=False")
        return options

    def sides(self, one, many, names, forward, backward, uselist=True, extra=(), remote=(), recursive=False, plural=False):
        """Both sides of a link in one of the ways to write them. `forward` is on `one`, `backward` on `many`."""
        there, back = names
        first = self.options(many, uselist, not plural, recursive)
        second = self.options(one, plural, False, recursive)
        first = [*forward, *first]
        second = [*backward, *second]
        if not uselist:
            scalar = ["uselist=False"]
        else:
            scalar = []
        way = self.one(*self.ways)
        if way in ("populates", "forward"):
            options = ([f'back_populates="{back}"'] if way == "populates" else []) + first + scalar
            self.body(one, there, many, uselist, options)
            one.relation(there, many, uselist, kind=kind_of(first))
        if way in ("populates", "backward"):
            options = ([f'back_populates="{there}"'] if way == "populates" else []) + second
            self.body(many, back, one, plural, options)
            many.relation(back, one, plural, kind=kind_of(second))
        if way == "backref":
            drop = [text for text in second if not text.startswith(("secondary=", "foreign_keys=", "primaryjoin=", "secondaryjoin="))]
            text = f'backref("{back}", {", ".join(drop)})' if drop else f'"{back}"'
            self.body(one, there, many, uselist, [f"backref={text}", *first, *scalar])
            one.relation(there, many, uselist, kind=kind_of(first))
            many.relation(back, one, plural, kind=kind_of(second))
        if way == "backref-other":
            drop = [text for text in [*first, *scalar] if not text.startswith(("secondary=", "foreign_keys=", "primaryjoin=", "secondaryjoin="))]
            text = f'backref("{there}", {", ".join(drop)})' if drop else f'"{there}"'
            self.body(many, back, one, plural, [f"backref={text}", *second])
            one.relation(there, many, uselist, kind=kind_of(first))
            many.relation(back, one, plural, kind=kind_of(second))

    def ondelete(self):
        return self.one("CASCADE", "SET NULL") if self.chance(0.15) else None

    def link(self, one, many, uselist=True):
        name = f"{one.table}_id"
        self.column(many, name, "Integer", null=self.chance(0.7), references=f"{one.place}.id", ondelete=self.ondelete())
        self.sides(one, many, (many.table + ("s" if uselist else ""), one.table), [], [], uselist)

    def shape_many(self):
        self.link(self.mapped(), self.mapped())

    def shape_one(self):
        self.link(self.mapped(), self.mapped(), uselist=False)

    def shape_chain(self):
        first, second, third = self.mapped(), self.mapped(), self.mapped()
        self.link(first, second, self.chance(0.8))
        self.link(second, third, self.chance(0.8))

    def shape_fork(self):
        first, second, third = self.mapped(), self.mapped(), self.mapped()
        self.link(first, third)
        self.link(second, third)

    def shape_secondary(self):
        first, second = self.mapped(), self.mapped()
        name = f"{first.table}_{second.table}"
        key = ", primary_key=True" if self.chance(0.5) else ""
        self.secondaries.append([
            f"{name} = Table(", f'    "{name}",', "    Base.metadata,",
            f'    Column("{first.table}_id", ForeignKey("{first.table}.id"){key}),',
            f'    Column("{second.table}_id", ForeignKey("{second.table}.id"){key}),', ")"])
        text = f"secondary={name}" if self.chance(0.7) else f'secondary="{name}"'
        self.sides(first, second, (second.table + "s", first.table + "s"), [text], [text], plural=True)

    def shape_association(self):
        first, second, between = self.mapped(), self.mapped(), self.mapped(keyed=False)
        for side in (first, second):
            self.column(between, f"{side.table}_id", "Integer", key=True, references=f"{side.table}.id", ondelete=self.ondelete())
            between.keys.append(f"{side.table}_id")
        self.sides(first, between, (between.table + "s", first.table), [], [])
        self.sides(second, between, (between.table + "s", second.table), [], [])

    def shape_tree(self):
        node = self.mapped()
        self.column(node, "up_id", "Integer", null=self.chance(0.9), references=f"{node.table}.id", ondelete=self.ondelete())
        remote = f'remote_side="{node.name}.id"' if self.typed or self.chance(0.5) else "remote_side=[id]"
        self.sides(node, node, ("kids", "up"), [], [remote], self.chance(0.85), recursive=True)

    def shape_graph(self):
        node = self.mapped()
        name = f"{node.table}_links"
        key = ", primary_key=True" if self.chance(0.5) else ""
        self.secondaries.append([
            f"{name} = Table(", f'    "{name}",', "    Base.metadata,",
            f'    Column("from_id", ForeignKey("{node.table}.id"){key}),',
            f'    Column("to_id", ForeignKey("{node.table}.id"){key}),', ")"])
        there, back = (f'"{node.name}.id == {name}.c.{end}"' for end in ("from_id", "to_id"))
        self.sides(
            node, node, ("tos", "froms"),
            [f"secondary={name}", f"primaryjoin={there}", f"secondaryjoin={back}"],
            [f"secondary={name}", f"primaryjoin={back}", f"secondaryjoin={there}"], plural=True, recursive=True)

    def shape_composite(self):
        one, many = self.mapped(composite=True), self.mapped(composite=self.chance(0.3))
        null = self.chance(0.8)
        for key in one.keys:
            self.column(many, f"{one.table}_{key}", "Integer", null=null)
            many.own_foreign.append(f"{one.table}_{key}")
        names = ", ".join(f'"{one.table}_{key}"' for key in one.keys)
        keys = ", ".join(f'"{one.table}.{key}"' for key in one.keys)
        many.arguments.append(f"ForeignKeyConstraint([{names}], [{keys}])")
        self.sides(one, many, (many.table + "s", one.table), [], [], self.chance(0.85))

    def shape_paths(self):
        one, many = self.mapped(), self.mapped()
        for path in ("home", "work"):
            self.column(many, f"{path}_id", "Integer", null=self.chance(0.7), references=f"{one.table}.id")
        for path in ("home", "work"):
            there = f'foreign_keys="{many.name}.{path}_id"'
            back = there if self.typed or self.chance(0.5) else f"foreign_keys=[{path}_id]"
            self.sides(one, many, (f"{path}_{many.table}s", path), [there], [back])

    SHAPES = (
        (shape_many, 5), (shape_one, 3), (shape_chain, 3), (shape_fork, 2), (shape_secondary, 4), (shape_association, 3),
        (shape_tree, 4), (shape_graph, 2), (shape_composite, 2), (shape_paths, 2))

    def models(self):
        shapes, weights = zip(*self.SHAPES)
        self.rng.choices(shapes, weights)[0](self)
        if len(self.classes) < 2 and self.chance(0.3):
            self.rng.choices(shapes, weights)[0](self)
        loaded = self.chance(0.5)
        if self.typed:
            self.write("", "", "class Base(DeclarativeBase):", "    pass")
        else:
            self.write("", "Base = declarative_base()")
        for lines in self.secondaries:
            self.write("", *lines)
        for made in self.classes:
            self.declared(made, loaded)
        self.write("", "")

    def declared(self, made, loaded):
        self.write("", "", f"class {made.name}({made.base.name if made.base else 'Base'}):")
        if made.tabled:
            self.write(f'    __tablename__ = "{made.table}"')
        for _, body in made.own_columns:
            self.write(f"    {body}")
        for body in made.bodies:
            self.write(f"    {body}")
        if made.arguments:
            self.write(f"    __table_args__ = ({', '.join(made.arguments)},)")
        if made.mapper:
            self.write(f"    __mapper_args__ = {{{', '.join(made.mapper)}}}")
        named = any(name == "name" for name, _ in made.columns)
        shown = "name" if named else made.keys[0]
        value = f"self.{shown}" if loaded else f'self.__dict__.get("{shown}")'
        self.write("", "    def __repr__(self):", f'        return "{made.name}(%r)" % ({value},)')

    def write(self, *lines):
        self.lines.extend(lines)

    # Operations

    def text(self):
        self.models()
        self.write('engine = create_engine("sqlite://", echo=True)', "Base.metadata.create_all(engine)")
        options = []
        if self.chance(0.3):
            options.append("autoflush=False")
        if self.chance(0.3):
            options.append("expire_on_commit=False")
        if self.numbers < (2, 0) and self.chance(0.3):
            options.append("future=True")
        self.write(f"session = Session({', '.join(['engine', *options])})")
        self.open = False
        count = self.rng.randint(2, 5)
        for _ in range(count):
            self.write(*self.construct(guarded=False))
        if self.chance(0.85):
            self.guard(self.add_some() + [self.one("session.flush()", "session.commit()")], True)
        for _ in range(self.rng.randint(5, 18)):
            self.step()
        if self.open:
            self.guard([self.one("nested.commit()", "nested.rollback()")], True)
        if self.chance(0.7):
            self.guard(["session.commit()"], True)
        for made in self.classes:
            self.guard(self.shown(made), True)
        return "\n".join(self.imported() + self.lines) + "\n"

    def imported(self):
        """The import lines that the program needs."""
        body = "\n".join(self.lines)
        lines = []
        for module, names in self.NAMES:
            used = [name for name in names if re.search(rf"(?<![\w.\"]){name}\b", body)]
            if used:
                lines.append(f"from {module} import {', '.join(used)}")
        if lines[0].startswith("from typing"):
            lines.insert(1, "")
        return lines

    def shown(self, made):
        relations = [relation for relation in made.relations]
        parts = ", ".join(f"one.{relation.name}" for relation in relations)
        order = ", ".join(f"{made.name}.{key}" for key in made.keys)
        query = f"session.query({made.name}).order_by({order})" if self.numbers < (2, 0) or self.chance(0.4) else f"session.scalars(select({made.name}).order_by({order}))"
        return [f"for one in {query}:", f"    print(one{', ' + parts if parts else ''})"]

    def guard(self, lines, rollback):
        self.write("try:", *("    " + line for line in lines), "except Exception as error:", "    print(type(error).__name__, error)")
        if rollback:
            self.write("    session.rollback()")
            self.open = False

    def variable(self, made=None):
        """A variable that holds an object of a class, or of any."""
        names = [name for name, kind in self.variables.items() if made is None or kind.is_a(made)]
        return self.rng.choice(names) if names else None

    def construct(self, made=None, guarded=True):
        """Lines that make an object; what can fail is guarded by the caller, and its name is bound before."""
        made = made or self.rng.choice(self.classes)
        self.counter += 1
        name = f"{made.table}{self.counter}"
        arguments = self.values(made)
        plain = len(arguments)
        for relation in made.relations:
            if self.chance(0.3):
                if relation.many:
                    arguments.append(f"{relation.name}={self.collected(relation)}")
                else:
                    other = self.variable(relation.target)
                    if other:
                        arguments.append(f"{relation.name}={other}")
        if guarded and len(arguments) > plain:
            self.late(name, made, f"{made.name}({', '.join(arguments[:plain])})")
            return [f"{name} = {made.name}({', '.join(arguments)})"]
        self.variables[name] = made
        line = f"{name} = {made.name}({', '.join(arguments)})"
        if guarded:
            self.write(line)
            return []
        return [line]

    def values(self, made):
        arguments = []
        if made.keys == ["x", "y"]:
            arguments += [f"x={self.one(1, 2)}", f"y={self.counter}"]
        elif made.keys == ["id"] and self.chance(0.15):
            arguments.append(f"id={self.one(1, 2, self.counter + 10)}")
        if any(name == "name" for name, _ in made.columns):
            arguments.append(f'name="{made.table}{self.counter}"')
        return arguments

    def collected(self, relation):
        """A whole collection of a side, as its owner takes it."""
        return self.members(relation.target)

    def members(self, target):
        names = [name for name, kind in self.variables.items() if kind.is_a(target)]
        self.rng.shuffle(names)
        return "[" + ", ".join(names[: self.rng.randint(0, 3)]) + "]"

    def add_some(self):
        names = list(self.variables)
        if self.chance(0.5):
            return [f"session.add_all([{', '.join(names)}])"]
        return [f"session.add({name})" for name in names if self.chance(0.6)] or [f"session.add({names[0]})"]

    def step(self):
        """One or a few operations, guarded where they can fail."""
        lines = []
        for _ in range(self.rng.choices((1, 2, 3), (6, 3, 1))[0]):
            lines += self.operation()
        if not lines:
            return
        if self.chance(0.12):
            lines = ["with session.no_autoflush:", *("    " + line for line in lines)]
        elif self.chance(0.06):
            lines = ["with session.begin_nested():", *("    " + line for line in lines)]
        self.guard(lines, self.chance(0.75))
        if self.chance(0.5):
            self.look()

    def look(self):
        """Something printed that cannot fail."""
        name = self.variable()
        made = self.variables[name]
        relation = self.rng.choice(made.relations).name if made.relations else made.columns[0][0]
        self.write(*self.one(
            ["print(len(session.new), len(session.dirty), len(session.deleted))"],
            ["print(sorted(type(one).__name__ for one in session.new))"],
            ["print(len(session.identity_map), sorted(type(one).__name__ for one in session.dirty))"],
            [f"print(inspect({name}).transient, inspect({name}).pending, inspect({name}).persistent, inspect({name}).deleted, inspect({name}).detached)"],
            [f"print({name} in session, session.is_modified({name}), inspect({name}).modified)"],
            [f"print(sorted({name}.__dict__))"],
            [f"print(sorted(inspect({name}).unloaded), inspect({name}).expired)"],
            [f"print(inspect({name}).identity, sorted(inspect({name}).expired_attributes))"],
            [f"print(inspect({name}).attrs.{relation}.history)"],
            [f"print({name}.__dict__.get({relation!r}))"],
        ))

    def operations(self):
        """Every operation with its weight."""
        return (
            (self.op_construct, 4), (self.op_list, 10), (self.op_scalar, 7), (self.op_column, 4), (self.op_add, 4), (self.op_delete, 4),
            (self.op_flush, 6), (self.op_transaction, 5), (self.op_expire, 4), (self.op_expunge, 2), (self.op_merge, 3), (self.op_get, 3),
            (self.op_query, 6), (self.op_read, 8), (self.op_history, 2), (self.op_nested, 2))

    def operation(self):
        functions, weights = zip(*self.operations())
        return self.rng.choices(functions, weights)[0]()

    def some_relation(self, many):
        found = []
        for name, made in self.variables.items():
            for relation in made.relations:
                if relation.many == many:
                    found.append((name, relation))
        return self.rng.choice(found) if found else None

    def op_construct(self):
        lines = self.construct()
        if self.chance(0.5):
            lines.append(f"session.add({list(self.variables)[-1]})")
        return lines

    def op_list(self):
        found = self.some_relation(True)
        if not found:
            return self.op_scalar_or_read()
        name, relation = found
        if self.variable(relation.target) is None or self.chance(0.15):
            lines = self.construct(relation.target)
            other = list(self.variables)[-1]
        else:
            lines = []
            other = self.variable(relation.target)
        place = f"{name}.{relation.name}"
        change = self.rng.choices((
            f"{place}.append({other})", f"{place}.remove({other})", f"{place} = {self.members(relation.target)}",
            f"{place}.extend({self.members(relation.target)})", f"{place}.insert(0, {other})", f"print({place}.pop())",
            f"del {place}[0]", f"{place}[0:1] = {self.members(relation.target)}", f"{place}.clear()",
            f"{place} += [{other}]", f"{place}[0] = {other}", f"{place} = []", f"del {place}[:]", f"{place}[:] = [{other}]",
            f"{place}.pop(0)", f"del {place}", f"{place}.reverse()"),
            (12, 8, 5, 2, 2, 2, 2, 2, 1, 1, 2, 2, 1, 1, 1, 1, 1))[0]
        return [*lines, change]

    def op_scalar_or_read(self):
        return self.op_scalar() if self.some_relation(False) else self.op_read()

    def op_scalar(self):
        found = self.some_relation(False)
        if not found:
            return self.op_read()
        name, relation = found
        other = self.variable(relation.target)
        if other is None or self.chance(0.1):
            lines = self.construct(relation.target)
            return [*lines, f"{name}.{relation.name} = {list(self.variables)[-1]}"]
        if self.chance(0.25):
            return [f"{name}.{relation.name} = None"]
        if self.chance(0.05):
            return [f"del {name}.{relation.name}"]
        return [f"{name}.{relation.name} = {other}"]

    def op_column(self):
        name = self.variable()
        made = self.variables[name]
        column = self.rng.choice(made.columns)[0]
        if column == "name":
            value = f'"{self.one("x", "y", "z")}{self.rng.randint(1, 9)}"' if self.chance(0.85) else "None"
        elif column in made.keys:
            if self.chance(0.6):
                return [f"print({name}.{column})"]
            value = str(self.rng.randint(1, 30))
        else:
            value = self.one("None", "1", "2", "3", str(self.rng.randint(1, 30)))
        if self.chance(0.04):
            return [f"del {name}.{column}"]
        return [f"{name}.{column} = {value}"]

    def op_add(self):
        if self.chance(0.3):
            names = [self.variable() for _ in range(self.rng.randint(1, 3))]
            return [f"session.add_all([{', '.join(names)}])"]
        return [f"session.add({self.variable()})"]

    def op_delete(self):
        return [f"session.delete({self.variable()})"]

    def op_flush(self):
        return ["session.flush()"]

    def op_transaction(self):
        return [self.rng.choices(("session.commit()", "session.rollback()", "session.close()"), (10, 5, 1))[0]]

    def op_nested(self):
        if self.open:
            self.open = False
            return [self.one("nested.commit()", "nested.rollback()")]
        self.open = True
        return ["nested = session.begin_nested()"]

    def op_expire(self):
        name = self.variable()
        made = self.variables[name]
        keys = [column for column, _ in made.columns] + [relation.name for relation in made.relations] * 2
        some = f'["{self.rng.choice(keys)}"]'
        return [self.rng.choices(
            (f"session.expire({name})", f"session.expire({name}, {some})", "session.expire_all()", f"session.refresh({name})", f"session.refresh({name}, {some})"),
            (4, 3, 2, 3, 2))[0]]

    def op_expunge(self):
        if self.chance(0.1):
            return ["session.expunge_all()"]
        return [f"session.expunge({self.variable()})"]

    def op_merge(self):
        name = self.variable()
        made = self.variables[name]
        self.counter += 1
        fresh = f"{made.table}{self.counter}"
        if self.chance(0.4):
            lines = [f"{fresh} = session.merge({name})"]
        else:
            key = ", ".join(f"{key}={self.one(1, 2, 3, self.counter)}" for key in made.keys)
            parts = [key]
            if any(column == "name" for column, _ in made.columns):
                parts.append(f'name="m{self.counter}"')
            for relation in made.relations:
                if self.chance(0.3):
                    if relation.many:
                        parts.append(f"{relation.name}={self.collected(relation)}")
                    elif self.variable(relation.target):
                        parts.append(f"{relation.name}={self.variable(relation.target)}")
            load = ", load=False" if self.chance(0.08) else ""
            lines = [f"{fresh} = session.merge({made.name}({', '.join(parts)}){load})"]
        if self.chance(0.5):
            self.late(fresh, made)
        return lines

    def late(self, name, made, value=None):
        """A name that a guarded line binds is bound before, so that no later line fails for want of it."""
        self.write(f"{name} = {value or self.variable(made)}")
        self.variables[name] = made

    def op_get(self):
        made = self.rng.choice(self.classes)
        key = self.one(1, 2, 3) if len(made.keys) == 1 else f"({self.one(1, 2)}, {self.one(1, 2, 3)})"
        call = f"session.query({made.name}).get({key})" if self.chance(0.3) else f"session.get({made.name}, {key})"
        if self.variable(made) and self.chance(0.3):
            name = self.variable(made)
            return [f"{name} = {call} or {name}"]
        return [f"print({call})"]

    def condition(self, made, depth=0):
        """An expression that filters rows of a class."""
        choices = []
        if any(column == "name" for column, _ in made.columns):
            choices += [f'{made.name}.name == "{made.table}1"', f'{made.name}.name.like("%1")', f"{made.name}.name != None"]
        for key in made.keys:
            choices += [f"{made.name}.{key} > 1", f"{made.name}.{key}.in_([1, 2])"]
        for column in made.foreign:
            choices += [f"{made.name}.{column} == None", f"{made.name}.{column} == 1"]
        for relation in made.relations:
            place = f"{made.name}.{relation.name}"
            inner = self.condition(relation.target, depth + 1) if depth < 2 and self.chance(0.6) else ""
            if relation.target is made:
                inner = ""
            word = "any" if relation.many else "has"
            choices += [f"{place}.{word}({inner})", f"~{place}.{word}({inner})"]
            other = self.variable(relation.target)
            if relation.many and other:
                choices += [f"{place}.contains({other})", f"~{place}.contains({other})"]
            elif other:
                choices += [f"{place} == {other}", f"{place} != {other}", f"{place} == None", f"{place} != None"]
        return self.rng.choice(choices)

    def loader(self, made):
        relation = self.rng.choice(made.relations)
        kind = self.one("joinedload", "selectinload", "subqueryload", "lazyload", "immediateload", "raiseload", "noload", "defaultload")
        text = f"{kind}({made.name}.{relation.name})"
        if relation.target.relations and self.chance(0.3):
            deeper = self.rng.choice(relation.target.relations)
            kind = self.one("joinedload", "selectinload", "subqueryload", "lazyload", "raiseload")
            text += f".{kind}({relation.target.name}.{deeper.name})"
        return text

    def op_query(self):
        made = self.rng.choice(self.classes)
        query = self.numbers < (2, 0) and self.chance(0.85) or self.numbers >= (2, 0) and self.chance(0.4)
        parts = [f"session.query({made.name})" if query else f"select({made.name})"]
        joined = None
        if made.relations and self.chance(0.3):
            joined = self.rng.choice(made.relations)
            if joined.target is not made:
                parts.append(f".{self.one('join', 'outerjoin')}({made.name}.{joined.name})")
            else:
                joined = None
        if self.chance(0.5):
            side = joined.target if joined and self.chance(0.5) else made
            parts.append(f".{self.one('filter', 'where')}({self.condition(side)})")
        if made.relations and self.chance(0.4):
            if joined and self.chance(0.4):
                parts.append(f".options(contains_eager({made.name}.{joined.name}))")
            else:
                parts.append(f".options({self.loader(made)})")
        if self.chance(0.7):
            order = ", ".join(f"{made.name}.{key}{self.one('', '', '.desc()')}" for key in made.keys)
            parts.append(f".order_by({order})")
        if self.chance(0.2):
            parts.append(f".limit({self.one(1, 2)})")
            if self.chance(0.3):
                parts.append(f".offset({self.one(1, 2)})")
        if query and self.chance(0.1):
            parts.append(".populate_existing()")
        if self.chance(0.06):
            parts.append(".distinct()")
        text = "".join(parts)
        if query:
            end = self.rng.choices((".all()", ".first()", ".count()", ".one_or_none()"), (10, 3, 2, 1))[0]
            text += end
        elif self.chance(0.5):
            end = self.rng.choices((".all()", ".first()", ".unique().all()"), (4, 2, 4))[0]
            text = f"session.scalars({text}){end}"
        else:
            end = self.rng.choices((".all()", ".first()", ".unique().all()"), (4, 2, 4))[0]
            text = f"session.execute({text}){self.one('.scalars()', '')}{end}"
        if query and end == ".all()" and made.relations and self.chance(0.5):
            relation = self.rng.choice(made.relations)
            return [f"for one in {text}:", f"    print(one, one.{relation.name})"]
        return [f"print({text})"]

    def op_read(self):
        name = self.variable()
        made = self.variables[name]
        if not made.relations:
            return [f"print({name}.{self.rng.choice(made.columns)[0]})"]
        relation = self.rng.choice(made.relations)
        place = f"{name}.{relation.name}"
        if relation.many:
            other = self.variable(relation.target)
            choices = [f"print({place})", f"print(len({place}))", f"print([one for one in {place}])"]
            if other:
                choices.append(f"print({other} in {place})")
            if relation.target.relations:
                deeper = self.rng.choice(relation.target.relations)
                choices.append(f"print([one.{deeper.name} for one in {place}])")
            return [self.rng.choice(choices)]
        if self.chance(0.3) and relation.target.relations:
            deeper = self.rng.choice(relation.target.relations)
            return [f"print({place} and {place}.{deeper.name})"]
        return [f"print({place})"]

    def op_history(self):
        name = self.variable()
        made = self.variables[name]
        keys = [column for column, _ in made.columns] + [relation.name for relation in made.relations] * 2
        key = self.rng.choice(keys)
        return [self.one(
            f"print(inspect({name}).attrs.{key}.history)",
            f"print(inspect({name}).attrs.{key}.load_history())",
            f'print(attributes.get_history({name}, "{key}"))',
        )]
