from sqlalchemy import create_engine
from sqlalchemy.orm import Session

def show(make):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, error)


engine = create_engine("sqlite://")
show(lambda: type(Session(engine, True)).__name__)
