#!/usr/bin/env python3
"""Runs the steps of documents in the real library and says what each showed.

Reads what `backproof extract --format json` prints for each page; writes JSON with the same steps, each with what the
real library printed, logged and raised. Standard library only; each world runs in a process of its own.
"""
import argparse
import ast
import json
import subprocess
import sys
import tomllib

RUNS = ("prompt", "listing")


def makes_base(source):
    """Whether running `source` makes a declarative base, which begins a new world."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("declarative_base", "automap_base"):
                return True
        if isinstance(node, ast.ClassDef):
            for base in node.bases:
                if getattr(base, "attr", getattr(base, "id", "")) == "DeclarativeBase":
                    return True
    return False


def worlds(documents):
    """Cuts all runnable steps into lists that share a world, in the order they run."""
    found, has_base, label = [[]], False, None
    for document in documents:
        for step in document["steps"]:
            if step.get("kind") not in RUNS or step.get("reason"):
                continue
            new_base = step.get("kind") != "prompt" and makes_base(step_code(step))
            if "world" in step:
                begins = label is not None and step["world"] != label
                label = step["world"]
            else:
                begins = new_base and has_base
            if begins:
                found.append([])
                has_base = False
            has_base = has_base or new_base
            found[-1].append(step)
    return [world for world in found if world]


def step_code(step):
    """The source that runs: a fragment's completion where there is one."""
    return step.get("completed") or step["source"]


def record(python, documents):
    """Adds what the real library showed to every step."""
    for world in worlds(documents):
        plan = [
            {"kind": step.get("kind", "listing"), "code": step_code(step), "given": step.get("given") or []}
            for step in world
        ]
        done = subprocess.run(
            [python, "-W", "ignore", __file__, "--child"],
            input=json.dumps(plan), capture_output=True, text=True, check=False,
            env={"PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"},
        )
        if done.returncode:
            raise SystemExit(done.stderr)
        for step, seen in zip(world, json.loads(done.stdout), strict=True):
            step["real"] = seen


def read(paths, case):
    """The documents of one case: their steps in order, with the case file's givens before those they name."""
    documents = []
    for path in paths:
        if path == "-":
            page = json.load(sys.stdin)
        else:
            with open(path, encoding="utf-8") as file:
                page = json.load(file)
        documents += page["documents"] if "documents" in page else [{"path": page["path"], "steps": page["blocks"]}]
    if case:
        with open(case, "rb") as file:
            givens = tomllib.load(file).get("given", [])
        for given in givens:
            names = lambda step, at=given["before"]: (
                step["line"] <= at <= step["end_line"] if isinstance(at, int) else at in step.get("source", "")
            )
            steps = [step for document in documents for step in document["steps"]]
            step = next((step for step in steps if step["kind"] in RUNS and names(step)), None)
            if step is None:
                raise SystemExit(f"{case}: no step holds {given['before']!r}")
            step.setdefault("given", []).append(given["code"])
    return documents


class Pieces:
    """What one step shows, in order: printed text and log messages."""

    def __init__(self):
        self.items = []

    def write(self, text):
        self.items.append(("out", text))
        return len(text)

    def flush(self):
        pass

    def take(self):
        items, self.items = self.items, []
        return {
            "stdout": "".join(item[1] for item in items if item[0] == "out"),
            "log": [item[1] for item in items if item[0] == "log"],
            "actual": "".join(
                item[1] if item[0] == "out" else item[1] + "\n" for item in items if item[0] == "out" or item[3]
            ),
            "terminal": "".join(
                item[1] if item[0] == "out" else f"{item[2]} {item[1]}\n"
                for item in items
                if item[0] == "out" or item[3]
            ),
        }


def child():
    """Runs one world's steps, given on standard input, in this process."""
    import logging
    import traceback
    import types

    plan = json.load(sys.stdin)
    real_out = sys.stdout
    pieces = Pieces()
    main = types.ModuleType("__main__")
    main.__builtins__ = __builtins__

    import sqlalchemy.log

    class Handler(logging.Handler):
        def emit(self, record):
            frame, shown = sys._getframe(), False
            while frame is not None and not shown:
                shown = isinstance(frame.f_locals.get("self"), sqlalchemy.log.InstanceLogger)
                frame = frame.f_back
            stamp = logging.Formatter().formatTime(record)
            pieces.items.append(("log", record.getMessage(), f"{stamp} {record.levelname} {record.name}", shown))

    for name in ("sqlalchemy.engine.Engine", "sqlalchemy.engine.base.Engine"):
        logger = logging.getLogger(name)
        logger.addHandler(Handler())
        logger.setLevel(logging.INFO)
        logger.propagate = False

    sys.modules["__main__"] = main
    sys.stdout = pieces
    seen = []
    for step in plan:
        error = None
        for given in step["given"]:
            exec(compile(given if isinstance(given, str) else given["code"], "<given>", "exec"), main.__dict__)
            pieces.take()
        try:
            mode = "single" if step["kind"] == "prompt" else "exec"
            exec(compile(step["code"], "<stdin>", mode), main.__dict__)
        except Exception as raised:
            cls = type(raised)
            kind = cls.__qualname__ if cls.__module__ in ("builtins", "__main__") else f"{cls.__module__}.{cls.__qualname__}"
            frames = [f for f in traceback.extract_tb(raised.__traceback__) if f.filename == "<stdin>"]
            error = {
                "type": kind,
                "message": str(raised),
                "last": "".join(traceback.format_exception_only(cls, raised)),
                "line": frames[-1].lineno if frames else None,
            }
            del raised
        seen.append({**pieces.take(), "error": error})
    sys.stdout = real_out
    json.dump(seen, real_out)
    real_out.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python", nargs="?", help="the interpreter of a virtual environment that has SQLAlchemy")
    parser.add_argument("pages", nargs="*", default=["-"], help="what `backproof extract --format json` printed, a file a page, in order (default: standard input)")
    parser.add_argument("--case", help="the case file, for its givens")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child()
        return
    if not args.python:
        parser.error("name the interpreter of a virtual environment")
    documents = read(args.pages, args.case)
    record(args.python, documents)
    json.dump({"documents": documents}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
