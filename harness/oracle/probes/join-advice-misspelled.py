from sqlalchemy import Column, Integer
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)


class Stone(Base):
    __tablename__ = "stone"
    id = Column(Integer, primary_key=True)


try:
    str(Session().query(Author).join(Stone))
except Exception as error:
    print("explcit" in str(error))
