from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, immediateload, relationship

Base = declarative_base()


class Pond(Base):
    __tablename__ = "pond"
    id = Column(Integer, primary_key=True)
    frogs = relationship("Frog", lazy="raise")


class Frog(Base):
    __tablename__ = "frog"
    id = Column(Integer, primary_key=True)
    pond_id = Column(ForeignKey("pond.id"))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
session.add(Pond(frogs=[Frog()]))
session.commit()
session.close()
try:
    print(len(session.query(Pond).options(immediateload(Pond.frogs)).first().frogs))
except Exception as error:
    print(type(error).__name__, error)
