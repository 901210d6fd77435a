from sqlalchemy import Column, Integer, MetaData, Table, create_engine, inspect

metadata = MetaData()
Table("item", metadata, Column("id", Integer, primary_key=True), Column("size", Integer, index=True))
engine = create_engine("sqlite://")
metadata.create_all(engine)
print(sorted(inspect(engine).get_indexes("item")[0]))
