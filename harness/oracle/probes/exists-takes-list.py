from sqlalchemy import exists

try:
    print(exists(5))
except Exception as error:
    print(type(error).__name__)
