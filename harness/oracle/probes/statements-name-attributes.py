from sqlalchemy import Column, Integer, create_engine, update
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Item(Base):
    __tablename__ = "item"
    id = Column(Integer, primary_key=True)
    size = Column("how_large", Integer)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
session.add(Item(id=1, size=2))
session.flush()
try:
    session.execute(update(Item.__table__ if not hasattr(session, "get") else Item).values(size=3))
    print(session.query(Item.size).scalar())
except Exception as error:
    print(type(error).__name__)
