# log: statements
from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    name = Column(String)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine, expire_on_commit=False)

author = Author(name="Ann")
session.add(author)
session.commit()
session.expire(author, ["name"])
engine.echo = True
session.query(Author).filter(Author.name == "Ann").update({"name": "Bob"}, synchronize_session="evaluate")
engine.echo = False
