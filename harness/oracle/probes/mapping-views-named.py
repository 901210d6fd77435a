from sqlalchemy import create_engine, text

with create_engine("sqlite://").connect() as connection:
    mapping = connection.execute(text("SELECT 1 AS x")).first()._mapping
    print(type(mapping.values()).__name__, type(mapping.items()).__name__)
