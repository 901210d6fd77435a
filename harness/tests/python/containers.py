def show(f):
    try:
        print(repr(f()))
    except Exception as error:
        print(type(error).__name__ + ": " + str(error))


print("-- list")
items = [3, 1, 2]
items.append(5)
items.extend((7, 8))
items.insert(0, 0)
items.insert(-1, 99)
items.insert(100, 100)
print(items, items.pop(), items.pop(0), items.index(2), items.count(1), len(items))
items.remove(99)
items.reverse()
print(items, sorted(items), sorted(items, reverse=True), sorted("bca"), items.copy() == items)
items.sort()
print(items)
items.sort(key=lambda x: -x)
print(items)
items[1:3] = ["a", "b", "c"]
del items[0]
items += [1]
print(items, items[::2], items[-2:], items * 2, [1] + [2], 1 in items, [1, 2] < [1, 3], [] == [])
words = ["pear", "fig", "apple", "kiwi"]
print(sorted(words, key=len), sorted(words, key=len, reverse=True), sorted(words, key=lambda w: (len(w), w)))
print(list(reversed(words)), words.index("fig", 1), max(words, key=len), min(words))
items.clear()
print(items)
show(lambda: [].pop())
show(lambda: [1].pop(5))
show(lambda: [1].remove(2))
show(lambda: [1].index(2))
show(lambda: [1][5])
show(lambda: [1]["a"])
show(lambda: [3, "a"].sort())
show(lambda: sorted([1, None]))
show(lambda: [1].append())
show(lambda: [1].append(1, 2))
show(lambda: [1].sort(lambda x: x))
show(lambda: [1].foo)
show(lambda: [1] + (2,))
show(lambda: (1, 2, 1).count(1))
show(lambda: (1, 2).index(5))
show(lambda: (1, 2)[3])

print("-- dict")
d = {"b": 1, "a": 2}
d["c"] = 3
print(d, d.keys(), d.values(), d.items(), list(d), len(d), "a" in d, d.get("z"), d.get("z", 0), d["a"])
print(d.pop("b"), d.pop("zz", None), d.setdefault("n", []), d.setdefault("a", 9), d)
d.update({"x": 1}, y=2)
d.update([("p", 1)])
print(d, d.popitem(), d.copy() == d, {**d, "q": 1}, d | {"r": 1})
print(sorted(d), sorted(d.items()), list(reversed(d)), max(d, key=lambda k: len(str(d[k]))))
print({v: k for k, v in {"a": 1}.items()}, dict.fromkeys("ab"), dict.fromkeys([1], 0), dict(zip("ab", [1, 2])))
print({"a": 1}.items() == {"a": 1}.items(), {"a": 1}.keys() & {"a", "b"}, {"a": 1}.keys() | {"a"}, ("a", 1) in {"a": 1}.items(), 1 in {"a": 1}.values(), {"a": 1}.keys() == {"a"}, {"a": 1}.keys() - {"a"})
view = d.keys()
d["late"] = 1
print("late" in view, len(view) == len(d), list({}.items()), {} == {}, {"a": 1} == {"a": 1.0}, {1: "x"}[True])
show(lambda: {}["k"])
show(lambda: {}.pop("k"))
show(lambda: {}.popitem())
show(lambda: {[]: 1})
show(lambda: {}.get())
show(lambda: {"a": 1}.update(5))
show(lambda: {"a": 1}.update([(1, 2, 3)]))
show(lambda: {"a": 1}.nothing)
show(lambda: {"a": 1} < {"a": 2})


def grow():
    table = {"a": 1}
    for key in table:
        table[key + "x"] = 1


show(grow)

print("-- set")
s = {3, 1, 2}
s.add(4)
s.discard(99)
s.remove(4)
print(s, len(s), 1 in s, s | {5}, s & {1, 2}, s - {1}, sorted(s ^ {1, 9}), s <= {1, 2, 3}, s < s, s >= {1}, {1} == {1})
print(s.union([7], (8,)), s.intersection([1]), s.difference([1]), s.symmetric_difference([1, 6]), s.issubset(range(9)), s.issuperset([1]), s.isdisjoint([4]))
t = set()
t.update([1], [2])
print(t, frozenset([1, 2]) == t, frozenset(), sorted({"b", "a"}), {x % 2 for x in range(5)})
print({5, 1, 9}.pop(), {100, 3, 17, 64}, set(range(12)) - {4}, {2.5, 1, -1})
t.clear()
show(lambda: set().pop())
show(lambda: {1}.remove(5))
show(lambda: {[]})
show(lambda: {1} | [2])
show(lambda: frozenset([1]).add(2))

print("-- range and slice")
print(range(5), range(1, 9, 3), list(range(5, 0, -2)), len(range(0, 10, 3)), 4 in range(0, 9, 2), range(5)[1:3], range(5)[-1], range(3).index(2), range(3).count(5), range(0) == range(5, 5), range(3).start, range(3).stop, range(3).step, list(reversed(range(3))))
show(lambda: range(1, 2, 0))
show(lambda: range(3)[5])
show(lambda: range("a"))
show(lambda: range(3).index(7))
show(lambda: slice(1, 2))
show(lambda: slice(None, 3, 2).step)


class Stack(list):
    def push(self, item):
        self.append(item)
        return self


class Config(dict):
    def __getattr__(self, name):
        return self[name]


class Loud(dict):
    def __setitem__(self, key, value):
        super().__setitem__(key, value * 2)


stack = Stack([1, 2])
print(stack.push(3), len(stack), stack == [1, 2, 3], isinstance(stack, list), stack[0], stack[1:], [*stack], type(stack).__name__)
config = Config(debug=True)
config["level"] = 3
print(config, config.debug, config.level, dict(config), list(config), "debug" in config)
loud = Loud()
loud["a"] = 2
print(loud)
