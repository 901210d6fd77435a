"""Runs programs in the real library and in backproof, and keeps the processes that this takes.

Knows nothing of what a program is about. A program's outcome is never taken from another run of it.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading

from compare import Outcome, difference, within

# How many calls further up a program begins where it is asked whether that can be seen.
CALLS = 12
# How often a program that may vary is run again in each process.
PATIENCE = 24
HERE = os.path.dirname(os.path.abspath(__file__))


class Trouble(Exception):
    """Something that the person who runs this must mend: a path, a version, an environment."""


class Server:
    """One process of the real library, which forks for every program."""

    def __init__(self, python, version, hashseed="0", waste=0):
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONHASHSEED": hashseed, "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            self.process = subprocess.Popen(
                [python, os.path.join(HERE, "server.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
            greeting = self.process.stdout.readline()
        except OSError as error:
            raise Trouble(f"{python}: {error.strerror}") from None
        if not greeting:
            raise Trouble(f"{python}: cannot import sqlalchemy")
        found = json.loads(greeting)["version"]
        if found != version:
            raise Trouble(f"{python}: holds SQLAlchemy {found}, not {version}")
        self.waste = waste

    def run(self, path, limit, more=0, calls=0):
        self.process.stdin.write(json.dumps({"path": path, "limit": limit, "waste": self.waste + more, "calls": calls}) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise Trouble("the process of the real library has ended")
        answer = json.loads(answer)
        return Outcome(answer["stdout"], answer["status"], raised(answer["error"]))

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


class Bench:
    """One worker's view: a version's servers, the backproof command, a folder for programs."""

    def __init__(self, pythons, version, backproof, limit=20):
        self.python, self.version, self.backproof, self.limit = pythons.replace("{}", version), version, backproof, limit
        if not os.access(backproof, os.X_OK):
            raise Trouble(f"{backproof}: no such command; build it with `cargo build --release`")
        self.server = Server(self.python, version)
        self.others = []
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "program.py")

    def write(self, source):
        with open(self.path, "w") as file:
            file.write(source)

    def real(self, source):
        self.write(source)
        return self.server.run(self.path, self.limit)

    def sees_the_stack(self, source):
        """Whether the real library shows something else where the program is called from further up."""
        self.write(source)
        return self.server.run(self.path, self.limit).shown() != self.server.run(self.path, self.limit, calls=CALLS).shown()

    def ours(self, source):
        self.write(source)
        try:
            done = subprocess.run(
                [self.backproof, "run", self.path, "--sqlalchemy", self.version], capture_output=True, timeout=self.limit, cwd=self.folder.name)
        except subprocess.TimeoutExpired:
            return Outcome("", -1, "backproof takes too long")
        error = done.stderr.decode("utf-8", "replace")
        if done.returncode == 1:
            error = raised(error)
        return Outcome(done.stdout.decode("utf-8", "replace"), done.returncode, error)

    def difference(self, source):
        return difference(self.real(source), self.ours(source))

    def outcomes(self, source, quick=False, ours=None):
        """What the real library shows in processes with other hashes and addresses, each different outcome once. Where
        one is given that it may show too, and that it has not shown, it is asked some more."""
        if not self.others:
            self.others = [Server(self.python, self.version, seed, waste) for seed, waste in (("1", 1000), ("2", 37), ("77", 4001))]
        self.write(source)
        found = []
        for server in self.others[:2] if quick else (self.server, *self.others, *self.others):
            one = server.run(self.path, self.limit)
            if all(one.shown() != other.shown() for other in found):
                found.append(one)
        for more in range(101, 101 * PATIENCE, 101) if ours else ():
            if len(found) > 1 and within(found, ours):
                break
            for server in self.others:
                one = server.run(self.path, self.limit, more)
                if all(one.shown() != other.shown() for other in found):
                    found.append(one)
        return found

    def varies(self, source, quick=False):
        return len(self.outcomes(source, quick)) > 1

    def close(self):
        for server in (self.server, *self.others):
            server.close()
        self.folder.cleanup()


def raised(stderr):
    """What a traceback ends with: the exception and its message."""
    lines = stderr.splitlines()
    for number in range(len(lines) - 1, -1, -1):
        if lines[number].startswith(("  ", "Traceback")):
            after = lines[number + 1:]
            if after:
                return "\n".join(after) + "\n"
    return stderr


def each(jobs, benches, work, done):
    """`work(bench, job)` for every job, by one thread a bench; `done(job, result)` in the order of jobs."""
    results, lock, ready = {}, threading.Lock(), threading.Condition()
    waiting = iter(enumerate(jobs))
    trouble = []

    def loop(bench):
        while not trouble:
            with lock:
                number, job = next(waiting, (None, None))
            if number is None:
                return
            try:
                result = work(bench, job)
            except BaseException as error:
                trouble.append(error)
                with ready:
                    ready.notify_all()
                return
            with ready:
                results[number] = (job, result)
                ready.notify_all()

    threads = [threading.Thread(target=loop, args=(bench,), daemon=True) for bench in benches]
    for thread in threads:
        thread.start()
    for number in range(len(jobs)):
        with ready:
            while number not in results and not trouble:
                ready.wait(0.5)
        if trouble:
            raise trouble[0]
        done(*results.pop(number))


def complain(text):
    print(f"fuzz: {text}", file=sys.stderr)
