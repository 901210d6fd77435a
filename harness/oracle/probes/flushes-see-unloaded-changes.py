from sqlalchemy import Column, ForeignKey, Integer, Table, create_engine, text
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()
written = Table(
    "written",
    Base.metadata,
    Column("author_id", ForeignKey("author.id")),
    Column("book_id", ForeignKey("book.id")),
)


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    books = relationship("Book", secondary=written, backref="authors")


class Book(Base):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
author, book = Author(), Book()
author.books.append(book)
session.add(author)
session.commit()
author.books.append(book)
session.commit()
print(len(session.execute(text("SELECT * FROM written")).fetchall()))
