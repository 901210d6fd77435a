from sqlalchemy import create_engine, text

def show(make):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, error)


show(lambda: create_engine("sqlite://").execute(text("SELECT 1")).fetchall())
