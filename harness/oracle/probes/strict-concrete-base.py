from sqlalchemy import Column, Integer
from sqlalchemy.ext.declarative import AbstractConcreteBase, declarative_base
from sqlalchemy.orm import configure_mappers

Base = declarative_base()


class Shelf(AbstractConcreteBase, Base):
    pass


class Rack(Shelf):
    __tablename__ = "rack"
    id = Column(Integer, primary_key=True)
    __mapper_args__ = {"polymorphic_identity": "rack", "concrete": True}


configure_mappers()
try:
    Shelf()
    print("an object")
except Exception as error:
    print(type(error).__name__)
