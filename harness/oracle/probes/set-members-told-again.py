from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    books = relationship("Book", collection_class=set)


class Book(Base):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)
    title = Column(String)
    author_id = Column(Integer, ForeignKey("author.id"))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)

author = Author(name="Ann")
book = Book(title="One")
author.books.add(book)
session.add(author)
session.expunge(book)
author.books.add(book)
print(len(author.books), book in session)
