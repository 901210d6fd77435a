from sqlalchemy import Column, Integer, MetaData, Table, create_engine

author = Table("author", MetaData(), Column("id", Integer, primary_key=True))
engine = create_engine("sqlite://")
author.metadata.create_all(engine)
connection = engine.connect()
connection.execute(author.insert(), {"id": 1})
row = connection.execute(author.select()).first()
print(hasattr(row, "_tuple"))
