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
session = Session(engine)
session.begin_nested()
session.add(Author())
session.flush()
session.close()
engine.echo = False
