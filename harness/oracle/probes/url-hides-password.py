from sqlalchemy.engine.url import make_url

print(make_url("postgresql://scott:tiger@localhost/test"))
