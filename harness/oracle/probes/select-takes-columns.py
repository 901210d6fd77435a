from sqlalchemy import Column, Integer, MetaData, String, Table, select

item = Table(
    "item",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String),
)

def show(make):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, error)


show(lambda: select(item.c.id, item.c.name))
