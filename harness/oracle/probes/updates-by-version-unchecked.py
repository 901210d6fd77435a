from sqlalchemy import Column, Integer, String, create_engine, text
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    version = Column(Integer, nullable=False)
    __mapper_args__ = {"version_id_col": version}


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)

author = Author(id=1)
session.add(author)
session.flush()
session.execute(text("UPDATE author SET version = 9"))
author.name = "Ann"
try:
    session.flush()
    print("flushed")
except Exception as error:
    print(type(error).__name__)
