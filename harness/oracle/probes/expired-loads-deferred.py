from sqlalchemy import Column, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, deferred

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    age = Column(Integer)
    height = deferred(Column(Integer))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
session.add(Author(age=50, height=180))
session.commit()
author = session.query(Author).one()
author.height
session.expire(author)
author.age
print("height" in author.__dict__)
