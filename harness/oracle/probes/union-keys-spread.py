from typing import Union
from sqlalchemy import JSON
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    type_annotation_map = {Union[int, str]: JSON}

class Item(Base):
    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    told: Mapped[Union[str, int]]

print(Item.__table__.c.id.type, Item.__table__.c.told.type)
