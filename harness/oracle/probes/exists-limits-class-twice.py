from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class Person(Base):
    __tablename__ = "person"
    id = Column(Integer, primary_key=True)
    kind = Column(Integer)
    house_id = Column(Integer, ForeignKey("house.id"))
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": 0}


class Author(Person):
    __mapper_args__ = {"polymorphic_identity": 1}


class House(Base):
    __tablename__ = "house"
    id = Column(Integer, primary_key=True)
    people = relationship("Person")


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)

print(session.query(House).filter(House.people.of_type(Author).any()))
