import warnings
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import configure_mappers, relationship

Base = declarative_base()


class Ant(Base):
    __tablename__ = "ant"
    id = Column(Integer, primary_key=True)
    bees = relationship("Bee")


class Bee(Base):
    __tablename__ = "bee"
    id = Column(Integer, primary_key=True)
    ant_id = Column(ForeignKey("ant.id"))
    ant = relationship("Ant")


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    configure_mappers()
print(any("on this warning at" in str(warning.message) for warning in caught))
