from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine

metadata = MetaData()
author = Table("author", metadata, Column("id", Integer, primary_key=True), Column("name", String))
engine = create_engine("sqlite://")
metadata.create_all(engine)

def show(make):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, error)


def insert():
    with engine.begin() as connection:
        return connection.execute(author.insert().returning(author.c.id), {"name": "Ann"}).fetchall()


show(insert)
show(lambda: author.insert().returning(author.c.id).compile(engine))
