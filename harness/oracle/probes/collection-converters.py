from sqlalchemy.orm.collections import collection

try:
    print(callable(collection.converter))
except AttributeError as error:
    print(error)
