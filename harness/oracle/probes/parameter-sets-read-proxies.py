from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, configure_mappers, relationship

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    mentor_id = Column(Integer, ForeignKey("author.id"))
    mentor = relationship("Author", remote_side=[id])
    mentor_name = association_proxy("mentor", "name")


configure_mappers()
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)

print([name for name in Author.__dict__ if name.endswith("_inst")] != [])
session.bulk_insert_mappings(Author, [{"name": "Ann"}])
print([name for name in Author.__dict__ if name.endswith("_inst")] != [])
