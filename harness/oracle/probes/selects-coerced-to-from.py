from sqlalchemy import Column, Integer, MetaData, Table, union

author = Table("author", MetaData(), Column("id", Integer, primary_key=True))
together = union(author.select(), author.select())
print(hasattr(together, "c"))
