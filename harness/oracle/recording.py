"""One case in one release: its worlds run, and what they showed put together in the order of the plan."""
import datetime
import json
import os
import subprocess
import tempfile

from problem import Problem
from steady import Steady

PLAY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "play.py")
# How often a world is played. What has two orders shows only one of them once in thousands of recordings.
TURNS = 12
# Nothing of the machine's own environment; one time zone; sets of strings keep one order.
SURROUNDINGS = {
    "PYTHONHASHSEED": "0",
    "PYTHONIOENCODING": "utf-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
}


def record(case, python, limit, turns=TURNS):
    """The steps of the record of a case; raises a `Problem` where one of its worlds does not end well."""
    worlds = {}
    for index, run in enumerate(case.runs):
        worlds.setdefault(run["world"], []).append(index)
    seen = {}
    given_up = len(case.runs)
    for indices in worlds.values():
        indices = [index for index in indices if index < given_up]
        began = now()
        played = play(case, [case.runs[index] for index in indices], python, limit, turns)
        ended = now()
        for index, *answers in zip(indices, *played):
            seen[index] = one(case, case.runs[index], [Steady(began, ended).step(answer) for answer in answers])
            if seen[index].get("raised") and case.runs[index]["kind"] == "given":
                # As backproof does: a page whose context cannot be had is given up, in all its worlds.
                given_up = min(given_up, index + 1)
    steps = []
    for index, run in enumerate(case.runs):
        step = {"page": run["page"], "line": run["line"], "kind": run["kind"]}
        if index < given_up:
            step.update(seen[index])
        else:
            step["not_run"] = True
        steps.append(step)
    return steps


def one(case, run, answers):
    """What is recorded of a step that was played several times."""
    first = answers[0]
    step = {}
    if run["kind"] != "given":
        step["shown"] = first["shown"]
        if any(answer["shown"] != first["shown"] for answer in answers):
            if any(in_some_order(answer) != in_some_order(first) for answer in answers):
                raise Problem(
                    f"{case.name} in {case.release}: {run['page']}:{run['line']} shows something else from run to run",
                    "let the page show what the library keeps",
                )
            step = {"varies": True, "shown": in_some_order(first)}
    if any(answer["raised"] != first["raised"] for answer in answers):
        raise Problem(
            f"{case.name} in {case.release}: {run['page']}:{run['line']} raises something else from run to run",
            "let the page show what the library keeps",
        )
    if first["raised"]:
        step["raised"] = first["raised"]
    return step


def in_some_order(answer):
    """What was shown, sorted, for what has no order of its own."""
    return sorted(answer["shown"], key=lambda piece: (piece.get("out", ""), piece.get("log", "")))


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


def play(case, runs, python, limit, turns):
    """What each of one world's steps showed, in each of several turns."""
    with tempfile.TemporaryDirectory(prefix="oracle-") as folder:
        process = subprocess.Popen(
            [python, "-P", PLAY, folder, str(turns)],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, encoding="utf-8",
            errors="replace", cwd=folder, env=surroundings(), start_new_session=True,
        )
        try:
            _, told = process.communicate(json.dumps(runs), timeout=limit)
            late = False
        except subprocess.TimeoutExpired:
            end(process)
            told, late = "", True
        played = [results(os.path.join(folder, f"results-{turn}")) for turn in range(turns)]
    for answers in played:
        given_up = answers and answers[-1]["raised"] and runs[len(answers) - 1]["kind"] == "given"
        if len(answers) < len(runs) and not given_up:
            at = runs[len(answers)]
            where = f"{case.name} in {case.release}: {at['page']}:{at['line']}"
            if late:
                remedy = "mend the page, or give more time with --time-limit"
                raise Problem(f"{where} did not end within {limit:g} s", remedy)
            last = told.strip().splitlines()[-1:] or [f"exit code {process.returncode}"]
            raise Problem(f"{where} ended the process ({last[0]})", "mend the page: a step must leave Python running")
    return played


def results(path):
    """The steps that ended, as they were written."""
    try:
        with open(path, encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]
    except FileNotFoundError:
        return []


def end(process):
    """Ends a process that this started, with those that it started."""
    try:
        os.killpg(process.pid, 9)
    except (OSError, AttributeError):
        process.kill()
    process.communicate()


def surroundings():
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, **SURROUNDINGS}
