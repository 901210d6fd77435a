from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

def show(make):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, error)


row = Session(create_engine("sqlite://")).execute(text("SELECT 1 AS one, 2 AS two")).fetchone()
print(type(row).__name__)
show(lambda: row["one"])
