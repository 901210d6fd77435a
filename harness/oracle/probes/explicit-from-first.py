from sqlalchemy import Column, Integer
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Person(Base):
    __tablename__ = "person"
    id = Column(Integer, primary_key=True)


class House(Base):
    __tablename__ = "house"
    id = Column(Integer, primary_key=True)


print(Session().query(Person.id).select_from(House))
