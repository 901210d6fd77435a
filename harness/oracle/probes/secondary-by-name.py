import warnings

from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import configure_mappers, relationship

warnings.simplefilter("ignore")
Base = declarative_base()


class Post(Base):
    __tablename__ = "post"
    id = Column(Integer, primary_key=True)
    tags = relationship("Tag", secondary="join(Mark, Label)", viewonly=True)


class Mark(Base):
    __tablename__ = "mark"
    id = Column(Integer, primary_key=True)
    post_id = Column(ForeignKey("post.id"))


class Label(Base):
    __tablename__ = "label"
    id = Column(Integer, primary_key=True)
    mark_id = Column(ForeignKey("mark.id"))
    tag_id = Column(ForeignKey("tag.id"))


class Tag(Base):
    __tablename__ = "tag"
    id = Column(Integer, primary_key=True)


try:
    configure_mappers()
    print(Post.tags.property.secondary)
except Exception as error:
    print(type(error).__name__)
