from sqlalchemy import Column, Integer
from sqlalchemy.ext.declarative import declarative_base

Base = declarative_base()

try:

    class Page(Base):
        __tablename__ = "page"
        id = Column(Integer, primary_key=True)
        __mapper_args__ = {"pages": 1}

except TypeError as error:
    print(error)
