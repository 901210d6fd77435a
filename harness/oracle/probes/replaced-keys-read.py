# log: statements
from sqlalchemy import Column, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Stall(Base):
    __tablename__ = "stall"
    number = Column(Integer, primary_key=True)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
gone = Stall()
session.add(gone)
session.commit()
session.delete(gone)
session.commit()
session.delete(gone)
session.rollback()
session.add(Stall())
engine.echo = True
session.flush()
