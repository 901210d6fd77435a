from sqlalchemy import create_engine
from sqlalchemy.orm import Session

session = Session(create_engine("sqlite://"))
print(session.begin_nested().commit() is None)
print(session.begin_nested().rollback() is None)
