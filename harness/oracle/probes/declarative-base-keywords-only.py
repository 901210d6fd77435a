from sqlalchemy.ext.declarative import declarative_base

def show(make):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, error)


show(lambda: declarative_base(None).__name__)
