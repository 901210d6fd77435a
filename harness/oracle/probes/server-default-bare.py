from sqlalchemy import Column, Integer, MetaData, Table, create_engine, func
from sqlalchemy.schema import CreateTable

item = Table("item", MetaData(), Column("lower", Integer, server_default=func.lower("A")))
print(CreateTable(item).compile(create_engine("sqlite://")))
