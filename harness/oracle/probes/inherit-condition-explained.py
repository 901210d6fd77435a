from sqlalchemy import Column, Integer, String
from sqlalchemy.ext.declarative import declarative_base

Base = declarative_base()


class Person(Base):
    __tablename__ = "person"
    id = Column(Integer, primary_key=True)


try:

    class Author(Person):
        __tablename__ = "author"
        id = Column(Integer, primary_key=True)

except Exception as error:
    print(type(error).__name__, error)
