from sqlalchemy import Column, Integer, String
from sqlalchemy.ext.declarative import declarative_base

Base = declarative_base()


class Named:
    name = Column(String)


class Author(Named, Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)


print(Author.__table__.columns.keys())
