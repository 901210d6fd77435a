from sqlalchemy import Column, Integer, MetaData, String, Table

metadata = MetaData()
author = Table("author", metadata, Column("id", Integer, primary_key=True), Column("name", String))

def show(make):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, error)


show(lambda: author.insert().values([{"name": "Ann"}, {"name": "Bob"}]))
