from sqlalchemy import Column, Integer, String, create_engine, text
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Animal(Base):
    __tablename__ = "animal"
    id = Column(Integer, primary_key=True)
    kind = Column(String)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "animal"}


class Bird(Animal):
    wings = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "bird"}


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
session.add(Bird(wings=2))
session.commit()
bird = session.query(Animal).from_statement(text("SELECT * FROM animal")).one()
print("wings" in bird.__dict__)
