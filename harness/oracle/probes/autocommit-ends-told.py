# log: messages
"""What the log says of the ends of transactions that the driver does not have."""

from sqlalchemy import create_engine, text

engine = create_engine("sqlite://", isolation_level="AUTOCOMMIT")
engine.connect().close()
engine.echo = True
with engine.begin() as connection:
    connection.execute(text("SELECT 1"))
try:
    with engine.begin() as connection:
        raise ValueError
except ValueError:
    pass
