from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session

Base = declarative_base()


class Locker(Base):
    __tablename__ = "locker"
    number = Column(Integer, primary_key=True)
    label = Column(String)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine, autoflush=False)
locker = Locker(number=1, label="left")
session.add(locker)
session.commit()
locker.number = 2
try:
    session.refresh(locker, ["label"])
    print(locker.label)
except Exception as error:
    print(type(error).__name__)
