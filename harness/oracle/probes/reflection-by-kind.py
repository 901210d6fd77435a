from sqlalchemy import create_engine
from sqlalchemy.exc import NoSuchTableError

try:
    from sqlalchemy import inspect

    print(inspect(create_engine("sqlite://")).get_columns("missing"))
except NoSuchTableError:
    print("NoSuchTableError")
