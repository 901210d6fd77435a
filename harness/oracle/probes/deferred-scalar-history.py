# log: statements
from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    house = relationship("House", uselist=False)


class House(Base):
    __tablename__ = "house"
    id = Column(Integer, primary_key=True)
    author_id = Column(Integer, ForeignKey("author.id"))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine, expire_on_commit=False)
author = Author(house=House())
session.add(author)
session.commit()
session.expire(author, ["house"])
engine.echo = True
author.house = House()
print("set")
session.flush()
engine.echo = False
