from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, contains_eager, relationship

Base = declarative_base()


class Ant(Base):
    __tablename__ = "ant"
    id = Column(Integer, primary_key=True)
    bees = relationship("Bee")


class Bee(Base):
    __tablename__ = "bee"
    id = Column(Integer, primary_key=True)
    ant_id = Column(ForeignKey("ant.id"))


print(str(Session().query(Ant).options(contains_eager(Ant.bees))).splitlines()[1])
