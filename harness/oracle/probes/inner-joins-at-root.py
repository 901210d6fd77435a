from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, joinedload, relationship

Base = declarative_base()


class Nest(Base):
    __tablename__ = "nest"
    id = Column(Integer, primary_key=True)


class Bird(Base):
    __tablename__ = "bird"
    id = Column(Integer, primary_key=True)
    kind = Column(String)
    nest_id = Column(ForeignKey("nest.id"))
    heron_id = Column(ForeignKey("heron.id"))
    nest = relationship("Nest", innerjoin=True)
    heron = relationship("Heron", foreign_keys=heron_id)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "bird"}


class Heron(Bird):
    __tablename__ = "heron"
    id = Column(Integer, ForeignKey("bird.id"), primary_key=True)
    __mapper_args__ = {"polymorphic_identity": "heron", "inherit_condition": id == Bird.id}


query = Session().query(Bird).options(joinedload(Bird.heron).joinedload(Heron.nest))
try:
    print(str(query).replace(" \n", "\n"))
except AssertionError as error:
    print(error)
