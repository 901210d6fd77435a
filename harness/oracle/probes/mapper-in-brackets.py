from sqlalchemy import Column, Integer
from sqlalchemy.ext.declarative import declarative_base

Base = declarative_base()
try:

    class Author(Base):
        __tablename__ = "author"
        id = Column(Integer)

except Exception as error:
    print(error)
