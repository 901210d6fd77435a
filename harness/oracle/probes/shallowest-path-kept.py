# log: statements
from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, joinedload, relationship

Base = declarative_base()


class Node(Base):
    __tablename__ = "node"
    id = Column(Integer, primary_key=True)
    up_id = Column(ForeignKey("node.id"))
    up = relationship("Node", remote_side=id)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
session.add(Node(id=1, up=Node(id=2)))
session.commit()
nodes = session.query(Node).options(joinedload(Node.up)).order_by(Node.id.desc()).all()
session.rollback()
engine.echo = True
session.refresh(nodes[0])
