from sqlalchemy import MetaData

print(repr(MetaData()))
