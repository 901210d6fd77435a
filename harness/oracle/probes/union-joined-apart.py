from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.ext.declarative import ConcreteBase, declarative_base
from sqlalchemy.orm import relationship, sessionmaker

Base = declarative_base()


class House(Base):
    __tablename__ = "house"
    id = Column(Integer, primary_key=True)
    shelves = relationship("Shelf")


class Shelf(ConcreteBase, Base):
    __tablename__ = "shelf"
    id = Column(Integer, primary_key=True)
    house_id = Column(ForeignKey("house.id"))
    __mapper_args__ = {"polymorphic_identity": "shelf", "concrete": True}


class Rack(Shelf):
    __tablename__ = "rack"
    id = Column(Integer, primary_key=True)
    house_id = Column(ForeignKey("house.id"))
    __mapper_args__ = {"polymorphic_identity": "rack", "concrete": True}


print(sessionmaker()().query(House).join(House.shelves))
