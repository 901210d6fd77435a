# log: statements
from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class Pond(Base):
    __tablename__ = "pond"
    id = Column(Integer, primary_key=True)
    frogs = relationship("Frog", lazy="selectin")


class Frog(Base):
    __tablename__ = "frog"
    id = Column(Integer, primary_key=True)
    pond_id = Column(ForeignKey("pond.id"))
    pond = relationship("Pond")


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
session.add(Pond(frogs=[Frog()]))
session.commit()
session.close()
frog = session.query(Frog).filter(Frog.id == 1).one()
engine.echo = True
print("frogs" in frog.pond.__dict__)
