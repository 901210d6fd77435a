from sqlalchemy import Column, Integer, MetaData, Table

item = Table("item", MetaData(), Column("id", Integer, primary_key=True))
print(repr(str(item.select().cte("items"))))
