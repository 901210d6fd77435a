# What generators return, what slots leave out, and the order of local names.
def counted(n):
    yield n
    return "end"


generator = counted(1)
print(next(generator))
try:
    next(generator)
except StopIteration as stop:
    print(repr(stop), stop.value)
generator = counted(2)
print(next(generator), next(generator, "none"))


def names(a, /, b, *rest, c, **more):
    return locals()


print(names(1, 2, 3, c=4, z=5))


class Narrow:
    __slots__ = ("a", "__hidden")
    kind = "narrow"

    def hide(self):
        self.__hidden = 1


class Narrower(Narrow):
    __slots__ = "b"


class Wide(Narrow):
    pass


narrow = Narrower()
narrow.a, narrow.b = 1, 2
narrow.hide()
print(narrow.a, narrow.b)
for name in ("c", "kind"):
    try:
        setattr(narrow, name, 3)
    except AttributeError as error:
        print(error)
wide = Wide()
wide.c = 3
print(wide.c)
