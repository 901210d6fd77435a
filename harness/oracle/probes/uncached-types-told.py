import warnings

from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine
from sqlalchemy.types import TypeDecorator


class Lower(TypeDecorator):
    impl = String

    def process_bind_param(self, value, dialect):
        return value.lower()


metadata = MetaData()
author = Table("author", metadata, Column("id", Integer, primary_key=True), Column("name", Lower(30)))
engine = create_engine("sqlite://")
metadata.create_all(engine)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    with engine.connect() as connection:
        connection.execute(author.select().where(author.c.name == "ANN")).fetchall()
for warning in caught:
    if "cache" in str(warning.message):
        print("told")
