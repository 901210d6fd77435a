from sqlalchemy import Column, Float, Integer, MetaData, Table

item = Table(
    "item",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("price", Float),
)

print(item.c.price / 2.5)
print(item.c.id / 2.5)
