def show(f):
    try:
        print(repr(f()))
    except Exception as error:
        print(type(error).__name__ + ": " + str(error))


print(list(enumerate("ab")), list(enumerate("ab", 1)), list(enumerate("ab", start=5)))
print(list(zip("ab", [1, 2, 3])), list(zip()), list(zip("abc")), list(zip("ab", "cd", strict=True)))
print(list(map(str, [1, 2])), list(map(lambda a, b: a * b, [1, 2, 3], [4, 5])), list(filter(None, [0, 1, "", "a"])), list(filter(lambda x: x > 1, [1, 2, 3])))
print(list(reversed([1, 2])), list(reversed("ab")), list(reversed((1, 2))), list(reversed({"a": 1, "b": 2}.items())))
iterator = iter([1, 2])
print(next(iterator), next(iterator), next(iterator, "done"))
counter = iter(lambda state=[0]: state.append(1) or len(state), 4)
print(list(counter))
show(lambda: next(iter([])))
show(lambda: next([]))
show(lambda: iter(5))
show(lambda: list(zip("ab", [1], strict=True)))
show(lambda: list(zip("a", [1, 2], strict=True)))
show(lambda: list(zip("ab", "ab", "a", strict=True)))
show(lambda: zip(5))
show(lambda: map(str))
show(lambda: reversed(5))
show(lambda: reversed({1}))
show(lambda: list(map(len, [1])))
show(lambda: enumerate())
show(lambda: sorted())
show(lambda: sorted(5))


class Countdown:
    def __init__(self, start):
        self.start = start

    def __iter__(self):
        return iter(range(self.start, 0, -1))

    def __len__(self):
        return self.start

    def __contains__(self, item):
        return 0 < item <= self.start

    def __reversed__(self):
        return iter(range(1, self.start + 1))


class Letters:
    def __getitem__(self, index):
        return "abc"[index]

    def __len__(self):
        return 3


down = Countdown(3)
print(list(down), len(down), 2 in down, 5 in down, list(reversed(down)), sum(down), max(down), sorted(down), tuple(down), [*down], dict(zip(down, "xyz")))
print(list(Letters()), list(reversed(Letters())), "b" in Letters())


def numbers():
    yield 1
    yield 2


print(sum(numbers()), list(numbers()), " ".join(str(n) for n in numbers()), dict((n, n) for n in numbers()), [*numbers()], set(numbers()))
print(any(n > 1 for n in numbers()), all(n > 1 for n in numbers()), max(numbers()), list(zip(numbers(), numbers())))


class Key:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        return self.n < other.n

    def __repr__(self):
        return f"Key({self.n})"


print(sorted([Key(3), Key(1), Key(2)]), min(Key(3), Key(1)), sorted([Key(n % 3) for n in range(7)], reverse=True))
