from sqlalchemy import Column, Integer, MetaData, Table

item = Table("item", MetaData(), Column("id", Integer, primary_key=True))
print(type(item.select().alias("items")).__name__)
