from sqlalchemy import Column, Integer, String
from sqlalchemy.ext.declarative import declarative_base

Base = declarative_base()
try:

    class Author(Base):
        __tablename__ = "author"
        id = Column(Integer, primary_key=True)
        metadata = Column(String)

    print("mapped")
except Exception as error:
    print(type(error).__name__, error)
