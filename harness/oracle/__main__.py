"""The oracle: what the real library does with the steps of the doc cases, on record.

    python3.11 harness/oracle record [CASE]...     runs them and writes snapshots/recorded
    python3.11 harness/oracle drift [CASE]...      runs them in new environments and compares with the record

Exit codes: 0 where all is done and nothing differs; 1 where something differs, or could not be done; 2 for usage.
"""
import argparse
import concurrent.futures
import difflib
import os
import sys
import tempfile

import environments
import plans
import recording
import records
from problem import Problem

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RECORD = os.path.join("snapshots", "recorded")
PYTHON = ".".join(str(part) for part in environments.PYTHON)


def arguments(argv):
    parser = argparse.ArgumentParser(
        prog="oracle", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, says in (
        ("record", "run the cases in the real library and write what they showed"),
        ("drift", "run the cases in new environments and compare with the record"),
    ):
        command = commands.add_parser(name, help=says)
        command.add_argument("cases", nargs="*", metavar="CASE", help="names of cases, e.g. backref.removal (default: all)")
        command.add_argument(
            "--sqlalchemy", action="append", metavar="VERSION", choices=environments.RELEASES,
            help=f"a release, and more with the option given again (default: {', '.join(environments.RELEASES)})",
        )
        command.add_argument("--backproof", metavar="FILE", help="a built backproof (default: it is built with cargo)")
        command.add_argument(
            "--python", metavar="FILE", default=sys.executable,
            help=f"the Python {PYTHON} that environments are made with (default: the one that runs this)",
        )
        command.add_argument(
            "--time-limit", type=float, default=60, metavar="SECONDS", help="for each world (default: 60)"
        )
        command.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="worlds at a time")
        if name == "record":
            command.add_argument(
                "--environments", metavar="FOLDER", default=os.path.join(ROOT, "target", "oracle"),
                help="where the environments are kept, a folder a release (default: target/oracle)",
            )
    return parser.parse_args(argv)


class Oracle:
    """What one run of the command has at hand."""

    def __init__(self, args, root=ROOT, out=None):
        self.args = args
        self.root = root
        self.out = out or sys.stdout
        self.record = records.Records(os.path.join(root, RECORD))
        self.problems = []

    def say(self, text):
        print(text, file=self.out, flush=True)

    def trouble(self, problem):
        self.problems.append(problem)
        print(f"error: {problem}", file=sys.stderr, flush=True)

    def releases(self):
        return tuple(self.args.sqlalchemy or environments.RELEASES)

    def cases(self):
        """Every case that is asked for, by release; those that cannot be read are trouble."""
        backproof = self.args.backproof or plans.command(self.root)
        by_release, self.unread = {}, set()
        for release in self.releases():
            wanted = self.args.cases
            read, problems = plans.read(os.path.abspath(backproof), self.root, release, wanted=wanted)
            for name, problem in problems:
                self.unread.add((name, release))
                if (not wanted or name in wanted) and release == self.releases()[0]:
                    self.trouble(problem)
            known = {case.name for case in read} | {name for name, _ in problems}
            for name in wanted:
                if name not in known and release == self.releases()[0]:
                    self.trouble(Problem(f"there is no case `{name}`", f"`ls {plans.CASES}` shows the cases"))
            by_release[release] = [case for case in read if not wanted or case.name in wanted]
        return by_release

    def run(self, made):
        """Yields every case with the text of its record, or with the problem that kept it from having one."""
        by_release = self.cases()
        with concurrent.futures.ThreadPoolExecutor(max_workers=max(1, self.args.jobs)) as pool:
            waiting = []
            for release, cases in by_release.items():
                try:
                    python = made.ready(release)
                except Problem as problem:
                    self.trouble(problem)
                    continue
                waiting += [(case, pool.submit(self.one, case, python)) for case in cases]
            for case, future in waiting:
                try:
                    yield case, future.result()
                except Problem as problem:
                    self.trouble(problem)

    def one(self, case, python):
        return records.text(case, PYTHON, recording.record(case, python, self.args.time_limit))

    def ended(self):
        if self.problems:
            self.say(f"{len(self.problems)} of the things asked for could not be done; their records are as they were")
        return 1 if self.problems else 0


def record(oracle, made):
    """Writes the record of every case asked for; of those that no longer exist it is removed."""
    changed = same = 0
    kept = set()
    for case, text in oracle.run(made):
        kept.add(case.name)
        if oracle.record.write(case.name, case.release, text):
            changed += 1
            oracle.say(f"recorded {case.name} in {case.release}")
        else:
            same += 1
    # Only a look at everything shows what is gone.
    whole = not oracle.args.cases and not oracle.args.sqlalchemy and not oracle.problems
    if whole:
        for name, release in oracle.record.found():
            if name not in kept or release not in environments.RELEASES:
                oracle.record.remove(name, release)
                oracle.say(f"removed {name} in {release}: there is no such case or release")
    oracle.say(f"{changed} recorded, {same} unchanged")
    return oracle.ended()


def drift(oracle, made):
    """Says where the library, asked anew, shows something else than is on record."""
    drifted = same = 0
    for case, text in oracle.run(made):
        known = oracle.record.read(case.name, case.release)
        if known == text:
            same += 1
            continue
        drifted += 1
        path = os.path.relpath(oracle.record.path(case.name, case.release), oracle.root)
        if known is None:
            oracle.say(f"drift: {case.name} in {case.release}: {path} is not there")
            continue
        oracle.say(f"drift: {case.name} in {case.release}")
        lines = difflib.unified_diff(known.splitlines(), text.splitlines(), path, "now", lineterm="", n=1)
        oracle.say("\n".join(lines))
    oracle.say(f"{same} as recorded, {drifted} drifted")
    return max(oracle.ended(), 1 if drifted else 0)


def main(argv=None):
    args = arguments(argv)
    oracle = Oracle(args)
    try:
        if args.command == "record":
            made = environments.Environments(args.environments, args.python, say=oracle.say)
            return record(oracle, made)
        with tempfile.TemporaryDirectory(prefix="oracle-") as folder:
            return drift(oracle, environments.Environments(folder, args.python, say=oracle.say))
    except Problem as problem:
        oracle.trouble(problem)
        return oracle.ended()
    except OSError as error:
        oracle.trouble(Problem(f"{error}", "see to that file or folder, and run this again"))
        return oracle.ended()


if __name__ == "__main__":
    sys.exit(main())
