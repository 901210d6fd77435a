from sqlalchemy import create_engine, inspect

try:
    print(inspect(create_engine("sqlite://")).has_table("item"))
except AttributeError as error:
    print(error)
