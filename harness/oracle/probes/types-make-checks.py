from sqlalchemy import Boolean, Column, Integer, MetaData, Table, create_engine
from sqlalchemy.schema import CreateTable

item = Table("item", MetaData(), Column("id", Integer, primary_key=True), Column("sold", Boolean))
print(CreateTable(item).compile(create_engine("sqlite://")))
