from sqlalchemy import ARRAY, Column, Integer, MetaData, Table, create_engine

metadata = MetaData()
Table("item", metadata, Column("id", Integer, primary_key=True), Column("sizes", ARRAY(Integer)))
try:
    metadata.create_all(create_engine("sqlite://"))
except Exception as error:
    print("<class" in str(error))
