from sqlalchemy import Column, ForeignKey, Integer, String, create_engine, event
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class Tool(Base):
    __tablename__ = "tool"
    id = Column(Integer, primary_key=True)
    kind = Column(String)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "tool", "with_polymorphic": "*"}


class Saw(Tool):
    teeth = relationship("Tooth", lazy="subquery")
    __mapper_args__ = {"polymorphic_identity": "saw"}


class Tooth(Base):
    __tablename__ = "tooth"
    id = Column(Integer, primary_key=True)
    saw_id = Column(ForeignKey("tool.id"))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
session.add(Saw(teeth=[Tooth()]))
session.commit()
session.close()
log = []
event.listen(engine, "before_cursor_execute", lambda *given: log.append(given[2]))
session.query(Tool).all()
print("tool.kind IN" in log[1])
