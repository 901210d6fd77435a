from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, make_transient_to_detached, relationship, with_parent

Base = declarative_base()


class Tray(Base):
    __tablename__ = "tray"
    id = Column(Integer, primary_key=True)
    cups = relationship("Cup")


class Cup(Base):
    __tablename__ = "cup"
    id = Column(Integer, primary_key=True)
    tray_id = Column(ForeignKey("tray.id"))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
nobody = Tray()
make_transient_to_detached(nobody)
session.add(nobody)
try:
    session.query(Cup).filter(with_parent(nobody, Tray.cups)).all()
except Exception as error:
    print(type(error).__name__)
