from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import ConcreteBase, declarative_base
from sqlalchemy.orm import relationship, selectinload, sessionmaker

Base = declarative_base()


class House(Base):
    __tablename__ = "house"
    id = Column(Integer, primary_key=True)
    shelves = relationship("Shelf")


class Shelf(ConcreteBase, Base):
    __tablename__ = "shelf"
    id = Column(Integer, primary_key=True)
    house_id = Column(ForeignKey("house.id"))
    __mapper_args__ = {"polymorphic_identity": "shelf", "concrete": True}


class Rack(Shelf):
    __tablename__ = "rack"
    id = Column(Integer, primary_key=True)
    house_id = Column(ForeignKey("house.id"))
    __mapper_args__ = {"polymorphic_identity": "rack", "concrete": True}


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = sessionmaker(bind=engine)()
session.add(House(id=1, shelves=[Rack(id=1)]))
session.commit()
for house in session.query(House).options(selectinload(House.shelves)):
    print(len(house.shelves))
