# log: statements
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine

metadata = MetaData()
author = Table("author", metadata, Column("id", Integer, primary_key=True), Column("name", String))
engine = create_engine("sqlite://")
metadata.create_all(engine)

engine.echo = True
connection = engine.connect()
connection.execute(author.insert(), {"name": "Ann"})
connection.execute(author.insert(), {"name": "Bob"})
connection.close()
