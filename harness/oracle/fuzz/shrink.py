"""Makes a program smaller for as long as a predicate holds.

Works on the syntax tree: statements, keyword arguments, elements of lists and tuples, links of call chains. Knows nothing
of what is looked for; the predicate is asked about the text of every attempt.
"""

import ast
import copy


def shrink(source, holds, attempts=1500):
    """The smallest text found for which `holds(text)` is true; `source` itself must hold."""
    budget = [attempts]

    def holding(tree):
        if budget[0] <= 0:
            return None
        try:
            text = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
            ast.parse(text)
        except (SyntaxError, ValueError):
            return None
        budget[0] -= 1
        return text if holds(text) else None

    current = source
    first = holding(ast.parse(source))
    if first:
        current = first
    while budget[0] > 0:
        before = current
        current = statements(current, holding)
        current = edits(current, holding)
        if current == before:
            break
    return current


def blocks(tree):
    """Every list of statements in a tree, outer ones first."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            found = getattr(node, field, None)
            if isinstance(found, list) and found and isinstance(found[0], ast.stmt):
                yield found


def statements(source, holding):
    """Removes runs of statements, long runs first, from the end to the beginning."""
    number = 0
    while True:
        places = list(blocks(ast.parse(source)))
        if number >= len(places):
            return source
        size = max(1, len(places[number]) // 2)
        while size:
            end = len(list(blocks(ast.parse(source)))[number])
            while end > 0:
                tree = ast.parse(source)
                block = list(blocks(tree))[number]
                start = max(0, end - size)
                removed = block[start:end]
                del block[start:end]
                if removed and block:
                    text = holding(tree)
                    if text:
                        source = text
                end = start
            size //= 2
        number += 1


def edits(source, holding):
    """Tries every single edit until none holds."""
    position = 0
    while True:
        tree = ast.parse(source)
        found = list(possible(tree))
        if position >= len(found):
            return source
        found[position]()
        text = holding(tree)
        if text and len(text) < len(source):
            source = text
        else:
            position += 1


def possible(tree):
    """Edits of a tree that make it smaller, as functions that change it in place."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                for number, one in enumerate(block):
                    if isinstance(one, (ast.Try, ast.With, ast.For)):
                        yield lambda block=block, number=number, one=one: block.__setitem__(slice(number, number + 1), one.body)
                    if isinstance(one, ast.Try) and len(one.handlers) == 1 and len(one.handlers[0].body) > 1:
                        yield lambda one=one: one.handlers[0].body.pop()
        if isinstance(node, ast.ImportFrom):
            for number in range(len(node.names)):
                if len(node.names) > 1:
                    yield lambda node=node, number=number: node.names.pop(number)
        if isinstance(node, ast.Call):
            for number in range(len(node.keywords)):
                yield lambda node=node, number=number: node.keywords.pop(number)
            for number in range(len(node.args)):
                if len(node.args) > 1 or node.args and isinstance(node.args[0], (ast.Call, ast.Compare)):
                    yield lambda node=node, number=number: node.args.pop(number)
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)) and isinstance(node.ctx, ast.Load) if isinstance(node, (ast.List, ast.Tuple)) else False:
            for number in range(len(node.elts)):
                yield lambda node=node, number=number: node.elts.pop(number)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ", " in node.value:
            parts = node.value.split(", ")
            for number in range(len(parts)):
                text = ", ".join(parts[:number] + parts[number + 1:])
                yield lambda node=node, text=text: setattr(node, "value", text)
        for field, value in ast.iter_fields(node):
            inner = simpler(value)
            if inner is not None:
                yield lambda node=node, field=field, inner=inner: setattr(node, field, inner)
            if isinstance(value, list):
                for number, one in enumerate(value):
                    inner = simpler(one)
                    if inner is not None:
                        yield lambda value=value, number=number, inner=inner: value.__setitem__(number, inner)


def simpler(node):
    """A part that can stand for a whole expression."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call):
        return copy.deepcopy(node.func.value)
    if isinstance(node, ast.BoolOp):
        return copy.deepcopy(node.values[0])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        return copy.deepcopy(node.operand)
    if isinstance(node, ast.ListComp):
        return copy.deepcopy(node.generators[0].iter)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "backref" and node.args:
        return copy.deepcopy(node.args[0])
    return None
