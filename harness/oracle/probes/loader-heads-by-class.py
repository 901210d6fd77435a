from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Load, Session, joinedload, relationship

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
    str(Session().query(Pond).options(joinedload(Frog.pond)))
except ArgumentError as error:
    print("by class" if "Mapped class" in str(error) else "by attribute")
str(Session().query(Frog).options(Load(Frog).joinedload(Frog.pond)))
try:
    str(Session().query(Pond).options(Load(Frog).joinedload(Frog.pond)))
    print("passed over")
except ArgumentError:
    print("refused")
