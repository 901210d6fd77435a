from sqlalchemy import Column, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import sessionmaker

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    a = Column(Integer)
    b = Column(Integer)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = sessionmaker(engine)()
session.add(Author(a=1, b=1))
session.flush()
try:
    found = session.query(Author).filter(Author.a + Author.b + 1 == 3)
    print(found.update({"a": 2}, synchronize_session="evaluate"))
except Exception as error:
    print(type(error).__name__)
