from sqlalchemy import Column, Integer, String, create_engine, update
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()

def show(make):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, error)


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    name = Column(String)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)

session.add(Author(name="Ann"))
session.commit()
show(lambda: session.execute(update(Author), [{"name": "Bob"}]))
