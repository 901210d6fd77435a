from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class Node(Base):
    __tablename__ = "node"
    id = Column(Integer, primary_key=True)
    parent_id = Column(ForeignKey("node.id"))
    children = relationship("Node", lazy="selectin", join_depth=2, back_populates="parent")
    parent = relationship("Node", lazy="subquery", join_depth=2, remote_side=id, back_populates="children")


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
session.add_all([Node(id=1), Node(id=2)])
session.flush()
session.add_all([Node(id=3, parent_id=2), Node(id=4, parent_id=2)])
session.commit()
session.close()

engine.echo = True
nodes = session.query(Node).order_by(Node.id).all()
engine.echo = False
