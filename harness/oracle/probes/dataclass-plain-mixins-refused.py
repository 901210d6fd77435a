from sqlalchemy import exc
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column


class Base(MappedAsDataclass, DeclarativeBase):
    pass


class Named:
    name: Mapped[str]


try:

    class Author(Named, Base):
        __tablename__ = "author"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)

    print(Author("ann"))
except exc.InvalidRequestError as error:
    print(error)
