import sqlalchemy
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, create_engine, event

metadata = MetaData()
Table("author", metadata, Column("id", Integer, primary_key=True))
Table("book", metadata, Column("author_id", ForeignKey("author.id")))
engine = create_engine("sqlite://")
metadata.create_all(engine)
asked = []


@event.listens_for(engine, "before_cursor_execute")
def note(connection, cursor, statement, *rest):
    if "foreign_key_list" in statement or "index_list" in statement:
        asked.append("author" if "author" in statement else "book")


options = {"autoload_with": engine}
if sqlalchemy.__version__ < "1.4":
    options["autoload"] = True
Table("book", MetaData(), **options)
print(asked[:2] == ["book", "book"])
