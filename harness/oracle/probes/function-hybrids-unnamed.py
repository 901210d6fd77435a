from sqlalchemy import Column, Integer, String, create_engine, func
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Session

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    name = Column(String)

    @hybrid_property
    def low(self):
        return self.name.lower()

    @low.expression
    def low(cls):
        return func.lower(cls.name)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)

print(session.query(Author.low))
