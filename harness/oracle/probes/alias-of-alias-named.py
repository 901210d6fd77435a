import sqlalchemy
from sqlalchemy import Column, Integer, MetaData, Table

author = Table("author", MetaData(), Column("id", Integer, primary_key=True))
named = author.select().alias("sq")
print(named.alias().select())
