from sqlalchemy import create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import scoped_session, sessionmaker

Base = declarative_base()
Base.query = scoped_session(sessionmaker(bind=create_engine("sqlite://"))).query_property()
try:
    print(Base.query)
except Exception as error:
    print(type(error).__name__)
