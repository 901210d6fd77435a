from sqlalchemy.engine.url import make_url

print(make_url("sqlite:///:memory:"))
