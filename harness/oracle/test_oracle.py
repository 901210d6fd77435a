"""The oracle's own tests: no network, no SQLAlchemy, no backproof."""
import contextlib
import datetime
import io
import json
import os
import stat
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import environments
import plans
import recording
import records
from problem import Problem
from steady import Steady

with contextlib.suppress(ImportError):
    import importlib.util

    _spec = importlib.util.spec_from_file_location(
        "oracle_main", os.path.join(os.path.dirname(os.path.abspath(__file__)), "__main__.py")
    )
    oracle = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(oracle)

GOOD = {"python": list(environments.PYTHON), "sqlite": [3, 40, 0], "sqlalchemy": "2.0.51"}


def done(code=0, out="", err=""):
    return subprocess.CompletedProcess([], code, out, err)


def script(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
    return path


class Folder(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = place.name

    def file(self, *parts):
        path = os.path.join(self.folder, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path


class SteadyTest(unittest.TestCase):
    def setUp(self):
        self.steady = Steady(datetime.datetime(2026, 1, 2, 3, 4, 5, 9), datetime.datetime(2026, 1, 2, 3, 4, 6))

    def test_an_address_keeps_its_number_and_a_hexadecimal_number_is_none(self):
        shown = self.steady.text("<A at 0x7f1> <B at 0x7f2> <A at 0x7F1> 0xff")
        self.assertEqual(shown, "<A at 0x#1> <B at 0x#2> <A at 0x#1> 0xff")

    def test_a_time_of_the_run_is_now_and_another_stays(self):
        self.assertEqual(self.steady.text("('2026-01-02 03:04:05.000001',)"), "('NOW',)")
        self.assertEqual(self.steady.text("datetime.datetime(2026, 1, 2, 3, 4, 5, 7)"), "NOW")
        for other in ("2025-01-02 03:04:05", "datetime.datetime(2024, 2, 29, 8, 30)", "2026-99-99 03:04:05"):
            self.assertEqual(self.steady.text(other), other)

    def test_the_time_of_a_mark_goes_and_its_words_stay(self):
        self.assertEqual(self.steady.message("[cached since 1.5e-05s ago] (1,)"), "[cached since T ago] (1,)")
        self.assertEqual(self.steady.message("SELECT '[no key 0.1s]'"), "SELECT '[no key 0.1s]'")
        self.assertEqual(self.steady.text("[no key 0.1s] ()"), "[no key 0.1s] ()")

    def test_the_place_of_an_environment_goes(self):
        shown = self.steady.text("from 'x' (/opt/v/lib/python3.11/site-packages/x/y.py)")
        self.assertEqual(shown, "from 'x' (ENV/x/y.py)")


class EnvironmentsTest(Folder):
    def made(self, *answers):
        """Environments whose commands get these answers in turn."""
        answers = list(answers)
        self.commands = []

        def run(command, **_):
            self.commands.append(command)
            answer = answers.pop(0)
            if isinstance(answer, BaseException):
                raise answer
            if command[1:3] == ["-m", "venv"] and not answer.returncode:
                script(self.file("2.0.51", "bin", "python"), "")
            return answer

        return environments.Environments(self.folder, "python3.11", run)

    def probe(self, **other):
        return done(out=json.dumps({**GOOD, **other}))

    def refused(self, made, *says):
        with self.assertRaises(Problem) as caught:
            made.ready("2.0.51")
        for words in says:
            self.assertIn(words, str(caught.exception))

    def test_a_ready_environment_is_not_made_again(self):
        script(self.file("2.0.51", "bin", "python"), "")
        made = self.made(self.probe())
        self.assertEqual(made.ready("2.0.51"), os.path.join(self.folder, "2.0.51", "bin", "python"))
        self.assertEqual(len(self.commands), 1)

    def test_one_that_was_left_half_made_is_made_anew(self):
        script(self.file("2.0.51", "bin", "python"), "")
        made = self.made(self.probe(sqlalchemy=None), self.probe(), done(), done(), self.probe())
        made.ready("2.0.51")
        self.assertIn("sqlalchemy==2.0.51", self.commands[3])

    def test_no_python(self):
        self.refused(self.made(FileNotFoundError("python3.11")), "no Python that can be run", "install Python 3.11")

    def test_another_python(self):
        self.refused(self.made(self.probe(python=[3, 13])), "is Python 3.13", "--python")

    def test_no_venv_module(self):
        failed = done(1, err="The virtual environment was not created because ensurepip is not available.")
        self.refused(self.made(self.probe(), failed), "-m venv` failed", "python3.11-venv")

    def test_no_network(self):
        failed = done(1, err="NewConnectionError: failed\nERROR: No matching distribution found for sqlalchemy==2.0.51")
        self.refused(self.made(self.probe(), done(), failed), "SQLAlchemy 2.0.51", "PyPI cannot be reached", "network")

    def test_a_release_that_cannot_be_installed(self):
        failed = done(1, err="ERROR: No matching distribution found for sqlalchemy==2.0.51")
        self.refused(self.made(self.probe(), done(), failed), "cannot be installed (ERROR: No matching", "by hand")

    def test_an_installer_that_does_not_end(self):
        late = subprocess.TimeoutExpired("pip", 1)
        self.refused(self.made(self.probe(), done(), late), "installing SQLAlchemy 2.0.51 took longer", "network")

    def test_an_sqlite_without_returning(self):
        script(self.file("2.0.51", "bin", "python"), "")
        self.refused(self.made(self.probe(sqlite=[3, 34, 1])), "SQLite 3.34.1", "newer")

    def test_a_link_to_something_else_is_left_alone(self):
        script(self.file("elsewhere", "bin", "python"), "")
        os.symlink(self.file("elsewhere"), self.file("2.0.51"))
        self.refused(self.made(self.probe(sqlalchemy="2.0.8")), "is a link", "remove the link")


class PlansTest(unittest.TestCase):
    def test_a_case_that_cannot_be_read_is_named_and_the_others_are_read(self):
        good = {"id": "a.b", "path": "doc-cases/a/b.md", "profile": "2.0.51", "hash": "1", "runs": []}
        bad = {"id": "a.c", "path": "doc-cases/a/c.md", "problem": "doc-cases/a/c.md:2: not UTF-8"}
        answer = done(2, json.dumps({"cases": [good, bad]}))
        read, problems = plans.read("backproof", ".", "2.0.51", lambda *_, **__: answer)
        self.assertEqual([case.name for case in read], ["a.b"])
        self.assertEqual([name for name, _ in problems], ["a.c"])
        self.assertIn("c.md:2: not UTF-8", str(problems[0][1]))

    def test_a_backproof_that_says_nothing_is_trouble(self):
        for answer in (done(2, "", "error: unexpected argument"), done(0, "[]")):
            with self.assertRaises(Problem):
                plans.read("backproof", ".", "2.0.51", lambda *_, answer=answer, **__: answer)

    def test_no_backproof_and_no_cargo(self):
        def missing(*_, **__):
            raise FileNotFoundError("cargo")

        with self.assertRaisesRegex(Problem, "--backproof"):
            plans.read("backproof", ".", "2.0.51", missing)
        with self.assertRaisesRegex(Problem, "install Rust"):
            plans.command(".", missing)


class RecordsTest(Folder):
    def test_an_unchanged_file_is_left_alone(self):
        kept = records.Records(self.folder)
        self.assertTrue(kept.write("a.b", "2.0.51", "one\n"))
        before = os.stat(kept.path("a.b", "2.0.51")).st_mtime_ns
        self.assertFalse(kept.write("a.b", "2.0.51", "one\n"))
        self.assertEqual(os.stat(kept.path("a.b", "2.0.51")).st_mtime_ns, before)

    def test_a_write_that_fails_leaves_the_file_whole(self):
        kept = records.Records(self.folder)
        kept.write("a.b", "2.0.51", "one\n")
        with mock.patch("os.fsync", side_effect=OSError("the disk is full")), self.assertRaises(OSError):
            kept.write("a.b", "2.0.51", "two\n")
        self.assertEqual(kept.read("a.b", "2.0.51"), "one\n")
        self.assertEqual(os.listdir(os.path.join(self.folder, "a.b")), ["2.0.51.json"])

    def test_a_record_is_json_with_a_line_for_each_thing_shown(self):
        case = mock.Mock(release="2.0.51", hash="1f")
        case.name = "a.b"
        steps = [
            {"page": "p.md", "line": 1, "kind": "prompt", "shown": []},
            {"page": "p.md", "line": 2, "kind": "prompt", "shown": [{"out": "1\n"}, {"out": "é"}],
             "raised": {"type": "E", "message": "m"}},
        ]
        text = records.text(case, "3.11", steps)
        self.assertEqual(json.loads(text)["steps"], steps)
        self.assertIn('\n   {"out": "1\\n"},\n   {"out": "é"}\n', text)


FAKE_LIBRARY = {
    "__init__.py": "",
    "log.py": """
import logging
class InstanceLogger:
    def __init__(self, name):
        self.logger = logging.getLogger(name)
    def info(self, text):
        self.logger.info(text)
""",
}


class Playing(Folder):
    """A test with an interpreter that has something like the library."""

    def setUp(self):
        super().setUp()
        for name, text in FAKE_LIBRARY.items():
            with open(self.file("library", "sqlalchemy", name), "w", encoding="utf-8") as file:
                file.write(text)
        text = f'#!/bin/sh\nPYTHONPATH="{self.file("library")}" exec "{sys.executable}" "$@"\n'
        self.python = script(self.file("python"), text)

    def case(self, *runs, name="a.b"):
        runs = [{"world": world, "kind": kind, "page": "p.md", "line": line, "source": source}
                for line, (world, kind, source) in enumerate(runs, 1)]
        return plans.Case({"id": name, "path": "p.md", "profile": "2.0.51", "hash": "1f", "runs": runs})


class RecordingTest(Playing):
    def test_what_is_printed_logged_and_raised_is_kept_in_order(self):
        steps = recording.record(self.case(
            (1, "given", "from sqlalchemy.log import InstanceLogger\nlog = InstanceLogger('sqlalchemy.engine.Engine')\nprint('nobody asks')"),
            (1, "prompt", "print('one'); log.info('BEGIN'); 2\n"),
            (1, "listing", "import logging\nlogging.getLogger('sqlalchemy.engine.Engine').info('COMMIT')\n1\n"),
            (1, "prompt", "[][1]\n"),
        ), self.python, 30)
        begin = {"log": "BEGIN", "level": "INFO", "logger": "sqlalchemy.engine.Engine", "echoed": True}
        self.assertEqual(steps, [
            {"page": "p.md", "line": 1, "kind": "given"},
            {"page": "p.md", "line": 2, "kind": "prompt", "shown": [{"out": "one\n"}, begin, {"out": "2\n"}]},
            {"page": "p.md", "line": 3, "kind": "listing", "shown": [{**begin, "log": "COMMIT", "echoed": False}]},
            {"page": "p.md", "line": 4, "kind": "prompt", "shown": [],
             "raised": {"type": "IndexError", "message": "list index out of range"}},
        ])

    def test_noting_a_message_keeps_nothing_alive(self):
        steps = recording.record(self.case(
            (1, "listing",
             "import weakref\nfrom sqlalchemy.log import InstanceLogger\n"
             "log = InstanceLogger('sqlalchemy.engine.Engine')\nclass Thing: pass\n"
             "def used():\n    thing = Thing()\n    log.info('used')\n    return weakref.ref(thing)\n"),
            (1, "prompt", "used()() is None\n"),
        ), self.python, 30)
        self.assertEqual(steps[1]["shown"][-1], {"out": "True\n"})
        self.assertTrue(steps[1]["shown"][0]["echoed"])

    def test_worlds_share_nothing_and_keep_the_order_of_the_plan(self):
        steps = recording.record(
            self.case((1, "listing", "x = 1"), (2, "prompt", "x\n"), (1, "prompt", "x\n")), self.python, 30
        )
        self.assertEqual(steps[1]["raised"]["type"], "NameError")
        self.assertEqual(steps[2]["shown"], [{"out": "1\n"}])

    def test_a_given_that_raises_gives_the_case_up(self):
        steps = recording.record(
            self.case((1, "prompt", "1\n"), (1, "given", "1 / 0"), (1, "prompt", "2\n"), (2, "listing", "print(3)")),
            self.python, 30,
        )
        self.assertEqual(steps[0]["shown"], [{"out": "1\n"}])
        self.assertEqual(steps[1]["raised"]["type"], "ZeroDivisionError")
        self.assertTrue(steps[2]["not_run"] and steps[3]["not_run"])

    def test_what_has_no_order_of_its_own_is_kept_sorted_and_marked(self):
        orders = [{"shown": [{"log": piece} for piece in order], "raised": None} for order in ("ba", "ab")]
        run = {"page": "p.md", "line": 1, "kind": "prompt"}
        step = recording.one(self.case(), run, orders)
        self.assertEqual(step, {"varies": True, "shown": [{"log": "a"}, {"log": "b"}]})
        self.assertEqual(recording.one(self.case(), run, orders[:1] * 2), {"shown": orders[0]["shown"]})
        with self.assertRaisesRegex(Problem, "p.md:1 shows something else from run to run"):
            recording.one(self.case(), run, [orders[0], {"shown": [], "raised": None}])
        with self.assertRaisesRegex(Problem, "p.md:1 raises something else from run to run"):
            recording.one(self.case(), run, [orders[0], {**orders[0], "raised": {"type": "E", "message": ""}}])

    def test_objects_lie_elsewhere_in_every_turn(self):
        source = "things = [type(n, (), {})() for n in 'abcdefgh']\nfor thing in set(things): print(type(thing).__name__)\n"
        case = self.case((1, "listing", source))
        with self.assertRaisesRegex(Problem, "from run to run"):
            recording.record(case, self.python, 30)

    def test_a_world_that_hangs_is_named_by_its_step(self):
        with self.assertRaisesRegex(Problem, r"a\.b in 2\.0\.51: p\.md:2 did not end within 1 s: .*--time-limit"):
            recording.record(self.case((1, "prompt", "1\n"), (1, "prompt", "while True: pass\n")), self.python, 1)

    def test_a_step_that_ends_the_process_is_named(self):
        with self.assertRaisesRegex(Problem, r"p\.md:1 ended the process"):
            recording.record(self.case((1, "listing", "import os\nos._exit(3)")), self.python, 30)

    def test_leaving_is_an_exception_like_others(self):
        steps = recording.record(self.case((1, "listing", "raise SystemExit(2)"), (1, "prompt", "1\n")), self.python, 30)
        self.assertEqual(steps[0]["raised"], {"type": "SystemExit", "message": "2"})
        self.assertEqual(steps[1]["shown"], [{"out": "1\n"}])


class CommandTest(Playing):
    def run_with(self, command, cases, *more, failing=None):
        """The command's exit code, with what it said."""
        args = oracle.arguments([command, "--backproof", "backproof", "--sqlalchemy", "2.0.51", "--time-limit", "2", *more])
        if command == "record" and not more:
            args.sqlalchemy = None
        made = mock.Mock()
        made.ready.side_effect = failing or (lambda release: self.python)
        read = [case for case in cases if not isinstance(case, Problem)]
        problems = [("a.bad", problem) for problem in cases if isinstance(problem, Problem)]

        def answer(_, __, release, wanted=()):
            for case in read:
                case.release = release
            return [plans.Case({"id": case.name, "path": case.path, "profile": release, "hash": case.hash,
                                "runs": case.runs}) for case in read], problems

        out, err = io.StringIO(), io.StringIO()
        with mock.patch("plans.read", answer), contextlib.redirect_stderr(err):
            one = oracle.Oracle(args, self.folder, out)
            code = getattr(oracle, command)(one, made)
        return code, out.getvalue() + err.getvalue()

    def stored(self, name="a.b", release="2.0.51"):
        return records.Records(self.file("snapshots", "recorded")).read(name, release)

    def test_two_recordings_are_the_same(self):
        case = self.case((1, "prompt", "object()\n"))
        self.assertEqual(self.run_with("record", [case])[0], 0)
        first = self.stored()
        code, said = self.run_with("record", [case])
        self.assertEqual((code, self.stored()), (0, first))
        self.assertIn("0 recorded, 5 unchanged", said)

    def test_a_case_that_hangs_leaves_its_record_and_the_others_are_written(self):
        self.run_with("record", [self.case((1, "prompt", "1\n"))], "a.b")
        before = self.stored()
        hangs = self.case((1, "prompt", "while True: pass\n"))
        other = self.case((1, "prompt", "2\n"), name="a.c")
        code, said = self.run_with("record", [hangs, other], "a.b", "a.c")
        self.assertEqual((code, self.stored()), (1, before))
        self.assertIn("p.md:1 did not end", said)
        self.assertIsNotNone(self.stored("a.c"))

    def test_a_case_that_cannot_be_read_keeps_its_record(self):
        records.Records(self.file("snapshots", "recorded")).write("a.bad", "2.0.51", "kept\n")
        code, said = self.run_with("record", [Problem("a.bad cannot be read", "save it as UTF-8")])
        self.assertEqual((code, self.stored("a.bad")), (1, "kept\n"))
        self.assertIn("save it as UTF-8", said)

    def test_a_release_that_cannot_be_had_keeps_its_record(self):
        records.Records(self.file("snapshots", "recorded")).write("a.b", "2.1.9", "kept\n")

        def failing(release):
            if release == "2.1.9":
                raise Problem("SQLAlchemy 2.1.9 was not installed", "see to the network")
            return self.python

        code, said = self.run_with("record", [self.case((1, "prompt", "1\n"))], failing=failing)
        self.assertEqual((code, self.stored("a.b", "2.1.9")), (1, "kept\n"))
        self.assertIsNotNone(self.stored())
        self.assertIn("see to the network", said)

    def test_the_record_of_a_case_that_is_gone_is_removed(self):
        records.Records(self.file("snapshots", "recorded")).write("a.gone", "2.0.51", "old\n")
        self.assertEqual(self.run_with("record", [self.case((1, "prompt", "1\n"))], "a.b")[0], 0)
        self.assertIsNotNone(self.stored("a.gone"))
        self.assertEqual(self.run_with("record", [self.case((1, "prompt", "1\n"))])[0], 0)
        self.assertIsNone(self.stored("a.gone"))

    def test_a_name_of_no_case_is_trouble(self):
        code, said = self.run_with("record", [self.case()], "a.typo")
        self.assertEqual(code, 1)
        self.assertIn("there is no case `a.typo`", said)

    def test_drift_is_told_and_nothing_is_written(self):
        self.run_with("record", [self.case((1, "prompt", "1\n"))], "a.b")
        before = self.stored()
        self.assertEqual(self.run_with("drift", [self.case((1, "prompt", "1\n"))])[0], 0)
        code, said = self.run_with("drift", [self.case((1, "prompt", "2\n"))])
        self.assertEqual((code, self.stored()), (1, before))
        self.assertIn("drift: a.b in 2.0.51\n", said)
        self.assertIn('-   {"out": "1\\n"}', said)
        self.assertIn("0 as recorded, 1 drifted", said)


if __name__ == "__main__":
    unittest.main()
