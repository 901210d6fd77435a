import warnings

from sqlalchemy import Enum

warnings.simplefilter("ignore")
print(Enum("first", "second", length=20).length)
