from sqlalchemy import Column, Float, Integer
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.ext.hybrid import hybrid_property

Base = declarative_base()

try:

    class Room(Base):
        __tablename__ = "room"
        id = Column(Integer, primary_key=True)
        width = Column(Float)

        @hybrid_property
        def area(self):
            return self.width * self.width

        @area.inplace.setter
        def _set_area(self, value):
            self.width = value**0.5

    room = Room()
    room.area = 9
    print(room.width)
except AttributeError as error:
    print(error)
