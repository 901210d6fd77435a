from sqlalchemy import Column, Integer, insert
from sqlalchemy.ext.declarative import declarative_base

Base = declarative_base()


class Item(Base):
    __tablename__ = "item"
    id = Column(Integer, primary_key=True)


try:
    insert(Item).returning(Item).returning_column_descriptions
except AttributeError as error:
    print("AnnotatedTable" in str(error))
