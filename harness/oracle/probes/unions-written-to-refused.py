from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.ext.declarative import ConcreteBase, declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Shelf(ConcreteBase, Base):
    __tablename__ = "shelf"
    id = Column(Integer, primary_key=True)
    room = Column(String)
    __mapper_args__ = {"polymorphic_identity": "shelf", "concrete": True}


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
try:
    print(Session(engine).query(Shelf).update({"room": "hall"}))
except Exception as error:
    print(type(error).__name__)
