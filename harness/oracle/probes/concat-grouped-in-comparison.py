from sqlalchemy import Column, Integer, MetaData, String, Table

item = Table(
    "item",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String),
)

print((item.c.name + "!") == "one!")
print("two!" == ("!" + item.c.name))
print((item.c.name + "!").like("x"))
