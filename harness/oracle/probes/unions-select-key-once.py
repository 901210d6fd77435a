from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Item(Base):
    __tablename__ = "item"
    id = Column(Integer, primary_key=True)


class Book(Item):
    __tablename__ = "book"
    id = Column(Integer, ForeignKey("item.id"), primary_key=True)


session = Session(create_engine("sqlite://"))
query = session.query(Book)
print(str(query.union(query)).split(" \n")[0])
