from sqlalchemy import create_engine

def show(make):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, error)


show(lambda: create_engine("sqlite:///library.db", pool_size=2).name)
