from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    best_id = Column(Integer, ForeignKey("book.id"))
    version = Column(Integer, nullable=False)
    best = relationship("Book", post_update=True)
    __mapper_args__ = {"version_id_col": version}


class Book(Base):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)

author = Author(id=1)
session.add(author)
session.flush()
author.version = 8
author.best = Book(id=1)
try:
    session.flush()
    print(author.version)
except Exception as error:
    print(type(error).__name__)
