import warnings
from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class Ant(Base):
    __tablename__ = "ant"
    id = Column(Integer, primary_key=True)
    bees = relationship("Bee", cascade="merge")


class Bee(Base):
    __tablename__ = "bee"
    id = Column(Integer, primary_key=True)
    ant_id = Column(ForeignKey("ant.id"))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(bind=engine)
ant = Ant(bees=[Bee()])
session.add(ant)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    session.query(Ant).count()
for warning in caught:
    print("no_autoflush" in str(warning.message))
