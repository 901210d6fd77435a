from sqlalchemy import Column, Integer, String, create_engine, update
from sqlalchemy import orm
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    age = Column(Integer)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
author = Author(age=30)
session.add(author)
session.commit()
author.age
options = {"synchronize_session": False, "populate_existing": True}
try:
    if hasattr(orm, "DeclarativeBase"):
        session.scalars(update(Author).values(age=31).returning(Author), execution_options=options).all()
    print(author.__dict__["age"])
except Exception as error:
    print(type(error).__name__)
