from sqlalchemy import Column, DateTime, Integer, MetaData, Table, create_engine, func, text
from sqlalchemy.schema import CreateTable

item = Table(
    "item",
    MetaData(),
    Column("plain", Integer, server_default="1"),
    Column("number", Integer, server_default=text("1")),
    Column("negative", Integer, server_default=text("-1")),
    Column("stamp", DateTime, server_default=text("CURRENT_TIMESTAMP")),
    Column("now", DateTime, server_default=func.now()),
    Column("lower", Integer, server_default=func.lower("A")),
    Column("call", Integer, server_default=text("lower('A')")),
    Column("closed", Integer, server_default=text("(1 + 1)")),
    Column("quoted", Integer, server_default=text("'a'")),
    Column("sum", Integer, server_default=text("1 + 1")),
)
print(CreateTable(item).compile(create_engine("sqlite://")))
