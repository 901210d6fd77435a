from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, text

metadata = MetaData()
author = Table("author", metadata, Column("id", Integer, primary_key=True), Column("name", String))
engine = create_engine("sqlite://")
metadata.create_all(engine)


def show(make):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, error)


with engine.begin() as connection:
    connection.execute(author.insert(), {"name": "Ann"})
    show(lambda: connection.execute(text("SELECT id, name FROM author")).all())
    show(lambda: connection.execute(text("SELECT id, name FROM author")).scalars().all())
