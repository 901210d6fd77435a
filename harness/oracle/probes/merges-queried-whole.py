from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class Tray(Base):
    __tablename__ = "tray"
    id = Column(Integer, primary_key=True)
    cups = relationship("Cup", lazy="dynamic")


class Cup(Base):
    __tablename__ = "cup"
    id = Column(Integer, primary_key=True)
    tray_id = Column(ForeignKey("tray.id"))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
tray = Tray(id=1)
session.add(tray)
session.commit()
print(tray.id)
session.expunge(tray)
tray.cups.append(Cup())
try:
    print(session.merge(tray).cups.count())
except Exception as error:
    print(type(error).__name__)
