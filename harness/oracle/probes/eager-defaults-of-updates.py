# log: statements
from sqlalchemy import Column, Integer, create_engine, func
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Page(Base):
    __tablename__ = "page"
    id = Column(Integer, primary_key=True)
    number = Column(Integer)
    changed = Column(Integer, onupdate=func.length("word"))
    __mapper_args__ = {"eager_defaults": True}


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)

engine.echo = True
page = Page(number=1)
session.add(page)
session.flush()
page.number = 2
session.flush()
engine.echo = False
