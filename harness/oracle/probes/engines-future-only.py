from sqlalchemy import create_engine

try:
    print(create_engine("sqlite://", future=False))
except Exception as error:
    print(type(error).__name__, error)
