from sqlalchemy import Column, Integer, MetaData, String, Table, __version__, cast, select

item = Table(
    "item",
    MetaData(),
    Column("id", Integer, primary_key=True),
)


def choose(*columns):
    return select(*columns) if __version__ >= "1.4" else select(list(columns))


print(choose(cast(item.c.id, String)))
