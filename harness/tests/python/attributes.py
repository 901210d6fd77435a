def show(f):
    try:
        print(repr(f()))
    except Exception as error:
        print(type(error).__name__ + ": " + str(error))


class Base:
    kind = "base"

    def __init__(self, name):
        self.name = name

    def greet(self):
        return "hi " + self.name


class Child(Base):
    @property
    def loud(self):
        return self.name.upper()


child = Child("ed")
print(getattr(child, "name"), getattr(child, "missing", None), hasattr(child, "loud"), hasattr(child, "x"), getattr(child, "greet")())
setattr(child, "age", 5)
print(vars(child), child.__dict__, [n for n in dir(child) if not n.startswith("_")])
delattr(child, "age")
print(vars(child), callable(child.greet), callable(child), callable(Child), callable(len))
print(isinstance(child, Base), isinstance(child, (int, Base)), isinstance(1, (str, int)), issubclass(Child, Base), issubclass(Child, (int, object)), isinstance("a", int | str), type(child) is Child, type(child).__name__, Child.__mro__[1].__name__)
print(type(1), type("a"), type(None), type([]), type(child), type(Child), type(len), type(lambda: 1).__name__, type(1.5), type(...), type(print), type({}.keys()))
Made = type("Made", (Base,), {"x": 1, "double": lambda self: self.name * 2})
print(Made("z").double(), Made.x, Made.__name__, Made.kind)
show(lambda: child.missing)
show(lambda: Child.missing)
show(lambda: getattr(child, 5))
show(lambda: setattr(child, "loud", 1))
show(lambda: delattr(child, "zzz"))
show(lambda: isinstance(1, 5))
show(lambda: issubclass(1, int))
show(lambda: issubclass(int, 1))
show(lambda: vars(5))
show(lambda: type(1, 2))
show(lambda: type("A", 5, {}))
show(lambda: hash([]))
show(lambda: Child())
show(lambda: Child("a", "b"))
show(lambda: object().x)
show(lambda: id(child) == id(child))
show(lambda: print("a", sep=1))
show(lambda: print("a", foo=1))
print("a", "b", sep="-", end="!\n")
print(1, None, [2], sep=", ")
print()
print("no newline", end="")
print("", "x", sep="|", flush=True)
import sys

print("to stdout", file=sys.stdout)
print("to stderr", file=sys.stderr)
sys.stdout.write("written\n")
print(sys.version_info >= (3, 8), sys.version_info[:2], sys.version_info.major, sys.maxsize)
