from sqlalchemy import Column, Integer, MetaData, Table, create_engine

try:
    from sqlalchemy.dialects.sqlite import insert
except ImportError:
    insert = None

engine = create_engine("sqlite://")
metadata = MetaData()
table = Table("item", metadata, Column("id", Integer, primary_key=True))
metadata.create_all(engine)
if insert:
    connection = engine.connect()
    statement = insert(table).values(id=1).on_conflict_do_nothing()
    connection.execute(statement)
    engine.echo = True
    connection = engine.connect()
    connection.execute(statement)
    engine.echo = False
