from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    books = relationship("Book", back_populates="author")


class Book(Base):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)
    author_id = Column(ForeignKey("author.id"))
    author = relationship("Author", back_populates="books")


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
author = Author()
session.add(author)
book = Book(author=author)
if book in session:
    session.expunge(book)
author.books = [book]
print(book in session)
