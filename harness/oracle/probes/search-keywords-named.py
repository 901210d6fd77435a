from sqlalchemy import Column, String
from sqlalchemy.ext.hybrid import Comparator


class Noting(Comparator):
    def operate(self, op, *other, **named):
        print(op.__name__, other, sorted(named))


noting = Noting(Column("name", String))
noting.startswith("a")
noting.startswith("a", escape="/")
noting.contains("a")
