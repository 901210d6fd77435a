from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.schema import CreateTable

item = Table("item", MetaData(), Column("id", Integer, primary_key=True))
try:
    print(CreateTable(item, if_not_exists=True))
except TypeError:
    print("TypeError")
