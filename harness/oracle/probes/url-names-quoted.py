from sqlalchemy.engine.url import make_url

print(make_url("postgresql://sc!ott@localhost/test"))
