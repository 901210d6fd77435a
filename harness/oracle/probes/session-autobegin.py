from sqlalchemy import create_engine
from sqlalchemy.orm import Session

def show(make):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, error)


show(lambda: type(Session(create_engine("sqlite://")).begin()).__name__)
