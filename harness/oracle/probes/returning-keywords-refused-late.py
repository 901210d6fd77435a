from sqlalchemy import Column, Integer, MetaData, Table, insert

author = Table("author", MetaData(), Column("id", Integer))
try:
    insert(author).returning(author.c.id, wrong=True)
except Exception as error:
    print(type(error).__name__, error)
