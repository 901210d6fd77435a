# log: statements

from sqlalchemy import Column, Integer, MetaData, Table, create_engine

metadata = MetaData()
author = Table("author", metadata, Column("id", Integer))
book = Table("book", metadata, Column("id", Integer))
engine = create_engine("sqlite://")
engine.connect().close()
engine.echo = True
metadata.create_all(engine, checkfirst=False)
