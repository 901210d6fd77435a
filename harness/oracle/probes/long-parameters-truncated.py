# log: messages

from sqlalchemy import create_engine, text

engine = create_engine("sqlite://")
engine.connect().close()
statement = text("SELECT " + ", ".join(":n%d" % number for number in range(120)))
engine.echo = True
with engine.begin() as connection:
    connection.execute(statement, {"n%d" % number: number for number in range(120)})
