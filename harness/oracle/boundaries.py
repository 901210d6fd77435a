#!/usr/bin/env python3
"""Finds, by bisecting the real releases, where each dated behaviour begins and ends.

Runs every program of `probes/` under releases of SQLAlchemy, each installed by pip into a folder of its own, and writes
which releases show what. Standard library only; a record is replaced only by a whole one.
"""
import argparse
import ast
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PROBES = HERE / "probes"
RECORDS = ROOT / "snapshots" / "boundaries"
# 1.2.13 is the first release that Python 3.11 can import.
FIRST, LAST = (1, 2, 13), (2, 1)
PATIENCE = 30


class Missing(Exception):
    """A release that cannot be installed, or that cannot be asked."""


def number(name):
    """`2.0.5.post1` as (2, 0, 5): what a person asks for."""
    return tuple(int(part) for part in name.split(".")[:3])


def text(version):
    return ".".join(map(str, version))


class Releases:
    """The releases of the index, and a folder each for those that were needed."""

    def __init__(self, folder):
        self.folder = folder
        self.missing = {}
        self.names = self.listed()
        self.order = sorted(self.names)
        self.needs = self.install("needs", ["typing_extensions"])

    def listed(self):
        done = self.pip("index", "versions", "sqlalchemy")
        line = next((line for line in done.stdout.splitlines() if line.startswith("Available versions:")), None)
        if line is None:
            raise SystemExit(f"the package index does not answer:\n{done.stderr.strip()}")
        names = [name.strip() for name in line.split(":", 1)[1].split(",")]
        final = [name for name in names if re.fullmatch(r"\d+\.\d+\.\d+(\.post\d+)?", name)]
        return {number(name): name for name in reversed(final) if FIRST <= number(name) and number(name)[:2] <= LAST}

    def pip(self, *arguments):
        return subprocess.run(
            [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments],
            capture_output=True, text=True, check=False, env={**os.environ, "DISABLE_SQLALCHEMY_CEXT": "1"},
        )

    def install(self, name, packages):
        path = self.folder / name
        if not path.is_dir():
            part = self.folder / f"{name}.part{os.getpid()}"
            done = self.pip("install", "--quiet", "--no-deps", "--no-compile", "--target", str(part), *packages)
            if done.returncode:
                raise Missing(f"{name} cannot be installed: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
            try:
                part.rename(path)
            except OSError:
                pass  # another run of this tool was first
        return path

    def path(self, version):
        return self.install(self.names[version], [f"sqlalchemy=={self.names[version]}"])

    def ends(self):
        """The first and the last release of every series."""
        series = {}
        for version in self.order:
            series.setdefault(version[:2], []).append(version)
        return sorted({end for versions in series.values() for end in (versions[0], versions[-1])})


def normal(output, view):
    """The output as it is compared: addresses and times in one form, and of the log what `view` says."""
    output = re.sub(r"0x[0-9a-f]+", "0x…", output)
    output = re.sub(r"\[(generated in|cached since|no key|caching disabled(?: \([^)]*\))?|insertmanyvalues) [0-9.e+-]+s", r"[\1 …s", output)
    return "".join(line for line in map(VIEWS[view], output.splitlines(keepends=True)) if line is not None)


INSTALLED = re.compile(r" \((?:/[^/()]+)*/(?=sqlalchemy/)")
"""Where a release happens to be installed, as an `ImportError` names it."""

STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ ")
ORIGIN = re.compile(STAMP.pattern + r"INFO sqlalchemy\.engine\S* ")
MARK = re.compile(r"\[(generated in|cached since|no key|raw sql|caching disabled|insertmanyvalues)[^]]*\] ")


def whole(line):
    """A line without its time."""
    return STAMP.sub("", line, count=1)


def message(line):
    """A logged line without where it comes from and without its mark."""
    found = ORIGIN.match(line)
    return MARK.sub("", line[found.end():], count=1) if found else line


def statement(line):
    """A line, unless it shows parameters."""
    found = ORIGIN.match(line)
    if found is None:
        return line
    return None if line[found.end():].startswith(("[", "(", "{")) else line[found.end():]


# `# log: VIEW` on a probe's first line says what of the log is compared: releases that differ in
# the marks of parameters need not differ in what the probe is for.
VIEWS = {"whole": whole, "messages": message, "statements": statement}


def view_of(probe):
    found = re.match(r"# log: (\w+)\n", probe.read_text(encoding="utf-8"))
    return found.group(1) if found else "whole"


# Runs probes in one process a release: the library is imported once, and every probe has a fork of its own. One that begins
# with `# alone` imports the library itself, since it sets what is read then.
CHILD = """
import os, runpy, signal, sys, traceback

def is_alone(probe):
    with open(probe, encoding="utf-8") as file:
        return file.readline() == "# alone\\n"

imported = False
for probe in sorted(sys.argv[2:], key=is_alone, reverse=True):
    if not imported and not is_alone(probe):
        import sqlite3, sqlalchemy.dialects.sqlite, sqlalchemy.ext.declarative, sqlalchemy.orm
        imported = True
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(writing, 1)
        sys.argv = [probe]
        signal.alarm(int(os.environ["PATIENCE"]))
        try:
            runpy.run_path(probe, run_name="__main__")
            code = 0
        except BaseException as error:
            print(f"{type(error).__name__}: {error}")
            code = 1
        sys.stdout.flush()
        os._exit(code)
    os.close(writing)
    with open(reading, encoding="utf-8") as pipe:
        output = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(repr((probe, status, output)), flush=True)
"""


def shown(releases, version, probes):
    """What each of `probes` prints in one release: its output, or a `Missing`."""
    try:
        folder = releases.path(version)
    except Missing as why:
        return {probe: why for probe in probes}
    environment = {
        "PYTHONPATH": f"{folder}{os.pathsep}{releases.needs}",
        "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8", "PATIENCE": str(PATIENCE),
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CHILD, "--", *map(str, probes)],
        capture_output=True, text=True, check=False, env=environment,
    )
    answers = {}
    for line in done.stdout.splitlines():
        path, status, output = ast.literal_eval(line)
        probe = pathlib.Path(path)
        if status == 0:
            answers[probe] = normal(output, view_of(probe))
        elif status < 0:
            answers[probe] = Missing(f"hangs in {text(version)}")
        else:
            reason = INSTALLED.sub(" (", (output.splitlines() or ["?"])[-1])
            answers[probe] = Missing(f"fails in {text(version)}: {reason}")
    last = (done.stderr.strip().splitlines() or ["?"])[-1]
    return {probe: answers.get(probe, Missing(f"{text(version)} does not run: {last}")) for probe in probes}


class Search:
    """One probe's outputs, and the releases that are still to be asked."""

    def __init__(self, releases, probe, start):
        self.releases, self.probe = releases, probe
        self.seen, self.missing = {}, {}
        self.start = start

    def wanted(self):
        """The releases to ask next: the first ones, then the middle of every two neighbours that differ."""
        asked = {*self.seen, *self.missing}
        if fresh := [version for version in self.start if version not in asked]:
            return fresh
        wanted = []
        known = sorted(self.seen)
        for low, high in zip(known, known[1:]):
            if self.seen[low] != self.seen[high]:
                inner = [version for version in self.releases.order if low < version < high and version not in asked]
                wanted += inner[len(inner) // 2:][:1]
        return wanted

    def hear(self, version, answer):
        (self.missing if isinstance(answer, Missing) else self.seen)[version] = answer

    def record(self):
        spans = []
        for version in sorted(self.seen):
            if spans and spans[-1]["output"] == self.seen[version]:
                spans[-1]["last"] = text(version)
            else:
                spans.append({"first": text(version), "last": text(version), "output": self.seen[version]})
        return {
            "probe": hashlib.sha256(self.probe.read_bytes()).hexdigest(),
            "log": view_of(self.probe),
            "spans": [{**span, "output": span["output"].splitlines()} for span in spans],
            "asked": [text(version) for version in sorted(self.seen)],
            "not_asked": [str(self.missing[version]) for version in sorted(self.missing)],
        }


def bisect(releases, searches, jobs):
    """Asks rounds of releases until every boundary lies between two neighbours."""
    while True:
        plan = {}
        for search in searches:
            for version in search.wanted():
                plan.setdefault(version, []).append(search)
        if not plan:
            return

        def ask(version):
            return shown(releases, version, [search.probe for search in plan[version]])

        with ThreadPoolExecutor(jobs) as pool:
            for version, answers in zip(plan, pool.map(ask, plan)):
                for search in plan[version]:
                    search.hear(version, answers[search.probe])


def write(path, record):
    """Replaces a record by a whole one."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="probes (default: all of them)")
    parser.add_argument("--cache", required=True, type=pathlib.Path, help="a folder for installed releases")
    parser.add_argument("--also", default="", help="releases to ask besides the ends of every series: 2.0.8,2.0.20")
    parser.add_argument("--check", action="store_true", help="write nothing; say what differs from the record")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    RECORDS.mkdir(parents=True, exist_ok=True)
    names = arguments.names or sorted(path.stem for path in PROBES.glob("*.py"))
    unknown = [name for name in names if not (PROBES / f"{name}.py").is_file()]
    if unknown:
        parser.error(f"no probe is called {', '.join(unknown)}")
    try:
        releases = Releases(arguments.cache.resolve())
    except Missing as why:
        raise SystemExit(str(why)) from None
    start = sorted({*releases.ends(), *(number(name) for name in arguments.also.split(",") if name)})
    searches = [Search(releases, PROBES / f"{name}.py", start) for name in names]
    bisect(releases, searches, arguments.jobs)
    drifted = False
    for name, search in zip(names, searches):
        record = search.record()
        print(f"{name}: " + " | ".join(f"{span['first']}–{span['last']}" for span in record["spans"]))
        for why in record["not_asked"]:
            print(f"  {why}")
        path = RECORDS / f"{name}.json"
        if arguments.check:
            known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
            if record["spans"] != known.get("spans"):
                print("  differs from the record")
                drifted = True
        elif record["spans"]:
            write(path, record)
    sys.exit(drifted)


if __name__ == "__main__":
    main()
