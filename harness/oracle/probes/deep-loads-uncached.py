from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, lazyload, relationship

Base = declarative_base()


class Heron(Base):
    __tablename__ = "heron"
    id = Column(Integer, primary_key=True)
    parent_id = Column(ForeignKey("heron.id"))
    chicks = relationship("Heron")


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
heron = Heron(id=8)
for number in range(7, 0, -1):
    heron = Heron(id=number, chicks=[heron])
session.add(heron)
session.commit()
session.close()
engine.echo = True
heron = session.query(Heron).filter_by(id=1).options(lazyload(Heron.chicks)).one()
while heron:
    heron = heron.chicks[0] if heron.chicks else None
