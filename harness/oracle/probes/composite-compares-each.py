from sqlalchemy import Column, Integer
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, composite

Base = declarative_base()


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __composite_values__(self):
        return self.x, self.y


class Vertex(Base):
    __tablename__ = "vertex"
    id = Column(Integer, primary_key=True)
    x = Column(Integer)
    y = Column(Integer)
    at = composite(Point, x, y)


print(Session().query(Vertex.id).filter(Vertex.at != Point(1, 2)))
