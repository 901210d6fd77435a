"""Runs one world's steps with the library of the interpreter that runs this file, and says what each showed.

Reads the steps from standard input as JSON; writes one line of JSON a step to a file in the folder that its argument
names, as soon as the step has ended, so that a reader knows how far a world that hangs has come. The world is played
several times, each time with objects at other addresses: what the library orders by addresses then shows itself by
varying. Imports nothing of the rest of the oracle: it runs in the environments.
"""
import __future__
import ast
import gc
import importlib
import json
import logging
import os
import sys
import types

LOGGERS = ("sqlalchemy.engine.Engine", "sqlalchemy.engine.base.Engine")
FUTURE = [getattr(__future__, name) for name in __future__.all_feature_names]

# The code that logs where an engine echoes.
ECHOING = set()


class Pieces:
    """What one step shows, in order; stands for standard output."""

    encoding = "utf-8"

    def __init__(self):
        self.items = []

    def write(self, text):
        if self.items and "out" in self.items[-1]:
            self.items[-1]["out"] += text
        elif text:
            self.items.append({"out": text})
        return len(text)

    def flush(self):
        pass

    def isatty(self):
        return False

    def take(self):
        items, self.items = self.items, []
        return items


def handlers_from(logger):
    """The handlers that a logger's messages come to."""
    while logger is not None:
        yield from logger.handlers
        logger = logger.parent if logger.propagate else None


class Handler(logging.Handler):
    """Notes every message of an engine's log, and whether a reader would see it."""

    def __init__(self, pieces):
        super().__init__()
        self.pieces = pieces

    def emit(self, record):
        # The page's own level for engines counts; the one of the logger itself is set by the oracle.
        by_level = logging.getLogger("sqlalchemy.engine").isEnabledFor(record.levelno)
        if not ECHOING:
            parts = vars(sys.modules["sqlalchemy.log"].InstanceLogger).values()
            ECHOING.update(part.__code__ for part in parts if hasattr(part, "__code__"))
        # Frames are known by their code: a look at their variables would keep those alive.
        frame, by_echo = sys._getframe(1), False
        while frame is not None and not by_echo:
            by_echo = frame.f_code in ECHOING
            frame = frame.f_back
        # An engine's logger hands nothing on here, so that its level is the oracle's: its ancestors' handlers are the page's.
        above = logging.getLogger(record.name).parent
        handlers = list(handlers_from(above)) if by_level or by_echo else []
        elsewhere = handlers and all(getattr(handler, "stream", None) is not sys.stderr for handler in handlers)
        self.pieces.items.append({
            "log": record.getMessage(), "level": record.levelname, "logger": record.name,
            "echoed": by_echo or (by_level and not elsewhere),
        })
        if handlers:
            above.callHandlers(record)


def class_name(cls):
    """The class as a traceback names it."""
    if cls.__module__ in ("builtins", "__main__"):
        return cls.__qualname__
    return f"{cls.__module__}.{cls.__qualname__}"


def text_of(raised):
    try:
        return str(raised)
    except Exception:
        return "<exception str() failed>"


def run(step, main):
    """Runs one step; the exception that ended it, if one did."""
    flags = 0
    if step["kind"] in ("prompt", "cell"):
        # As at the prompt: what an earlier `from __future__ import` asked for stays in force.
        for feature in FUTURE:
            if main.__dict__.get(feature_name(feature)) is feature:
                flags |= feature.compiler_flag
    mode = "single" if step["kind"] == "prompt" else "exec"
    try:
        if step["kind"] == "cell":
            cell(step["source"], flags, main)
        else:
            exec(compile(step["source"], "<stdin>", mode, flags, True), main.__dict__)
    except BaseException as raised:
        error = {"type": class_name(type(raised)), "message": text_of(raised)}
        del raised
        return error
    return None


def cell(source, flags, main):
    """Runs a notebook's cell: the value of its last expression is shown, unless a semicolon ends it."""
    module = compile(source, "<stdin>", "exec", flags | ast.PyCF_ONLY_AST, True)
    last = module.body[-1:]
    if last and isinstance(last[0], ast.Expr) and not source.rstrip().endswith(";"):
        del module.body[-1]
    else:
        last = []
    exec(compile(module, "<stdin>", "exec", flags, True), main.__dict__)
    if last:
        exec(compile(ast.Interactive(last), "<stdin>", "single", flags, True), main.__dict__)


def feature_name(feature):
    return next(name for name in __future__.all_feature_names if getattr(__future__, name) is feature)


def world(steps, path):
    """Plays the world once, in this process."""
    with open(path, "w", encoding="utf-8") as results:
        # What a page does to its standard input and output is its own.
        sys.stdin = open(os.devnull, encoding="utf-8")
        pieces = sys.stdout = Pieces()
        main = types.ModuleType("__main__")
        main.__builtins__ = __builtins__
        for name in LOGGERS:
            logger = logging.getLogger(name)
            logger.addHandler(Handler(pieces))
            logger.setLevel(logging.INFO)
            logger.propagate = False
        sys.modules["__main__"] = main
        for step in steps:
            raised = run(step, main)
            json.dump({"shown": pieces.take(), "raised": raised}, results)
            results.write("\n")
            results.flush()
            if raised and step["kind"] == "given":
                break


def moved(turn):
    """Holds memory of every small size, another amount each turn, so that what comes after lies elsewhere."""
    held = []
    for size in range(16, 513, 16):
        turn = (turn * 1103515245 + 12345) % 2**31
        held.append([bytes(size - 15) for _ in range(turn // 65536 % 61)])
    return held


def main():
    steps = json.load(sys.stdin)
    folder, turns = sys.argv[1], int(sys.argv[2])
    # When the collector happens to run is no behaviour of the library; a page may ask for it.
    gc.disable()
    # What the library reads of the environment as it is imported is the page's to set.
    own = any("os.environ" in step["source"] for step in steps)
    if not own:
        importlib.import_module("sqlalchemy.log")
    if not own and any("sqlalchemy.orm" in step["source"] for step in steps):
        # The page imports it in any case; once is quicker than in every turn.
        importlib.import_module("sqlalchemy.orm")
    for turn in range(turns):
        child = os.fork()
        if child == 0:
            held = moved(turn) if turn else []
            place = os.path.join(folder, f"world-{turn}")
            os.mkdir(place)
            os.chdir(place)
            world(steps, os.path.join(folder, f"results-{turn}"))
            # Nothing that only ends with the process belongs to a step.
            held.clear()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            os._exit(os.waitstatus_to_exitcode(status) % 256)
    os._exit(0)


if __name__ == "__main__":
    main()
