import dataclasses
import enum
from dataclasses import dataclass, field


def show(f):
    try:
        print(repr(f()))
    except Exception as error:
        print(type(error).__name__ + ": " + str(error))


class Color(enum.Enum):
    RED = 1
    GREEN = enum.auto()
    BLUE = "b"
    CRIMSON = 1

    @property
    def shout(self):
        return self.name + "!"


class Status(str, enum.Enum):
    open = "OPEN"
    closed = "CLOSED"


class Level(enum.IntEnum):
    low = 1
    high = 5


show(lambda: Color.RED)
show(lambda: str(Color.RED))
show(lambda: Color.RED.name)
show(lambda: Color.RED.value)
show(lambda: Color(1))
show(lambda: Color(9))
show(lambda: Color['RED'])
show(lambda: Color['Z'])
show(lambda: list(Color))
show(lambda: len(Color))
show(lambda: Color.GREEN.value)
show(lambda: Color.RED in Color)
show(lambda: Color.RED == 1)
show(lambda: Color.RED == Color.CRIMSON)
show(lambda: Color.CRIMSON)
show(lambda: Color.RED.shout)
show(lambda: Status.open == 'OPEN')
show(lambda: str(Status.open))
show(lambda: f'{Status.open}')
show(lambda: '%s' % Status.open)
show(lambda: Status.open)
show(lambda: Status.open.upper())
show(lambda: Status('CLOSED'))
show(lambda: Level.low)
show(lambda: str(Level.low))
show(lambda: Level.low + 1)
show(lambda: f'{Level.low}')
show(lambda: Level.low < Level.high)
show(lambda: max(Level))
show(lambda: Color)
show(lambda: Color.RED is Color(1))
show(lambda: {Color.RED: 1}[Color.RED])
show(lambda: isinstance(Color.RED, Color))
show(lambda: Color.RED < Color.GREEN)
show(lambda: type(Color.RED))
show(lambda: [c.name for c in Color])
show(lambda: Color.RED != Color.GREEN)
show(lambda: Color.BLUE.value)
show(lambda: Color.RED.missing)


@dataclass
class D:
    x: int
    y: str = "a"
    z: list = field(default_factory=list)


@dataclass(order=True, frozen=True)
class F:
    x: int
    y: int = field(default=3, repr=False)


@dataclass
class Base:
    id: int


@dataclass
class Sub(Base):
    name: str = "n"
    kw: int = field(default=1, kw_only=True)

    def __post_init__(self):
        self.label = f"{self.id}:{self.name}"



show(lambda: D(1))
show(lambda: D(1) == D(1))
show(lambda: D(1).z is D(1).z)
show(lambda: D())
show(lambda: D(1, 2, 3, 4))
show(lambda: D(1, q=2))
show(lambda: F(1) < F(2))
show(lambda: F(1))
show(lambda: hash(F(1)) == hash(F(1)))
show(lambda: setattr(F(1), 'x', 2))
show(lambda: dataclasses.asdict(D(1, z=[Base(2)])))
show(lambda: dataclasses.astuple(D(1)))
show(lambda: dataclasses.replace(D(1), x=5))
show(lambda: [f.name for f in dataclasses.fields(D)])
show(lambda: hash(D(1)))
show(lambda: D(1) < D(2))
show(lambda: dataclasses.is_dataclass(D))
show(lambda: dataclasses.is_dataclass(5))
show(lambda: D)
show(lambda: D.y)
show(lambda: D.x)
show(lambda: D(1) == 3)
show(lambda: Sub(5))
show(lambda: Sub(5, 'm', kw=2).label)
show(lambda: Sub(1) == Base(1))
show(lambda: sorted([F(3), F(1)]))
show(lambda: dataclasses.asdict(5))


def bad_order():
    @dataclass
    class Bad:
        x: int = 1
        y: int


def bad_default():
    @dataclass
    class Bad:
        x: list = []


show(bad_order)
show(bad_default)

