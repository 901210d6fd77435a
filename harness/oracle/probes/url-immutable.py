from sqlalchemy.engine.url import make_url

url = make_url("sqlite:///first.db")
try:
    url.database = "second.db"
except AttributeError as error:
    print(error)
print(url)
