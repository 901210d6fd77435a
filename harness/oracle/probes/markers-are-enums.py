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
    author = relationship("Author", cascade="save-update, delete")


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
book = Book()
session.add(book)
session.commit()
book.author = Author()
session.delete(book)
try:
    session.flush()
    print("flushed")
except Exception as error:
    print(type(error).__name__)
