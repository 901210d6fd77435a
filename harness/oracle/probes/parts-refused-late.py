from sqlalchemy import Column, ForeignKey, Integer, create_engine, exc
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, joinedload, relationship

Base = declarative_base()


class Heron(Base):
    __tablename__ = "heron"
    id = Column(Integer, primary_key=True)
    eggs = relationship("Egg")


class Egg(Base):
    __tablename__ = "egg"
    id = Column(Integer, primary_key=True)
    heron_id = Column(ForeignKey("heron.id"))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
session.add(Heron(eggs=[Egg(), Egg()]))
session.commit()
try:
    session.query(Heron).options(joinedload(Heron.eggs)).yield_per(2).all()
except exc.InvalidRequestError as error:
    print(str(error)[:40])
