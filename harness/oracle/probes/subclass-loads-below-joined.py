from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class Shelf(Base):
    __tablename__ = "shelf"
    id = Column(Integer, primary_key=True)
    items = relationship("Item", lazy="joined")


class Item(Base):
    __tablename__ = "item"
    id = Column(Integer, primary_key=True)
    kind = Column(String)
    shelf_id = Column(ForeignKey("shelf.id"))
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "item"}


class Box(Item):
    parts = relationship("Part", lazy="selectin")
    __mapper_args__ = {"polymorphic_identity": "box"}


class Part(Base):
    __tablename__ = "part"
    id = Column(Integer, primary_key=True)
    box_id = Column(ForeignKey("item.id"))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
session.add(Shelf(items=[Box(parts=[Part()])]))
session.commit()
session.close()
shelf = session.query(Shelf).one()
print("parts" in shelf.items[0].__dict__)
