from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, defer, relationship, subqueryload

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)


class Book(Base):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)
    author_id = Column(Integer, ForeignKey("author.id"))
    author = relationship("Author")


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)

try:
    print(session.query(Book).options(subqueryload(Book.author), defer(Book.author_id)).all())
except Exception as error:
    print(type(error).__name__)
