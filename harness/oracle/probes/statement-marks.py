from sqlalchemy import create_engine, text

engine = create_engine("sqlite://")
engine.connect().close()
engine.echo = True
with engine.begin() as connection:
    connection.execute(text("SELECT :number"), {"number": 1})
