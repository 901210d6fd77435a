from sqlalchemy import Column, Integer, MetaData, Table

item = Table(
    "item",
    MetaData(),
    Column("id", Integer, primary_key=True),
)

def show(make):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, error)


show(lambda: item.c.id.in_("x"))
