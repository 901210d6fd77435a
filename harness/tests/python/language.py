class D:
    def __set_name__(self, owner, name): self.name = name; print("set_name", owner.__name__, name)
    def __get__(self, obj, cls): return ("get", obj is None, cls.__name__)
    def __set__(self, obj, v): print("set", v)
    def __delete__(self, obj): print("del")
class X:
    d = D()
    def __init_subclass__(cls, tag=None, **kw):
        super().__init_subclass__(**kw)
        print("sub", cls.__name__, tag)
x = X(); print(x.d, X.d); x.d = 5; del x.d
class Y(X, tag="t"): pass
class M(dict):
    def __setitem__(self, k, v): super().__setitem__(k, v * 2)
    def __missing__(self, k): return "miss " + k
m = M(a=1); m["b"] = 2; print(m, m["zz"], len(m), isinstance(m, dict), list(m.items()), m == {"a": 1, "b": 4})
class L(list):
    def append(self, x): super().append(x); return self
l = L([1]); l.append(2).append(3); print(l, l[1:], l + [4], sum(l), [*l], l == [1, 2, 3], type(l).__name__)
class S(str):
    def shout(self): return self.upper() + "!"
s = S("abc"); print(s.shout(), s + "d", s == "abc", {s: 1}["abc"], f"{s:>5}", len(s))
class I(int):
    def __add__(self, o): return I(int(self) + o + 100)
i = I(5); print(i + 1, i * 2, i == 5, i > 3, repr(i), [1,2,3,4,5,6][i])
class E1(Exception):
    def __init__(self, msg, code):
        super().__init__(msg)
        self.code = code
try: raise E1("m", 5)
except E1 as e: print(e, e.code, e.args, repr(e))
class E2(Exception):
    def __init__(self, msg, code): self.code = code
print(E2("m", 5).args, str(E2("m", 5)))
class Abs:
    __slots__ = ("a",)
    def __init__(self): self.a = 1
print(Abs().a)
def ann(a: int, b: "str" = "x") -> list[int]: return [a]
print(ann.__annotations__)
class Ann:
    x: int
    y: "str" = "q"
    z: list[int] | None = None
print(Ann.__annotations__, Ann.y)
print({3, 1, 2, 10, 8}, {100, 5, 33, 7}, set(range(20, 0, -3)))
print([(a, b) for a in range(3) for b in range(a) if a != b])
print((lambda *, k=3: k)(), (lambda a, /, b: a - b)(1, b=2))
z = 10
class Scope:
    z = 5
    w = [z for _ in range(2)] if False else z
    def f(self): return z
print(Scope.w, Scope().f())
def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
f = fib(); print([next(f) for _ in range(10)])
def g2():
    try:
        x = yield 1
        print("x", x)
        yield 2
    except ValueError as e:
        print("caught", e)
        yield 3
    with Ctx() as c:
        yield 4
    for q in (1, 2):
        if q == 1:
            yield "q1"
        else:
            while True:
                r = yield "w"
                if r: break
    return 9
class Ctx:
    def __enter__(self): print("in"); return self
    def __exit__(self, *a): print("out"); return False
it = g2(); print(next(it), it.throw(ValueError("v")), next(it), next(it), next(it), it.send(0))
try: it.send(1)
except StopIteration as e: print("stop", e.value)
print(next(iter([]), "dflt"), list(zip(*[(1, 2), (3, 4)])), divmod(7, 2), abs(-3), round(3.7), pow(2, 3, 5))
try: raise ValueError("a") from None
except ValueError as e: print(e.__cause__, e.__suppress_context__)
def kw(**kwargs): return kwargs
print(kw(**{"a": 1}, b=2), "a" "b", 'x' if [] else 'y')
a = b = []
a.append(1); print(b, a is b)
del a[0]; print(b)
n = 5
n += 1; n *= 2; n -= 1; n //= 2; n **= 2; n %= 7; n <<= 2; n |= 1; n ^= 3; n &= 0xff; n >>= 1
print(n)
print("%r %s %5d %-5d| %05.1f %x %o %e %%" % ("a", [1], 5, 5, 2.55, 255, 8, 12345.678))
print(str(1.0), 1e100, 1.5e-7, 100000.0, 1e22, -0.0, float("nan"), 3.0 * 2)
print([1, 2, 3] == [1, 2, 3], (1, 2) < (1, 3), "a" < "b", [1] + [2], (1,) + (2,), 5 in {5: 1}, "b" in "abc")
w = [1, 2, 3, 4]; w[1:3] = [9]; print(w); w.insert(0, 7); w.sort(reverse=True); print(w, w.index(9), w.count(1))
print(type(1), type("a"), type(None), type(X), type(x).__name__, int, str.upper)
print(X.__name__, X.__qualname__, X.__module__, x.__class__, x.__dict__, X.__init_subclass__.__name__)
print(getattr(x, "nope", "d"), hasattr(x, "d"))
x.q = 1; setattr(x, "r", 2); print(x.__dict__, vars(x)["q"], sorted(vars(x)))
x.__dict__["s"] = 3; print(x.s); del x.q; print(x.__dict__)
try: x.q
except AttributeError as e: print(e)
def outer():
    v = 1
    def inner():
        nonlocal v
        v += 1
        return v
    inner(); inner()
    return v
print(outer())
for i in range(3):
    if i == 5: break
else: print("else")
try:
    pass
except: pass
else: print("tryelse")
finally: print("finally")
def fin():
    for i in range(3):
        try:
            if i == 1: continue
            if i == 2: return "ret"
        finally: print("f", i)
print(fin())
def swallow():
    try: 1/0
    finally: return "swallowed"
print(swallow())
x1, *y1 = "hello"; print(x1, y1)
(p, q), r = (1, 2), 3; print(p, q, r)
print(*[1, 2], sep="-", end="!\n")
print(isinstance(x, X), isinstance(3, int | str), issubclass(Y, X))
print(list(reversed([1, 2])), sorted({"b": 1, "a": 2}), list(enumerate("ab", 1)), any([]), all([]))
print({}.get("a"), {"a": 1}.setdefault("b", []), dict.fromkeys("ab", 0))
print(bool(x), x == x, x != 3, x is not None)
def defaults(a=[]): a.append(1); return a
defaults(); print(defaults())
print((yield_ := 3), yield_)
print("é".encode(), b"ab"[0], bytes([65]), "a\tb\n".strip(), "a,b".split(","))
import datetime
print(datetime.date(2020, 1, 2), datetime.timedelta(days=1))
from collections import namedtuple, defaultdict, OrderedDict, Counter
P = namedtuple("P", "x y"); print(P(1, 2), P(1, 2).x)
dd = defaultdict(list); dd["a"].append(1); print(dd)
print(Counter("aab"), OrderedDict(a=1))
