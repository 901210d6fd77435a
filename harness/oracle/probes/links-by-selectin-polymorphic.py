from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import relationship, selectinload

Base = declarative_base()


class Pond(Base):
    __tablename__ = "pond"
    id = Column(Integer, primary_key=True)
    frogs = relationship("Frog")


class Frog(Base):
    __tablename__ = "frog"
    id = Column(Integer, primary_key=True)
    kind = Column(String)
    pond_id = Column(ForeignKey("pond.id"))
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "frog"}


class Toad(Frog):
    __tablename__ = "toad"
    id = Column(ForeignKey("frog.id"), primary_key=True)
    warts = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "toad"}


try:
    selectinload(Pond.frogs).defer(Toad.warts)
except ArgumentError as error:
    print("told" if "selectin_polymorphic" in str(error) else "not told")
else:
    print("not told")
