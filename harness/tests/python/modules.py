import collections
import contextlib
import copy
import functools
import io
import itertools
import json
import math
import operator
import os
import re
import string
import sys
import textwrap
import time
import types
import warnings
from abc import ABC, ABCMeta, abstractmethod
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple


def show(f):
    try:
        print(repr(f()))
    except Exception as error:
        print(type(error).__name__ + ": " + str(error))


print("-- collections")
groups = defaultdict(list)
for word in ["apple", "ant", "bee"]:
    groups[word[0]].append(word)
print(groups, dict(groups), groups["z"], len(groups), groups.default_factory)
print(defaultdict(int), defaultdict(None, a=1), defaultdict(lambda: 5)["x"], "k" in defaultdict(int))
show(lambda: defaultdict()["x"])
show(lambda: defaultdict(5))
count = Counter("mississippi")
print(count, count["s"], count["zz"], count.most_common(2), sorted(count.elements()), count.total())
count.update("mm")
count.subtract({"i": 10})
print(count, count + Counter(), Counter(a=3) - Counter(a=1, b=2), Counter(a=3) & Counter(a=1), Counter(a=1) | Counter(a=2), Counter(), dict(Counter("ab")))
ordered = OrderedDict([("a", 1), ("b", 2), ("c", 3)])
ordered.move_to_end("a")
print(ordered, list(ordered), ordered.popitem(), ordered.popitem(last=False), ordered, OrderedDict(), OrderedDict(a=1) == {"a": 1}, OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1))
queue = deque([1, 2, 3], maxlen=3)
queue.append(4)
queue.appendleft(0)
print(queue, queue[0], len(queue), list(queue), queue.pop(), queue.popleft(), 2 in queue, deque("ab"), deque())
queue.extend([7, 8, 9])
queue.rotate(1)
print(queue, queue.count(8), queue.index(9), list(reversed([*queue])), deque([1]) == deque([1]))
show(lambda: deque().pop())
show(lambda: deque([1])[3])
Point = namedtuple("Point", ["x", "y"], defaults=[0])
point = Point(1, 2)
print(point, point.x, point[1], point._asdict(), point._replace(x=9), Point._fields, Point(5), Point(y=1, x=2), point == (1, 2), len(point), [*point], Point._make([7, 8]), Point.__name__)
x, y = point
print(x, y, isinstance(point, tuple), sorted([Point(2, 1), Point(1, 5)]), max(point))
show(lambda: Point())
show(lambda: Point(1, 2, 3))
show(lambda: Point(1, z=3))
show(lambda: point.z)
show(lambda: setattr(point, "x", 5))
show(lambda: namedtuple("P", "class"))
show(lambda: namedtuple("P", "a a"))

print("-- itertools")
print(list(itertools.chain([1], "ab")), list(itertools.chain.from_iterable([[1], [2]])), list(itertools.islice(itertools.count(5), 3)), list(itertools.islice("abcdef", 1, None, 2)), list(itertools.islice("abc", 2)))
print(list(itertools.product("ab", [1, 2])), list(itertools.product([0, 1], repeat=2)), list(itertools.permutations("abc", 2)), list(itertools.permutations([1, 2, 3]))[:4], list(itertools.combinations("abcd", 2)), list(itertools.combinations_with_replacement("ab", 2)))
print([(key, list(group)) for key, group in itertools.groupby("aabbc")], [(key, len(list(group))) for key, group in itertools.groupby([1, 3, 2, 4], key=lambda n: n % 2)])
print(list(itertools.zip_longest("ab", [1], fillvalue="-")), list(itertools.repeat("x", 2)), list(itertools.islice(itertools.cycle("ab"), 5)), list(itertools.accumulate([1, 2, 3])), list(itertools.accumulate([1, 2, 3], operator.mul, initial=1)), list(itertools.starmap(pow, [(2, 3)])), list(itertools.takewhile(lambda n: n < 3, [1, 2, 5, 1])), list(itertools.dropwhile(lambda n: n < 3, [1, 2, 5, 1])), list(itertools.filterfalse(None, [0, 1])), list(itertools.compress("abc", [1, 0, 1])), list(itertools.pairwise([1, 2, 3])))
left, right = itertools.tee([1, 2])
print(list(left), list(right), next(itertools.count()), list(itertools.product()), list(itertools.combinations([1], 2)))

print("-- functools")


@functools.wraps(show)
def wrapped():
    pass


print(wrapped.__name__, wrapped.__wrapped__ is show, functools.reduce(operator.add, [1, 2, 3]), functools.reduce(lambda a, b: a * b, [2, 3], 10))
show(lambda: functools.reduce(operator.add, []))
add_five = functools.partial(operator.add, 5)
print(add_five(3), add_five.args, add_five.keywords, functools.partial(int, base=2)("101"))
calls = []


@functools.lru_cache(maxsize=None)
def square(n):
    calls.append(n)
    return n * n


print(square(3), square(3), calls, square.__name__)


class Circle:
    def __init__(self, radius):
        self.radius = radius

    @functools.cached_property
    def area(self):
        calls.append("area")
        return self.radius**2

    @functools.lru_cache
    def scaled(self, by):
        return self.radius * by


circle = Circle(2)
print(circle.area, circle.area, calls, circle.scaled(3), vars(circle))


@functools.total_ordering
class Version:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return self.n == other.n

    def __lt__(self, other):
        return self.n < other.n


print(Version(1) <= Version(1), Version(2) > Version(1), Version(1) >= Version(2), sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)))

print("-- operator")
print(operator.itemgetter(1)("abc"), operator.itemgetter(0, 2)("abc"), operator.attrgetter("radius")(circle), operator.methodcaller("upper")("a"), operator.eq(1, 1), operator.not_(0), operator.contains([1], 1), sorted([{"n": 2}, {"n": 1}], key=operator.itemgetter("n")))

print("-- math")
print(math.pi, math.sqrt(16), math.floor(-1.5), math.ceil(1.2), math.trunc(-1.7), math.factorial(20), math.gcd(12, 18), math.lcm(4, 6), math.isclose(0.1 + 0.2, 0.3), math.log(math.e), math.log2(8), math.log10(1000), math.pow(2, 3), math.hypot(3, 4), math.comb(5, 2), math.perm(5, 2), math.prod([1, 2, 3]), math.isnan(math.nan), math.inf, math.isqrt(17), math.fsum([0.1] * 10), math.degrees(math.pi), math.copysign(1, -0.0), math.fabs(-2), math.modf(1.5))
show(lambda: math.sqrt(-1))
show(lambda: math.log(0))
show(lambda: math.factorial(-1))
show(lambda: math.floor("a"))
show(lambda: math.sqrt("a"))

print("-- text")
print(string.ascii_lowercase, string.digits, repr(string.whitespace), string.capwords("hello  world"))
print(textwrap.dedent("\n    a\n      b\n\n    c\n    "), textwrap.indent("a\n\nb", "> "))
print(json.dumps({"a": [1, 2.5, None, True, 'é"\n']}), json.dumps({"b": 1, "a": []}, indent=2, sort_keys=True), json.loads('{"a": [1, 2.5, null, "x"]}'), json.dumps({1: 2}, separators=(",", ":")), json.dumps([], indent=2), json.dumps("é", ensure_ascii=False), json.dumps((1, [{}])), json.dumps(1e20), json.dumps({"t": time}, default=lambda o: "?"))
show(lambda: json.dumps(object()))
show(lambda: json.dumps({(1,): 2}))
show(lambda: json.loads(""))
print(re.match(r"(\w+)-(?P<n>\d+)", "ab-12 x").groups(), re.search("b+", "abbb"), re.findall(r"\d+", "1 22 x3"), re.sub(r"(\w)(\d)", r"\2\1", "a1b2"), re.split(r",\s*", "a, b,c"), re.fullmatch("a|ab", "ab") is not None, re.match("b", "ab"), [m.group() for m in re.finditer("[a-c]", "abxc")], re.sub("x", lambda m: m.group().upper(), "axbx"), re.compile("a+", re.I).match("AAb").span(), re.escape("a.b"), re.compile("a"))
found = re.search(r"(?P<key>\w+)=(?P<value>\w+)", "set a=b")
print(found["key"], found.group("value"), found.groupdict(), found.start(), found.group(0, 1))
buffer = io.StringIO()
buffer.write("one\n")
print("two", 3, file=buffer)
print(repr(buffer.getvalue()), io.StringIO("a\nb").readlines())

print("-- system")
print(os.path.join("a", "b.txt"), os.path.basename("/x/y.py"), os.path.dirname("/x/y.py"), os.path.splitext("a.tar.gz"), repr(os.linesep), os.sep)
print(time.time() > 0, time.perf_counter() <= time.perf_counter(), time.sleep(0))
warnings.filterwarnings("ignore")
warnings.warn("quiet")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
try:
    sys.exit(3)
except SystemExit as stop:
    print(repr(stop), stop.code)
space = types.SimpleNamespace(a=1, b="x")
space.c = 3
print(space, space.a, space == types.SimpleNamespace(a=1, b="x", c=3))
nested = {"list": [1, [2]], "set": {1}, "tuple": (1, [2])}
shallow, deep = copy.copy(nested), copy.deepcopy(nested)
nested["list"][1].append(9)
print(shallow["list"], deep["list"], deep == nested, copy.deepcopy(circle).radius, copy.copy(circle) is circle)


@contextlib.contextmanager
def tagged(name):
    print("<" + name + ">")
    try:
        yield name.upper()
    finally:
        print("</" + name + ">")


with tagged("b") as value:
    print(value)
try:
    with tagged("i"):
        raise ValueError("inside")
except ValueError as error:
    print("caught", error)
with contextlib.suppress(KeyError):
    {}["x"]
with contextlib.nullcontext(5) as five:
    print(five)


class Shape(ABC):
    @abstractmethod
    def area(self): ...

    @property
    @abstractmethod
    def name(self): ...


class Square(Shape):
    name = "square"

    def area(self):
        return 4


class Plain(metaclass=ABCMeta):
    @abstractmethod
    def run(self): ...


print(Square().area(), issubclass(Square, Shape))
show(lambda: Shape())
show(lambda: Plain())
