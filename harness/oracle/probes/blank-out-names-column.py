from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    pages = relationship("Page")


class Page(Base):
    __tablename__ = "page"
    author_id = Column(Integer, ForeignKey("author.id"), primary_key=True)
    number = Column(Integer, primary_key=True)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
author = Author(pages=[Page(number=1)])
session.add(author)
session.flush()
author.pages = []
try:
    session.flush()
except AssertionError as error:
    print(error)
