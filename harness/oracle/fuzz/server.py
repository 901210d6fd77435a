"""Runs programs in the real library, each in a fork of a process that has imported it.

Reads one JSON object a line (`{"path": …, "limit": seconds}`, with `calls` where it is to be called from further up) and
answers with one (`{"stdout": …, "error": …, "status": …}`). Python's cyclic collector is off while a program runs, so that objects in
reference cycles go only where a program calls `gc.collect()`; a program sees no randomness of ours.
"""

import gc
import io
import json
import os
import random
import signal
import sys
import tempfile
import types


def run(path, calls):
    """The program itself, in the child; returns its exit status and what Python writes of what was raised."""
    if calls:
        return run(path, calls - 1)
    with open(path) as file:
        source = file.read()
    module = types.ModuleType("__main__")
    module.__file__ = "program.py"
    sys.modules["__main__"] = module
    try:
        exec(compile(source, "program.py", "exec"), module.__dict__)
    except BaseException as error:
        return 1, told(error)
    return 0, ""


def told(error):
    """What Python itself would write of an error that ends a program: with what it takes to be meant."""
    error.__cause__, error.__suppress_context__ = None, True
    written, sys.stderr = sys.stderr, io.StringIO()
    try:
        sys.__excepthook__(type(error), error, error.__traceback__)
        return sys.stderr.getvalue()
    finally:
        sys.stderr = written


def child(path, limit, stdout, report, waste, calls):
    os.dup2(stdout, 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    signal.alarm(limit)
    gc.disable()
    # Addresses shift by what is allocated before, and with them the order of the library's sets of objects.
    # What is freed in no order is used again in no order.
    chance = random.Random(waste)
    kept = [bytearray(97 * (number % 53)) for number in range(waste)]
    loose = [bytes(chance.randrange(1, 480)) for _ in range(4 * waste)]
    chance.shuffle(loose)
    del loose[waste:]
    status, error = run(path, calls)
    sys.stdout.flush()
    os.write(report, json.dumps([status, error]).encode())
    os._exit(0 if kept is not loose else 1)


def main():
    import logging
    import warnings

    warnings.simplefilter("ignore")
    import sqlalchemy
    import sqlalchemy.ext.declarative
    import sqlalchemy.orm
    import sqlalchemy.dialects.sqlite
    import sqlite3
    import typing

    print(json.dumps({"version": sqlalchemy.__version__, "sqlite": sqlite3.sqlite_version}), flush=True)
    del logging, typing
    for line in sys.stdin:
        asked = json.loads(line)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as report:
            pid = os.fork()
            if pid == 0:
                limit, waste, calls = asked.get("limit", 20), asked.get("waste", 0), asked.get("calls", 0)
                child(asked["path"], limit, out.fileno(), report.fileno(), waste, calls)
            _, code = os.waitpid(pid, 0)
            out.seek(0)
            report.seek(0)
            told = report.read()
            status, error = json.loads(told) if told else [-1, f"killed by signal {os.waitstatus_to_exitcode(code)}"]
            print(json.dumps({"stdout": out.read().decode("utf-8", "replace"), "error": error, "status": status}), flush=True)


if __name__ == "__main__":
    main()
