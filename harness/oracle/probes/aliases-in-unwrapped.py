# log: statements
import warnings

from sqlalchemy import Column, Integer, MetaData, Table

warnings.simplefilter("ignore")
item = Table("item", MetaData(), Column("id", Integer, primary_key=True))
print(item.c.id.in_(item.select().alias("items")))
