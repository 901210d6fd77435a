# log: statements
from sqlalchemy import MetaData, Table, __version__, create_engine

engine = create_engine("sqlite://", echo=True)
asked = {} if __version__ >= "1.4" else {"autoload": True}
try:
    Table("item", MetaData(), autoload_with=engine, **asked)
except Exception as error:
    print(type(error).__name__)
