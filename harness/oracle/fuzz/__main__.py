"""Differential tests: random relationship programs in the real library and in backproof.

The command line alone: arguments, reports, exit codes (0 all alike, 1 some differ, 2 bad input).
"""

import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from compare import Difference, closest, difference, endless, within
from programs import SHAPES, program
from runner import Bench, Trouble, complain, each
from shrink import shrink

DEFAULT_VERSIONS = "1.4.54,2.0.51,2.1.9"


def numbers(text):
    """`5`, `0:200` or `3,9,12` as a list of seeds."""
    try:
        if ":" in text:
            first, last = text.split(":")
            found = list(range(int(first), int(last)))
        else:
            found = [int(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"`{text}` is not a range of seeds such as 0:200, nor a list such as 3,9") from None
    if not found or min(found) < 0:
        raise argparse.ArgumentTypeError(f"`{text}` holds no seed")
    return found


def versions(text):
    found = text.split(",")
    for version in found:
        parts = version.split(".")
        if len(parts) != 3 or not all(part.isdigit() for part in parts) or not ("1.4.0".split(".") <= parts < "3".split(".")):
            raise argparse.ArgumentTypeError(f"`{version}` is not a release such as 2.0.51")
    return found


def arguments():
    parser = argparse.ArgumentParser(prog="python3 harness/oracle/fuzz", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--backproof", default="target/release/backproof", help="the command that is tested (default: %(default)s)")
    shared.add_argument("--pythons", default="venv-{}/bin/python", help="where each release's Python is, {} for the release (default: %(default)s)")
    shared.add_argument("--limit", type=int, default=20, help="seconds a program may take (default: %(default)s)")
    run = commands.add_parser("run", parents=[shared], help="compare a range of seeds")
    run.add_argument("--seeds", type=numbers, default=numbers("0:200"), help="first:end or a list (default: 0:200)")
    run.add_argument("--versions", type=versions, default=versions(DEFAULT_VERSIONS), help=f"releases (default: {DEFAULT_VERSIONS})")
    run.add_argument("--shapes", choices=SHAPES, default="basic", help="which programs (default: %(default)s)")
    run.add_argument("--jobs", type=int, default=2, help="how many programs at once (default: %(default)s)")
    run.add_argument("--shrink", type=int, default=0, metavar="N", help="shrink N programs of every kind of difference, and group what is left")
    run.add_argument("--keep", metavar="FOLDER", help="write differing programs, their shrunk form and the difference here")
    made = commands.add_parser("generate", help="print the program of a seed")
    made.add_argument("seed", type=int)
    made.add_argument("--version", type=versions, default=["2.0.51"])
    made.add_argument("--shapes", choices=SHAPES, default="basic", help="which programs (default: %(default)s)")
    for name, text in (("compare", "compare one program"), ("shrink", "reduce a differing program to its smallest")):
        one = commands.add_parser(name, parents=[shared], help=text)
        one.add_argument("program", metavar="FILE.py")
        one.add_argument("--version", type=versions, default=["2.0.51"])
    return parser.parse_args()


def reduced(bench, source, found):
    """The smallest program whose difference is of the same kind and that the real library runs as steadily."""
    status = bench.real(source).status

    def holds(text):
        real = bench.real(text)
        if real.status != status or "NameError" in real.raw or "SyntaxError" in real.error:
            return False
        now = difference(real, bench.ours(text))
        return now is not None and now.coarse == found.coarse and not bench.varies(text, quick=True)

    return shrink(source, holds)


def run(options):
    worst = 0
    counts = []
    for version in options.versions:
        benches = [Bench(options.pythons, version, options.backproof, options.limit) for _ in range(max(1, options.jobs))]
        tally = {"alike": 0, "differing": 0, "unsupported": 0, "endless": 0, "varying": 0, "varying and unlike": 0}
        different, without_end, varying, unlike = [], [], [], []

        def work(bench, seed):
            source = program(seed, version, options.shapes)
            ours = bench.ours(source)
            real = bench.real(source)
            found = difference(real, ours)
            if endless(real, ours) and bench.sees_the_stack(source):
                return source, found, "endless"
            if found and found.sort == "output":
                outcomes = bench.outcomes(source, ours=ours)
                if any(endless(one, ours) for one in outcomes) and bench.sees_the_stack(source):
                    return source, found, "endless"
                if len(outcomes) > 1 and within(outcomes, ours):
                    return source, found, "within"
                if len(outcomes) > 1:
                    return source, Difference("unlike", closest(outcomes, ours), ours), "unlike"
            return source, found, None

        def done(seed, result):
            source, found, varies = result
            if found is None:
                tally["alike"] += 1
            elif varies == "endless":
                tally["endless"] += 1
                without_end.append(seed)
            elif varies == "within":
                tally["varying"] += 1
                varying.append(seed)
            elif varies:
                tally["varying and unlike"] += 1
                unlike.append((seed, source, found))
            else:
                tally["unsupported" if found.sort == "unsupported" else "differing"] += 1
                different.append((seed, source, found))

        each(options.seeds, benches, work, done)
        report(options, version, benches, different)
        if without_end:
            seeds = ", ".join(map(str, without_end))
            print(f"{version}: loads lead to one another until Python's stack is full, and ours says that they have no end, on seeds {seeds}")
        if varying:
            print(f"{version}: the real library varies, and ours is within it, on seeds {', '.join(map(str, varying))}")
        if unlike:
            seeds = ", ".join(str(seed) for seed, _, _ in unlike)
            print(f"{version}: the real library varies, and ours is none of what was seen, on seeds {seeds}; the closest of it:")
            report(options, version, (), unlike)
        for bench in benches:
            bench.close()
        counts.append(f"{version}: {len(options.seeds)} seeds: " + ", ".join(f"{number} {word}" for word, number in tally.items()))
        worst = max(worst, 1 if different or unlike else 0)
    print("\n".join(counts))
    return worst


def report(options, version, benches, different):
    """Differences by kind, the shrunk programs of each, and groups of what is left."""
    kinds = {}
    for seed, source, found in different:
        kinds.setdefault(found.fine, []).append((seed, source, found))
    for fine, members in sorted(kinds.items(), key=lambda one: -len(one[1])):
        print(f"{version}: {len(members)} x {' | '.join(fine)}")
        print(f"    seeds {', '.join(str(seed) for seed, _, _ in members[:12])}")
        if options.keep:
            for seed, source, found in members:
                keep(options.keep, f"{version}-{seed}", source, found)
    if not options.shrink or not benches:
        return
    chosen = [member for members in kinds.values() for member in members[: options.shrink]]
    groups = {}

    def work(bench, member):
        seed, source, found = member
        small = reduced(bench, source, found)
        return small, bench.difference(small)

    def done(member, result):
        small, found = result
        if found:
            groups.setdefault(found.fine, []).append((member[0], small, found))
            if options.keep:
                keep(options.keep, f"{version}-{member[0]}-small", small, found)

    each(chosen, benches, work, done)
    for fine, members in groups.items():
        members.sort(key=lambda one: len(one[1]))
        seed, small, found = members[0]
        print(f"\n=== {version}, seeds {', '.join(str(one[0]) for one in members)}: {' | '.join(fine)}\n{small}\n{found.text}")


def keep(folder, name, source, found):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name + ".py"), "w") as file:
        file.write(source)
    with open(os.path.join(folder, name + ".diff"), "w") as file:
        file.write((getattr(found, "reason", "") + "\n" + found.text).strip() + "\n")


def one(options):
    """`compare` and `shrink`, of one program."""
    try:
        with open(options.program) as file:
            source = file.read()
        compile(source, options.program, "exec")
    except OSError as error:
        raise Trouble(f"{options.program}: {error.strerror}") from None
    except (SyntaxError, ValueError) as error:
        raise Trouble(f"{options.program}: {error}") from None
    worst = 0
    for version in options.version:
        bench = Bench(options.pythons, version, options.backproof, options.limit)
        found = bench.difference(source)
        varies = bench.varies(source)
        if options.command == "shrink" and found and not varies:
            source = reduced(bench, source, found)
            found = bench.difference(source)
            print(source)
        if found:
            print(getattr(found, "reason", ""))
            print(found.text)
        said = "the real library varies" if varies else "differs" if found else "alike"
        print(f"{version}: {said}")
        worst = max(worst, 1 if found else 0)
        bench.close()
    return worst


def main():
    options = arguments()
    try:
        if options.command == "generate":
            print(program(options.seed, options.version[0], options.shapes), end="")
            return 0
        return run(options) if options.command == "run" else one(options)
    except Trouble as trouble:
        complain(trouble)
        return 2
    except KeyboardInterrupt:
        complain("stopped")
        return 2


if __name__ == "__main__":
    sys.exit(main())
