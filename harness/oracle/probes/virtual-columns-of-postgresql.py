from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

stored = True
try:
    from sqlalchemy import Computed

    square = Table("square", MetaData(), Column("area", Integer, Computed("4 * 4")))
    stored = "STORED" in str(CreateTable(square).compile(dialect=postgresql.dialect()))
except ImportError:
    pass
print(stored)
