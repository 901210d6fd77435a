from sqlalchemy import Column, Integer
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Item(Base):
    __tablename__ = "item"
    id = Column(Integer, primary_key=True)


class Shop(Base):
    __tablename__ = "shop"
    id = Column(Integer, primary_key=True)


try:
    print(Session().query(Item).join(Shop))
except Exception as error:
    print("Mapper at" in str(error))
