from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column


class Base(MappedAsDataclass, DeclarativeBase):
    pass


try:

    class Author(Base, unsafe_hash=True):
        __tablename__ = "author"
        id: Mapped[int] = mapped_column(primary_key=True, init=False, hash=False)

    print("hash taken")
except TypeError as error:
    print(error)
