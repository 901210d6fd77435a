from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Load, joinedload, relationship

Base = declarative_base()


class Pond(Base):
    __tablename__ = "pond"
    id = Column(Integer, primary_key=True)


class Frog(Base):
    __tablename__ = "frog"
    id = Column(Integer, primary_key=True)
    pond_id = Column(ForeignKey("pond.id"))
    pond = relationship("Pond")


try:
    Load(Frog).options(joinedload(Frog.pond))
except (AttributeError, NotImplementedError):
    print("refused")
else:
    print("taken")
