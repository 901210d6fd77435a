# log: statements
from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    books = relationship("Book", lazy="selectin", order_by="Book.pages")


class Book(Base):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)
    pages = Column(Integer)
    author_id = Column(Integer, ForeignKey("author.id"))


class Review(Base):
    __tablename__ = "review"
    id = Column(Integer, primary_key=True)
    book_id = Column(Integer, ForeignKey("book.id"))
    book = relationship("Book", lazy="selectin")


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
book = Book(pages=9)
session.add(Author(books=[book]))
session.add(Review(book=book))
session.commit()
session.close()
engine.echo = True
session.query(Author).all()
session.close()
session.query(Review).all()
engine.echo = False
