import warnings

from sqlalchemy import Column, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Page(Base):
    __tablename__ = "page"
    id = Column(Integer, primary_key=True)


session = Session(create_engine("sqlite://"))
page = Page()
session.add(page)

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    try:
        session.is_modified(page, passive=True)
    except TypeError:
        pass

print([warning.category.__name__ for warning in caught])
