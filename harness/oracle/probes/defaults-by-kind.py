from sqlalchemy import Column, Integer

print(repr(Column("size", Integer, default=5).default))
