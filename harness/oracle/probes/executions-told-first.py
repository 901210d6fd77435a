from sqlalchemy import Column, Integer, create_engine, event
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import sessionmaker

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = sessionmaker(engine)()
order = []
event.listen(session, "before_flush", lambda *args: order.append("flushed"))
try:
    event.listen(session, "do_orm_execute", lambda state: order.append("executed"))
except Exception:
    pass
session.add(Author())
session.query(Author).all()
print(order[0])
