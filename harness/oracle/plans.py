"""What is to be run: asked of backproof, never worked out here."""
import json
import os
import subprocess

from problem import Problem

CASES = "doc-cases"
TIME_LIMIT = 900


class Case:
    """One case as one release is to run it."""

    def __init__(self, found):
        self.name = found["id"]
        self.path = found["path"]
        self.release = found["profile"]
        self.hash = found["hash"]
        self.runs = found["runs"]


def command(root, run=subprocess.run):
    """The backproof of this checkout, built first."""
    build = ["cargo", "build", "--quiet", "--locked"]
    try:
        built = run(build, cwd=root, capture_output=True, text=True)
    except OSError:
        raise Problem("`cargo` cannot be run", "install Rust, or name a built backproof with --backproof")
    if built.returncode:
        raise Problem(
            f"backproof does not build:\n{built.stderr.rstrip()}\n",
            "mend that, or name a built one with --backproof",
        )
    target = os.environ.get("CARGO_TARGET_DIR") or os.path.join(root, "target")
    return os.path.join(root, target, "debug", "backproof")


def read(backproof, root, release, run=subprocess.run, wanted=()):
    """Every case as `release` runs it, or those that are wanted, and what is to be said of cases that cannot be read.

    A wanted case that is a file of its name is read alone; where there is one that is not, all are.
    """
    files = [file_of(root, name) for name in wanted]
    if not files or None in files:
        return cases_of(backproof, root, release, CASES, None, run)
    read, problems = [], []
    for name, path in zip(wanted, files):
        found, troubled = cases_of(backproof, root, release, path, name, run)
        read += found
        problems += troubled
    return read, problems


def file_of(root, name):
    """The file of a case by its name: its settings, or the only page of that name."""
    folder, _, stem = name.rpartition(".")
    within = os.path.join(CASES, *folder.split("."))
    try:
        beside = sorted(os.listdir(os.path.join(root, within)))
    except OSError:
        return None
    named = [entry for entry in beside if entry.startswith(f"{stem}.")]
    settings = [entry for entry in named if entry.endswith(".case.toml")]
    chosen = settings or named
    return os.path.join(within, chosen[0]) if len(chosen) == 1 else None


def cases_of(backproof, root, release, path, name, run):
    """The cases below a path; a file that is one case has `name`."""
    asked = [backproof, "extract", "--format", "json", "--sqlalchemy", release, path]
    try:
        done = run(asked, cwd=root, capture_output=True, text=True, timeout=TIME_LIMIT)
    except OSError as error:
        raise Problem(f"`{backproof}` cannot be run ({error})", "name a built backproof with --backproof")
    except subprocess.TimeoutExpired:
        raise Problem(f"`{' '.join(asked)}` took longer than {TIME_LIMIT} s", "run it by hand")
    try:
        said = json.loads(done.stdout)
        cases = [{**said, "id": name}] if name and "cases" not in said else said["cases"]
    except (ValueError, KeyError, TypeError):
        told = done.stderr.strip() or f"exit code {done.returncode}"
        raise Problem(f"`{' '.join(asked)}` says nothing that can be read ({told})", "build backproof anew")
    read, problems = [], []
    for case in cases:
        if "problem" in case:
            problems.append((case["id"], Problem(f"{case['id']} cannot be read", case["problem"])))
        else:
            read.append(Case(case))
    return read, problems
