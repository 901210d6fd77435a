from sqlalchemy.orm import Session

try:
    Session().query(object)
except Exception as error:
    print(type(error).__name__, error)
