from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import deferred

Base = declarative_base()


class Ant(Base):
    __tablename__ = "ant"
    id = Column(Integer, primary_key=True)
    note = Column(String)


try:

    class Bee(Ant):
        __tablename__ = "bee"
        id = Column(ForeignKey("ant.id"), primary_key=True)
        note = deferred(Column(String))

except InvalidRequestError as error:
    print(error)
