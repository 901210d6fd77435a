from sqlalchemy import Column, Integer, MetaData, Table, __version__, select

metadata = MetaData()
item = Table("item", metadata, Column("id", Integer, primary_key=True))
part = Table("part", metadata, Column("id", Integer, primary_key=True))

def choose(*columns):
    return select(*columns) if __version__ >= "1.4" else select(list(columns))


print(choose(item.c.id, part.c.id))
