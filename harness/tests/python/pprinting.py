import pprint as module
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from pprint import PrettyPrinter, pformat, pp, pprint, saferepr


class A:
    def __repr__(self):
        return "A(" + "x" * 50 + ")"


pprint({"b": 1, "a": 2})
pprint({"b": 1, "a": 2}, sort_dicts=False)
pprint([["aaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"], {"k" * 10: "v" * 50, "z": [1] * 30}, (1,), ("a" * 70,)])
pprint([A(), A(), {"x": A(), "y": {"zz": A()}}])
pprint("word " * 40)
pprint({"k": "word " * 40})
pprint(["word " * 40, "b"])
pprint("a" * 200)
pprint(OrderedDict([("b", 1), ("a", 2)]))
pprint(OrderedDict([("b" * 40, 1), ("a" * 40, 2)]))
pprint(defaultdict(list, {"b" * 40: 1, "a" * 40: 2}))
pprint(Counter("hello"))
pprint(Counter("a" * 40 + "b" * 3 + "hello wordldlflsjfajsldkfjlaskjfl;asdkjflkqweoiruqwpoieurpoiq"))
pprint(deque([1, 2]))
pprint(deque(["a" * 40, "b" * 40]))
pprint(deque(["a" * 40, "b" * 40], maxlen=5))
pprint({1})
pprint({"a" * 40, "b" * 40})
pprint(frozenset({"a" * 40, "b" * 40}))
pprint([1] * 40, width=20)
pprint(list(range(60)), compact=True)
pprint({"a": {"b": {"c": {"d": 1}}}}, depth=2)
pprint(b"abc def" * 30)
pprint([b"abc def" * 30])
pprint({2: "x", "a": 1, None: 3})
pprint(None)
pprint(1.5)
pprint(A)
pprint([])
pprint({})
pprint(())
pprint(set())
print(pformat([["a" * 30] * 3], indent=4))
pprint({"a" * 70: ["b" * 20, "c" * 20]})
P = namedtuple("P", "x y")
pprint(P(1, 2))
pprint(P("a" * 50, "b" * 50))
pprint("line1\nline2\n" * 10)
pprint({"x": "line1\nline2\n" * 10})
pp({"b": 1, "a": 2})


class L(list):
    pass


class DD(dict):
    pass


pprint(L(["a" * 50, "b" * 50]))
pprint(DD({"a" * 50: "b" * 50}))
print(saferepr({"b": 1, "a": 2}))
pprint({"b": 1, "a": 2}, width=5)
pprint({(1, "a"): 1, (1, "b"): 2, "q": 3})
PrettyPrinter(indent=2).pprint([["a" * 30] * 3])
pprint([{"id": 1, "name": "spongebob", "fullname": "Spongebob Squarepants", "addresses": [{"id": 1, "email": "a@b.c"}]}])
pprint({"a": 1}.keys())
pprint(1000000, underscore_numbers=True)
module.pprint([{"id": n, "title": "Title number %d" % n, "tags": ["one", "two", "three"]} for n in range(3)])
module.pprint(("select " * 20, {"bound": ["x" * 30, "y" * 30]}), indent=3)
pprint([["a" * 20, ["b" * 30, ["c" * 30, {"d" * 10: "e" * 40}]]]])
pprint({"short": 1, "text": "It's a \"quoted\" text that is somewhat longer than what fits on one line of output."})
