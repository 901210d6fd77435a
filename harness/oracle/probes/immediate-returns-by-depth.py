from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class Node(Base):
    __tablename__ = "node"
    id = Column(Integer, primary_key=True)
    parent_id = Column(ForeignKey("node.id"))
    parent = relationship("Node", remote_side=[id], lazy="immediate", join_depth=1)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
root = Node()
leaf = Node(parent=root)
session.add(leaf)
session.commit()
found = session.query(Node).filter(Node.parent_id.isnot(None)).all()
print("id" in root.__dict__)
