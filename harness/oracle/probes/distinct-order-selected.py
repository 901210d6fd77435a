from sqlalchemy import Column, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Frog(Base):
    __tablename__ = "frog"
    id = Column(Integer, primary_key=True)
    name = Column(Integer)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
print(session.query(Frog.name).distinct().order_by(Frog.id))
