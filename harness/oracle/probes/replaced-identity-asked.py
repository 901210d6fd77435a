# log: statements
from sqlalchemy import Column, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)

author = Author()
session.add(author)
session.commit()
engine.echo = True
session.execute(Author.__table__.delete())
session.add(Author())
session.flush()
engine.echo = False
