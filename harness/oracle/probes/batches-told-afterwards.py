from sqlalchemy import Column, Integer, String, create_engine, event
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    name = Column(String)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)


@event.listens_for(engine, "after_cursor_execute")
def told(connection, cursor, statement, parameters, context, executemany):
    print(statement, parameters, executemany)


session.add_all([Author(name="Ann"), Author(name="Bob")])
session.flush()
