from sqlalchemy import Column, Integer
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import relationship

Base = declarative_base()
Other = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)


class Book(Other):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)
    author = relationship("Nobody")


try:
    Author()
    print("made")
except Exception as error:
    print(type(error).__name__)
