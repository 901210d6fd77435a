# log: statements
from sqlalchemy import Column, Integer, String, create_engine, update
from sqlalchemy import orm
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    age = Column(Integer)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
session.add(Author(name="Ann", age=30))
session.commit()
engine.echo = True
try:
    if hasattr(orm, "DeclarativeBase"):
        statement = update(Author).where(Author.name.like("A%")).values(age=31).returning(Author.age)
        print(session.execute(statement, execution_options={"synchronize_session": "fetch"}).all())
except Exception as error:
    print(type(error).__name__)
engine.echo = False
