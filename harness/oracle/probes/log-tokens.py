# log: messages
"""Whether a connection's log messages begin with its `logging_token`."""

from sqlalchemy import create_engine

engine = create_engine("sqlite://")
engine.connect().close()
engine.echo = True
with engine.connect() as connection:
    connection = connection.execution_options(logging_token="mine")
    with connection.begin():
        pass
