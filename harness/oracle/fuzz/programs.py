"""From a seed, a release and a set of shapes to the text of a program."""

import random

from broad import Broad
from generate import Program
from mapped import Mapping
from wide import Wide

SHAPES = {"basic": Program, "wide": Wide, "broad": Broad, "mapped": Mapping}


def program(seed, version, shapes="basic"):
    """The text of the program of a seed, valid for a release such as `1.4.54`."""
    numbers = tuple(int(part) for part in version.split("."))
    # Releases of one series share their programs, so that a boundary between them can be seen.
    name = f"{seed}/{numbers[0]}.{numbers[1]}" + ("" if shapes == "basic" else f"/{shapes}")
    return SHAPES[shapes](random.Random(name), numbers).text()
