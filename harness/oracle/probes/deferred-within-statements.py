# log: statements
from sqlalchemy import Column, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, deferred

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    books = deferred(Column(Integer))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)

engine.echo = True
print(session.query(Author).count())
engine.echo = False
