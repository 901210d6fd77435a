def show(f):
    try:
        print(repr(f()))
    except Exception as error:
        print(type(error).__name__ + ": " + str(error))


print(7 // 2, -7 // 2, 7 % 3, -7 % 3, 7.5 // 2, -7.5 % 2, 2**10, 2**-1, 2**0.5, 10**20, -(2**63), 2**64 - 1, 5 / 2, 6 / 3)
print(divmod(7, 2), divmod(-7, 2), divmod(7.5, 2), abs(-3), abs(-2.5), pow(2, 5), pow(2, 10, 1000), pow(3, -1, 7), round(2.5), round(3.5), round(2.675, 2), round(1234, -2), round(1250, -2), round(1350, -2), round(5.5), round(-2.5), round(0.5), round(1e20), round(123.456, -1), round(2.5, 0), round(7, 2))
print(sum([1, 2, 3]), sum([], 5), sum([0.1] * 3), sum([[1], [2]], []), min(3, 1, 2), max([1, 5, 2]), min([], default="none"), max("abc"), max([1, -3], key=abs), min((1, "a"), (0, "z")))
print(hex(255), oct(8), bin(5), hex(-255), bin(0), (255).bit_length(), (5).bit_count(), (3).as_integer_ratio(), (0.75).as_integer_ratio(), (2.0).is_integer(), (2.5).is_integer(), (258).to_bytes(2, "big"), int.from_bytes(b"\x01\x02", "big"), (5).real, (5).imag, (5).numerator)
print(True + True, True == 1, isinstance(True, int), int(True), float(2), 1_000_000, 0x1F, 0o17, 0b101, 1e3, .5, 5.)
print(1 < 2 < 3, 1 == 1.0, 0.1 + 0.2, 0.1 + 0.2 == 0.3, 1e308 * 10, -1e308 * 10, 3 & 6, 3 | 6, 3 ^ 6, ~5, 1 << 70, -5 >> 1, 10**30 // 7, 10**30 % 7, -(10**30) // 7)
print(hash(1) == hash(1.0) == hash(True), hash("a") == hash("a"), all([1, "x"]), all([]), any([0, ""]), any([0, 1]))
show(lambda: 1 / 0)
show(lambda: 1 // 0)
show(lambda: 1 % 0)
show(lambda: 1.0 / 0)
show(lambda: 1.0 // 0)
show(lambda: 0**-1)
show(lambda: divmod(1, 0))
show(lambda: divmod(1.0, 0))
show(lambda: divmod("a", 1))
show(lambda: 1 + "a")
show(lambda: "a" - 1)
show(lambda: -"a")
show(lambda: abs("a"))
show(lambda: round("a"))
show(lambda: sum(["a"], ""))
show(lambda: sum(["a"]))
show(lambda: sum(5))
show(lambda: min([]))
show(lambda: max())
show(lambda: max(1, "a"))
show(lambda: min(1, 2, default=3))
show(lambda: hex("a"))
show(lambda: pow(2, 3, 0))
show(lambda: pow(2.0, 3, 5))
show(lambda: 1 < "a")
show(lambda: len(5))
show(lambda: 5())
show(lambda: 5[0])
show(lambda: (5).foo)
show(lambda: 1.5 << 2)
show(lambda: 10.0**400)
show(lambda: int("9" * 5000))
show(lambda: len(str(10**100)))


class Age(int):
    def next(self):
        return Age(self + 1)


age = Age(5)
print(age, age.next(), type(age.next()).__name__, age + 1, age == 5, {5: "five"}[age], f"{age:03d}", "%d" % age)
