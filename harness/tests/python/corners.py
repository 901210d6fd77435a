def f():
    x = 1
    class C:
        y = x
        def m(self): return x + self.y
    return C().m()
print(f())
def mk():
    fs = []
    for i in range(3):
        fs.append(lambda: i)
    return [g() for g in fs]
print(mk(), [g() for g in [lambda i=i: i for i in range(3)]])
class A:
    x = [1, 2]
    y = [i for i in x]
    z = {k: 1 for k in x}
    def __private(self): return "p"
    def call(self): return self.__private()
print(A.y, A.z, A().call(), A()._A__private())
def gen():
    x = yield
    while x:
        x = yield x * 2
g = gen(); next(g); print(g.send(3), g.send(4))
try: g.send(0)
except StopIteration: print("stopped")
def ret_gen():
    return (yield 1)
def sub():
    yield 1
    yield 2
    return 3
def deleg():
    v = yield from sub()
    print("v", v)
    yield from [7, 8]
print(list(deleg()))
try:
    def bad():
        raise StopIteration
        yield
    list(bad())
except RuntimeError as e: print(e, repr(e.__cause__))
try:
    try: 1/0
    except ZeroDivisionError: raise KeyError("k")
except KeyError as e: print(type(e.__context__).__name__, e.__cause__)
class Res:
    def __init__(s, n): s.n = n
    def __enter__(s): print("enter", s.n); return s
    def __exit__(s, *a): print("exit", s.n, a[0].__name__ if a[0] else None)
try:
    with Res(1) as a, Res(2) as b:
        print(a.n, b.n); 1/0
except ZeroDivisionError: print("caught")
def early():
    with Res(3):
        return "early"
print(early())
for i in range(3):
    with Res(i):
        if i == 1: break
x = 10
def shadow():
    try:
        print(x)
    except UnboundLocalError as e: print(e)
    x = 5
shadow()
def glob():
    global newg
    newg = 7
glob(); print(newg)
print([i for i in range(5) if i % 2 if i > 1], [(i, j) for i in range(2) for j in range(i, 3)])
print((lambda: [w for w in "ab"])(), any(y > 3 for y in [1, 5]), (q for q in [1]).__class__.__name__)
if (n := len([1, 2, 3])) > 2: print(n)
print([last := i for i in range(3)], last)
d = {}
d["a"], d["b"] = 1, 2
d["a"] += 5
print(d, {**d, "c": 3}, d | {"z": 1}, list(d), list(d.values()), d.items(), d.keys())
for k in list(d): del d[k]
print(d, not d)
try:
    for k in (dd := {"a": 1}): dd["b"] = 2
except RuntimeError as e: print(e)
s = "hello"; print(s[1:3], s[::-1], s[-3:], s[10:], s * 0, "l" in s, s.index("l"), s.replace("l", "L"), s.title())
t = (1, [2, 3]); t[1].append(4); print(t)
try: t[0] = 5
except TypeError as e: print(e)
try: t[1] += [9]
except TypeError as e: print(e, t)
a = [1, 2, 3]; b = a; a += [4]; print(b, a is b); a = a + [5]; print(b, a is b)
m = [[0] * 2] * 2; m[0][0] = 1; print(m)
a, b = 1, 2; a, b = b, a; print(a, b)
i = 0
l = [0, 0]; i, l[i] = 1, 5; print(i, l)
print(1 < 2 < 3, 1 < 3 < 2, 1 == 1.0, "a" "b" == "ab", None == 0, [] == (), {} == {}, 0 == False)
print(True and "x", None or [] or "end", not None, 3 and 0)
print(int("42"), float("1.5"), str(None), list("ab"), int(3.9), int(-3.9), round(2.5), round(3.5), round(1.25, 1))
print("%s" % None, "%s %s" % ("a", "b"), "%(x)s" % {"x": 1}, "{} {}".format(1, 2), "{a}".format(a=3), "{0.__class__.__name__}".format(1))
print(repr("it's"), repr('say "hi"'), repr("both ' and \""), repr("\n\t\\"), repr("\x00\x7fé\u200b"))
print(1_000_000, 0xff, 0o17, 0b101, 1e3, .5, 5., 1e-5, 123456789012345678901234567890)
print(-5 // 2, -5 % 2, 5 // -2, 5 % -2, -5.5 // 2, 2 ** -1, 2 ** 0.5, 10 ** 20, 7 & 3, 7 | 8, 7 ^ 2, ~7, 1 << 10, 1024 >> 3)
class Desc:
    def __get__(self, o, t=None): return 42 if o is None else o.__dict__.get("v", "none")
class HD: v = Desc()
h = HD(); print(HD.v, h.v); h.v = 3; print(h.v, h.__dict__)
class Cnt:
    n = 0
    def __init__(self): type(self).n += 1
Cnt(); Cnt(); print(Cnt.n)
class Par:
    def hi(self): return "par"
    @classmethod
    def c(cls): return cls.__name__
    @property
    def p(self): return "pp"
class Mix:
    def hi(self): return "mix+" + super().hi()
class Chi(Mix, Par):
    def hi(self): return "chi+" + super().hi()
    @classmethod
    def c(cls): return "chi" + super().c()
    @property
    def p(self): return "c" + super().p
print(Chi().hi(), Chi.c(), Chi().p, [k.__name__ for k in Chi.__mro__])
print(Chi().hi.__func__ is Chi.hi, Par.__dict__["c"].__class__.__name__)
class Cmp:
    def __init__(s, v): s.v = v
    def __lt__(s, o): return s.v < o.v
    def __repr__(s): return f"C{s.v}"
print(sorted([Cmp(3), Cmp(1)]), max(Cmp(1), Cmp(5)), min([Cmp(2), Cmp(1)]))
try: Cmp(1) <= Cmp(2)
except TypeError as e: print(e)
import types
print(isinstance(f, types.FunctionType) if hasattr(types, "FunctionType") else True)
