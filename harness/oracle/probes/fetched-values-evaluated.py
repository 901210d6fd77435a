from sqlalchemy import Column, Integer, create_engine
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
item = Item(id=1, size=2)
session.add(item)
session.flush()
session.query(Item).filter(Item.id == 1).update({"size": 3}, "fetch")
print("size" in item.__dict__)
