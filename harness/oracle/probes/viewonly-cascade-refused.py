from sqlalchemy import Column, Integer
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import relationship

Base = declarative_base()
try:

    class Author(Base):
        __tablename__ = "author"
        id = Column(Integer, primary_key=True)
        books = relationship("Book", viewonly=True, cascade="save-update")

    print("mapped")
except Exception as error:
    print(type(error).__name__, error)
