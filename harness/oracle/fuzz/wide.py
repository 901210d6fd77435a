"""Random programs of the shapes that `generate.py` leaves out: inheritance, sets and dictionaries, dynamic and write-only
collections, `viewonly`, `post_update`, aliased joins, statements of columns, ORM-enabled statements, `make_transient()`.

Nothing here runs a program. What is not of these shapes is as `generate.py` makes it.
"""

from generate import Mapped, Program

EXTRA = {
    "sqlalchemy": ("delete", "func", "insert", "update"),
    "sqlalchemy.orm": (
        "DynamicMapped", "WriteOnlyMapped", "aliased", "attribute_keyed_dict", "make_transient", "make_transient_to_detached", "object_session",
        "selectin_polymorphic", "with_polymorphic"),
}


class Wide(Program):
    """One program of the wider kind while it is being written."""

    NAMES = (
        *((module, tuple(sorted((*names, *EXTRA.get(module, ()))))) for module, names in Program.NAMES),
        ("sqlalchemy.orm.collections", ("attribute_mapped_collection",)),
    )

    def __init__(self, rng, numbers):
        super().__init__(rng, numbers)
        self.collection = None

    # Models

    def inheriting(self, base, joined):
        made = Mapped(next(self.letters), base, joined)
        if joined:
            self.column(made, "id", "Integer", key=True, references=f"{base.place}.id")
            made.own_foreign.clear()
        self.column(made, f"{made.table}_extra", "Integer", null=True)
        made.mapper.append(f'"polymorphic_identity": "{made.table}"')
        if self.chance(0.2):
            made.mapper.append(f'"polymorphic_load": "{self.one("inline", "selectin")}"')
        self.classes.append(made)
        return made

    def shape_hierarchy(self):
        base = self.mapped()
        self.column(base, "kind", "String", null=True)
        base.mapper += ['"polymorphic_on": "kind"', f'"polymorphic_identity": "{base.table}"']
        if self.chance(0.15):
            base.mapper.append('"with_polymorphic": "*"')
        joined = self.chance(0.6)
        subs = [self.inheriting(base, joined) for _ in range(self.one(1, 2))]
        if self.chance(0.2):
            subs.append(self.inheriting(subs[0], joined and self.chance(0.7)))
        for number in range(self.one(1, 1, 2)):
            other = self.mapped()
            hierarchy = self.one(base, *subs)
            if self.chance(0.5):
                self.link(other, hierarchy, self.chance(0.8))
            else:
                self.link(hierarchy, other, self.chance(0.8))

    def with_collection(self, collection, shape):
        self.collection = collection
        shape()
        self.collection = None

    def shape_set(self):
        self.with_collection("set", self.one(self.shape_many, self.shape_secondary, self.shape_tree))

    def shape_dict(self):
        self.with_collection("dict", self.one(self.shape_many, self.shape_many, self.shape_association))

    def shape_dynamic(self):
        self.with_collection("dynamic", self.one(self.shape_many, self.shape_secondary, self.shape_tree))

    def shape_write_only(self):
        kind = "write_only" if self.numbers >= (2, 0) else "dynamic"
        self.with_collection(kind, self.one(self.shape_many, self.shape_many, self.shape_secondary))

    def shape_viewonly(self):
        one, many = self.mapped(), self.mapped()
        self.link(one, many)
        key = f'{one.name}.id == {many.name}.{one.table}_id'
        extra = self.one("", f", {many.name}.id > 1", f", {many.name}.id < 3")
        join = f'"and_({key}{extra})"' if extra else f'"{key}"'
        options = ["viewonly=True", f"primaryjoin={join}", f'order_by="{many.name}.id"']
        if self.chance(0.4):
            options.append(f'lazy="{self.one("joined", "selectin", "subquery", "immediate")}"')
        self.body(one, "seen", many, True, options)
        one.relation("seen", many, True, view=True)

    def shape_post_update(self):
        one, many = self.mapped(), self.mapped()
        self.column(many, f"{one.table}_id", "Integer", null=self.chance(0.8), references=f"{one.table}.id")
        self.column(one, "best_id", "Integer", null=True, references=f"{many.table}.id")
        key = f'foreign_keys="{many.name}.{one.table}_id"'
        self.sides(one, many, (many.table + "s", one.table), [key], [key])
        self.body(one, "best", many, False, [f'foreign_keys="{one.name}.best_id"', "post_update=True"])
        one.relation("best", many, False)

    SHAPES = (
        (shape_hierarchy, 6), (shape_set, 3), (shape_dict, 3), (shape_dynamic, 2), (shape_write_only, 2), (shape_viewonly, 2), (shape_post_update, 2))

    def options(self, target, many, alone, recursive=False):
        options = super().options(target, many, alone, recursive)
        if not many or not self.collection or self.chance(0.1):
            return options
        named = any(name == "name" for name, _ in target.columns)
        if self.collection == "set":
            options.append("collection_class=set")
        elif self.collection == "dict" and named:
            maker = "attribute_keyed_dict" if self.numbers >= (2, 0) else "attribute_mapped_collection"
            options.append(f'collection_class={maker}("name")')
        elif self.collection in ("dynamic", "write_only"):
            options = [text for text in options if not text.startswith(("lazy=", "join_depth="))]
            options.append(f'lazy="{self.collection}"')
        return options

    def body(self, made, name, target, many, options, bare=False):
        """As the base class writes it, with the annotation that the collection has."""
        text = "\n".join(options)
        quoted = f'"{target.name}"'
        annotation = None
        if not bare and self.typed and many and not any("backref(" in one for one in options):
            if "collection_class=set" in text:
                annotation = f"Mapped[Set[{quoted}]]"
                if self.chance(0.5):
                    options = [one for one in options if one != "collection_class=set"]
            elif "_keyed_dict(" in text:
                annotation = f"Mapped[Dict[str, {quoted}]]"
            elif 'lazy="dynamic"' in text:
                annotation = f"DynamicMapped[{quoted}]"
            elif 'lazy="write_only"' in text:
                annotation = f"WriteOnlyMapped[{quoted}]"
        if annotation:
            made.bodies.append(f"{name}: {annotation} = relationship({', '.join(options)})")
        else:
            loose = any(sign in text for sign in ("collection_class=", 'lazy="dynamic"', 'lazy="write_only"'))
            super().body(made, name, target, many, options, bare or loose)

    def imported(self):
        lines = super().imported()
        if any("and_(" in line and '"and_(' not in line for line in self.lines):
            lines.append("from sqlalchemy import and_")
        return lines

    # Values

    def collected(self, relation):
        members = self.members(relation.target)
        if relation.kind == "set":
            return f"set({members})"
        if relation.kind == "dict":
            return f"{{one.name: one for one in {members}}}"
        return members

    def seen(self, place, relation):
        """An expression that shows a side, in an order that does not vary."""
        if not relation.many:
            return place
        if relation.kind == "set":
            return f"sorted(map(repr, {place}))"
        if relation.kind == "dynamic":
            return f"{place}.all()"
        if relation.kind == "write_only":
            return f"session.scalars({place}.select()).all()"
        return place

    # Operations

    def shown(self, made):
        if all(relation.kind == "list" for relation in made.relations):
            return super().shown(made)
        order = ", ".join(f"{made.name}.{key}" for key in made.keys)
        parts = ", ".join(self.seen(f"one.{relation.name}", relation) for relation in made.relations)
        return [f"for one in session.query({made.name}).order_by({order}).all():", f"    print(one, {parts})"]

    def look(self):
        name = self.variable()
        if all(relation.kind == "list" for relation in self.variables[name].relations):
            return super().look()
        self.write(*self.one(
            ["print(len(session.new), len(session.dirty), len(session.deleted))"],
            [f"print({name} in session, session.is_modified({name}), inspect({name}).modified)"],
            [f"print(sorted({name}.__dict__))"],
            [f"print(sorted(inspect({name}).unloaded), inspect({name}).expired)"],
            [f"print(object_session({name}) is session)"],
        ))

    def operations(self):
        return (*super().operations(), (self.op_bulk, 3), (self.op_alias, 3), (self.op_columns, 3), (self.op_transient, 1), (self.op_polymorphic, 3))

    def op_list(self):
        found = self.some_relation(True)
        if not found or found[1].kind == "list":
            return super().op_list()
        name, relation = found
        other = self.variable(relation.target)
        if other is None:
            return self.op_read()
        place = f"{name}.{relation.name}"
        whole = self.collected(relation)
        if relation.kind == "set":
            return [self.rng.choices((
                f"{place}.add({other})", f"{place}.remove({other})", f"{place}.discard({other})", f"{place} = {whole}", f"{place}.update({whole})",
                f"{place}.clear()", f"{place} |= {whole}", f"{place} -= {whole}", f"{place} &= {whole}", f"del {place}",
                f"{place} ^= {whole}", f"{place}.difference_update({whole})", f"{place} = set()"),
                (12, 7, 3, 5, 2, 1, 1, 1, 1, 1, 1, 1, 1))[0]]
        if relation.kind == "dict":
            return [self.rng.choices((
                f"{place}[{other}.name] = {other}", f"del {place}[{other}.name]", f"print({place}.pop({other}.name))", f"{place} = {whole}",
                f"{place}.update({whole})", f"{place}.clear()", f"{place}.setdefault({other}.name, {other})", f"del {place}",
                f"print({place}.pop({other}.name, None))", f"print({place}.get({other}.name))", f"{place}.popitem()"),
                (12, 5, 3, 5, 2, 1, 2, 1, 2, 3, 1))[0]]
        if relation.kind == "dynamic":
            return [self.rng.choices((
                f"{place}.append({other})", f"{place}.remove({other})", f"{place} = {whole}", f"print({place}.count())",
                f"print({place}.filter({self.condition(relation.target)}).all())", f"{place}.extend({whole})", f"print({place}.first())",
                f"print({place}.order_by({relation.target.name}.{relation.target.keys[0]}).all())"),
                (12, 7, 3, 2, 3, 2, 2, 2))[0]]
        return [self.rng.choices((
            f"{place}.add({other})", f"{place}.remove({other})", f"{place} = {whole}", f"{place}.add_all({whole})",
            f"print(session.scalars({place}.select().where({self.condition(relation.target)})).all())",
            f"session.execute({place}.delete().where({self.condition(relation.target)}))"),
            (12, 7, 3, 3, 4, 1))[0]]

    def op_read(self):
        name = self.variable()
        relations = [relation for relation in self.variables[name].relations if relation.kind != "list"]
        if not relations:
            return super().op_read()
        relation = self.rng.choice(relations)
        return [f"print({self.seen(f'{name}.{relation.name}', relation)})"]

    def op_history(self):
        name = self.variable()
        if any(relation.kind == "set" for relation in self.variables[name].relations):
            return self.op_read()
        return super().op_history()

    def op_bulk(self):
        made = self.rng.choice(self.classes)
        where = self.condition(made)
        named = any(column == "name" for column, _ in made.columns)
        self.counter += 1
        sync = self.one('"evaluate"', '"fetch"', "False", '"fetch"')
        option = f".execution_options(synchronize_session={sync})" if self.chance(0.6) else ""
        argument = f", synchronize_session={sync}" if option else ""
        if self.numbers < (2, 0) or self.chance(0.3):
            if named and self.chance(0.7):
                return [f'print(session.query({made.name}).filter({where}).update({{"name": "u{self.counter}"}}{argument}))']
            return [f"print(session.query({made.name}).filter({where}).delete({argument[2:]}))"]
        if named and self.chance(0.6):
            if self.chance(0.3) and made.keys == ["id"] and not made.base:
                rows = ", ".join(f'{{"id": {self.rng.randint(1, 4)}, "name": "u{self.counter}{row}"}}' for row in range(self.one(1, 2)))
                return [f"session.execute(update({made.name}), [{rows}])"]
            if self.chance(0.2) and made.keys == ["id"]:
                rows = ", ".join(f'{{"name": "n{self.counter}{row}"}}' for row in range(self.one(1, 2)))
                if self.chance(0.5):
                    return [f"print(session.scalars(insert({made.name}).returning({made.name}), [{rows}]).all())"]
                return [f"session.execute(insert({made.name}), [{rows}])"]
            return [f'print(session.execute(update({made.name}).where({where}).values(name="u{self.counter}"){option}).rowcount)']
        return [f"print(session.execute(delete({made.name}).where({where}){option}).rowcount)"]

    def op_alias(self):
        made = self.rng.choice(self.classes)
        if not made.relations:
            return self.op_query()
        relation = self.rng.choice(made.relations)
        named = any(column == "name" for column, _ in relation.target.columns)
        key = relation.target.keys[0]
        where = f'far.name == "{relation.target.table}1"' if named and self.chance(0.5) else f"far.{key} > 1"
        order = ", ".join(f"{made.name}.{one}" for one in made.keys)
        join = f"join({made.name}.{relation.name}.of_type(far))"
        far = f"far = aliased({relation.target.name}" + (f', name="far")' if self.chance(0.3) else ")")
        if self.numbers < (2, 0) or self.chance(0.4):
            what = self.one(made.name, made.name, f"{made.name}, far")
            return [far, f"print(session.query({what}).{join}.filter({where}).order_by({order}).all())"]
        return [far, f"print(session.execute(select({made.name}, far).{join}.where({where}).order_by({order})).unique().all())"]

    def op_columns(self):
        made = self.rng.choice(self.classes)
        key = f"{made.name}.{made.keys[0]}"
        if made.relations and self.chance(0.7):
            relation = self.rng.choice(made.relations)
            if relation.target is not made and not relation.target.is_a(made) and not made.is_a(relation.target):
                there = f"{relation.target.name}.{relation.target.keys[0]}"
                join = f".{self.one('join', 'outerjoin')}({made.name}.{relation.name})"
                if self.chance(0.5):
                    return [f"print(session.execute(select({key}, func.count({there})){join}.group_by({key}).order_by({key})).all())"]
                return [f"print(session.query({made.name}, {there}){join}.order_by({key}, {there}).all())"]
        return [self.one(
            f"print(session.execute(select(func.count()).select_from({made.name})).scalar())",
            f"print(session.query(func.max({key})).scalar())",
            f"print(session.query({made.name}).filter({self.condition(made)}).exists())" if self.chance(0.3)
            else f"print(session.query({key}).filter({self.condition(made)}).order_by({key}).all())")]

    def op_transient(self):
        name = self.variable()
        return self.one([f"make_transient({name})"], [f"session.expunge({name})", f"make_transient({name})"], [f"make_transient_to_detached({name})"])

    def op_polymorphic(self):
        bases = [made for made in self.classes if any(other.base is made for other in self.classes)]
        if not bases:
            return self.op_query()
        base = self.rng.choice(bases)
        sub = self.rng.choice([made for made in self.classes if made is not base and made.is_a(base)])
        order = f"order_by({base.name}.id)"
        kind = self.rng.randint(0, 3)
        if kind == 0:
            some = self.one('"*"', f"[{sub.name}]")
            lines = [f"poly = with_polymorphic({base.name}, {some})"]
            if some != '"*"' and self.chance(0.5):
                where = f".filter(poly.{sub.name}.{sub.table}_extra == None)"
            else:
                where = ""
            return [*lines, f"print(session.query(poly){where}.order_by(poly.id).all())"]
        if kind == 1:
            return [f"print(session.query({base.name}).options(selectin_polymorphic({base.name}, [{sub.name}])).{order}.all())"]
        if kind == 2:
            return [f"print(session.query({sub.name}).{order}.all())"]
        relations = [(made, relation) for made in self.classes for relation in made.own_relations if relation.target is base and relation.kind == "list"]
        if not relations:
            return [f"print([type(one).__name__ for one in session.query({base.name}).{order}])"]
        made, relation = self.rng.choice(relations)
        place = f"{made.name}.{relation.name}.of_type({sub.name})"
        return [self.one(
            f"print(session.query({made.name}).join({place}).all())",
            f"print(session.query({made.name}).options({self.one('joinedload', 'selectinload', 'subqueryload')}({place})).all())",
            f"print(session.query({made.name}).filter({place}.{'any' if relation.many else 'has'}({sub.name}.{sub.table}_extra == None)).all())")]
