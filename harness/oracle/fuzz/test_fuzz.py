"""Tests of the generator, the normaliser and the shrinker; no network, no SQLAlchemy, no backproof."""

import ast
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from compare import Outcome, closest, difference, endless, kind, normalise, within
from programs import SHAPES, program
from shrink import shrink


class Generator(unittest.TestCase):
    def test_a_seed_makes_the_same_program_in_every_process(self):
        for hashseed in ("1", "2"):
            made = subprocess.run(
                [sys.executable, HERE, "generate", "7", "--version", "1.4.54"], capture_output=True, text=True, check=True,
                env={**os.environ, "PYTHONHASHSEED": hashseed})
            self.assertEqual(made.stdout, program(7, "1.4.54"))

    def test_every_program_is_python(self):
        for shapes in SHAPES:
            for seed in range(200):
                for version in ("1.4.54", "2.0.51", "2.1.9"):
                    ast.parse(program(seed, version, shapes))

    def test_wide_programs_have_wide_shapes(self):
        signs = ("polymorphic_on", "collection_class=", "lazy=\"dynamic\"", "lazy=\"write_only\"", "Set[", "Dict[", "viewonly=", "post_update=",
                 "aliased(", "func.", "update(", "delete(", "make_transient")
        wide = sum(any(sign in program(seed, "2.0.51", "wide") for sign in signs) for seed in range(200))
        self.assertGreater(wide, 180)

    def test_mapped_programs_vary_how_classes_are_mapped(self):
        signs = ("ConcreteBase", "map_imperatively(", "MappedAsDataclass", "mapped_as_dataclass", "class Noted", "class Tagged", "composite(", "Enum(", "JSON", "Shout",
                 "LargeBinary", "server_default=", "onupdate=", "class Bag", "mapping(", "with_loader_criteria(")
        programs = [program(seed, "2.0.51", "mapped") for seed in range(200)]
        self.assertEqual([sign for sign in signs if not any(sign in text for text in programs)], [])
        self.assertGreater(sum(any(sign in text for sign in signs) for text in programs), 180)

    def test_seeds_make_different_programs(self):
        self.assertEqual(len({program(seed, "2.0.51") for seed in range(100)}), 100)

    def test_old_releases_get_no_mapped_annotations(self):
        self.assertFalse(any("Mapped" in program(seed, "1.4.54") for seed in range(100)))

    def test_releases_of_a_series_share_their_programs(self):
        self.assertEqual(program(5, "2.0.8"), program(5, "2.0.51"))


class Comparing(unittest.TestCase):
    def test_times_and_addresses_do_not_count(self):
        line = "2024-01-01 12:00:00,123 INFO sqlalchemy.engine.Engine [cached since 0.0012s ago] (1,) <Ant at 0x7f00>"
        self.assertEqual(normalise(line), "INFO sqlalchemy.engine.Engine [cached since Ts ago] (1,) <Ant at 0x>")

    def test_words_of_a_mark_count(self):
        self.assertNotEqual(normalise("[generated in 0.1s] ()"), normalise("[cached since 0.1s ago] ()"))

    def test_a_line_is_of_the_kind_of_its_statement(self):
        self.assertEqual(kind("INFO sqlalchemy.engine.Engine SELECT ant.id"), "SELECT")
        self.assertEqual(kind("IntegrityError (sqlite3.IntegrityError)"), "IntegrityError")

    def test_loads_without_end_are_those_that_fill_the_stack(self):
        load = "INFO sqlalchemy.engine.Engine SELECT ant.id\nFROM ant\n"
        ours = Outcome(load, 3, "program.py:1: not supported: loads that lead to one another without end")
        self.assertTrue(endless(Outcome(load * 9 + "RecursionError maximum recursion depth exceeded\n[]\n", 0, ""), ours))
        self.assertFalse(endless(Outcome(load * 9 + "[]\nRecursionError maximum recursion depth exceeded\n", 0, ""), ours))
        self.assertFalse(endless(Outcome(load * 9 + "[]\n", 0, ""), ours))
        self.assertFalse(endless(Outcome(load + "RecursionError\n", 0, ""), Outcome(load, 3, "program.py:1: not supported: a set")))
        self.assertFalse(endless(Outcome(load + "RecursionError\n", 0, ""), Outcome("[]\n", 3, ours.error)))

    def test_equal_outcomes_do_not_differ(self):
        self.assertIsNone(difference(Outcome("a\n", 0, ""), Outcome("a\n", 0, "")))

    def test_exceptions_count(self):
        self.assertIsNotNone(difference(Outcome("", 1, "KeyError: 1\n"), Outcome("", 1, "KeyError: 2\n")))

    def test_a_refusal_is_a_difference_of_its_own_kind(self):
        found = difference(Outcome("a\n", 0, ""), Outcome("", 3, "program.py:1: not supported: this\n"))
        self.assertEqual(found.sort, "unsupported")

    def test_what_was_shown_before_a_refusal_must_be_true(self):
        found = difference(Outcome("a\n", 0, ""), Outcome("b\n", 3, "program.py:1: not supported: this\n"))
        self.assertEqual(found.sort, "output")

    def test_ours_may_vary_only_where_the_real_library_does(self):
        real = [Outcome("1\na b\n", 0, ""), Outcome("1\nb a\n", 0, "")]
        self.assertTrue(within(real, Outcome("1\nb a\n", 0, "")))
        self.assertFalse(within(real, Outcome("2\nb a\n", 0, "")))
        self.assertFalse(within(real, Outcome("1\nb c\n", 0, "")))

    def test_what_varies_in_two_places_varies_in_each_by_itself(self):
        real = [Outcome("a\nb\n=\nc\n=\nend\n", 0, ""), Outcome("b\na\n=\nc\nd\n=\nend\n", 0, "")]
        self.assertTrue(within(real, Outcome("a\nb\n=\nc\nd\n=\nend\n", 0, "")))
        self.assertFalse(within(real, Outcome("a\n=\nc\nd\n=\nend\n", 0, "")))
        self.assertFalse(within(real, Outcome("a\nb\n=\nc\nd\n=\n", 0, "")))
        self.assertFalse(within(real, Outcome("a\nb\n=\nc\n=\nnew\nend\n", 0, "")))

    def test_the_closest_outcome_is_that_with_the_fewest_other_lines(self):
        near, far = Outcome("1\n2\n3\n", 0, ""), Outcome("1\n4\n5\n", 0, "")
        self.assertIs(closest([far, near], Outcome("1\n2\n6\n", 0, "")), near)


class Shrinking(unittest.TestCase):
    def test_only_what_the_predicate_needs_is_left(self):
        source = "import os\nx = 1\ntry:\n    y = f(1, a=2, b=3)\n    z = 2\nexcept Exception as error:\n    print(error)\n    x = 2\n"
        small = shrink(source, lambda text: "b=3" in text)
        self.assertEqual(small, "y = f(1, b=3)\n")

    def test_a_cascade_loses_its_parts(self):
        self.assertEqual(shrink("r('A', cascade='merge, delete, expunge')\n", lambda text: "delete" in text), "r('A', cascade='delete')\n")

    def test_a_program_that_never_holds_when_smaller_stays(self):
        source = "x = 1\ny = 2\n"
        self.assertEqual(shrink(source, lambda text: text == source), source)


if __name__ == "__main__":
    unittest.main()
