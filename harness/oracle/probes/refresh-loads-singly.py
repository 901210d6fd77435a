from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class Node(Base):
    __tablename__ = "node"
    id = Column(Integer, primary_key=True)
    parent_id = Column(ForeignKey("node.id"))
    children = relationship("Node", lazy="selectin")


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
node = Node()
session.add(node)
session.flush()
session.refresh(node)
print("children" in node.__dict__)
