from sqlalchemy import Column, Integer, event
from sqlalchemy.ext.declarative import declarative_base

Base = declarative_base()


class Item(Base):
    __tablename__ = "item"
    id = Column(Integer, primary_key=True)
    size = Column(Integer)


@event.listens_for(Item.size, "set")
def changed(item, value, old, initiator):
    print(type(initiator).__name__)


Item(size=1)
