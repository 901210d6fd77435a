from sqlalchemy import create_engine

engine = create_engine("sqlite://")
connection = engine.connect()
try:
    connection.execution_options(isolation_level="autocommit")
    print("taken")
except Exception as error:
    print(type(error).__name__)
connection.close()
