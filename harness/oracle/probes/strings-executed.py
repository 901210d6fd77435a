from sqlalchemy import create_engine
from sqlalchemy.orm import Session

def show(make):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, error)


engine = create_engine("sqlite://")
connection = engine.connect()
show(lambda: connection.execute("SELECT 1").fetchall())
show(lambda: Session(engine).execute("SELECT 1").fetchall())
