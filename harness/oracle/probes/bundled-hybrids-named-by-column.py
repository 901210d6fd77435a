from sqlalchemy import Column, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Bundle, Session

Base = declarative_base()


class Item(Base):
    __tablename__ = "item"
    id = Column(Integer, primary_key=True)
    size = Column(Integer)

    @hybrid_property
    def extent(self):
        return Item.__table__.c.size


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
session.add(Item(id=1, size=2))
session.flush()
print(list(session.query(Bundle("whole", Item.extent)).one()[0]._fields))
