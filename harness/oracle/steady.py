"""What differs between two honest runs, as placeholders: addresses, times, and where an environment lies.

`harness/tests/record/steady.rs` does the same to what backproof shows. Nothing else is touched:

- ` at 0x7f31…` becomes ` at 0x#1`: numbered by first appearance within a step, so that one object keeps its number;
- the time in a statement's mark, `[generated in 0.00012s]`, becomes `[generated in T]`, in log messages alone;
- a date with a time of the day that lies within the run becomes `NOW`, whether printed or as a `repr()`;
- the folder of an environment, up to and with `site-packages/`, becomes `ENV/`.
"""
import datetime
import re

ADDRESS = re.compile(r"( at )0x([0-9a-fA-F]+)")
MARK = re.compile(
    r"\A\[(generated in|cached since|no key|caching disabled(?: \([^)]*\))?|dialect \S+ does not support caching) [0-9][0-9.e+-]*s"
)
TEXT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?")
REPR = re.compile(r"datetime\.datetime\((\d+(?:, \d+){4,6})\)")
PLACE = re.compile(r"[^\s'\"()<>]*/site-packages/")


class Steady:
    """Placeholders for one step of a run that lasted from `began` to `ended` (UTC, without a zone)."""

    def __init__(self, began, ended):
        self.began = began.replace(microsecond=0)
        self.ended = ended
        self.addresses = {}

    def text(self, text):
        text = ADDRESS.sub(self._address, text)
        text = TEXT.sub(lambda found: self._time(found, _read(found[0])), text)
        text = REPR.sub(lambda found: self._time(found, _made(found[1])), text)
        return PLACE.sub("ENV/", text)

    def message(self, text):
        """A log message."""
        return self.text(MARK.sub(r"[\1 T", text))

    def _address(self, found):
        number = self.addresses.setdefault(found[2].lower(), len(self.addresses) + 1)
        return f"{found[1]}0x#{number}"

    def _time(self, found, moment):
        return "NOW" if moment is not None and self.began <= moment <= self.ended else found[0]

    def step(self, step):
        """What a step showed, with placeholders."""
        shown = []
        for piece in step["shown"]:
            if "out" in piece:
                shown.append({"out": self.text(piece["out"])})
            else:
                shown.append({**piece, "log": self.message(piece["log"])})
        raised = step["raised"]
        if raised:
            raised = {"type": raised["type"], "message": self.text(raised["message"])}
        return {"shown": shown, "raised": raised}


def _read(text):
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        return None


def _made(numbers):
    try:
        return datetime.datetime(*(int(number) for number in numbers.split(", ")))
    except ValueError:
        return None
