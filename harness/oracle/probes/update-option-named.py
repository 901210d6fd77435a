from sqlalchemy import Column, Integer, create_engine, func
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Item(Base):
    __tablename__ = "item"
    id = Column(Integer, primary_key=True)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
try:
    session.query(Item).filter(func.abs(Item.id) == 1).delete("evaluate")
except Exception as error:
    print(str(error).rsplit(" ", 2)[1])
