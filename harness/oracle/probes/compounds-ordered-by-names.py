from sqlalchemy import Column, Integer, MetaData, Table, __version__, select, union

item = Table("item", MetaData(), Column("a", Integer), Column("b", Integer))


def choose(*columns):
    return select(*columns) if __version__ >= "1.4" else select(list(columns))


both = union(choose(item.c.a, item.c.b), choose(item.c.b, item.c.a))
print(both.order_by("a"))
print(both.order_by(item.c.a))
