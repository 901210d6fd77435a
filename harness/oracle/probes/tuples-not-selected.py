from sqlalchemy import Column, Integer, MetaData, Table, __version__, select, tuple_

item = Table("item", MetaData(), Column("a", Integer), Column("b", Integer))
pair = tuple_(item.c.a, item.c.b)
chosen = select(pair) if __version__ >= "1.4" else select([pair])
try:
    print(chosen)
except Exception as error:
    print(type(error).__name__, error)
