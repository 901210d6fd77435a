from sqlalchemy import Column, Integer
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Query

Base = declarative_base()


class Shape(Base):
    __tablename__ = "shape"
    id = Column(Integer, primary_key=True)
    kind = Column(Integer)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": 0}


class Circle(Shape):
    __mapper_args__ = {"polymorphic_identity": 1}


print(Query(Circle.id).union(Query(Circle.id)))
