# log: messages

from sqlalchemy import create_engine

engine = create_engine("sqlite://", echo=True)
with engine.connect():
    print("connected")
