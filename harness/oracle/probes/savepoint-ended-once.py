from sqlalchemy import create_engine

connection = create_engine("sqlite://").connect()
transaction = connection.begin()
nested = connection.begin_nested()
nested.commit()
try:
    nested.commit()
except Exception as error:
    print(error)
