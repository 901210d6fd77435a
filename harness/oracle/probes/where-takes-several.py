from sqlalchemy import Column, Integer, MetaData, Table

item = Table("item", MetaData(), Column("id", Integer, primary_key=True), Column("size", Integer))
try:
    print(item.select().where(item.c.id > 1, item.c.size > 2))
except TypeError as error:
    print(error)
