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


def read(backproof, root, release, run=subprocess.run):
    """Every case as `release` runs it, and what is to be said of cases that cannot be read."""
    asked = [backproof, "extract", "--format", "json", "--sqlalchemy", release, CASES]
    try:
        done = run(asked, cwd=root, capture_output=True, text=True, timeout=TIME_LIMIT)
    except OSError as error:
        raise Problem(f"`{backproof}` cannot be run ({error})", "name a built backproof with --backproof")
    except subprocess.TimeoutExpired:
        raise Problem(f"`{' '.join(asked)}` took longer than {TIME_LIMIT} s", "run it by hand")
    try:
        cases = json.loads(done.stdout)["cases"]
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
