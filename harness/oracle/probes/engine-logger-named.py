from sqlalchemy import create_engine

engine = create_engine("sqlite://")
engine.connect().close()
engine.echo = True
with engine.begin():
    pass
