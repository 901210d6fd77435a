from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import load_only, relationship

Base = declarative_base()


class Pond(Base):
    __tablename__ = "pond"
    id = Column(Integer, primary_key=True)


class Frog(Base):
    __tablename__ = "frog"
    id = Column(Integer, primary_key=True)
    pond_id = Column(ForeignKey("pond.id"))
    pond = relationship("Pond")


try:
    load_only(Frog.id, raiseload=True)
except TypeError as error:
    print(error)
else:
    print("taken")
