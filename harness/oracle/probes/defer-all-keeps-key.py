from sqlalchemy import Column, Integer
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, defer

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    age = Column(Integer)


try:
    print(Session().query(Author).options(defer("*")))
except Exception as error:
    print(type(error).__name__, error)
