from sqlalchemy import Column, String
from sqlalchemy.ext.hybrid import Comparator


class Noting(Comparator):
    def operate(self, op, *other, **named):
        print(op.__name__)


noting = Noting(Column("name", String))
noting.notlike("a")
noting.isnot(None)
noting.notin_([])
