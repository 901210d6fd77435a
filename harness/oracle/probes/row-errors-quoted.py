from sqlalchemy import Column, Integer, create_engine, text
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Item(Base):
    __tablename__ = "item"
    id = Column(Integer, primary_key=True)
    size = Column(Integer)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
session.add(Item(id=1))
session.commit()
try:
    print(session.query(Item).from_statement(text("SELECT size FROM item")).all())
except Exception as error:
    print(type(error).__name__, error)
