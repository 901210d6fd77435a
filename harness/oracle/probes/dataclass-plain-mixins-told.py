import warnings

from sqlalchemy import exc
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column


class Base(MappedAsDataclass, DeclarativeBase):
    pass


class Named:
    name: Mapped[str]


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    try:

        class Author(Named, Base):
            __tablename__ = "author"
            id: Mapped[int] = mapped_column(primary_key=True, init=False)

    except exc.InvalidRequestError:
        print("told")


for warning in caught:
    print("told")
