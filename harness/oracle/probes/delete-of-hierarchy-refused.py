# log: statements
from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Person(Base):
    __tablename__ = "person"
    id = Column(Integer, primary_key=True)
    kind = Column(Integer)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": 0, "with_polymorphic": "*"}


class Author(Person):
    __tablename__ = "author"
    id = Column(Integer, ForeignKey("person.id"), primary_key=True)
    __mapper_args__ = {"polymorphic_identity": 1}


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)

engine.echo = True
try:
    print(session.query(Person).delete(synchronize_session=False))
except NotImplementedError as error:
    print(error)
engine.echo = False
