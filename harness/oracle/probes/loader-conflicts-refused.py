from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, joinedload, lazyload, relationship

Base = declarative_base()


class Pond(Base):
    __tablename__ = "pond"
    id = Column(Integer, primary_key=True)


class Frog(Base):
    __tablename__ = "frog"
    id = Column(Integer, primary_key=True)
    pond_id = Column(ForeignKey("pond.id"))
    pond = relationship("Pond")


query = Session().query(Frog).options(joinedload(Frog.pond), lazyload(Frog.pond))
try:
    str(query)
except InvalidRequestError:
    print("refused")
else:
    print("taken")
