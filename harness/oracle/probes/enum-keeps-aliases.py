import enum

from sqlalchemy import Enum


class Color(enum.Enum):
    blue = 3
    azure = 3


print(repr(Enum(Color)))
