from sqlalchemy import Column, Integer, String, create_engine, insert
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    pen = Column("pen_name", String)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
try:
    session.execute(insert(Author), [{"pen": "George Sand"}])
except Exception as error:
    print(type(error).__name__)
print(session.query(Author.pen).all())
