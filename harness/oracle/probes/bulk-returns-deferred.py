# log: statements
from sqlalchemy import Column, Integer, String, create_engine, insert, orm
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, deferred

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    notes = deferred(Column(String))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
engine.echo = True
if hasattr(orm, "DeclarativeBase"):
    author = session.scalars(insert(Author).returning(Author), [{"name": "Ann"}]).one()
    print(sorted(author.__dict__))
engine.echo = False
