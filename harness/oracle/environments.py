"""Virtual environments, one a release, each with SQLAlchemy from PyPI and nothing else asked for."""
import json
import os
import subprocess
import sys

from problem import Problem

RELEASES = ("1.3.24", "1.4.54", "2.0.8", "2.0.51", "2.1.9")
# backproof speaks as CPython 3.11 does, so this is who is asked.
PYTHON = (3, 11)
# Older ones have no RETURNING, which changes what the library emits.
SQLITE = (3, 35, 0)
TIME_LIMIT = 900

PROBE = """
import json, sqlite3, sys
try:
    import sqlalchemy
    version = sqlalchemy.__version__
except ImportError:
    version = None
print(json.dumps({"python": sys.version_info[:2], "sqlite": sqlite3.sqlite_version_info, "sqlalchemy": version}))
"""
NO_NETWORK = (
    "NewConnectionError", "NameResolutionError", "Temporary failure in name resolution", "ConnectTimeoutError",
    "ProxyError", "Network is unreachable", "Failed to establish a new connection", "ReadTimeoutError",
    "Connection refused", "SSLError",
)


def interpreter(folder, release):
    """The Python of a release's environment."""
    return os.path.join(folder, release, *(["Scripts", "python.exe"] if os.name == "nt" else ["bin", "python"]))


class Environments:
    """Environments in a folder; those that are not there yet are made."""

    def __init__(self, folder, python=sys.executable, run=subprocess.run, say=lambda text: None):
        self.folder = os.path.abspath(folder)
        self.python = python
        self.run = run
        self.say = say

    def ready(self, release):
        """The interpreter of a release's environment, which is made first where it must be."""
        python = interpreter(self.folder, release)
        found = self._probe(python) if os.path.exists(python) else None
        if found is None or found["sqlalchemy"] != release:
            if os.path.islink(os.path.join(self.folder, release)):
                raise Problem(
                    f"{self.folder}/{release} is a link to an environment that has no SQLAlchemy {release}",
                    "remove the link, or install that release there",
                )
            self._make(release)
            found = self._probe(python)
            if found is None or found["sqlalchemy"] != release:
                raise Problem(
                    f"the environment {self.folder}/{release} does not import SQLAlchemy {release}",
                    "remove that folder and run this again",
                )
        if tuple(found["python"]) != PYTHON:
            raise Problem(
                f"{python} is Python {_dotted(found['python'])}, and the record is made with {_dotted(PYTHON)}",
                f"name a Python {_dotted(PYTHON)} with --python, and remove {self.folder}/{release}",
            )
        if tuple(found["sqlite"]) < SQLITE:
            raise Problem(
                f"{python} has SQLite {_dotted(found['sqlite'])}, which is older than {_dotted(SQLITE)}",
                "name a Python with a newer one with --python",
            )
        return python

    def _probe(self, python):
        """What an interpreter is; nothing where it is no interpreter."""
        try:
            done = self.run([python, "-c", PROBE], capture_output=True, text=True, timeout=TIME_LIMIT)
            return json.loads(done.stdout) if done.returncode == 0 else None
        except (OSError, ValueError, subprocess.TimeoutExpired):
            return None

    def _make(self, release):
        self.say(f"making an environment with SQLAlchemy {release}")
        maker = self._probe(self.python)
        if maker is None:
            raise Problem(
                f"`{self.python}` is no Python that can be run",
                f"install Python {_dotted(PYTHON)}, or name one with --python",
            )
        if tuple(maker["python"]) != PYTHON:
            raise Problem(
                f"`{self.python}` is Python {_dotted(maker['python'])}, and the record is made with {_dotted(PYTHON)}",
                f"name a Python {_dotted(PYTHON)} with --python",
            )
        place = os.path.join(self.folder, release)
        try:
            os.makedirs(self.folder, exist_ok=True)
        except OSError as error:
            raise Problem(f"the folder {self.folder} cannot be made ({error})", "name another with --environments")
        made = self._do([self.python, "-m", "venv", "--clear", place], f"making {place}")
        if made.returncode:
            raise Problem(
                f"`{self.python} -m venv` failed ({_last(made)})",
                "install Python's venv and ensurepip modules (on Debian: the package python3.11-venv)",
            )
        install = [
            interpreter(self.folder, release), "-m", "pip", "--disable-pip-version-check", "install", "--quiet",
            f"sqlalchemy=={release}",
        ]
        installed = self._do(install, f"installing SQLAlchemy {release}")
        if installed.returncode:
            told = installed.stdout + installed.stderr
            if any(sign in told for sign in NO_NETWORK):
                raise Problem(
                    f"SQLAlchemy {release} was not installed, since PyPI cannot be reached",
                    "see to the network, or name a folder of ready environments with --environments",
                )
            raise Problem(
                f"SQLAlchemy {release} cannot be installed ({_last(installed)})",
                f"try `{' '.join(install)}` by hand",
            )

    def _do(self, command, what):
        try:
            return self.run(command, capture_output=True, text=True, timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired:
            raise Problem(f"{what} took longer than {TIME_LIMIT} s", "see to the network, and run this again")
        except OSError as error:
            raise Problem(f"{what} failed ({error})", f"try `{' '.join(command)}` by hand")


def _dotted(version):
    return ".".join(str(part) for part in version)


def _last(done):
    """The last line that a command wrote."""
    lines = [line.strip() for line in (done.stdout + "\n" + done.stderr).splitlines() if line.strip()]
    return lines[-1] if lines else f"exit code {done.returncode}"
