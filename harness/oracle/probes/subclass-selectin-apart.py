# log: statements
from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Person(Base):
    __tablename__ = "person"
    id = Column(Integer, primary_key=True)
    kind = Column(Integer)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": 0}


class Author(Person):
    __tablename__ = "author"
    id = Column(Integer, ForeignKey("person.id"), primary_key=True)
    books = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": 1, "polymorphic_load": "selectin"}


class Poet(Author):
    __tablename__ = "poet"
    id = Column(Integer, ForeignKey("author.id"), primary_key=True)
    rhymes = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": 2, "polymorphic_load": "selectin"}


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)

session.add(Author(books=1))
session.flush()
session.add(Poet(books=2, rhymes=3))
session.commit()
session.close()
engine.echo = True
for person in session.query(Person).order_by(Person.id):
    print(type(person).__name__)
engine.echo = False
