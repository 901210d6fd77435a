# alone
import os
import warnings

os.environ["SQLALCHEMY_WARN_20"] = "1"

from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    Base = declarative_base()


class Shelf(Base):
    __tablename__ = "shelf"
    id = Column(Integer, primary_key=True)
    books = relationship("Book", back_populates="shelf")


class Book(Base):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)
    shelf_id = Column(ForeignKey("shelf.id"))
    shelf = relationship("Shelf", back_populates="books")


session = Session()
shelf = Shelf()
session.add(shelf)
with warnings.catch_warnings(record=True) as given:
    warnings.simplefilter("always")
    Book().shelf = shelf
for one in given:
    print(one.category.__name__)
