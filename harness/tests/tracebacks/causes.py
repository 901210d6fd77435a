def f(x):
    return g(x) + 1


def g(x):
    y = x / 0
    return y


class A:
    def m(self):
        try:
            f(1)
        except ZeroDivisionError as e:
            raise ValueError("outer") from e


def h():
    try:
        A().m()
    except ValueError:
        {}["missing"]


h()
