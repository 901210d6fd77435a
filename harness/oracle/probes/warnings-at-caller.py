import warnings

from sqlalchemy.orm import relationship

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("default")
    relationship("Bee", cascade="delete-orphan")
    relationship("Bee", cascade="delete-orphan")
print(len(caught))
