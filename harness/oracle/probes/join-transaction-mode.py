# log: statements
from sqlalchemy import Column, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
engine.echo = True
connection = engine.connect()
outer = connection.begin()
inner = connection.begin_nested()
session = Session(bind=connection)
session.add(Author())
session.commit()
outer.rollback()
engine.echo = False
