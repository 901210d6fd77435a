from typing import Optional, List
import enum
from dataclasses import dataclass, field
from abc import ABC, abstractmethod
import contextlib, functools
@dataclass
class Pt:
    x: int
    y: int = 0
    tags: List[str] = field(default_factory=list)
p = Pt(1); print(p, p == Pt(1), p.tags)
class Color(enum.Enum):
    RED = 1
    GREEN = "g"
print(Color.RED, Color("g"), Color.RED.name, Color["RED"].value, list(Color), Color.RED is Color.RED, repr(Color.GREEN), Color.RED == 1)
class Base(ABC):
    @abstractmethod
    def go(self): ...
    @property
    @abstractmethod
    def pr(self): ...
try: Base()
except TypeError as e: print(e)
class Impl(Base):
    def go(self): return "gone"
    pr = property(lambda self: 5)
print(Impl().go(), Impl().pr)
@contextlib.contextmanager
def cm(x):
    print("start", x)
    try:
        yield x + 1
    except ValueError as e:
        print("handled", e)
    finally:
        print("end")
with cm(1) as v: print(v)
with cm(1): raise ValueError("q")
@functools.wraps(lambda: 1)
def wrapped(): pass
print(wrapped.__name__, Optional[int], List[int])
@functools.lru_cache(maxsize=None)
def fibm(n): return n if n < 2 else fibm(n - 1) + fibm(n - 2)
print(fibm(50), functools.reduce(lambda a, b: a * b, [1, 2, 3, 4]), functools.partial(pow, 2)(5))
class Meta(type):
    def __repr__(cls): return "Meta!" + cls.__name__
    def hello(cls): return "hello " + cls.__name__
try:
    class WithMeta(metaclass=Meta): pass
    print(WithMeta, WithMeta.hello())
except Exception as e: print(type(e), e)
class Temp:
    def __init__(self): self._t = 0
    def _get(self): return self._t
    def _set(self, v): self._t = v
    t = property(_get, _set, doc="temp")
t = Temp(); t.t = 5; print(t.t, Temp.t.__doc__)
class Node:
    def __init__(self, v, nxt=None): self.v, self.nxt = v, nxt
    def __iter__(self):
        n = self
        while n:
            yield n.v
            n = n.nxt
print(list(Node(1, Node(2, Node(3)))), sum(Node(1, Node(2))), 2 in Node(1, Node(2)), max(Node(4, Node(9))))
a, b = Node(1)  if 0 else (1, 2)
def tree(d):
    return {"d": d, "c": [tree(d - 1) for _ in range(2)] if d else []}
print(tree(2))
class Vec:
    def __init__(s, *c): s.c = c
    def __eq__(s, o): return isinstance(o, Vec) and s.c == o.c if isinstance(o, Vec) else NotImplemented
    def __mul__(s, k): return Vec(*(i * k for i in s.c))
    __rmul__ = __mul__
    def __neg__(s): return s * -1
    def __iadd__(s, o): s.c = tuple(i + j for i, j in zip(s.c, o.c)); return s
    def __abs__(s): return sum(i * i for i in s.c) ** 0.5
    def __format__(s, spec): return "<" + ",".join(format(i, spec) for i in s.c) + ">"
    def __str__(s): return f"Vec{s.c}"
    def __bool__(s): return any(s.c)
    def __matmul__(s, o): return sum(i * j for i, j in zip(s.c, o.c))
v = Vec(1, 2); w = v; v += Vec(1, 1); print(v, w is v, 2 * v, -v, abs(Vec(3, 4)), f"{v:.1f}", v == Vec(2, 3), v != Vec(2, 3), v == 5, not Vec(0), v @ v)
class Order:
    def __lt__(s, o): print("lt"); return NotImplemented
    def __gt__(s, o): print("gt"); return "GT"
print(Order() < Order())
class P1:
    def __add__(s, o): return "P1add"
    def __radd__(s, o): return "P1radd"
class P2(P1):
    def __radd__(s, o): return "P2radd"
print(P1() + P2(), P2() + P1(), 1 + P1(), P1() + P1())
class Attr:
    def __init__(self): self.__dict__["log"] = []
    def __setattr__(self, k, v): self.log.append(k); super().__setattr__(k, v)
    def __delattr__(self, k): self.log.append("-" + k); object.__delattr__(self, k)
    def __getattr__(self, k): return k.upper()
at = Attr(); at.x = 1; del at.x; print(at.log, at.x, at.zed)
class Cls:
    registry = {}
    def __new__(cls, *a, **k):
        o = super().__new__(cls)
        cls.registry[cls.__name__] = o
        return o
    def __init__(self, v=1): self.v = v
print(Cls(5).v, list(Cls.registry))
def deco(cls): cls.extra = 1; return cls
@deco
class Dd: pass
print(Dd.extra, Dd().extra)
import sys
try:
    raise KeyError("x")
except (ValueError, KeyError) as err:
    print(type(err).__name__, err)
try:
    err
except NameError as e: print(e)
def nested():
    for x in range(3):
        for y in range(3):
            if y == 1: break
            if x == 2: return x, y
print(nested())
print([*map(lambda x: x ** 2, filter(lambda x: x % 2, range(6)))], "".join(sorted("bca")), " ".join(str(i) for i in range(3)))
gen = (i * i for i in range(4)); print(next(gen), list(gen), list(gen))
print({i: [j for j in range(i)] for i in range(3)}, [[r for r in row] for row in [[1, 2], [3]]])
def varargs(first, *rest, sep=",", **opts): return sep.join([first, *rest]) + str(opts)
print(varargs("a", "b", sep="|", q=1), varargs(*"xyz"))
print(f"{'nested ' + f'{1 + 1}'}", f"{1:0>{3}}", f"{'x'!r:>6}", f"{3!s}", f"{{}}", rf"\d{1}", f"{1,2}", f"{ {'a': 1}['a'] }")
lst = [3, 1, 2]; lst.sort(key=lambda q: -q); print(lst, sorted(lst), lst.pop(), lst.extend([7]), lst)
big = 123456789 ** 5; print(big, big // 7, big % 1000, -big // 3, big & 0xffff, big >> 40, hex(255), int("ff", 16), big == big + 0, float(10 ** 20))
print(1 if True else 2, (1, 2)[0], {"a": {"b": 1}}["a"]["b"], "abc"[-1], [1, 2, 3][::2], "x" * 3, not True or False)
del lst[0]; print(lst); del a, b
try: a
except NameError as e: print(e)
while True:
    try:
        break
    finally:
        print("brk")
import decimal
print(decimal.Decimal("1.10") + 1, repr(decimal.Decimal("2")))
