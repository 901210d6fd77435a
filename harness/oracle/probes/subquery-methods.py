from sqlalchemy import Column, Integer, MetaData, Table, __version__, select

item = Table(
    "item",
    MetaData(),
    Column("id", Integer, primary_key=True),
)


def choose(*columns):
    return select(*columns) if __version__ >= "1.4" else select(list(columns))


def show(make):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, error)


show(lambda: choose(item.c.id).subquery().c.keys())
show(lambda: type(choose(item.c.id).scalar_subquery()).__name__)
