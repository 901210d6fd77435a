from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)


class Book(Base):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)
    author_id = Column(ForeignKey("author.id"))
    author = relationship(Author)


session = Session(create_engine("sqlite://"))
try:
    session.query(Book).filter(Book.author == Author()).all()
except Exception as error:
    print([line for line in str(error).split("\n") if line.startswith("[parameters")])
