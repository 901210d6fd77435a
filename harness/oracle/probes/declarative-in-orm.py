from sqlalchemy.ext.declarative import declarative_base

Base = declarative_base()
print(Base, hasattr(Base, "registry"))
