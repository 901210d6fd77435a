from sqlalchemy import Column, Integer
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)


try:
    Session().query(Author).all()
except Exception as error:
    print(str(error).split(" (Background")[0][-1] == ".")
