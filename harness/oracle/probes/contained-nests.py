from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, contains_eager, relationship

Base = declarative_base()


class Pond(Base):
    __tablename__ = "pond"
    id = Column(Integer, primary_key=True)
    frogs = relationship("Frog")


class Frog(Base):
    __tablename__ = "frog"
    id = Column(Integer, primary_key=True)
    pond_id = Column(ForeignKey("pond.id"))
    kind_id = Column(ForeignKey("kind.id"))
    kind = relationship("Kind", lazy="joined")


class Kind(Base):
    __tablename__ = "kind"
    id = Column(Integer, primary_key=True)


query = Session().query(Pond).join(Pond.frogs).options(contains_eager(Pond.frogs)).limit(1)
print("SELECT" in str(query)[6:])
