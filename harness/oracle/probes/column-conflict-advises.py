from sqlalchemy import Column, Integer, String
from sqlalchemy.ext.declarative import declarative_base

Base = declarative_base()


class Person(Base):
    __tablename__ = "person"
    id = Column(Integer, primary_key=True)
    kind = Column(Integer)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": 0}


class Author(Person):
    books = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": 1}


try:

    class Poet(Person):
        books = Column(Integer)
        __mapper_args__ = {"polymorphic_identity": 2}

except Exception as error:
    print(type(error).__name__, error)
