from sqlalchemy import Column, ForeignKey, Integer, create_engine, event
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, noload, relationship

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
session.add(Tray(cups=[Cup()]))
session.commit()
session.close()
log = []
event.listen(engine, "before_cursor_execute", lambda *given: log.append(given[2]))
session.query(Tray).options(noload(Tray.cups)).all()
print(len(log))
