from sqlalchemy import Column, ForeignKey, Integer, Table, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship, selectinload

Base = declarative_base()
roles = Table(
    "roles",
    Base.metadata,
    Column("play_id", ForeignKey("play.id")),
    Column("actor_id", ForeignKey("actor.id")),
)


class Play(Base):
    __tablename__ = "play"
    id = Column(Integer, primary_key=True)
    actors = relationship("Actor", secondary=roles)


class Actor(Base):
    __tablename__ = "actor"
    id = Column(Integer, primary_key=True)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
session.add(Play(actors=[Actor()]))
session.flush()
session.execute(roles.insert(), [{"play_id": 1, "actor_id": 1}])
session.expunge_all()
play = session.query(Play).options(selectinload(Play.actors)).one()
print(len(play.actors))
