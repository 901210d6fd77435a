from sqlalchemy import Column, Integer, String
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    name = Column(String)


session = Session()
session.add(Author(name="Ann"))
try:
    session.flush()
except Exception as error:
    print(str(error).split("(Background")[0])
