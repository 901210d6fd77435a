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

author = Author(name="Ann")
session.add(author)
session.commit()
author.name
session.execute(update(Author).values(name="Bob"))
print(author.__dict__.get("name"))
