"""The files of the record: one a case and release, `FOLDER/CASE/RELEASE.json`.

A file is written whole or not at all, and only where its bytes change.
"""
import json
import os

SCHEMA = 1
ENDING = ".json"


def text(case, python, steps):
    """A record as it stands in its file: a line a step, and a line for each thing that a step showed."""
    head = {"schema": SCHEMA, "case": case.name, "sqlalchemy": case.release, "python": python, "hash": case.hash}
    lines = ["{"]
    lines += [f' "{key}": {_json(value)},' for key, value in head.items()]
    lines.append(' "steps": [')
    lines.append(",\n".join(_step(step) for step in steps))
    lines += [" ]", "}"]
    return "\n".join(line for line in lines if line) + "\n"


def _step(step):
    shown = step.get("shown")
    if not shown:
        return "  " + _json(step)
    head = {key: value for key, value in step.items() if key not in ("shown", "raised")}
    pieces = ",\n".join("   " + _json(piece) for piece in shown)
    tail = f', "raised": {_json(step["raised"])}' if "raised" in step else ""
    return f'  {_json(head)[:-1]}, "shown": [\n{pieces}\n  ]{tail}}}'


def _json(value):
    return json.dumps(value, ensure_ascii=False)


class Records:
    """The record in a folder."""

    def __init__(self, folder):
        self.folder = folder

    def path(self, name, release):
        return os.path.join(self.folder, name, release + ENDING)

    def read(self, name, release):
        """A file's text, or nothing where there is none."""
        try:
            with open(self.path(name, release), encoding="utf-8", newline="") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def write(self, name, release, text):
        """Whether the file is new or has changed."""
        if self.read(name, release) == text:
            return False
        path = self.path(name, release)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        # Beside it and with another ending, so that no reader takes a part for the whole.
        half = path + ".part"
        try:
            with open(half, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(half, path)
        finally:
            if os.path.exists(half):
                os.remove(half)
        return True

    def found(self):
        """Every case and release that has a file, in order."""
        try:
            names = sorted(os.listdir(self.folder))
        except FileNotFoundError:
            return []
        return [
            (name, file[: -len(ENDING)])
            for name in names
            if os.path.isdir(os.path.join(self.folder, name))
            for file in sorted(os.listdir(os.path.join(self.folder, name)))
            if file.endswith(ENDING)
        ]

    def remove(self, name, release):
        os.remove(self.path(name, release))
        if not os.listdir(os.path.join(self.folder, name)):
            os.rmdir(os.path.join(self.folder, name))
