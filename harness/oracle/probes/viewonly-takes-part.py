from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    books = relationship("Book", viewonly=True)


class Book(Base):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)
    author_id = Column(Integer, ForeignKey("author.id"))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
author = Author()
session.add(author)
author.books.append(Book())
print(sorted(type(new).__name__ for new in session.new))
