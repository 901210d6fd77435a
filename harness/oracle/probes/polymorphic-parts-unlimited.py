from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, with_polymorphic

Base = declarative_base()


class Person(Base):
    __tablename__ = "person"
    id = Column(Integer, primary_key=True)
    kind = Column(Integer)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": 0}


class Author(Person):
    books = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": 1}


poly = with_polymorphic(Person, [Author])
print(Session().query(poly.Author.books))
