from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Boat(Base):
    __tablename__ = "boat"
    id = Column(Integer, primary_key=True)
    kind = Column(String)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "boat"}


class Ferry(Boat):
    __tablename__ = "ferry"
    id = Column(ForeignKey("boat.id"), primary_key=True)
    decks = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "ferry"}


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
engine.echo = True
session.query(Ferry).filter(Ferry.decks > 1).update({"decks": 1}, synchronize_session="fetch")
