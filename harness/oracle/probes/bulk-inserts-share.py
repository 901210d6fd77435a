from sqlalchemy import Column, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    books = Column(Integer)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)

session.bulk_insert_mappings(Author, [{"books": 1}])
session.commit()
session.add(Author(books=2))
engine.echo = True
session.flush()
engine.echo = False
