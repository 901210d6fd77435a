from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    name = Column(String)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)

session.add_all([Author(name="Ann"), Author(name="Bob")])
for query in (session.query(Author), session.query(Author).filter(Author.name == "Cis")):
    try:
        query.one()
    except Exception as error:
        print(type(error).__module__, type(error).__name__, error)
