from sqlalchemy import Column, Integer, MetaData, Table

item = Table(
    "item",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("size", Integer),
)

print(item.c.id / item.c.size)
print(item.c.id / 2)
