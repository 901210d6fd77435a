# log: statements
from sqlalchemy import Column, Integer, create_engine, insert, orm
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    age = Column(Integer)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
engine.echo = True
if hasattr(orm, "DeclarativeBase"):
    statement = insert(Author).execution_options(render_nulls=True)
    session.execute(statement, [{"age": 30}, {"age": None}])
engine.echo = False
