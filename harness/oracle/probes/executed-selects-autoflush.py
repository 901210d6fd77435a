from sqlalchemy import Column, Integer, create_engine, select
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)

session.add(Author())
try:
    statement = select(Author.id)
except Exception:
    statement = select([Author.id])
session.execute(statement)
print(len(session.new))
