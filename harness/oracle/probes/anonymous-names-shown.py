from sqlalchemy import Column, Integer, MetaData, Table

author = Table("author", MetaData(), Column("id", Integer, primary_key=True))
named = author.select().alias()
print("anon_1" in str(named.c.id))
