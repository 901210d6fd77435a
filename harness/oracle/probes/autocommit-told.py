# log: messages
"""Whether the log says of transactions that the driver has none, with the isolation level AUTOCOMMIT."""

from sqlalchemy import create_engine, text

engine = create_engine("sqlite://", isolation_level="AUTOCOMMIT")
engine.connect().close()
engine.echo = True
with engine.begin() as connection:
    connection.execute(text("SELECT 1"))
