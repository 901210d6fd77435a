from sqlalchemy import create_engine
from sqlalchemy.ext.automap import automap_base

try:
    automap_base().prepare(autoload_with=create_engine("sqlite://"))
    print("prepared")
except TypeError as error:
    print(error)
