"""What two runs of a program showed, side by side: normalising, the first difference, its kind.

Knows nothing of how programs are made or run. Times and addresses are the only things that do not count.
"""

import difflib
import re
from collections import Counter

TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ")
MARK = re.compile(r"\[(generated in|cached since|no key|caching disabled(?: \([^)]*\))?) [0-9.e-]+s")
ADDRESS = re.compile(r"0x[0-9a-f]+")
LEFT = re.compile(r"(_AssociationProxy_\w+?)_\d+")
LOG = re.compile(r"INFO sqlalchemy\.engine\S* ")
RAISED = re.compile(r"([A-Z]\w*(?:Error|Exception|Found|Warning|Conflict|Interrupt))\b")
KEYWORDS = set("SELECT FROM WHERE INSERT INTO VALUES UPDATE SET DELETE ORDER BY AND OR NOT NULL IN EXISTS LEFT OUTER JOIN ON AS LIMIT "
               "OFFSET DISTINCT LIKE DESC RETURNING CREATE TABLE BEGIN COMMIT ROLLBACK SAVEPOINT RELEASE TO IS count ANON".split())


def normalise(text):
    """Text without what no two runs share: times and addresses, those in the names that proxies leave with objects, too."""
    text = TIME.sub("", text)
    text = MARK.sub(r"[\1 Ts", text)
    text = LEFT.sub(r"\1", text)
    return ADDRESS.sub("0x", text)


def kind(line):
    """What sort of line this is, in a word or two."""
    if line is None:
        return "end"
    found = LOG.match(line)
    if found:
        rest = line[found.end():]
        if rest.startswith(("[", "(")):
            mark = re.match(r"\[[^\]]*\]", rest)
            return "parameters " + re.sub(r"\d+/\d+", "n/n", mark.group()) if mark else "parameters"
        return rest.split()[0] if rest.split() else "log"
    found = RAISED.match(line)
    if found:
        return found.group(1)
    word = line.split()[0] if line.split() else ""
    return word if word in KEYWORDS else "print"


def anonymous(line):
    """A line with names and numbers left out, so that like differences of unlike models are alike."""
    if line is None:
        return "end"
    line = re.sub(r"<[^<>]* at 0x[^>]*>", "<object>", line)
    line = re.sub(r"'[^']*'", "'…'", line)
    line = re.sub(r"\b(ant|bee|cat|dog|elk|fox|gnu|hen|home|work)s?(_\w+)?(?:\.\w+)?(?: AS \w+)?\b", "n", line)
    line = re.sub(r"\b(Ant|Bee|Cat|Dog|Elk|Fox|Gnu|Hen)\b(?:\.\w+)?", "N", line)
    line = re.sub(r"\d+", "0", line)
    return re.sub(r"(\bn\b(, )?)+", "n", line)[:160]


class Outcome:
    """Standard output, exit status, and what was raised or refused."""

    def __init__(self, stdout, status, error):
        self.raw, self.status, self.error = stdout, status, error
        self.lines = normalise(stdout).splitlines()

    def ending(self):
        return f"exit {self.status}" + (f": {normalise(self.error).strip()}" if self.error.strip() else "")

    def shown(self):
        return [*self.lines, self.ending()]


class Difference:
    """How ours departs from the real outcome."""

    def __init__(self, sort, real, ours):
        self.sort = sort
        self.first = (None, None)
        if sort == "unsupported":
            self.reason = ours.error.strip()
            self.coarse = ("unsupported", reason(self.reason))
            self.fine = self.coarse
        else:
            pairs = list(zip(real.shown(), ours.shown()))
            for left, right in pairs:
                if left != right:
                    self.first = (left, right)
                    break
            else:
                self.first = (None, None)
            self.coarse = (sort, kind(self.first[0]), kind(self.first[1]))
            self.fine = (*self.coarse, anonymous(self.first[0]), anonymous(self.first[1]))
        self.text = "\n".join(difflib.unified_diff(real.shown(), ours.shown(), "real", "backproof", lineterm="", n=4))


def reason(text):
    """The reason of a refusal without its place and its names."""
    text = re.sub(r"^.*?not supported:?", "", text.replace("\n", " "))
    text = re.sub(r"\b(ant|bee|cat|dog|elk|fox|gnu|hen)s?(_\w+)?\b", "n", text, flags=re.I)
    return re.sub(r"\d+", "0", text).strip()[:120]


def difference(real, ours):
    """None where both outcomes are alike. A refusal counts as one only where all that was shown before it is true."""
    if ours.status == 3 and real.lines[: len(ours.lines)] == ours.lines:
        return Difference("unsupported", real, ours)
    if ours.status not in (0, 1, 3):
        return Difference("broken", real, ours)
    if real.shown() == ours.shown():
        return None
    return Difference("output", real, ours)


def endless(real, ours):
    """Whether ours stops, and says so, in loads that lead to one another without end, and the real library goes on with nothing
    but their statements until Python's stack is full."""
    if ours.status != 3 or "without end" not in ours.error or real.lines[: len(ours.lines)] != ours.lines:
        return False
    for line in real.lines[len(ours.lines):]:
        if kind(line) == "RecursionError":
            return True
        if kind(line) == "print" or RAISED.match(line):
            return False
    return real.status == 1 and real.error.startswith("RecursionError")


def within(outcomes, ours):
    """Whether ours departs from outcomes that vary only where they vary. Between two lines that all of them and ours have in
    common, it must show what one of them shows, or the same words in other order on lines that no two of them share; and it has
    each line as often as some of them."""
    shown = [one.shown() for one in outcomes]
    mine = ours.shown()
    if mine in shown:
        return True
    counts = [Counter("".join(sorted(line)) for line in one) for one in shown]
    if any(not min(one[line] for one in counts) <= number <= max(one[line] for one in counts)
           for line, number in counted(mine, counts).items()):
        return False
    places = [dict(matched(mine, one)) for one in shown]
    common = [number for number in range(len(mine)) if all(number in place for place in places)]
    before, ends = -1, [-1] * len(shown)
    for number in [*common, len(mine)]:
        starts, ends = ends, [place.get(number, len(one)) for place, one in zip(places, shown)]
        parts = [one[start + 1: end] for one, start, end in zip(shown, starts, ends)]
        if not within_part(parts, mine[before + 1: number]):
            return False
        before = number
    return True


def counted(mine, counts):
    """How often each line is in ours: also those that it lacks."""
    own = Counter("".join(sorted(line)) for line in mine)
    return {line: own[line] for line in own | sum(counts, Counter())}


def matched(mine, one):
    """Pairs of places of the lines that two texts have in common."""
    for block in difflib.SequenceMatcher(None, mine, one, autojunk=False).get_matching_blocks():
        for number in range(block.size):
            yield block.a + number, block.b + number


def within_part(parts, mine):
    if mine in parts:
        return True
    if any(len(one) != len(mine) for one in parts):
        return False
    for number, line in enumerate(mine):
        lines = {one[number] for one in parts}
        if line not in lines and (len(lines) == 1 or all(sorted(line) != sorted(other) for other in lines)):
            return False
    return True


def closest(outcomes, ours):
    """The outcome that ours departs from in the fewest lines."""
    mine = ours.shown()

    def departs(one):
        return sum(line[0] in "+-" for line in difflib.unified_diff(one.shown(), mine, lineterm="", n=0))

    return min(outcomes, key=departs)
