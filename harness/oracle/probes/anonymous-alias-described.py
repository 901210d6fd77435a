from sqlalchemy import Column, Integer, MetaData, Table

author = Table("author", MetaData(), Column("id", Integer, primary_key=True))
print("Anonymous alias" in str(author.alias().c.id))
