from sqlalchemy import Column, Integer, MetaData, Table

item = Table(
    "item",
    MetaData(),
    Column("id", Integer, primary_key=True),
)

print(item.c.id.in_([1, 2]))
