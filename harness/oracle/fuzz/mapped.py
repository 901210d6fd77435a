"""Random programs about how classes are mapped: concrete hierarchies, imperative mapping, dataclasses, mixins, composites, column
types, defaults of the database, collections of a program's own class, keyed dictionaries, `with_loader_criteria()`.

Nothing here runs a program. What is not of these kinds is as `wide.py` makes it.
"""

import re

from generate import Mapped, Program
from wide import Wide

EXTRA = {
    "sqlalchemy": (
        "Boolean", "Date", "DateTime", "Enum", "Float", "JSON", "LargeBinary", "Numeric", "Text", "func", "text"),
    "sqlalchemy.orm": (
        "MappedAsDataclass", "column_keyed_dict", "composite", "declared_attr", "keyfunc_mapping", "mapper", "registry", "with_loader_criteria"),
    "sqlalchemy.orm.collections": ("collection", "column_mapped_collection", "mapped_collection"),
}
BAG = (
    "class Bag:", "    def __init__(self):", "        self.inside = []", "",
    "    @collection.appender", "    def put(self, one):", "        self.inside.append(one)", "",
    "    @collection.remover", "    def take(self, one):", "        self.inside.remove(one)", "",
    "    @collection.iterator", "    def each(self):", "        return iter(self.inside)")
POINT = (
    "@dataclass", "class Point:", "    px: int", "    py: int", "",
    "    def __composite_values__(self):", "        return self.px, self.py")
SHOUT = (
    "class Shout(TypeDecorator):", "    impl = String", "    cache_ok = True", "",
    "    def process_bind_param(self, value, dialect):", "        return value and value.upper()", "",
    "    def process_result_value(self, value, dialect):", '        return value and value + "!"')
MOOD = ("class Mood(enum.Enum):", '    calm = "c"', '    wild = "w"')

# Columns beside key and name: the type, its annotation, values.
KINDS = {
    "mood": ("Enum(Mood)", "Mood", ("Mood.calm", "Mood.wild")),
    "size": ('Enum("s", "m", name="sizes")', "str", ('"s"', '"m"')),
    "data": ("JSON", "dict", ('{"a": 1}', '{"a": [1, 2], "b": None}', "[]", '"plain"')),
    "blob": ("LargeBinary", "bytes", ('b"ab"', 'b""')),
    "word": ("Shout", "str", ('"hey"', '"Ho"')),
    "flag": ("Boolean", "bool", ("True", "False")),
    "day": ("Date", "date", ("date(2024, 1, 2)", "date(2023, 12, 31)")),
    "ratio": ("Float", "float", ("0.5", "2.0", "3")),
    "note": ("Text", "str", ('"long"', '""')),
}


class Concrete(Mapped):
    """A concrete class: all columns and relationships are its own, though it is below another."""

    @property
    def columns(self):
        return self.own_columns

    @property
    def relations(self):
        return self.own_relations

    @property
    def foreign(self):
        return self.own_foreign


class Mapping(Wide):
    """One program of this kind while it is being written."""

    NAMES = (
        ("dataclasses", ("dataclass",)),
        ("datetime", ("date",)),
        *((module, tuple(sorted({*names, *EXTRA.get(module, ())}))) for module, names in Wide.NAMES),
        ("sqlalchemy.ext.declarative", ("ConcreteBase",)),
        ("sqlalchemy.types", ("TypeDecorator",)),
    )

    def __init__(self, rng, numbers):
        super().__init__(rng, numbers)
        styles = ("declarative", "imperative", "dataclass", "decorated") if numbers >= (2, 0) else ("declarative", "imperative")
        self.style = self.rng.choices(styles, (6, 3, 3, 2)[: len(styles)])[0]
        if self.style in ("dataclass", "decorated"):
            # What a backref makes is no field of a dataclass.
            self.typed, self.ways = True, ("populates", "populates", "forward", "backward")
        elif self.style == "imperative":
            self.typed = False
        self.extras, self.points, self.mixins, self.helpers, self.ids_given = {}, {}, {}, [], self.chance(0.5)
        self.compared = self.chance(0.3)

    # Models

    def shape_concrete(self):
        if self.style != "declarative":
            return self.shape_many()
        typed, self.typed = self.typed, False
        owner, base = self.mapped(), self.concrete(None)
        subs = [self.concrete(base) for _ in range(self.one(1, 2))]
        shared = self.chance(0.7)
        for made in (base, *subs):
            if not shared and made is not base:
                continue
            self.column(made, f"{owner.table}_id", "Integer", null=True, references=f"{owner.table}.id")
            populates = f', back_populates="{base.table}s"' if shared else ""
            made.bodies.append(f'{owner.table} = relationship("{owner.name}"{populates})')
            made.relation(owner.table, owner, False)
        if shared:
            options = [f'back_populates="{owner.table}"', *self.cascade(True)[0]]
            owner.bodies.append(f'{base.table}s = relationship("{base.name}", {", ".join(options)})')
            owner.relation(base.table + "s", base, True)
        self.typed = typed

    def concrete(self, base):
        made = Concrete(next(self.letters), base)
        self.column(made, "id", "Integer", key=True)
        made.keys = ["id"]
        self.column(made, "name", "String", null=True)
        if base:
            self.column(made, f"{made.table}_extra", "Integer", null=True)
        made.mapper += [f'"polymorphic_identity": "{made.table}"', '"concrete": True']
        self.classes.append(made)
        return made

    def shape_bag(self):
        self.with_collection("bag", self.one(self.shape_many, self.shape_secondary))

    def shape_keyed(self):
        self.with_collection("keyed", self.one(self.shape_many, self.shape_many, self.shape_association))

    SHAPES = (
        (shape_concrete, 4), (shape_bag, 3), (shape_keyed, 3), (Wide.shape_set, 2), (Wide.shape_dict, 2), (Program.shape_many, 5), (Program.shape_one, 3),
        (Program.shape_secondary, 3), (Program.shape_association, 2), (Program.shape_tree, 3))

    def options(self, target, many, alone, recursive=False):
        options = super().options(target, many, alone, recursive)
        named = any(name == "name" for name, _ in target.columns)
        if not many or self.collection not in ("bag", "keyed") or any(text.startswith("collection_class=") for text in options):
            return options
        if self.collection == "bag":
            options.append("collection_class=Bag")
        elif named:
            if self.numbers >= (2, 0):
                options.append("collection_class=keyfunc_mapping(lambda one: one.name)")
            else:
                options.append("collection_class=mapped_collection(lambda one: one.name)")
        return options

    def body(self, made, name, target, many, options, bare=False):
        own = any("collection_class=Bag" in text or "mapping(" in text or "mapped_collection(lambda" in text for text in options)
        super().body(made, name, target, many, options, bare or own)

    def sides(self, one, many, *arguments, **named):
        super().sides(one, many, *arguments, **named)
        # Dataclasses that compare their fields have no hash.
        self.compared = self.compared and self.collection != "set"
        for made in (one, many):
            for relation in made.own_relations:
                line = next((text for text in made.bodies if re.match(rf"{relation.name}\b", text)), "")
                other = next((text for text in relation.target.bodies if f'backref("{relation.name}"' in text), "")
                text = line or other
                if "collection_class=Bag" in text and relation.many and (line or "backref(" in text.split("collection_class")[0]):
                    relation.kind = "bag"
                elif ("keyfunc_mapping(" in text or "mapped_collection(lambda" in text) and relation.many:
                    relation.kind = "dict"

    def more(self, made):
        """Columns of other types, composites, what comes of mixins."""
        extras = self.extras.setdefault(made, {})
        for name in self.rng.sample(sorted(KINDS), self.one(0, 1, 1, 2)):
            ty, annotation, values = KINDS[name]
            self.add_column(made, name, ty, annotation)
            extras[name] = values
        if self.chance(0.15):
            default = self.one('server_default="new"', 'server_default=text("\'t\'")')
            self.add_column(made, "status", "String", "str", default)
            extras["status"] = ('"old"', '"set"')
        if self.chance(0.15):
            change = self.one('onupdate="changed"', 'onupdate=lambda: "later"', 'default="first", onupdate="next"', 'onupdate=func.upper("sql")')
            self.add_column(made, "touched", "String", "str", change)
            extras["touched"] = ('"own"',)
        if self.chance(0.2) and self.style in ("declarative", "imperative"):
            self.points[made] = "at"
            for part in ("px", "py"):
                self.add_column(made, part, "Integer", "int")
            made.bodies.append("at = composite(Point, px, py)")
        if self.style == "declarative" and made.base is None and self.chance(0.25):
            self.mixins[made] = self.one("Noted", "Tagged")
            extras["remark"] = ('"r1"', '"r2"')

    def add_column(self, made, name, ty, annotation, arguments=""):
        arguments = f", {arguments}" if arguments else ""
        if self.typed:
            body = f"{name}: Mapped[Optional[{annotation}]] = mapped_column({ty}{arguments})"
        else:
            body = f"{name} = Column({ty}{arguments})"
        made.own_columns.append((name, body))

    def declared(self, made, loaded):
        self.more(made)
        if self.style == "imperative":
            return self.imperative(made, loaded)
        if self.style in ("dataclass", "decorated"):
            return self.as_dataclass(made, loaded)
        start = len(self.lines)
        super().declared(made, loaded)
        head = f"class {made.name}({made.base.name if made.base else 'Base'}):"
        at = self.lines.index(head, start)
        if made in self.mixins:
            self.lines[at] = f"class {made.name}({self.mixins[made]}, Base):"
        elif isinstance(made, Concrete) and made.base is None:
            self.lines[at] = f"class {made.name}(ConcreteBase, Base):"

    def imperative(self, made, loaded):
        """A table, a plain class, and what maps one to the other."""
        columns = [re.sub(r"^(\w+) = Column\(", r'Column("\1", ', body) for _, body in made.own_columns]
        table = f"{made.table}_table"
        self.write("", f"{table} = Table(", f'    "{made.table}",', "    Base.metadata,", *(f"    {column}," for column in columns))
        self.write(*(f"    {argument}," for argument in made.arguments), ")")
        self.write("", "", f"class {made.name}:", *self.shown_as(made, loaded))
        if self.chance(0.5):
            self.write("", "    def __init__(self, **words):", "        for key, value in words.items():", "            setattr(self, key, value)")
        properties = []
        for body in made.bodies:
            name, value = body.split(" = ", 1)
            value = re.sub(r"remote_side=\[(\w+)\]", rf'remote_side="{made.name}.\1"', value)
            value = re.sub(r"composite\(Point, px, py\)", f"composite(Point, {table}.c.px, {table}.c.py)", value)
            properties.append(f'"{name}": {value}')
        renamed = [name for name, _ in made.own_columns if name in KINDS]
        if renamed and self.chance(0.3):
            properties.append(f'"{renamed[0]}": {table}.c.{renamed[0]}')
        text = f", properties={{{', '.join(properties)}}}" if properties else ""
        self.write("", "", f"{'Base' if self.numbers >= (1, 4) else 'mapper'}.map_imperatively({made.name}, {table}{text})")

    def as_dataclass(self, made, loaded):
        """A dataclass of one of the two ways, its fields by keyword."""
        arguments = ["kw_only=True"]
        if not self.compared:
            arguments.append("eq=False")
        if self.chance(0.3):
            arguments.append("repr=False")
        if self.style == "dataclass":
            self.write("", "", f"class {made.name}(Base, {', '.join(arguments)}):")
        else:
            self.write("", "", f"@Base.mapped_as_dataclass({', '.join(arguments)})", f"class {made.name}:")
        self.write(f'    __tablename__ = "{made.table}"')
        for name, body in made.own_columns:
            if name in made.keys and not self.ids_given and "ForeignKey(" not in body and made.keys == ["id"]:
                option = "init=False"
            else:
                option = "default=None"
                body = body.replace("default=0", "insert_default=0").replace("default=7", "insert_default=7").replace('default="first"', 'insert_default="first"')
                body = body.replace("server_insert_default", "server_default")
            self.write("    " + (f"{body[:-1]}, {option})" if body.endswith(")") else f"{body} = mapped_column({option})"))
        for body in made.bodies:
            name = body.split(":")[0].split(" ")[0]
            relation = next((one for one in made.own_relations if one.name == name), None)
            if "Mapped[" not in body:
                kind = f'Mapped[List["{relation.target.name}"]]' if relation.many else f'Mapped["{relation.target.name}"]'
                body = body.replace(f"{name} = ", f"{name}: {kind} = ", 1)
            options = ["repr=False", "compare=False"]
            if not relation.many:
                options.append("default=None")
            elif relation.kind in ("list", "set", "dict"):
                options.append(f"default_factory={relation.kind}")
            else:
                options.append("init=False")
            self.write(f"    {body[:-1]}{'' if body.endswith('()') else ', '}{', '.join(options)})")
        if made.arguments:
            self.write(f"    __table_args__ = ({', '.join(made.arguments)},)")
        if self.chance(0.5) or "repr=False" in arguments:
            self.write(*self.shown_as(made, loaded))

    def shown_as(self, made, loaded):
        named = any(name == "name" for name, _ in made.columns)
        shown = "name" if named else made.keys[0]
        value = f"self.{shown}" if loaded else f'self.__dict__.get("{shown}")'
        return ["", "    def __repr__(self):", f'        return "{made.name}(%r)" % ({value},)']

    def models(self):
        super().models()
        if self.style == "imperative":
            at = next(place for place, line in enumerate(self.lines) if line.startswith("Base = "))
            self.lines[at] = "Base = registry()"
        elif self.style == "dataclass":
            at = self.lines.index("class Base(DeclarativeBase):")
            self.lines[at] = "class Base(MappedAsDataclass, DeclarativeBase):"
        elif self.style == "decorated":
            at = self.lines.index("class Base(DeclarativeBase):")
            self.lines[at : at + 2] = ["Base = registry()"]
        body = "\n".join(self.lines)
        for sign, lines in (("Bag", BAG), ("Point", POINT), ("Shout", SHOUT), ("Mood", MOOD)):
            if re.search(rf"\b{sign}\b", body):
                self.lines[:0] = ["", "", *lines]
        for name in sorted(set(self.mixins.values())):
            at = next(place for place, line in enumerate(self.lines) if line.startswith(("Base = ", "class Base("))) + 1
            if self.lines[at - 1].startswith("class"):
                at += 1
            self.lines[at:at] = ["", "", *self.mixin(name)]

    def mixin(self, name):
        if name == "Noted":
            column = "remark: Mapped[Optional[str]]" if self.typed and self.chance(0.5) else "remark = Column(String)"
            return [f"class {name}:", f"    {column}", "", "    def said(self):", "        return self.remark"]
        given = " -> Mapped[Optional[str]]" if self.typed else ""
        made = "mapped_column(String)" if self.typed else "Column(String)"
        return [f"class {name}:", "    @declared_attr", f"    def remark(cls){given}:", f"        return {made}"]

    def imported(self):
        lines = super().imported()
        if any("enum.Enum" in line for line in self.lines):
            lines.insert(0, "import enum")
        return lines

    # Values

    def values(self, made):
        arguments = super().values(made)
        if self.style in ("dataclass", "decorated") and not self.ids_given:
            arguments = [text for text in arguments if not text.startswith("id=")]
        for name, values in self.extras.get(made, {}).items():
            if self.chance(0.4):
                arguments.append(f"{name}={self.rng.choice(values)}")
        if made in self.points and self.chance(0.6):
            arguments.append(f"at=Point({self.one(1, 2, 3)}, {self.one(1, 2)})")
        return arguments

    def construct(self, made=None, guarded=True):
        # What maps a class with a constructor of its own is no matter here; a collection that is no plain one is not given.
        made = made or self.rng.choice(self.classes)
        if self.style == "imperative" and not any(f"class {made.name}:" in line for line in self.lines):
            return super().construct(made, guarded)
        own = made.own_relations
        kept, made.own_relations = own, [one for one in own if one.kind != "bag"]
        lines = super().construct(made, guarded)
        made.own_relations = kept
        if self.style == "imperative" and not self.constructs(made):
            lines = self.by_hand(lines)
            self.lines = self.lines[:-1] + self.by_hand(self.lines[-1:]) if not lines else self.lines
        return lines

    def constructs(self, made):
        at = self.lines.index(f"class {made.name}:")
        return any("def __init__" in line for line in self.lines[at : at + 6])

    def by_hand(self, lines):
        """The same objects, their attributes set one by one: a plain class takes none."""
        found = []
        for line in lines:
            match = re.match(r"^(\w+) = ([A-Z]\w+)\((.*)\)$", line)
            if not match or not match[3]:
                found.append(line)
                continue
            found.append(f"{match[1]} = {match[2]}()")
            depth, part, parts = 0, "", []
            for letter in match[3]:
                depth += letter in "([{"
                depth -= letter in ")]}"
                if letter == "," and not depth:
                    parts.append(part)
                    part = ""
                else:
                    part += letter
            for one in [*parts, part]:
                key, value = one.strip().split("=", 1)
                found.append(f"{match[1]}.{key} = {value}")
        return found

    def seen(self, place, relation):
        return f"list({place}.each())" if relation.many and relation.kind == "bag" else super().seen(place, relation)

    # Operations

    def operations(self):
        return (*super().operations(), (self.op_extra, 8), (self.op_extra_query, 5), (self.op_point, 4), (self.op_criteria, 3), (self.op_fields, 2))

    def op_merge(self):
        if self.style == "imperative" or any(relation.kind == "bag" for made in self.classes for relation in made.relations):
            return self.op_read()
        return super().op_merge()

    def op_list(self):
        found = self.some_relation(True)
        if not found or found[1].kind != "bag":
            return super().op_list() if found and found[1].kind != "list" or not found else Program.op_list(self)
        name, relation = found
        other = self.variable(relation.target)
        if other is None:
            return self.op_read()
        place = f"{name}.{relation.name}"
        return [self.one(f"{place}.put({other})", f"{place}.put({other})", f"{place}.take({other})", f"print(len({place}.inside))", f"del {place}")]

    def op_extra(self):
        name = self.variable()
        extras = [(key, values) for other, some in self.extras.items() if self.variables[name] is other for key, values in some.items()]
        if not extras:
            return self.op_column()
        key, values = self.rng.choice(extras)
        return [self.one(
            f"print({name}.{key})", f"{name}.{key} = {self.rng.choice(values)}", f"{name}.{key} = {self.rng.choice((*values, 'None'))}",
            f"print(inspect({name}).attrs.{key}.history)", f'session.refresh({name}, ["{key}"])')]

    def op_extra_query(self):
        made = self.rng.choice(self.classes)
        extras = self.extras.get(made, {})
        if not extras:
            return self.op_query()
        key, values = self.rng.choice(sorted(extras.items()))
        column, value = f"{made.name}.{key}", self.rng.choice(values)
        order = ", ".join(f"{made.name}.{one}" for one in made.keys)
        choices = [
            f"print(session.query({column}).order_by({order}).all())",
            f"print(session.query({made.name}).filter({column} == {value}).order_by({order}).all())",
            f"print(session.execute(select({made.name}.{made.keys[0]}, {column}).where({column} != None).order_by({order})).all())",
            f"print(session.query({made.name}).filter({column}.in_([{', '.join(values)}])).order_by({order}).all())",
            f"print(session.query({made.name}).filter({column}.is_(None)).order_by({order}).all())"]
        if key == "data":
            choices = [choices[0], f'print(session.query({column}["a"]).order_by({order}).all())', f'print(session.query({made.name}).filter({column}["a"].as_integer() == 1).all())']
        if not isinstance(made, Concrete) and self.chance(0.3):
            return [f"print(session.query({made.name}).filter({made.name}.{made.keys[0]} > 1).update({{'{key}': {value}}}))"]
        return [self.rng.choice(choices)]

    def op_point(self):
        found = [(name, made) for name, made in self.variables.items() if made in self.points]
        if not found:
            return self.op_extra()
        name, made = self.rng.choice(found)
        order = ", ".join(f"{made.name}.{one}" for one in made.keys)
        point = f"Point({self.one(1, 2, 3)}, {self.one(1, 2)})"
        return [self.one(
            f"print({name}.at)", f"{name}.at = {point}", f"{name}.at = None", f"{name}.px = {self.one(1, 2)}",
            f"print(session.query({made.name}).filter({made.name}.at == {point}).order_by({order}).all())",
            f"print(session.query({made.name}.at).order_by({order}).all())", f"print(inspect({name}).attrs.px.history)")]

    def op_criteria(self):
        made = self.rng.choice(self.classes)
        other = self.rng.choice([made, *(relation.target for relation in made.relations)])
        if isinstance(other, Concrete) or isinstance(made, Concrete):
            return self.op_query()
        key = f"{other.name}.{other.keys[0]}"
        option = self.one(f"with_loader_criteria({other.name}, {key} > 1)", f"with_loader_criteria({other.name}, lambda cls: cls.{other.keys[0]} < 3)")
        order = ", ".join(f"{made.name}.{one}" for one in made.keys)
        if made.relations and self.chance(0.5):
            relation = self.rng.choice(made.relations)
            kind = self.one("joinedload", "selectinload", "subqueryload", "lazyload")
            option += f", {kind}({made.name}.{relation.name})"
        if self.chance(0.4):
            return [f"print(session.query({made.name}).options({option}).order_by({order}).all())"]
        return [f"print(session.execute(select({made.name}).options({option}).order_by({order})).unique().scalars().all())"]

    def op_fields(self):
        name = self.variable()
        if self.style in ("dataclass", "decorated"):
            return [self.one(f"print({name})", f"print(repr({name}))", f"print({name} == {self.variable()})", f"print({self.variables[name].name}.__match_args__)")]
        if self.style == "imperative":
            return [self.one(f"print(inspect({self.variables[name].name}).attrs.keys())", f"print({self.variables[name].table}_table.c.keys())")]
        return [f"print({self.variables[name].name}.__table__.c.keys())"]
