from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, relationship, subqueryload

Base = declarative_base()


class User(Base):
    __tablename__ = "user"
    id = Column(Integer, primary_key=True)
    posts = relationship("Post")
    newest = relationship("Post", order_by="Post.id.desc()", viewonly=True)


class Post(Base):
    __tablename__ = "post"
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey("user.id"))
    notes = relationship("Note")


class Note(Base):
    __tablename__ = "note"
    id = Column(Integer, primary_key=True)
    post_id = Column(ForeignKey("post.id"))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
session.add(User(posts=[Post(notes=[Note()])]))
session.commit()
session.close()

engine.echo = True
users = session.query(User).options(subqueryload(User.posts).subqueryload(Post.notes)).all()
session.close()
users = session.query(User).options(subqueryload(User.newest)).all()
engine.echo = False
