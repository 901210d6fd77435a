from sqlalchemy import Column, ForeignKey, Integer, String, select
from sqlalchemy.ext.declarative import declarative_base

Base = declarative_base()


class Shelf(Base):
    __tablename__ = "shelf"
    id = Column(Integer, primary_key=True)
    kind = Column(String)
    __mapper_args__ = {"polymorphic_on": kind}


class Rack(Shelf):
    hooks = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "rack"}


class Book(Base):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)
    shelf_id = Column(ForeignKey("shelf.id"))


try:
    print("kind IN" in str(select(Book.id).join_from(Rack, Book)))
except (NotImplementedError, TypeError):
    print(False)
