from sqlalchemy import Column, ForeignKey, Integer, event
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import relationship

Base = declarative_base()


class Shelf(Base):
    __tablename__ = "shelf"
    id = Column(Integer, primary_key=True)


class Book(Base):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)
    shelf_id = Column(ForeignKey("shelf.id"))
    shelf = relationship("Shelf")


@event.listens_for(Book.shelf, "set")
def changed(book, value, old, initiator):
    print(old)


Book().shelf = Shelf()
