from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine

metadata = MetaData()
author = Table("author", metadata, Column("id", Integer, primary_key=True), Column("name", String))
book = Table("book", metadata, Column("id", Integer, primary_key=True), Column("title", String))
engine = create_engine("sqlite://")
metadata.create_all(engine)

def show(make):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, error)


show(lambda: author.update().values(name=book.c.title).where(author.c.id == book.c.id).compile(engine))
