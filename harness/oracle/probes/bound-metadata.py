from sqlalchemy import MetaData, create_engine

def show(make):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__, error)


show(lambda: type(MetaData(bind=create_engine("sqlite://"))).__name__)
