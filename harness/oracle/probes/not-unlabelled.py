from sqlalchemy import Boolean, Column, Integer, MetaData, Table, __version__, select

item = Table(
    "item",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("sold", Boolean(create_constraint=False)),
)


def choose(*columns):
    return select(*columns) if __version__ >= "1.4" else select(list(columns))


print(choose(~item.c.sold))
print(choose(~(item.c.id == 1)))
