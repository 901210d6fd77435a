from dataclasses import is_dataclass

from sqlalchemy.orm import Mapped, MappedAsDataclass


class Named(MappedAsDataclass):
    name: Mapped[str]


print(is_dataclass(Named))
