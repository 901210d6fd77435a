from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class Node(Base):
    __tablename__ = "node"
    id = Column(Integer, primary_key=True)
    parent_id = Column(ForeignKey("node.id"))
    parent = relationship("Node", remote_side=[id])


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
node = Node()
node.parent = node
session.add(node)
try:
    session.flush()
except Exception as error:
    print("_SaveUpdateState(" in str(error), "_ManyToOneDP(" in str(error))
