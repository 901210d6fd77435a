from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship

Base = declarative_base()


class Dog(Base):
    __tablename__ = "dog"
    id = Column(Integer, primary_key=True)
    size = Column(Integer)


class Puppy(Base):
    __tablename__ = "puppy"
    id = Column(Integer, primary_key=True)
    dog_id = Column(ForeignKey("dog.id"))
    dog = relationship("Dog", lazy="joined")


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine, autoflush=False)
dog = Dog(size=1)
puppy = Puppy(dog=dog)
session.add(puppy)
session.flush()
dog.size = 2
session.refresh(puppy)
print(dog.size)
